/** What somebody has to do in their cases, until when, and what the browser says of it. */
import { describe, expect, it } from 'vitest';
import { foldDispute, type ParsedDispute, type ParsedEvent } from '@realyield/protocol';
import { OPEN_DAY, TestCase, unpaidLoan } from '../protocol/src/testing/disputes.ts';
import type { CaseView } from '../web/lib/engine/cases/case-book.ts';
import { formatLocalTime } from '../web/lib/format.ts';
import { remindingOf, unsaid } from '../web/lib/state/reminders.ts';
import { caseReminders, type CasePart } from '../web/lib/state/views/case-reminders.ts';
import { leftWords } from '../web/lib/state/views/case-words.ts';

const isStep = (parsed: ParsedEvent): parsed is ParsedDispute => parsed.name === 'dispute';

function viewOf(made: TestCase): CaseView {
  const folded = foldDispute(made.id, made.parsed, made.states);
  if (!folded.ok) throw new Error(folded.code);
  const steps = made.parsed.filter(isStep);
  return { id: made.id, fold: folded.value, steps, states: made.states };
}

/** What a case asks of each at a time, as `who: sentence: how long`. */
function asked(made: TestCase, day: number): string[] {
  const contract = made.loan.root;
  const parts: readonly CasePart[] = [
    { actor: 'claimant', role: 'investor', contract },
    { actor: 'respondent', role: 'bank', contract },
    { actor: 'respondent', role: 'business', contract },
    { actor: 'arbiter', role: 'arbiter', contract },
    { actor: 'fallbackArbiter', role: 'fallbackArbiter', contract },
  ];
  return parts.flatMap((part) =>
    caseReminders([{ view: viewOf(made), parts: [part] }], made.at(day)).map(
      ({ sentence, left, stage }) => `${part.role}: ${sentence}: ${left} (${stage})`,
    ),
  );
}

const title = '“A second oven”';

describe('reminders of cases', () => {
  it('tell each of their own steps with the time left, requires: DI-22', () => {
    const made = new TestCase(unpaidLoan());
    made.open(1_020_000_000n);
    const when = (day: number): string => formatLocalTime(made.at(day));
    const answer = `Answer the claim on ${title} by ${when(OPEN_DAY + 14)}`;
    const take = `Take the case on ${title} by ${when(OPEN_DAY + 28)}`;
    expect(asked(made, OPEN_DAY + 1)).toEqual([
      `bank: ${answer}: 13 days left (calm)`,
      `business: ${answer}: 13 days left (calm)`,
      `arbiter: ${take}: 27 days left (calm)`,
    ]);
    expect(asked(made, OPEN_DAY + 31)).toEqual([`arbiter: ${take}: 3 days over (over)`]);
    made.respond();
    const taken = made.take(OPEN_DAY + 20);
    const rule = `Rule on ${title} by ${when(OPEN_DAY + 80)}`;
    expect(asked(made, OPEN_DAY + 75)).toEqual([`arbiter: ${rule}: 5 days left (soon)`]);
    made.rule(taken, [made.award(600_000_000n, 'repayment')], OPEN_DAY + 76);
    const [pay = '', ...others] = asked(made, OPEN_DAY + 90);
    expect(pay).toMatch(
      /^business: Pay what was awarded on .*, 600.000.sat by .*: less than a day/,
    );
    expect(others).toEqual([]);
    made.loan.pay('repayment', [{ n: 0, amountUnits: 600_000_000n }], made.at(OPEN_DAY + 91));
    made.refresh();
    expect(asked(made, OPEN_DAY + 92)).toEqual([]);
  });

  it('count days of the contract', () => {
    expect([leftWords(1_000, 0, 500), leftWords(0, 1_100, 500)]).toEqual([
      ...['2 days left', '2 days over'],
    ]);
    expect([leftWords(499, 0, 500), leftWords(0, 499, 500)]).toEqual([
      ...['less than a day left', 'time is over'],
    ]);
  });

  it('are said by the browser once for each stage, and never without leave', () => {
    const reminder = { key: 'a take', href: '/cases/a', sentence: 'Take it', atSec: 9, left: '' };
    const soon = { ...reminder, stage: 'soon' } as const;
    expect(unsaid([{ ...reminder, stage: 'calm' }], [])).toEqual([]);
    expect(unsaid([soon], []).map(({ name }) => name)).toEqual(['a take soon']);
    expect(unsaid([soon], ['a take soon'])).toEqual([]);
    expect(unsaid([{ ...reminder, stage: 'over' }], ['a take soon'])).toHaveLength(1);
    // Nothing here can say anything: no browser, no leave.
    expect(remindingOf('f'.repeat(64))).toBe('impossible');
  });
});
