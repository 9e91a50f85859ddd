/**
 * Every leg of a contract, paid by the engines of its three parties on a real relay, with wallets
 * in memory: fees withheld and on top, the bank's share, guarantee, handing on, recovery.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ledgerOf, recoveriesOf, type Leg } from '@realyield/protocol';
import type { RelayHandle } from '../../relay-rules/src/relay/server.ts';
import type { Session } from '../../web/lib/engine/session.ts';
import { Loan, offerDocument, type LoanOptions } from '../fixtures/loan.ts';
import { bulletPlan, NO_FEES } from '../fixtures/plans.ts';
import { give, recover } from '../fixtures/steps.ts';
import { systemClock } from '../world/system-clock.ts';
import { Estate, store } from './estate.ts';
import { Purses } from './purses.ts';
import { until } from './until.ts';

const PARTIES = ['investor', 'business', 'bank'] as const;
type Party = (typeof PARTIES)[number];
const DAY = 60;
const sat = (amount: number): bigint => BigInt(amount) * 1_000n;

let estate: Estate;
let relay: RelayHandle;
let purses: Purses;
let sessions: Record<Party, Session>;
let loan: Loan;

beforeEach(async () => {
  estate = new Estate();
  relay = await estate.relay();
  purses = new Purses();
});

afterEach(() => estate.close());

/** A loan signed some days of a minute ago, whatever its offer says otherwise. */
function agreed(daysAgo: number, offer: LoanOptions['offer']): Loan {
  const { business } = offerDocument();
  const urls = [relay.url];
  const made = new Loan({
    startAtSec: systemClock.nowSec() - daysAgo * DAY,
    offer: { relays: urls, business: { ...business, relays: urls }, ...offer },
    principalUnits: sat(1_000_000),
    investorRelays: urls,
  });
  made.signAll();
  return made;
}

/** The clients of all three, with their wallets, on what a loan's relay holds. */
async function open(made: Loan): Promise<void> {
  loan = made;
  store(relay, made.events);
  const opened = await Promise.all(
    PARTIES.map(async (name) => {
      const session = await estate.session(name, [relay.url], systemClock);
      session.useWallet(purses.of(name));
      return [name, session] as const;
    }),
  );
  sessions = Object.fromEntries(opened) as Record<Party, Session>;
  for (const session of Object.values(sessions)) {
    await until('the whole contract', () => {
      const known = new Set(session.catalog.eventsOf(made.root).map(({ event }) => event.id));
      return session.isRunning && made.fold().order.every((id) => known.has(id));
    });
  }
}

const stateOf = (party: Party) => {
  const state = sessions[party].ownContract(loan.root)?.view.fold.state;
  if (!state) throw new Error('the contract is gone');
  return state;
};

/** Until all three know of so many payments of a leg, each acknowledged by who was paid. */
function proven(leg: Leg, count: number): Promise<boolean> {
  return until(`${count} of ${leg}`, () =>
    PARTIES.every((party) => {
      const paid = stateOf(party).payments.filter((payment) => payment.leg === leg);
      const isKnown = paid.every((payment) => payment.class === 'preimage+acknowledgement');
      return paid.length === count && isKnown;
    }),
  );
}

const streamed = { shareBps: 10_000, startDay: 0, streamDays: 1, windowDays: 25, ticks: 2 };

describe('a loan with fees', () => {
  it('withholds the fee from the tranche, and gives the bank its share of repayments', async () => {
    const fees = { originationBps: 250, origination: 'withheld', servicingBps: 1_000 } as const;
    await open(agreed(2, { tranches: [streamed], fees }));
    await Promise.all([proven('disbursement', 2), proven('originationFee', 1)]);
    expect(purses.between('investor', 'business')).toEqual([sat(487_500), sat(487_500)]);
    expect(purses.between('investor', 'bank')).toEqual([sat(25_000)]);
    const { payoff } = ledgerOf(stateOf('business'), systemClock.nowSec());
    const part = await sessions.business.repayments.repay(loan.root, sat(100_000));
    expect(part).toEqual({ ok: true, value: 0 });
    await Promise.all([proven('repayment', 1), proven('servicing', 1)]);
    expect(purses.between('business', 'investor')).toEqual([sat(90_000)]);
    expect(purses.between('business', 'bank')).toEqual([sat(10_000)]);
    await sessions.business.repayments.repayEverything(loan.root);
    await until('all to be repaid', () => {
      const { payoffUnits, repaid } = ledgerOf(stateOf('bank'), systemClock.nowSec());
      return payoffUnits === 0n && repaid && !sessions.business.repayments.isPayingOff(loan.root);
    });
    const share = purses.between('business', 'bank').reduce((sum, amount) => sum + amount, 0n);
    expect(share).toBeGreaterThanOrEqual(payoff.servicingUnits);
    expect(purses.hasPaidTwice).toBe(false);
    expect(stateOf('bank').equivocations).toEqual([]);
  });

  it('on top is paid by the business when it says so, and once', async () => {
    const fees = { ...NO_FEES, originationBps: 250, origination: 'onTop' } as const;
    await open(agreed(2, { tranches: [streamed], fees }));
    await proven('disbursement', 2);
    expect(purses.between('business', 'bank')).toEqual([]);
    const { repayments } = sessions.business;
    const ordered = await repayments.payDue(loan.root, 'originationFee');
    expect(ordered).toEqual({ ok: true, value: sat(25_000) });
    const again = await repayments.payDue(loan.root, 'originationFee');
    expect(again).toMatchObject({ ok: false, detail: 'inFlight' });
    await proven('originationFee', 1);
    expect(await repayments.payDue(loan.root, 'originationFee')).toMatchObject({
      detail: 'complete',
    });
    expect(purses.between('business', 'bank')).toEqual([sat(25_000)]);
    expect(ledgerOf(stateOf('bank'), systemClock.nowSec())).toMatchObject({ repaidUnits: 0n });
  });
});

describe('a loan in default', () => {
  it('is made good by the bank, recovered, and what is too much handed on', async () => {
    const guarantee = { type: 'full', capBps: 12_000, payDays: 5 } as const;
    const made = agreed(100, {
      tranches: [streamed],
      guarantee,
      rateBps: 0,
      plan: bulletPlan(30, 5),
    });
    made.streamAll();
    give(made, 'arrears', made.startAtSec + 45 * DAY);
    give(made, 'default', made.startAtSec + 90 * DAY);
    const shares = [{ contract: made.root, shareUnits: sat(50_000) + 7n }];
    const recoveredAtSec = made.startAtSec + 92 * DAY;
    recover(made, { grossUnits: sat(50_000) + 7n, recoveredAtSec, shares }, recoveredAtSec);
    await open(made);
    const { repayments } = sessions.bank;
    expect(await repayments.payDue(loan.root, 'guarantee')).toEqual({
      ok: true,
      value: sat(1_000_000),
    });
    await proven('guarantee', 1);
    expect(purses.between('bank', 'investor')).toEqual([sat(1_000_000)]);
    await repayments.payDue(loan.root, 'recovery');
    await proven('recovery', 1);
    expect(recoveriesOf(stateOf('investor'), systemClock.nowSec()).unpaidUnits).toBe(0n);
    const handed = await sessions.investor.repayments.payDue(loan.root, 'handedOn');
    expect(handed).toEqual({ ok: true, value: sat(50_000) });
    await proven('handedOn', 1);
    expect(purses.between('investor', 'bank')).toEqual([sat(50_000)]);
    for (const leg of ['guarantee', 'handedOn', 'recovery'] as const) {
      const payer = leg === 'handedOn' ? sessions.investor : sessions.bank;
      expect(await payer.repayments.payDue(loan.root, leg)).toMatchObject({ ok: false });
    }
    expect(purses.hasPaidTwice).toBe(false);
  });
});
