/** A defaulted loan called in, and what its bank owes. requires: D-5, D-10, D-11, D-12 */
import { describe, expect, it } from 'vitest';
import type { OfferDocument } from '../kinds/listings.ts';
import { planDue } from '../dues.ts';
import { acceptAll, amendment } from '../testing/agreements.ts';
import { hashOf, inThree, Loan, sparedSigning } from '../testing/loan.ts';
import { give, recover } from '../testing/steps.ts';
import { guaranteeOf, ledgerOf, recoveriesOf, scheduleOf } from './standing.ts';
import type { ContractState } from './state.ts';
import { summarizeHolding } from '../statistics/holding.ts';
import { planTicks } from './ticks.ts';

const START = 1_800_000_000;
const DAY = 60;
const at = (day: number): number => START + day * DAY + 10;
/** 1,000,000 sat at 12 % in three; the first instalment was due on day 30. */
const FIRST = 343_196_000n;

function defaulted(offer: Partial<OfferDocument> = {}): Loan {
  const loan = new Loan({ offer: { ...inThree, ...offer }, signing: sparedSigning });
  loan.signAll();
  loan.pay('disbursement', planTicks(loan.contract.document), START + 20);
  give(loan, 'arrears', at(36));
  give(loan, 'default', at(60));
  return loan;
}

const stateOf = (loan: Loan): ContractState => loan.fold().state;

function repay(loan: Loan, amountUnits: bigint, day: number): Loan {
  loan.pay('repayment', [{ n: day, amountUnits }], at(day));
  return loan;
}

describe('acceleration', () => {
  it('makes everything due on its day, and nothing before', () => {
    const loan = defaulted();
    const before = ledgerOf(stateOf(loan), at(65));
    give(loan, 'acceleration', at(65));
    const state = stateOf(loan);
    expect(state.acceleratedAtSec).toBe(at(65));
    expect(ledgerOf(state, at(64)).dueNowUnits).toBeLessThan(before.payoffUnits);
    expect(ledgerOf(state, at(65)).dueNowUnits).toBe(before.payoffUnits);
    const plan = planDue(state, 'repayment', new Set(), at(65));
    expect(plan).toMatchObject({ action: 'pay', parts: [{ amountUnits: before.payoffUnits }] });
    expect(scheduleOf(state, at(66))).toHaveLength(3);
    expect(ledgerOf(state, at(95)).instalments.at(-1)?.daysPastDue).toBe(30);
  });

  it('changes nothing while payments contradict it', () => {
    const loan = repay(defaulted(), 2n * FIRST, 61);
    const known = loan.heads('bank');
    give(loan, 'acceleration', at(62), { rests: known });
    const state = stateOf(loan);
    expect(state.notices.at(-1)).toMatchObject({ type: 'acceleration', contested: true });
    expect(state.finalEvents).toHaveLength(2);
    expect(state.acceleratedAtSec).toBeUndefined();
    expect(ledgerOf(state, at(63)).dueNowUnits).toBe(0n);
  });
});

describe('a guarantee', () => {
  const firstLoss = { type: 'firstLoss', shareBps: 2_000, payDays: 30 } as const;

  it('is that of the terms all three had signed by the default, whatever they sign later', () => {
    const signing = { offer: inThree, signing: sparedSigning };
    const amended = (atSec: number): bigint | undefined => {
      const loan = new Loan(signing);
      loan.signAll();
      loan.pay('disbursement', planTicks(loan.contract.document), START + 20);
      give(loan, 'arrears', at(36));
      const known = loan.heads('bank', 'investor', 'business');
      acceptAll(loan, amendment(loan, { guarantee: firstLoss }, START + 30), atSec);
      give(loan, 'default', at(60), { rests: known });
      return guaranteeOf(stateOf(loan), at(61))?.limitUnits;
    };
    expect(amended(at(50))).toBe(200_000_000n);
    expect(amended(at(61))).toBeUndefined();
  });

  it('is called by a default, due after its days and late after that', () => {
    const state = stateOf(defaulted({ guarantee: firstLoss }));
    expect(guaranteeOf(state, at(59))).toBeUndefined();
    const called = guaranteeOf(state, at(60));
    const ledger = ledgerOf(state, at(60));
    expect(called).toMatchObject({
      claimUnits: ledger.outstandingUnits + ledger.interestOwedUnits,
      limitUnits: 200_000_000n,
      unpaidUnits: 200_000_000n,
      daysPastDue: 0,
    });
    expect(guaranteeOf(state, at(90))?.daysPastDue).toBe(0);
    expect(guaranteeOf(state, at(91))?.daysPastDue).toBe(1);
    expect(guaranteeOf(stateOf(defaulted()), at(91))).toBeUndefined();
  });

  it('binds the bank to less once the business repays', () => {
    const loan = repay(defaulted({ guarantee: firstLoss }), 900_000_000n, 80);
    const claimUnits = guaranteeOf(stateOf(loan), at(79))?.claimUnits ?? 0n;
    expect(guaranteeOf(stateOf(loan), at(80))?.obligationUnits).toBe(claimUnits - 900_000_000n);
  });

  it('is not called by a default that payments contradict', () => {
    const loan = repay(new Loan({ offer: { ...inThree, guarantee: firstLoss } }), 1n, 1);
    expect(guaranteeOf(stateOf(loan), at(200))).toBeUndefined();
  });
});

describe('a guarantee by a bond', () => {
  const bond = { pledge: hashOf('pledge'), allocationSat: '600000' };
  const byBond = { type: 'bond', payDays: 30 } as const;

  // requires: BD-31, D-2
  it('goes as far as the loan’s share of what is pinned, a third of it here', () => {
    const called = guaranteeOf(stateOf(defaulted({ guarantee: byBond, bond })), at(60));
    expect(called).toMatchObject({ limitUnits: 200_000_000n, unpaidUnits: 200_000_000n });
    const ample = { ...bond, allocationSat: '6000000' };
    const whole = guaranteeOf(stateOf(defaulted({ guarantee: byBond, bond: ample })), at(60));
    const claimUnits = whole?.claimUnits ?? 0n;
    expect(whole?.limitUnits).toBe(claimUnits - (claimUnits % 1_000n));
  });

  it('can be agreed later for a bond that was pinned from the first', () => {
    const loan = new Loan({ offer: { ...inThree, bond }, signing: sparedSigning });
    loan.signAll();
    loan.pay('disbursement', planTicks(loan.contract.document), START + 20);
    acceptAll(loan, amendment(loan, { guarantee: byBond }, START + 30), at(50));
    give(loan, 'arrears', at(51));
    give(loan, 'default', at(70));
    expect(guaranteeOf(stateOf(loan), at(70))?.limitUnits).toBe(200_000_000n);
  });
});

describe('money under a guarantee', () => {
  const full = { type: 'full', capBps: 12_000, payDays: 30 } as const;

  it('reduces no debt, and is handed on once the business has repaid', () => {
    const loan = defaulted({ guarantee: full });
    const owedUnits = guaranteeOf(stateOf(loan), at(61))?.unpaidUnits ?? 0n;
    const debtUnits = ledgerOf(stateOf(loan), at(70)).payoffUnits;
    loan.pay('guarantee', [{ n: 0, amountUnits: owedUnits }], at(70));
    expect(ledgerOf(stateOf(loan), at(70)).payoffUnits).toBe(debtUnits);
    expect(guaranteeOf(stateOf(loan), at(71))).toMatchObject({ unpaidUnits: 0n, handOnUnits: 0n });
    repay(loan, 400_000_000n, 80);
    const part = guaranteeOf(stateOf(loan), at(80));
    expect(part).toMatchObject({ unpaidUnits: 0n, paidUnits: owedUnits });
    // All was paid but less than a satoshi, so all that comes in goes on.
    expect(part?.handOnUnits).toBe(399_999_000n);
    loan.pay('handedOn', [{ n: 0, amountUnits: 399_999_000n }], at(81));
    expect(guaranteeOf(stateOf(loan), at(81))).toMatchObject({ unpaidUnits: 0n, handOnUnits: 0n });
    const flows = summarizeHolding(stateOf(loan), at(90)).flows;
    const credited = flows.reduce((sum, flow) => sum + flow.creditedUnits, 0n);
    const lent = flows.reduce((sum, flow) => sum + flow.paidUnits, 0n);
    expect(lent).toBe(1_000_000_000n);
    expect(credited).toBe(owedUnits + 400_000_000n - 399_999_000n);
  });

  it('leaves the bank its share of repayments out of the claim', () => {
    const fees = { originationBps: 0, origination: 'withheld', servicingBps: 1_000 } as const;
    const state = stateOf(defaulted({ guarantee: full, fees }));
    const { outstandingUnits, interestOwedUnits } = ledgerOf(state, at(60));
    expect(guaranteeOf(state, at(60))?.claimUnits).toBe(
      (outstandingUnits * 9n) / 10n + (interestOwedUnits * 9n) / 10n,
    );
  });
});

describe('a recovery', () => {
  it('paid by the bank counts as repaid by the business', () => {
    const loan = defaulted();
    const shares = [{ contract: loan.root, shareUnits: 5_000_007n }];
    recover(loan, { grossUnits: 5_000_007n, recoveredAtSec: at(70), shares }, at(71));
    const debtUnits = ledgerOf(stateOf(loan), at(72)).interestOwedUnits;
    loan.pay('recovery', [{ n: 0, amountUnits: 5_000_007n }], at(72));
    expect(ledgerOf(stateOf(loan), at(72)).interestOwedUnits).toBe(debtUnits - 5_000_007n);
    expect(recoveriesOf(stateOf(loan), at(72)).unpaidUnits).toBe(0n);
  });

  it('is owed by the bank that stated it', () => {
    const loan = defaulted();
    const shares = [{ contract: loan.root, shareUnits: 800n }];
    const got = { grossUnits: 1_000n, costsUnits: 200n, recoveredAtSec: at(70), shares };
    recover(loan, got, at(71));
    recover(loan, { ...got, recoveredAtSec: at(80) }, at(81));
    const state = stateOf(loan);
    expect(recoveriesOf(state, at(70)).owedUnits).toBe(0n);
    expect(recoveriesOf(state, at(72)).owedUnits).toBe(800n);
    expect(recoveriesOf(state, at(82))).toEqual({
      owedUnits: 1_600n,
      paidUnits: 0n,
      unpaidUnits: 1_600n,
    });
  });
});
