/**
 * The whole machine of a case: every state × every step × everybody × in time or late. Each cell
 * has its answer in `fixtures/dispute-matrix.ts`; one that has none fails. Spec: specs/disputes.md.
 */
import { describe, expect, it } from 'vitest';
import { DISPUTE_REASONS, PARTY_ROLES, REJECT_CODES, type DisputeCase } from '@realyield/protocol';
import { disputeSchema } from '../protocol/src/kinds/dispute.ts';
import { ANSWERS, CODES, OPENERS } from './fixtures/dispute-matrix.ts';
import { OPEN_DAY, TestCase } from './fixtures/disputes.ts';
import {
  ACTORS,
  EARLY,
  LATE,
  STATES,
  STEPS,
  attempt,
  caseIn,
  loan,
} from './fixtures/dispute-states.ts';

const TIMES = { 'in time': EARLY, late: LATE } as const;

/** What a step changes, if it counts: where the case stands, or what it came to. */
function standing({ status, outcome, governing, fallbackCalled, claims }: DisputeCase): string {
  const owed = outcome?.awards.map(({ outstandingUnits }) => outstandingUnits.toString());
  return JSON.stringify([
    ...[status, outcome?.id, owed, governing, fallbackCalled],
    claims.map(({ contract, withdrawn }) => [contract, withdrawn]),
  ]);
}

function answerIn(
  made: ReturnType<typeof caseIn>,
  step: (typeof STEPS)[number],
  actor: (typeof ACTORS)[number],
  day: number,
  before: string,
): string {
  const parsed = attempt(made, step, actor, day);
  const { event } = parsed;
  const after = made.fold([...made.parsed, parsed]);
  const refused = after.rejects.find(({ id }) => id === event.id);
  if (refused) return CODES[refused.code] ?? refused.code;
  return standing(after) === before ? 'said' : 'moves';
}

describe('the machine of a case', () => {
  it('knows every status, step and code there is', () => {
    const types = disputeSchema.def.options.flatMap(({ shape }) => shape.type.def.values);
    expect([...STEPS, 'open'].sort()).toEqual(types.sort());
    expect(Object.keys(CODES).every((code) => REJECT_CODES.includes(code as never))).toBe(true);
  });

  it('is opened for each reason by whose claim it makes, requires: DI-5', () => {
    const answers = DISPUTE_REASONS.map((reason) => {
      const said = PARTY_ROLES.filter((role) => {
        const made = new TestCase(loan);
        const claim = { reason, claimUnits: '1000', statement: 'So it is.' } as const;
        made.step(role, { type: 'open', ...claim, documents: [], events: [] }, OPEN_DAY);
        const opened = made.result();
        if (opened.ok) expect(opened.value.claims).toMatchObject([{ role }]);
        return opened.ok || opened.code !== 'AUTHOR_ROLE';
      });
      return [reason, said];
    });
    expect(Object.fromEntries(answers)).toEqual(OPENERS);
  });

  it('answers each step of everybody as it should, in each state, in time and late', () => {
    const wrong: string[] = [];
    for (const state of STATES) {
      const made = caseIn(state);
      const before = standing(made.fold());
      for (const step of STEPS) {
        for (const actor of ACTORS) {
          for (const [when, day] of Object.entries(TIMES)) {
            const place = `${state}, ${step}, ${actor}, ${when}`;
            const expected = ANSWERS.get(place);
            const answer = answerIn(made, step, actor, day, before);
            if (expected !== answer)
              wrong.push(`${place}: ${answer}, not ${expected ?? 'in the table'}`);
          }
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(ANSWERS.size).toBe(STATES.length * STEPS.length * ACTORS.length * 2);
  }, 60_000);
});
