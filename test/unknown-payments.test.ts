/**
 * What becomes of a payment whose outcome the wallet does not tell: it waits until the invoice has
 * surely run out, until another device of the same person has proven it, or until the payee, who
 * is asked, has. Whatever is proven while the wallet is asked stays proven.
 * requires: P-35, T-25
 */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { OwnContract, Desk } from '../web/lib/engine/desk.ts';
import { Examiner } from '../web/lib/engine/handed.ts';
import { Journal, type JournalEntry } from '../web/lib/engine/journal.ts';
import { payEntry, resolveEntry, restMsOf, RETRY_MS } from '../web/lib/engine/payment.ts';
import type { Store, Wallet, WalletAnswer } from '../web/lib/engine/ports.ts';
import { createInlineVerifier } from '../web/lib/nostr/verifier/inline-verifier.ts';
import { Disk, ProcessStore } from './faults/disk.ts';
import { SimLightning, SimWallet, type PayAnswer, type PayScript } from './faults/lightning.ts';
import { SimRelay } from './faults/network.ts';
import { SimProcess } from './faults/process.ts';
import { randomOf } from './faults/random.ts';
import { URLS } from './faults/scenario.ts';
import { Time } from './faults/time.ts';
import {
  hashOf,
  Loan,
  paymentHashOf,
  rememberingVerifier,
  sparedSigning,
} from './fixtures/loan.ts';
import { offerDocument } from './fixtures/loan.ts';
import { bulletPlan } from './fixtures/plans.ts';

const HOUR_SEC = 3_600;
const NO_FAULTS = { deathAtStep: undefined, fullAtSteps: new Set<number>() };
const MUTE = { state: 'refused', code: 'NOT_IMPLEMENTED', sentence: '' } as const;
const SILENT = { state: 'unknown', sentence: '' } as const;

/** An answer that comes when it is told to. */
function later<T>() {
  let tell: (value: T) => void = () => undefined;
  const answer = new Promise<T>((resolve) => {
    tell = resolve;
  });
  return { answer, tell };
}

describe('one entry', () => {
  const loan = new Loan({ signing: sparedSigning });
  loan.signAll();
  const before = loan.fold();
  loan.streamAll();
  const after = loan.fold();
  const nowSec = loan.startAtSec;
  const [first] = after.state.payments;
  const preimage = hashOf('p');
  let store: Store;
  let desk: Desk;

  const entry: JournalEntry = {
    ...{ contract: loan.root, leg: 'disbursement', n: first?.n ?? 0, step: 'unknown' },
    ...{ amountUnits: '1000', updatedAtMs: 0, askedAtMs: 0, invoice: 'lnbcrt1', sentAtMs: 1 },
    ...{ paymentHash: first?.paymentHash ?? '', expiresAtSec: nowSec + HOUR_SEC },
  };
  const ours = { ...entry, paymentHash: paymentHashOf(preimage) };

  beforeEach(() => {
    store = new ProcessStore(new Disk(), NO_FAULTS, () => undefined);
    desk = {
      clock: { nowSec: () => nowSec, nowMs: () => nowSec * 1_000 },
      journal: new Journal(store),
    } as unknown as Desk;
  });

  const now = () => desk.journal.get(loan.root, 'disbursement', entry.n);
  const contextOf = (wallet: Partial<Wallet>, fold = before) => ({
    desk,
    contract: { view: { root: loan.root, fold } } as unknown as OwnContract,
    wallet: wallet as Wallet,
  });
  const resolve = async (answer: WalletAnswer<undefined>, of: JournalEntry, fold = before) => {
    await desk.journal.write([of]);
    return resolveEntry(contextOf({ lookup: () => Promise.resolve(answer) }, fold), of);
  };

  it('a payment that another device has proven is not waited for', async () => {
    expect(await resolve(MUTE, entry)).toMatchObject({ code: 'NO_LOOKUP' });
    // Paid by another invoice, this one can still be paid.
    const other = { ...entry, paymentHash: 'ab'.repeat(32) };
    expect(await resolve(MUTE, other, after)).toMatchObject({ code: 'NO_LOOKUP' });
    expect(now()).toBe(other);
    for (const answer of [MUTE, SILENT]) {
      expect(await resolve(answer, entry, after)).toBeUndefined();
      expect(now()).toMatchObject({ step: 'receipted', paymentHash: first?.paymentHash });
    }
  });

  it.each<[string, WalletAnswer<undefined>]>([
    ['silent', SILENT],
    ['mute', MUTE],
    ['without a trace of it', { state: 'answered', value: undefined }],
  ])('what is proven while a wallet is asked stays proven: %s', async (_what, answer) => {
    const sending = { ...ours, step: 'sending' } as const;
    await desk.journal.write([sending]);
    const { answer: lookup, tell } = later<WalletAnswer<undefined>>();
    const resolved = resolveEntry(contextOf({ lookup: () => lookup }), sending);
    const proven = { ...sending, step: 'paid', preimage } as const;
    await desk.journal.write([proven]);
    tell(answer);
    await resolved;
    expect(now()).toBe(proven);
  });

  it('a write under way is not overtaken by one that was decided before it', async () => {
    await desk.journal.write([ours]);
    const { answer: disk, tell } = later<undefined>();
    vi.spyOn(store, 'write').mockImplementationOnce(() => disk);
    const proven = { ...ours, step: 'paid', preimage } as const;
    const first = desk.journal.write([proven]);
    const second = desk.journal.replace(ours, { ...ours, step: 'failed' });
    tell(undefined);
    await first;
    expect(await second).toBe(proven);
  });

  it('what is proven while it is paid stays proven, and learns what it cost', async () => {
    const request = { created_at: nowSec } as unknown as NonNullable<JournalEntry['request']>;
    const checked = { ...ours, step: 'checked', request } as const;
    for (const [answer, feesPaidMsat] of [
      [SILENT, undefined],
      [{ state: 'refused', code: 'OTHER', sentence: '' }, undefined],
      [{ state: 'answered', value: { preimage, feesPaidMsat: 7n } }, '7'],
    ] as const) {
      await desk.journal.write([checked]);
      const { answer: pay, tell } = later<typeof answer>();
      const paid = payEntry(contextOf({ pay: () => pay }), checked, 0);
      await vi.waitUntil(() => now()?.step === 'sending', { timeout: 30_000 });
      const sending = now() ?? checked;
      await desk.journal.write([{ ...sending, step: 'paid', preimage }]);
      tell(answer);
      expect(await paid).toBe(now());
      expect(now()).toMatchObject({ step: 'paid', preimage });
      expect(now()?.feesPaidMsat).toBe(feesPaidMsat);
    }
  });

  it('nothing is paid that became something else while the wallet was asked', async () => {
    const request = { created_at: 0 } as unknown as NonNullable<JournalEntry['request']>;
    const checked = { ...ours, step: 'checked', request } as const;
    await desk.journal.write([checked]);
    const { answer: lookup, tell } = later<WalletAnswer<undefined>>();
    const pay = vi.fn<Wallet['pay']>();
    const paid = payEntry(contextOf({ lookup: () => lookup, pay }), checked, 1);
    const proven = { ...checked, step: 'paid', preimage } as const;
    await desk.journal.write([proven]);
    tell({ state: 'answered', value: undefined });
    expect(await paid).toBe(proven);
    expect(pay).not.toHaveBeenCalled();
  });

  it('what failed is not held up by a clock that was put back', () => {
    const failed = { ...ours, step: 'failed', updatedAtMs: nowSec * 1_000 } as const;
    expect(restMsOf(failed, nowSec * 1_000 + 1)).toBe(RETRY_MS - 1);
    expect(restMsOf(failed, nowSec * 1_000 - HOUR_SEC * 1_000)).toBe(0);
  });

  const mute = { code: 'NO_LOOKUP', untilSec: nowSec + 3 * HOUR_SEC + 1 };

  it.each<[JournalEntry['leg'], number, 'clear' | typeof mute]>([
    ['disbursement', 131, 'clear'],
    ['disbursement', 100, mute],
    // Orders are given other numbers: one that has no entry may have had one.
    ['repayment', 131, mute],
  ])(
    'a mute wallet is asked of what another life may have paid: %s %d',
    async (leg, age, found) => {
      const document = {
        ...{ contract: loan.root, leg, n: [7], msat: ['1000'], paymentHash: [ours.paymentHash] },
        ...{ notBeforeSec: nowSec, expiresAtSec: nowSec + HOUR_SEC },
      };
      const request = { document, event: { created_at: nowSec, id: '', tags: [] } };
      const handed = { of: () => Promise.resolve([{ request, invoices: ['lnbcrt1'] }]) };
      desk = { ...desk, handed } as unknown as Desk;
      const context = contextOf({ lookup: () => Promise.resolve(MUTE) });
      const said = await new Examiner().look(context, leg, (nowSec - age) * 1_000);
      expect(
        typeof said === 'object' ? { code: said.code, untilSec: said.untilSec } : said,
      ).toEqual(found);
    },
  );
});

describe('two engines', () => {
  const { business } = offerDocument();
  const loan = new Loan({
    offer: {
      relays: URLS,
      business: { ...business, relays: URLS },
      tranches: [{ shareBps: 10_000, startDay: 0, streamDays: 1, windowDays: 1_000, ticks: 1 }],
      plan: bulletPlan(1_200, 5),
    },
    investorRelays: URLS,
  });
  loan.signAll();

  function begin(answer: PayAnswer, { canLookUp, silence }: Omit<PayScript, 'answers'>) {
    const time = new Time((loan.startAtSec + 5) * 1_000);
    const random = randomOf(5);
    const relays = URLS.map((url) => new SimRelay(url));
    for (const relay of relays) for (const event of loan.events) relay.keep(event);
    const network = { loss: 0, repeat: 0, mostDelayMs: 50 };
    const verifier = createInlineVerifier(rememberingVerifier);
    const lightning = new SimLightning(time, random, 1);
    const script = { answers: [answer], canLookUp, silence };
    const start = (person: 'investor' | 'business', side: 'outgoing' | 'incoming') =>
      new SimProcess(
        { time, random, relays, network, verifier },
        {
          ...{ person, disk: new Disk(), faults: NO_FAULTS, hasRivals: false },
          wallet: new SimWallet(lightning, side, script),
          onDeath: () => undefined,
        },
      );
    const payer = start('investor', 'outgoing');
    const payee = start('business', 'incoming');
    return { time, lightning, script, payer, payee };
  }

  const entryOf = ({ session }: SimProcess) => session.journalEntries(loan.root, 'disbursement')[0];

  it('the payee is asked for the proof of what a wallet cannot tell', async () => {
    const { time, lightning, payer, payee } = begin('silence, then success', {
      canLookUp: false,
      silence: 0,
    });
    const isKnown = () => entryOf(payer)?.step === 'receipted';
    expect(await time.runUntil(isKnown, time.nowMs + 300_000)).toBe(true);
    expect([...lightning.ledger.values()].map(({ timesPaid }) => timesPaid)).toEqual([1]);
    const proven = () => payer.session.catalog.contract(loan.root)?.fold.state.payments.length;
    expect(await time.runUntil(() => proven() === 1, time.nowMs + 60_000)).toBe(true);
    for (const process of [payer, payee]) process.die();
  });

  it('and learns what it cost as soon as its wallet speaks again', async () => {
    const { time, lightning, script, payer, payee } = begin('silence, then success', {
      canLookUp: true,
      silence: 0,
    });
    const isSending = () => entryOf(payer)?.step === 'sending';
    expect(await time.runUntil(isSending, time.nowMs + 300_000)).toBe(true);
    Object.assign(script, { silence: 1 });
    const isKnown = () => entryOf(payer)?.step === 'receipted';
    expect(await time.runUntil(isKnown, time.nowMs + 300_000)).toBe(true);
    expect(entryOf(payer)?.feesPaidMsat).toBeUndefined();
    Object.assign(script, { silence: 0 });
    const isPriced = () => entryOf(payer)?.feesPaidMsat !== undefined;
    expect(await time.runUntil(isPriced, time.nowMs + 60_000)).toBe(true);
    const [paid] = lightning.ledger.values();
    expect(entryOf(payer)?.feesPaidMsat).toBe(paid?.feesPaidMsat.toString());
    for (const process of [payer, payee]) process.die();
  });

  it('no second invoice comes of asking while the first can still be paid', async () => {
    const { time, lightning, payer, payee } = begin('silence, never arrives', {
      canLookUp: false,
      silence: 0,
    });
    // The request has run out for an hour, but nodes would still take the payment.
    await time.runUntil(() => false, time.nowMs + 2 * HOUR_SEC * 1_000);
    expect(entryOf(payer)?.step).toBe('unknown');
    expect(lightning.ledger.size).toBe(1);
    const isKnown = () => entryOf(payer)?.step === 'receipted';
    expect(await time.runUntil(isKnown, time.nowMs + 3 * HOUR_SEC * 1_000)).toBe(true);
    expect([...lightning.ledger.values()].map(({ timesPaid }) => timesPaid)).toEqual([0, 1]);
    for (const process of [payer, payee]) process.die();
  });
});
