/** What lapses while a case about it runs. Spec: specs/disputes.md, "Outcome". */
import { describe, expect, it } from 'vitest';
import { claimLimit, foldDispute, planTicks } from '../index.ts';
import { TestCase } from '../testing/disputes.ts';
import { sparedSigning } from '../testing/keys.ts';
import { Loan } from '../testing/loan.ts';

describe('what was not paid out', () => {
  const CLAIMED = 500_000_000n;
  const AFTER_LAPSE = 60;
  const SAID = { statement: 'It has not come.', documents: [], events: [] };

  /** Half was paid out; the rest was claimed on day 12, lapsed, and was ruled on after that. */
  function ruled(claimUnits = CLAIMED, paid: { n: number; day: number }[] = []) {
    const loan = new Loan({
      ...{ serving: { arbiter: 'arbiter', fallbackArbiter: 'fallback arbiter' } },
      signing: sparedSigning,
    });
    loan.signAll();
    const ticks = planTicks(loan.contract.document);
    loan.pay('disbursement', ticks.slice(0, 5), loan.startAtSec + 6 * 60);
    for (const { n, day } of paid) {
      loan.pay('disbursement', ticks.slice(n, n + 1), loan.startAtSec + day * 60);
    }
    const made = new TestCase(loan);
    const claim = { reason: 'notDisbursed', claimUnits: claimUnits.toString() } as const;
    made.step('business', { type: 'open', ...claim, ...SAID }, 12);
    made.respond(14);
    made.rule(made.take(30), [made.award(claimUnits, 'disbursement')], AFTER_LAPSE);
    return { made, loan, ticks };
  }

  it('is owed though it lapsed while the case ran, requires: DI-50', () => {
    const { made } = ruled();
    const [state] = made.states.values();
    if (!state) throw new Error('no contract');
    expect(claimLimit(state, 'notDisbursed', made.at(AFTER_LAPSE))).toBe(0n);
    expect(made.fold()).toMatchObject({
      status: 'ruled',
      outcome: { outstandingUnits: CLAIMED, awards: [{ owedUnits: CLAIMED }] },
    });
  });

  it('is owed without what was paid out until the ruling, requires: DI-50', () => {
    const { made } = ruled(CLAIMED, [{ n: 5, day: 20 }]);
    expect(made.fold().outcome?.outstandingUnits).toBe(CLAIMED - 100_000_000n);
  });

  it('is paid by what is paid out after the ruling, lapsed or not, requires: DI-16', () => {
    const { made, loan, ticks } = ruled();
    loan.pay('disbursement', ticks.slice(5), loan.startAtSec + (AFTER_LAPSE + 2) * 60);
    made.refresh();
    expect(made.fold().status).toBe('complied');
  });

  it('is no more than could be paid out as it was claimed, requires: DI-50', () => {
    const { made } = ruled(2n * CLAIMED);
    expect(made.fold().outcome?.outstandingUnits).toBe(CLAIMED);
  });

  it('is not owed once the loan is called in, requires: DI-50', () => {
    const { made } = ruled();
    const [[root, state] = []] = made.states;
    if (root === undefined || !state) throw new Error('no contract');
    const calledIn = { ...state, acceleratedAtSec: made.at(AFTER_LAPSE - 5) };
    const folded = foldDispute(made.id, made.parsed, new Map([[root, calledIn]]));
    expect(folded).toMatchObject({ ok: true, value: { outcome: { outstandingUnits: 0n } } });
  });
});
