/**
 * A loan in dollars, paid both ways by the engines of its parties with wallets in memory, at prices
 * that oracles publish while it runs, stop publishing, and contradict themselves in.
 */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ledgerOf, minuteOf, msatFor, type Payment } from '@realyield/protocol';
import type { RelayHandle } from '../../relay-rules/src/relay/server.ts';
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
async function open(parties: readonly Party[] = PARTIES): Promise<void> {
  const urls = [relay.url];
  const { business } = offerDocument();
  const tranche = { shareBps: 10_000, startDay: 0, streamDays: 1, windowDays: 25, ticks: TICKS };
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
    parties.map(async (name) => {
      const session = await estate.session(name, urls, clock, { lease: createLoneLease() });
      session.useWallet(purses.of(name));
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

it('is paid out and repaid at the median of its oracles, each part by its units', async () => {
  say(PRICE - 50n, PRICE, PRICE + 9n);
  await open();
  await until('the tranche', () => paidOn('disbursement').length === TICKS);
  const out = paidOn('disbursement');
  expect(sum(out.map(({ amountUnits }) => amountUnits))).toBe(PRINCIPAL);
  expect(purses.between('investor', 'business').sort()).toEqual(
    out.map(({ amountUnits }) => msatFor(amountUnits, PRICE)).sort(),
  );
  await sessions.business.repayments.repayEverything(loan.root);
  await until('all to be repaid', () => ledgerOf(stateOf('bank'), clock.nowSec()).repaid);
  for (const { amountUnits, amountMsat } of paidOn('repayment')) {
    expect(amountMsat).toBe(msatFor(amountUnits, PRICE));
  }
  expect(sum(purses.between('business', 'investor'))).toBe(
    sum(paidOn('repayment').map(({ amountMsat }) => amountMsat)),
  );
  expect(stateOf('bank').unprovenPrices).toEqual([]);
  expect(purses.hasPaidTwice).toBe(false);
});
