/**
 * A business that is not asked for what it owes is not late: its payee goes silent, comes back,
 * contradicts its tender, sends wrong invoices. Wallets in memory; the engine is the real one.
 * requires: TE-11, TE-12, TE-13
 */
import {
  embed,
  formatMessage,
  Kind,
  ledgerOf,
  planTicks,
  type ParsedRequest,
} from '@realyield/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RelayHandle } from '../../relay-rules/src/relay/server.ts';
import type { Session } from '../../web/lib/engine/session.ts';
import { wrap } from '../../web/lib/nostr/giftwrap.ts';
import { createLocalSigner } from '../../web/lib/signer/local-signer.ts';
import { sentenceOfContract } from '../../web/lib/state/views/contract-sentence.ts';
import { contractNow } from '../../web/lib/state/views/contract.ts';
import { owedTogether } from '../../web/lib/state/views/desk.ts';
import { scheduleView } from '../../web/lib/state/views/schedule.ts';
import { writeInvoice } from '../fixtures/invoices.ts';
import { createLoneLease } from '../fixtures/lease.ts';
import {
  inThree,
  Loan,
  offerDocument,
  paymentHashOf,
  publicOf,
  secretOf,
} from '../fixtures/loan.ts';
import { give } from '../fixtures/steps.ts';
import { answerTender } from '../fixtures/tenders.ts';
import { systemClock } from '../world/system-clock.ts';
import { Estate, movedClock, store } from './estate.ts';
import { Purses } from './purses.ts';
import { until } from './until.ts';

const DAY = 600;
const clock = movedClock();
let estate: Estate;
let relay: RelayHandle;
let purses: Purses;
let loan: Loan;
let business: Session;

/** Everything is lent, and the first instalment falls due on the day that begins. */
beforeEach(async () => {
  clock.aheadSec = DAY - (systemClock.nowSec() % DAY);
  estate = new Estate();
  relay = await estate.relay({ nowSec: () => clock.nowSec() });
  purses = new Purses(clock);
  const urls = [relay.url];
  loan = new Loan({
    startAtSec: clock.nowSec() - 30 * DAY,
    offer: {
      ...inThree,
      daySec: DAY,
      relays: urls,
      business: { ...offerDocument().business, relays: urls },
    },
    investorRelays: urls,
  });
  loan.signAll();
  loan.pay('disbursement', planTicks(loan.contract.document), loan.startAtSec + 20);
  store(relay, loan.events);
  business = await open('business');
  const owed = await until('what is due', () => due().dueNowUnits > 0n && due().dueNowUnits);
  expect(await business.repayments.repay(loan.root, owed)).toMatchObject({ value: 0 });
  // Asked for a quarter of a day in vain.
  await until('a question', () => business.journalEntries(loan.root, 'repayment')[0]?.askedAtMs);
  clock.aheadSec += DAY / 4;
  await untilTenders(1);
});

afterEach(() => estate.close());

async function open(name: string): Promise<Session> {
  const lease = createLoneLease();
  const session = await estate.session(name, [relay.url], clock, { lease });
  session.useWallet(purses.of(name));
  await until('the loan', () => session.isRunning && session.ownContract(loan.root));
  return session;
}

const state = () => {
  const view = business.ownContract(loan.root)?.view;
  if (!view) throw new Error('the contract is not known');
  return view.fold.state;
};
const due = () => ledgerOf(state(), clock.nowSec());
const first = () => due().instalments[0];
const tendered = () => state().tenders;
const untilTenders = (count: number) => until(`${count} tenders`, () => tendered().length >= count);

/** Days pass, and nobody asks; each week it is said again. */
async function passWeeks(weeks: number): Promise<void> {
  for (let week = 0; week < weeks; week += 1) {
    const count = tendered().length;
    clock.aheadSec += 5 * DAY;
    await untilTenders(count + 1);
    expect(first()).toMatchObject({ state: 'tendered', daysPastDue: 0 });
  }
}

/** The part that was ordered, as tests sign for it. */
const part = () => ({ n: 0, amountUnits: tendered()[0]?.units ?? 0n });

it('a payee goes silent and comes back: nobody was late, and it is paid once', async () => {
  await passWeeks(3);
  const status = await until('the status', () => {
    const found = business.payerStatus(loan.root, 'repayment');
    return found?.code === 'tendered' && found;
  });
  expect(status).toMatchObject({ level: 'waiting' });
  expect(status.sentence).toContain('It is not late meanwhile');
  const view = business.ownContract(loan.root)?.view;
  const now = view && contractNow(view, clock.nowSec());
  expect(now && sentenceOfContract(now)).toContain('is offered in public');
  expect(now && scheduleView(now).instalments[0]?.state).toBe('tendered');
  const own = business.ownContract(loan.root);
  const owed = owedTogether(own ? [own] : [], clock.nowSec());
  expect(owed[0]?.loans[0]?.status.text).toBe('due, and nobody asks for it');
  await open('investor');
  await until('the proof', () => state().paid.numbers('repayment').size === 1);
  expect(first()).toMatchObject({ state: 'paid', paidWhen: 'onTime', daysLate: 0 });
  expect(purses.between('business', 'investor')).toEqual([part().amountUnits]);
});

it('a payee who was away is answered for in public, and paid by that alone', async () => {
  await passWeeks(1);
  purses.refuses = () => true;
  await open('investor');
  await until('the request in private', () => {
    const [entry] = business.journalEntries(loan.root, 'repayment');
    return entry?.step === 'failed';
  });
  clock.aheadSec += DAY + 1;
  await until('the answer in public', () => tendered().some(({ answer }) => answer !== undefined));
  expect(first()).toMatchObject({ state: 'tendered', daysPastDue: 0 });
  purses.refuses = () => false;
  await business.retry(loan.root);
  await until('the proof', () => state().paid.numbers('repayment').size === 1);
  expect(first()).toMatchObject({ state: 'paid', daysLate: 0 });
  expect(purses.hasPaidTwice).toBe(false);
});

it('a payee contradicts a tender, with dates and notices: it gains nothing', async () => {
  const [tender] = tendered();
  const known = loan.heads('investor', 'bank');
  const atSec = (tender?.atSec ?? 0) + 30;
  for (const { event } of business.catalog.eventsOf(loan.root)) {
    if (event.id === tender?.id) loan.add({ ...event, tags: event.tags.map((tag) => [...tag]) });
  }
  await passWeeks(2);
  // Now it says that it had asked on the first day, and calls the business late.
  const notice = give(loan, 'arrears', clock.nowSec(), { name: 'investor', rests: known });
  const { answer } = answerTender(loan, { id: tender?.id ?? '' }, part(), atSec);
  store(relay, [answer, notice]);
  await until('both', () => tendered()[0]?.answer && state().notices.length === 1);
  expect(tendered()[0]?.answer).toEqual({ id: answer.id, atSec: undefined });
  expect(state().notices[0]).toMatchObject({ contested: true });
  await passWeeks(1);
  expect(purses.moved).toEqual([]);
});

it('a payee sends wrong invoices, in private and in public: nothing is paid or late', async () => {
  const [tender] = tendered();
  const nowSec = clock.nowSec();
  const preimage = loan.preimage();
  const request = loan.request('repayment', [{ ...part(), preimage }], nowSec);
  const parsed = loan.signing.read(request).at(-1) as ParsedRequest;
  const invoice = writeInvoice('payee', {
    paymentHash: paymentHashOf(preimage),
    amountMsat: part().amountUnits + 1_000n,
    createdAtSec: nowSec,
    expirySec: 3_600,
  });
  const content = formatMessage({
    v: 1,
    type: 'requestDelivery',
    contract: loan.root,
    request: embed(parsed.event),
    invoices: [invoice],
  });
  const rumor = { kind: Kind.conversation, created_at: nowSec, tags: [], content };
  const sealed = await wrap(rumor, createLocalSigner(secretOf('investor')), publicOf('business'));
  await estate.relaysAt([relay.url]).publish(sealed.wrap);
  await until('the refusal', () =>
    business.activity.lines().some(({ code }) => code === 'INVOICE_AMOUNT_MISMATCH'),
  );
  for (const { event } of business.catalog.eventsOf(loan.root)) {
    if (event.id === tender?.id) loan.add({ ...event, tags: event.tags.map((tag) => [...tag]) });
  }
  const wrong = { invoiceMsat: part().amountUnits - 1_000n };
  const { answer } = answerTender(loan, { id: tender?.id ?? '' }, part(), nowSec, wrong);
  store(relay, [answer]);
  await until('the answer', () => {
    const view = business.ownContract(loan.root)?.view;
    return view?.fold.rejects.some(({ code }) => code === 'INVOICE_AMOUNT_MISMATCH');
  });
  await passWeeks(2);
  expect(purses.moved).toEqual([]);
  expect(tendered().every(({ answer: given }) => given === undefined)).toBe(true);
});
