/** Cases on one contract: a payment pays one of them. Spec: specs/disputes.md, "Outcome". */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  claimLimit,
  claimRoom,
  foldDispute,
  isEarlier,
  planTicks,
  type DisputeCase,
  type DisputeReason,
  type OtherOutcome,
} from '../index.ts';
import { OPEN_DAY, TestCase, unpaidLoan } from '../testing/disputes.ts';
import { sparedSigning } from '../testing/keys.ts';
import { Loan } from '../testing/loan.ts';

const CLAIM = 1_020_000_000n;
const LEGS = ['repayment', 'recovery'] as const;

interface Ruled {
  readonly reason: DisputeReason;
  readonly units: bigint;
  readonly day: number;
  readonly leg: (typeof LEGS)[number];
}

interface Payment {
  readonly units: bigint;
  readonly day: number;
  readonly leg: (typeof LEGS)[number];
}

const newLoan = () => unpaidLoan('investor', { signing: sparedSigning });

/** Cases ruled on one loan, and what was paid under it. */
function casesOn(ruled: readonly Ruled[], payments: readonly Payment[]): TestCase[] {
  const loan = newLoan();
  const made = ruled.map(({ reason, units, day, leg }) => {
    const one = new TestCase(loan);
    one.open(CLAIM, OPEN_DAY, reason);
    one.respond();
    one.rule(one.take(), [one.award(units, leg)], OPEN_DAY + day);
    return one;
  });
  for (const [n, { units, day, leg }] of payments.entries()) {
    const atSec = loan.startAtSec + (OPEN_DAY + day) * 60 + 30;
    loan.pay(leg, [{ n, amountUnits: units }], atSec);
  }
  for (const one of made) one.refresh();
  return made;
}

/** Each folded beside those before it, in order; `shuffle` hands these in another order. */
function foldAll(
  made: readonly TestCase[],
  shuffle: (others: readonly OtherOutcome[]) => readonly OtherOutcome[] = (others) => others,
): DisputeCase[] {
  const order = [...made].sort((a, b) => {
    const [one, other] = [a.fold().outcome, b.fold().outcome];
    return one && other && isEarlier(one, other) ? -1 : 1;
  });
  const others: OtherOutcome[] = [];
  return order.map((one) => {
    const folded = foldDispute(one.id, one.parsed, one.states, shuffle(others));
    if (!folded.ok) throw new Error(folded.code);
    const { outcome, reason } = folded.value;
    if (outcome) others.push({ outcome, reason });
    return folded.value;
  });
}

const plain = { leg: 'repayment', reason: 'misrepresentation' } as const;
const first = { ...plain, reason: 'notRepaid', units: 300_000_000n, day: 20 } as const;
const second = { ...plain, units: 400_000_000n, day: 22 } as const;
const left = (cases: readonly DisputeCase[]) => cases.map((each) => each.outcome?.outstandingUnits);

describe('two cases on one contract', () => {
  it('are not complied with by one payment, requires: DI-23', () => {
    const made = casesOn([first, second], [{ units: 400_000_000n, day: 30, leg: 'repayment' }]);
    expect(made.map((one) => one.fold().status)).toEqual(['complied', 'complied']);
    const [one, other] = foldAll(made);
    expect([one?.status, other?.status]).toEqual(['complied', 'ruled']);
    expect(left(foldAll(made))).toEqual([0n, 300_000_000n]);
  });

  it('are paid by what settled on their own leg, and after them, requires: DI-23', () => {
    const made = casesOn(
      [first, { ...second, leg: 'recovery' }],
      [
        { units: 300_000_000n, day: 21, leg: 'repayment' },
        { units: 150_000_000n, day: 23, leg: 'recovery' },
      ],
    );
    expect(left(foldAll(made))).toEqual([0n, 250_000_000n]);
  });

  it('owe no more together than the ledger gives, requires: DI-24', () => {
    const made = casesOn(
      [
        { ...first, units: 900_000_000n },
        { ...second, units: CLAIM },
      ],
      [],
    );
    const [one, other] = foldAll(made);
    const state = made[0]?.loan.fold().state;
    const atSec = other?.outcome?.effectiveAtSec ?? 0;
    const most = state ? claimLimit(state, 'misrepresentation', atSec) : 0n;
    expect(one?.outcome?.outstandingUnits).toBe(900_000_000n);
    expect(other?.outcome?.outstandingUnits).toBe(most - 900_000_000n);
  });

  it('leave a claim for what was not complied with just that, requires: DI-36', () => {
    const paid = { units: 100_000_000n, day: 30, leg: 'repayment' } as const;
    const made = casesOn([first, second], [paid]);
    const state = made[0]?.loan.fold().state;
    const others = foldAll(made).flatMap(({ outcome, reason }) =>
      outcome ? [{ outcome, reason }] : [],
    );
    if (!state) throw new Error('no loan');
    const payBySec = Math.max(...others.map(({ outcome }) => outcome.payBySec));
    const room = (atSec: number) => claimRoom(state, 'rulingNotComplied', atSec, others);
    const units = 600_000_000n;
    expect(claimLimit(state, 'rulingNotComplied', payBySec + 1) > units).toBe(true);
    expect(room(payBySec + 1)).toEqual({ todayUnits: units, earlierUnits: 0n, mostUnits: units });
    const firstBySec = Math.min(...others.map(({ outcome }) => outcome.payBySec));
    expect(room(firstBySec).todayUnits).toBe(0n);
    // A second one is for the same money.
    const [one] = others;
    if (!one) throw new Error('no outcome');
    const again = [...others, { ...one, reason: 'rulingNotComplied' } as const];
    expect(claimRoom(state, 'rulingNotComplied', payBySec + 1, again).todayUnits).toBe(units);
  });

  it('leave a later claim what they do not owe, requires: DI-24, DI-35', () => {
    const [one] = casesOn([first], []);
    const state = one?.loan.fold().state;
    const { outcome, reason } = one?.fold() ?? {};
    if (!state || !outcome || !reason) throw new Error('no outcome');
    const atSec = outcome.effectiveAtSec + 60;
    const room = claimRoom(state, 'misrepresentation', atSec, [{ outcome, reason }]);
    const limit = claimLimit(state, 'misrepresentation', atSec);
    expect(room.earlierUnits).toBe(300_000_000n);
    expect(room.todayUnits).toBe(limit - 300_000_000n);
    expect(room.mostUnits >= room.todayUnits).toBe(true);
    // What enforces it claims the same money, and what was not yet decided takes nothing.
    const enforcing = claimRoom(state, 'rulingNotComplied', atSec, [{ outcome, reason }]);
    expect(enforcing.earlierUnits).toBe(0n);
    expect(enforcing.todayUnits).toBe(0n);
    const before = outcome.effectiveAtSec - 1;
    const early = claimRoom(state, 'misrepresentation', before, [{ outcome, reason }]);
    expect(early.earlierUnits).toBe(0n);
  });

  it('are paid together where one enforces the other, requires: DI-24', () => {
    const enforcing = { ...second, reason: 'rulingNotComplied', units: 300_000_000n } as const;
    const third = { ...second, day: 24, units: 100_000_000n };
    const paid = { units: 350_000_000n, day: 30, leg: 'repayment' } as const;
    const made = casesOn([first, enforcing, third], [paid]);
    expect(left(foldAll(made))).toEqual([0n, 0n, 50_000_000n]);
  });
});

describe('a ruling for the business that nobody complied with', () => {
  const CLAIMED = 400_000_000n;
  const SAID = { statement: 'It has not come.', documents: [], events: [] };

  /** Half of a loan was paid out; the business was awarded the rest while it could still come. */
  function awarded() {
    const loan = new Loan({
      ...{ serving: { arbiter: 'arbiter', fallbackArbiter: 'fallback arbiter' } },
      signing: sparedSigning,
    });
    loan.signAll();
    const [half] = [planTicks(loan.contract.document).slice(0, 5)];
    loan.pay('disbursement', half, loan.startAtSec + 6 * 60);
    const made = new TestCase(loan);
    const claim = { reason: 'notDisbursed', claimUnits: CLAIMED.toString() } as const;
    made.step('business', { type: 'open', ...claim, ...SAID }, 12);
    made.respond(14);
    made.rule(made.take(15), [made.award(CLAIMED, 'disbursement')], 20);
    return { loan, made };
  }

  /** The business enforces it, long after the tranche has lapsed. */
  function enforced() {
    const { loan, made } = awarded();
    const second = new TestCase(loan);
    const claim = { reason: 'rulingNotComplied', claimUnits: CLAIMED.toString() } as const;
    second.step('business', { type: 'open', ...claim, ...SAID }, 60);
    second.respond(62);
    second.rule(second.take(63), [second.award(CLAIMED, 'disbursement')], 65);
    return { loan, made, second };
  }

  it('is the business’s to claim, as far as it is unpaid, requires: DI-5, DI-6, DI-36', () => {
    const { loan, made } = awarded();
    const { outcome, reason, claims } = made.fold();
    if (!outcome) throw new Error('no outcome');
    expect(claims).toMatchObject([{ role: 'business' }]);
    const { state } = loan.fold();
    const others = [{ outcome, reason }];
    const room = (role: 'business' | 'investor', day: number) =>
      claimRoom(state, 'rulingNotComplied', made.at(day), others, role).todayUnits;
    expect(claimLimit(state, 'notDisbursed', made.at(60))).toBe(0n);
    expect([room('business', 60), room('business', 21), room('investor', 60)]).toEqual([
      ...[CLAIMED, 0n, 0n],
    ]);
    const { second } = enforced();
    expect(second.fold()).toMatchObject({ status: 'ruled', claims: [{ role: 'business' }] });
    expect(second.fold().outcome?.outstandingUnits).toBe(CLAIMED);
  });

  it('is paid together with what enforces it, by the investor, requires: DI-24', () => {
    const { loan, made, second } = enforced();
    const rest = planTicks(loan.contract.document).slice(5, 9);
    loan.pay('disbursement', rest, loan.startAtSec + 70 * 60);
    for (const one of [made, second]) one.refresh();
    const folded = foldAll([made, second]);
    expect(folded.map(({ status }) => status)).toEqual(['complied', 'complied']);
  });

  it('is never more than the principal lacks, requires: DI-6', () => {
    const { loan, second } = enforced();
    const { principalUnits } = loan.contract.document;
    const { state } = loan.fold();
    const limit = claimLimit(state, 'rulingNotComplied', second.at(60), 'business');
    expect(limit).toBe(BigInt(principalUnits) / 2n);
    expect(second.fold().claims[0]?.limitUnits).toBe(limit);
  });
});

const units = fc.bigInt({ min: 1n, max: 1_000n }).map((each) => each * 1_000_000n);
const leg = fc.constantFrom(...LEGS);
const reason = fc.constantFrom<DisputeReason>('notRepaid', 'misrepresentation');
const ruling = fc.record({ reason, units, leg, day: fc.integer({ min: 17, max: 40 }) });
const payment = fc.record({ units, leg, day: fc.integer({ min: 10, max: 50 }) });

describe('any cases on one contract', () => {
  it('take each payment once, and together no more than the ledger, requires: DI-23, DI-24', () => {
    const markets = fc.tuple(
      fc.array(ruling, { minLength: 2, maxLength: 3 }),
      fc.array(payment, { maxLength: 4 }),
    );
    fc.assert(
      fc.property(markets, ([ruled, payments]) => {
        const made = casesOn(ruled, payments);
        const folded = foldAll(made);
        expect(foldAll(made, (others) => [...others].reverse())).toEqual(folded);
        for (const each of LEGS) {
          const awards = folded.flatMap(({ outcome }) => outcome?.awards ?? []);
          const own = awards.filter(({ award }) => award.leg === each);
          const complied = own.reduce((sum, { owedUnits, outstandingUnits }) => {
            return sum + owedUnits - outstandingUnits;
          }, 0n);
          const paid = payments.filter((one) => one.leg === each);
          expect(complied <= paid.reduce((sum, one) => sum + one.units, 0n)).toBe(true);
        }
        const owed = folded.reduce(
          (sum, { outcome }) => sum + (outcome?.outstandingUnits ?? 0n),
          0n,
        );
        expect(owed < 1_100_000_000n).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});
