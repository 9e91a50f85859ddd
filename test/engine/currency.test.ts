/**
 * A loan in dollars, paid both ways by the engines of its parties with wallets in memory, at prices
 * that oracles publish while it runs, stop publishing, and contradict themselves in.
 */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ledgerOf, minuteOf, msatFor, type Payment } from '@realyield/protocol';
import type { RelayHandle } from '../../relay-rules/src/relay/server.ts';
import { NO_LIMITS } from '../../web/lib/engine/limits.ts';
import type { Wallet } from '../../web/lib/engine/ports.ts';
import type { Session } from '../../web/lib/engine/session.ts';
import { createLoneLease } from '../fixtures/lease.ts';
import { Loan, offerDocument } from '../fixtures/loan.ts';
import { DOLLAR, dollars, ORACLES, PRICE, priceEvent } from '../fixtures/prices.ts';
import { Estate, movedClock, store } from './estate.ts';
import { Purses } from './purses.ts';
import { until } from './until.ts';

const PARTIES = ['investor', 'business', 'bank'] as const;
type Party = (typeof PARTIES)[number];
const DAY = 60;
/** A third of a tick is no whole cent. */
const PRINCIPAL = 100n * DOLLAR;
const TICKS = 3;

let estate: Estate;
let relay: RelayHandle;
let purses: Purses;
let sessions: Record<Party, Session>;
let loan: Loan;
let clock = movedClock();

beforeEach(async () => {
  estate = new Estate();
  relay = await estate.relay();
  clock = movedClock();
  purses = new Purses(clock);
});

afterEach(() => estate.close());

/** What oracles say of the minute it is now, by their places; undefined: nothing. */
function say(...prices: readonly (bigint | undefined)[]): void {
  const minute = minuteOf(clock.nowSec());
  for (const [at, price] of prices.entries()) {
    const atSec = minute * 60;
    if (price === undefined) continue;
    relay.injectUnchecked(priceEvent(ORACLES[at] ?? '', minute, price, { atSec }));
  }
}

/** A loan in dollars signed two days of a minute ago, and the clients of its parties. */
async function open(
  streamDays = 1,
  walletOf: (name: Party) => Wallet = (name) => purses.of(name),
): Promise<void> {
  const urls = [relay.url];
  const { business } = offerDocument();
  const tranche = { shareBps: 10_000, startDay: 0, streamDays, windowDays: 25, ticks: TICKS };
  loan = new Loan({
    startAtSec: clock.nowSec() - 2 * DAY,
    offer: {
      ...{ relays: urls, business: { ...business, relays: urls }, denomination: dollars() },
      ...{ amountSoughtUnits: `${PRINCIPAL}`, tranches: [tranche] },
    },
    principalUnits: PRINCIPAL,
    investorRelays: urls,
  });
  loan.signAll();
  store(relay, loan.events);
  const opened = await Promise.all(
    PARTIES.map(async (name) => {
      const session = await estate.session(name, urls, clock, { lease: createLoneLease() });
      session.useWallet(walletOf(name));
      return [name, session] as const;
    }),
  );
  sessions = Object.fromEntries(opened) as Record<Party, Session>;
  for (const session of Object.values(sessions)) {
    await until('the whole contract', () => {
      const known = new Set(session.catalog.eventsOf(loan.root).map(({ event }) => event.id));
      return session.isRunning && loan.fold().order.every((id) => known.has(id));
    });
  }
}

const stateOf = (party: Party) => {
  const state = sessions[party].ownContract(loan.root)?.view.fold.state;
  if (!state) throw new Error('the contract is gone');
  return state;
};

const paidOn = (leg: Payment['leg'], party: Party = 'bank'): readonly Payment[] =>
  stateOf(party).payments.filter((payment) => payment.leg === leg);

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((a, b) => a + b, 0n);

/** Lets time go by, and the payers look again at once. */
async function later(seconds: number): Promise<void> {
  clock.aheadSec += seconds;
  await sessions.investor.retry(loan.root);
  await sessions.business.retry(loan.root);
}

/** So many seconds are skipped while something is waited for: prices stay good meanwhile. */
const MOST_SKIPPED = 60;

/** Lets the payers ask again until something is so. */
function asking<T>(what: string, look: () => T | undefined | false): Promise<T> {
  let skipped = 0;
  return until(what, async () => {
    const found = look();
    if (found === undefined || found === false) await later(skipped < MOST_SKIPPED ? 1 : 0);
    skipped += 1;
    return found;
  });
}

it('is paid out and repaid at the median of its oracles, each part by its units', async () => {
  say(PRICE - 50n, PRICE, PRICE + 9n);
  await open();
  await asking('the tranche', () => paidOn('disbursement').length === TICKS);
  const out = paidOn('disbursement');
  expect(sum(out.map(({ amountUnits }) => amountUnits))).toBe(PRINCIPAL);
  expect(purses.between('investor', 'business').sort()).toEqual(
    out.map(({ amountUnits }) => msatFor(amountUnits, PRICE)).sort(),
  );
  clock.aheadSec += 60;
  say(PRICE - 50n, PRICE, PRICE + 9n);
  await sessions.business.repayments.repayEverything(loan.root);
  await asking('all to be repaid', () => ledgerOf(stateOf('bank'), clock.nowSec()).repaid);
  for (const { amountUnits, amountMsat } of paidOn('repayment')) {
    expect(amountMsat).toBe(msatFor(amountUnits, PRICE));
  }
  expect(sum(purses.between('business', 'investor'))).toBe(
    sum(paidOn('repayment').map(({ amountMsat }) => amountMsat)),
  );
  expect(stateOf('bank').unprovenPrices).toEqual([]);
  expect(purses.hasPaidTwice).toBe(false);
});

const statusOf = (): string | undefined =>
  sessions.investor.payerStatus(loan.root, 'disbursement')?.code;

it('waits for a price in mid-stream, and pays at the payee’s if it is agreed to', async () => {
  say(PRICE, PRICE, PRICE);
  // Two ticks are due by now, the third is not for a while.
  await open(5);
  await asking('two ticks', () => paidOn('disbursement').length === 2);
  clock.aheadSec += 600;
  say(PRICE + 1n);
  await asking('a payer that waits for a price', () => statusOf() === 'price');
  const codes = sessions.business.activity.lines(loan.root).map(({ code }) => code);
  expect(codes).toContain('NO_PRICE');
  await sessions.business.prices.choose({ lastPriceMinutes: 60 });
  const [named] = await asking('a named price', () => {
    const found = sessions.investor.prices.named(loan.root);
    return found.length > 0 && found;
  });
  expect(statusOf()).toBe('PRICE_UNPROVEN');
  expect(named?.msat).toBe(msatFor(named?.units ?? 0n, PRICE));
  expect(paidOn('disbursement').length).toBe(2);
  await sessions.investor.prices.agree(named?.requestId ?? '');
  await asking('the last tick', () => paidOn('disbursement').length === TICKS);
  expect(stateOf('bank').unprovenPrices).toEqual([named?.requestId]);
  expect(sum(paidOn('disbursement').map(({ amountUnits }) => amountUnits))).toBe(PRINCIPAL);
  expect(purses.hasPaidTwice).toBe(false);
});

it('is limited by the msat that move, and asked for anew at the price of its time', async () => {
  say(PRICE, PRICE);
  const tick = msatFor(PRINCIPAL / 2n, PRICE);
  await open();
  sessions.investor.limits.use({ perDayMsat: undefined, perContractMsat: tick });
  await asking('a payer at its limit', () => statusOf() === 'budget');
  expect(purses.moved.length).toBe(1);
  // The price moves while the request for the others is open: they are still asked for at it.
  await later(60);
  say(PRICE + 1_000n, PRICE + 1_000n);
  await later(7);
  expect(purses.invoices).toBe(TICKS);
  // Once it has run out, they are asked for at the price of their time.
  await later(400);
  const dearer = (PRICE * 9n) / 10n;
  say(dearer, dearer);
  sessions.investor.limits.use(NO_LIMITS);
  await asking('the other ticks', () => paidOn('disbursement').length === TICKS);
  const paid = paidOn('disbursement').map(({ n, amountUnits, amountMsat }) => {
    return amountMsat === msatFor(amountUnits, n === 0 ? PRICE : dearer);
  });
  expect(paid).toEqual([true, true, true]);
  expect(purses.invoices).toBe(2 * TICKS - 1);
  expect(purses.moved.length).toBe(TICKS);
});

it('is not paid again at another price while nobody knows whether it was paid', async () => {
  say(PRICE, PRICE);
  let isSilent = false;
  await open(1, (name) => {
    const wallet = purses.of(name);
    if (name !== 'investor') return wallet;
    const nothing = { state: 'unknown', sentence: 'It says nothing.' } as const;
    return {
      ...wallet,
      pay: async (invoice) => {
        const answer = await wallet.pay(invoice);
        // Only the first is made and not answered for.
        isSilent = purses.moved.length === 1;
        return isSilent ? nothing : answer;
      },
      lookup: (query) => (isSilent ? Promise.resolve(nothing) : wallet.lookup(query)),
    };
  });
  await until('a payment on its way', () => purses.moved.length === 1);
  await asking('a payer that does not know', () => statusOf() === 'WALLET_SILENT');
  await later(500);
  say(PRICE * 2n, PRICE * 2n);
  await later(60);
  expect(purses.moved.length).toBe(1);
  isSilent = false;
  await asking('every tick', () => paidOn('disbursement').length === TICKS);
  expect(purses.moved.map(({ amountMsat }) => amountMsat)).toEqual(
    paidOn('disbursement').map(({ amountUnits }, at) => {
      return msatFor(amountUnits, at === 0 ? PRICE : PRICE * 2n);
    }),
  );
  expect(purses.hasPaidTwice).toBe(false);
});
