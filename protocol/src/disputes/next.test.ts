/** Who may do what next in a case. Spec: specs/disputes.md, "Next". */
import { describe, expect, it } from 'vitest';
import { nextSteps } from '../index.ts';
import { OPEN_DAY, TestCase, unpaidLoan } from '../testing/disputes.ts';

const CLAIM = 1_020_000_000n;
const AWARD = 600_000_000n;

/** A case that was opened. */
function opened(): TestCase {
  const made = new TestCase(unpaidLoan());
  made.open(CLAIM);
  return made;
}

describe('what can be done next', () => {
  it('is only what has an effect, requires: DI-22', () => {
    const made = opened();
    made.respond();
    const taken = made.take();
    const now = made.at(OPEN_DAY + 17);
    expect(nextSteps(made.fold(), 'arbiter', now)).toEqual(['ruling']);
    expect(nextSteps(made.fold(), 'outsider', now)).toEqual([]);
    expect(nextSteps(made.fold(), 'claimant', now)).not.toContain('fallback');
    expect(nextSteps(made.fold(), 'claimant', made.at(OPEN_DAY + 77))).toContain('fallback');
    made.rule(taken, [made.award(AWARD)]);
    expect(nextSteps(made.fold(), 'arbiter', now)).toEqual([]);
    expect(nextSteps(made.fold(), 'respondent', now)).toContain('compliance');
    expect(nextSteps(made.fold(), 'claimant', now)).toContain('settlement');
  });

  it('is to call the other where a taking names no block there is, requires: DI-37', () => {
    const made = opened();
    const taken = made.take();
    const isDenied = (id: string): boolean => id === taken.id;
    const [inTime, over] = [made.at(OPEN_DAY + 27), made.at(OPEN_DAY + 29)];
    expect(nextSteps(made.fold(), 'claimant', over)).not.toContain('fallback');
    expect(nextSteps(made.fold(), 'claimant', over, isDenied)).toContain('fallback');
    expect(nextSteps(made.fold(), 'claimant', inTime, isDenied)).not.toContain('fallback');
  });

  it('is to close what was settled before the arbiter took it, requires: DI-21', () => {
    const made = opened();
    const terms = { awards: [], payBySec: made.at(200), statement: '' };
    const proposal = made.step('bank', { type: 'proposal', ...terms }, OPEN_DAY + 2);
    const now = made.at(OPEN_DAY + 4);
    expect(nextSteps(made.fold(), 'arbiter', now)).toEqual(['taken']);
    made.accept('investor', proposal, OPEN_DAY + 3);
    expect(nextSteps(made.fold(), 'arbiter', now)).toEqual(['closing']);
    expect(nextSteps(made.fold(), 'fallbackArbiter', now)).toEqual([]);
    made.step('arbiter', { type: 'closing', statement: '' }, OPEN_DAY + 4);
    expect(made.fold()).toMatchObject({ status: 'closed', rejects: [] });
  });
});
