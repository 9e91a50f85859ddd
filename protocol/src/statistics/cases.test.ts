/** Records that somebody tries to spoil or to clean by steps signed for that. Spec: figures.md. */
import { describe, expect, it } from 'vitest';
import { OPEN_DAY, TestCase, unpaidLoan } from '../testing/disputes.ts';
import { publicOf, sparedSigning } from '../testing/keys.ts';
import { arbiterRecord, caseRecord } from './cases.ts';

const CLAIM = 1_020_000_000n;
const AWARD = 600_000_000n;
const said = { statement: '' } as const;

function opened(): TestCase {
  const made = new TestCase(unpaidLoan('investor', { signing: sparedSigning }));
  made.open(CLAIM);
  return made;
}

/** Settled by all sides, twelve days after it was opened. */
function settled(made: TestCase): void {
  const terms = { awards: [made.award(AWARD, 'repayment')], payBySec: made.at(200), ...said };
  const proposal = made.step('bank', { type: 'proposal', ...terms }, OPEN_DAY + 10);
  made.accept('business', proposal, OPEN_DAY + 11);
  made.accept('investor', proposal, OPEN_DAY + 12);
}

/** A call that knows of nothing but the opening. */
function call(made: TestCase, day: number, name = 'bank') {
  const [opening] = made.steps;
  const prev = opening ? [opening] : [];
  return made.step(name, { type: 'fallback' }, day, { prev });
}

const judgedOf = (made: TestCase) => ({ fold: made.fold(), state: made.loan.fold().state });
const recordOf = (made: TestCase, name: string) =>
  arbiterRecord(publicOf(name), [judgedOf(made)], made.at(OPEN_DAY + 120));
const became = (made: TestCase) => caseRecord([judgedOf(made)], made.at(OPEN_DAY + 120));

describe('the record of an arbiter', () => {
  it('is not spoiled by a call in a case that was settled, requires: F-41, F-43', () => {
    const made = opened();
    settled(made);
    call(made, OPEN_DAY + 29);
    expect(made.fold()).toMatchObject({ fallbackCalled: true, arbiterSilent: false });
    expect(recordOf(made, 'arbiter')).toMatchObject({ cases: 1, silent: 0 });
    expect(recordOf(made, 'fallback arbiter').cases).toBe(0);
    // Who settled cannot make it one by taking the claim back.
    made.step('investor', { type: 'withdrawal', ...said }, OPEN_DAY + 40);
    expect(recordOf(made, 'arbiter').silent).toBe(0);
  });

  it('is not spoiled by a call in a case whose claims were withdrawn, requires: F-43', () => {
    const made = opened();
    made.step('investor', { type: 'withdrawal', ...said }, OPEN_DAY + 10);
    call(made, OPEN_DAY + 29, 'investor');
    expect(recordOf(made, 'arbiter').silent).toBe(0);
  });

  it('is not spoiled by a call that leaves out what it did in time, requires: F-43', () => {
    const made = opened();
    made.respond();
    const taken = made.take();
    call(made, OPEN_DAY + 29);
    expect(recordOf(made, 'arbiter')).toMatchObject({ taken: 1, silent: 0 });
    made.rule(taken, [made.award(AWARD)], OPEN_DAY + 30);
    call(made, OPEN_DAY + 100);
    expect(recordOf(made, 'arbiter')).toMatchObject({ ruledInTime: 1, silent: 0 });
  });

  it('keeps a silence after which the parties settle or withdraw, requires: F-43', () => {
    const made = opened();
    const called = call(made, OPEN_DAY + 29, 'investor');
    const terms = { awards: [made.award(AWARD, 'repayment')], payBySec: made.at(200), ...said };
    const proposal = made.step('bank', { type: 'proposal', ...terms }, OPEN_DAY + 30);
    made.accept('business', proposal, OPEN_DAY + 31);
    made.accept('investor', proposal, OPEN_DAY + 32);
    expect(recordOf(made, 'arbiter').silent).toBe(1);
    made.step('investor', { type: 'withdrawal', ...said }, OPEN_DAY + 40);
    expect(recordOf(made, 'arbiter').silent).toBe(1);
    expect(made.fold().applied).toContain(called.id);
  });

  it('keeps a silence that it denies by a taking dated back, requires: F-43', () => {
    const made = opened();
    const called = call(made, OPEN_DAY + 29);
    made.take(OPEN_DAY + 30, 'fallback arbiter', { prev: [called] });
    const [opening] = made.steps;
    if (opening) made.take(OPEN_DAY + 20, 'arbiter', { prev: [opening] });
    // The list of a taking rests on what it names: this one names nothing of the call.
    const bare = { type: 'taken' as const, admitted: opening ? [opening.id] : [] };
    made.step('arbiter', bare, OPEN_DAY + 20, { prev: opening ? [opening] : [] });
    expect(recordOf(made, 'arbiter').silent).toBe(1);
  });
});

describe('the record of a bank', () => {
  /** A ruling, paid as far as is said. */
  function ruled(units: bigint, awarded = AWARD): TestCase {
    const made = opened();
    made.respond();
    made.rule(made.take(), awarded === 0n ? [] : [made.award(awarded, 'repayment')]);
    if (units > 0n) {
      made.loan.pay('repayment', [{ n: 0, amountUnits: units }], made.at(OPEN_DAY + 35));
      made.refresh();
    }
    return made;
  }

  it('keeps a ruling whose claimant withdraws once paid, requires: DI-47, F-44, F-45', () => {
    const made = ruled(AWARD);
    const whole = { cases: 1, withdrawn: 0, ruled: 1, compliance: { numerator: 1, bps: 10_000 } };
    expect(became(made)).toMatchObject(whole);
    const before = made.fold().outcome;
    made.step('investor', { type: 'withdrawal', ...said }, OPEN_DAY + 50);
    expect(became(made)).toMatchObject(whole);
    expect(made.fold()).toMatchObject({ status: 'complied', claims: [{ withdrawn: true }] });
    expect(made.fold().outcome).toMatchObject({ id: before?.id, outstandingUnits: 0n });
  });

  it('keeps it where the withdrawal is dated back, requires: DI-47', () => {
    const made = ruled(AWARD);
    const [opening] = made.steps;
    const prev = opening ? [opening] : [];
    made.step('investor', { type: 'withdrawal', ...said }, OPEN_DAY + 1, { prev });
    expect(made.fold().status).toBe('complied');
    expect(became(made)).toMatchObject({ withdrawn: 0, compliance: { numerator: 1 } });
  });

  it('keeps a dismissal whose claimant withdraws, requires: DI-47, F-44', () => {
    const made = ruled(0n, 0n);
    made.step('investor', { type: 'withdrawal', ...said }, OPEN_DAY + 50);
    expect(became(made)).toMatchObject({ withdrawn: 0, ruled: 1, dismissed: 1 });
  });

  it('has no ruling that came after the withdrawal, or was not paid, requires: DI-47', () => {
    const unpaid = ruled(AWARD - 1_000n);
    unpaid.step('investor', { type: 'withdrawal', ...said }, OPEN_DAY + 50);
    expect(became(unpaid)).toMatchObject({ withdrawn: 1, ruled: 0, owed: 0 });
    const made = opened();
    made.respond();
    const taken = made.take();
    made.step('investor', { type: 'withdrawal', ...said }, OPEN_DAY + 20);
    made.rule(taken, []);
    expect(made.fold().status).toBe('withdrawn');
    expect(became(made)).toMatchObject({ withdrawn: 1, ruled: 0 });
  });

  /** Settled, and paid as it says. */
  function paidAsSettled(units = AWARD): TestCase {
    const made = opened();
    settled(made);
    made.loan.pay('repayment', [{ n: 0, amountUnits: units }], made.at(OPEN_DAY + 15));
    made.refresh();
    return made;
  }

  it('keeps a settlement whose claimant withdraws once paid, requires: DI-17, DI-47', () => {
    const made = paidAsSettled();
    const whole = { cases: 1, withdrawn: 0, settled: 1, owed: 0 };
    expect(became(made)).toMatchObject(whole);
    const before = made.fold().outcome;
    made.step('investor', { type: 'withdrawal', ...said }, OPEN_DAY + 50);
    expect(became(made)).toMatchObject(whole);
    const { status, outcome } = made.fold();
    const { id, effectiveAtSec } = before ?? {};
    expect({ status, outcome }).toMatchObject({
      status: 'complied',
      outcome: { type: 'settlement', id, effectiveAtSec, outstandingUnits: 0n },
    });
  });

  it('keeps a settlement where the withdrawal is dated back, requires: DI-17', () => {
    const made = paidAsSettled();
    const [opening] = made.steps;
    const prev = opening ? [opening] : [];
    made.step('investor', { type: 'withdrawal', ...said }, OPEN_DAY + 1, { prev });
    expect(became(made)).toMatchObject({ withdrawn: 0, settled: 1 });
  });

  it('has no settlement that is owed to nobody any more, requires: DI-17, DI-47', () => {
    const unpaid = paidAsSettled(AWARD - 1_000n);
    unpaid.step('investor', { type: 'withdrawal', ...said }, OPEN_DAY + 50);
    expect(became(unpaid)).toMatchObject({ withdrawn: 1, settled: 0, owed: 0 });
    const made = opened();
    made.step('investor', { type: 'withdrawal', ...said }, OPEN_DAY + 5);
    settled(made);
    expect(made.fold()).toMatchObject({ status: 'withdrawn', outcome: undefined });
  });

  it('has no ruling that was withdrawn unpaid and closed then, requires: DI-21, F-44', () => {
    const unpaid = ruled(AWARD - 1_000n);
    unpaid.step('investor', { type: 'withdrawal', ...said }, OPEN_DAY + 50);
    unpaid.step('arbiter', { type: 'closing', ...said }, OPEN_DAY + 51);
    expect(unpaid.fold()).toMatchObject({
      ...{ status: 'withdrawn', rejects: [{ code: 'STATE_FORBIDS' }] },
    });
    const none = { numerator: 0, denominator: 0 };
    expect(became(unpaid)).toMatchObject({ withdrawn: 1, ruled: 0, compliance: none });
  });
});
