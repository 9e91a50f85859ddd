/**
 * The dispute machine: every state × step × role × in time or late, and laws for any set of steps
 * in any order. Spec: specs/disputes.md.
 */
import { embed, type VerifiedEvent, type DisputeCase, type ParsedEvent } from '../index.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OPEN_DAY, TestCase, idsOf, rulingOn, unpaidLoan } from '../testing/disputes.ts';
import { sparedSigning } from '../testing/keys.ts';

const CLAIM = 1_020_000_000n;
const AWARD = 600_000_000n;
const ROLES = ['investor', 'business', 'bank', 'arbiter', 'fallback arbiter', 'stranger'] as const;
const LETTERS = ['i', 'u', 'b', 'a', 'f', 's'] as const;

const loan = unpaidLoan('investor', { signing: sparedSigning });

/** Cases in each state; the bank's proposal waits in all of them. */
function casesByState(): Readonly<Record<string, TestCase>> {
  const opened = (): TestCase => {
    const made = new TestCase(loan);
    made.open(CLAIM);
    const awards = [made.award(AWARD)];
    const terms = { awards, payBySec: made.at(200), statement: '' };
    made.step('bank', { type: 'proposal', ...terms }, OPEN_DAY + 1);
    return made;
  };
  const [taken, ruled, settled, called, fallback, withdrawn] = [1, 2, 3, 4, 5, 6].map(opened);
  if (!taken || !ruled || !settled || !called || !fallback || !withdrawn) throw new Error();
  taken.take(OPEN_DAY + 2);
  ruled.rule(ruled.take(OPEN_DAY + 2), [ruled.award(AWARD)], OPEN_DAY + 15);
  const [, proposal] = settled.steps;
  if (proposal) settled.accept('investor', proposal, OPEN_DAY + 2);
  for (const made of [called, fallback]) made.step('bank', { type: 'fallback' }, OPEN_DAY + 29);
  fallback.take(OPEN_DAY + 30, 'fallback arbiter');
  withdrawn.step('investor', { type: 'withdrawal', statement: '' }, OPEN_DAY + 2);
  return { open: opened(), taken, ruled, settled, called, fallback, withdrawn };
}

/** What each step would say in a case. */
function saying(made: TestCase, type: string): Parameters<TestCase['sign']>[1] {
  const statement = 'So it is.';
  const taken = [...made.parsed]
    .reverse()
    .find(
      ({ name, document }) => name === 'dispute' && 'type' in document && document.type === 'taken',
    );
  const [, proposal] = made.steps;
  switch (type) {
    case 'join':
      return { type, claimUnits: '1000', statement };
    case 'response':
      return { type, statement, documents: [] };
    case 'evidence':
      return { type, statement, documents: [], events: [] };
    case 'proposal':
      return { type, awards: [made.award(AWARD)], payBySec: made.at(200), statement };
    case 'settlement':
      return { type, proposal: embed((proposal ?? made.steps[0]) as VerifiedEvent) };
    case 'taken':
      return { type, admitted: [made.id] };
    case 'ruling':
      return rulingOn(taken?.event ?? { id: made.id }, [], [made.award(AWARD)], made.at(200));
    case 'fallback':
      return { type };
    case 'compliance':
      return { type, outcome: made.id, receipts: [], statement };
    case 'withdrawal':
      return { type, statement };
    default:
      return { type: 'closing', statement };
  }
}

const STEPS = [
  ...['join', 'response', 'evidence', 'proposal', 'settlement', 'taken', 'ruling'],
  ...['fallback', 'compliance', 'withdrawal', 'closing'],
];

/** Letters of those whose step counts. */
function counting(made: TestCase, type: string, day: number): string {
  const letters = ROLES.map((name, index) => {
    const event = made.sign(name, saying(made, type), day);
    const counts = made.fold([...made.parsed, ...loan.signing.read(event)]).applied;
    return counts.includes(event.id) ? (LETTERS[index] ?? '') : '';
  });
  return letters.join('') || '-';
}

/** In time: the third day, or the day after the state began; late: after every term. */
const EARLY = OPEN_DAY + 3;
const LATE = OPEN_DAY + 120;

/** Who can take a step with effect: `early/late`, i investor, u business, b bank, a, f arbiters. */
const TABLE = `step open taken ruled settled called fallback withdrawn
join -/- -/- -/- -/- -/- -/- -/-
response ub/ub ub/ub ub/ub ub/ub ub/ub ub/ub ub/ub
evidence iub/iub iub/iub iub/iub iub/iub iub/iub iub/iub iub/iub
proposal iub/iub iub/iub iub/iub iub/iub iub/iub iub/iub iub/iub
settlement iub/iub iub/iub iub/iub iub/iub iub/iub iub/iub iub/iub
taken a/a a/a a/a a/a af/af af/af a/a
ruling -/- -/a a/a -/- -/- f/f -/-
fallback -/iub -/iub -/- -/iub iub/iub iub/iub -/iub
compliance iub/iub iub/iub iub/iub iub/iub iub/iub iub/iub iub/iub
withdrawal i/i i/i i/i i/i i/i i/i i/i
closing -/- -/- -/- -/- -/- -/- -/-`;

function tableOf(states: Readonly<Record<string, TestCase>>): string {
  const head = ['step', ...Object.keys(states)].join(' ');
  const rows = STEPS.map((type) => {
    const cells = Object.values(states).map(
      (made) => `${counting(made, type, EARLY)}/${counting(made, type, LATE)}`,
    );
    return [type, ...cells].join(' ');
  });
  return [head, ...rows].join('\n');
}

/** Steps honest and hostile, some dated back, knowing little or much of each other. */
function hostileCase(): TestCase {
  const made = new TestCase(loan);
  const opened = made.open(CLAIM);
  const knowing = { prev: [opened] };
  const response = made.respond(OPEN_DAY + 5, knowing);
  made.respond(OPEN_DAY + 1, knowing, 'business');
  made.respond(OPEN_DAY + 2, knowing, 'stranger');
  const first = made.step(
    'arbiter',
    { type: 'taken', admitted: idsOf(opened) },
    OPEN_DAY + 9,
    knowing,
  );
  const again = made.step(
    'arbiter',
    { type: 'taken', admitted: idsOf(opened, response) },
    OPEN_DAY + 4,
    { prev: [response] },
  );
  for (const [day, name, units] of [
    [30, 'arbiter', AWARD],
    [16, 'arbiter', CLAIM],
    [17, 'stranger', CLAIM],
    [3, 'arbiter', CLAIM],
    [40, 'fallback arbiter', AWARD],
  ] as const) {
    for (const taken of [first, again]) {
      const said = rulingOn(taken, [response], [made.award(units)], made.at(200));
      made.step(name, said, OPEN_DAY + day, { prev: [taken] });
    }
  }
  const call = made.step('bank', { type: 'fallback' }, OPEN_DAY + 29, knowing);
  const third = made.step(
    'fallback arbiter',
    { type: 'taken', admitted: idsOf(opened) },
    OPEN_DAY + 31,
    { prev: [call] },
  );
  const ruling = rulingOn(third, [], [made.award(CLAIM, 'repayment')], made.at(200));
  made.step('fallback arbiter', ruling, OPEN_DAY + 33);
  const terms = { awards: [made.award(CLAIM)], payBySec: made.at(200), statement: '' };
  const proposal = made.step('bank', { type: 'proposal', ...terms }, OPEN_DAY + 6, knowing);
  made.accept('investor', proposal, OPEN_DAY + 7, { prev: [proposal] });
  made.step('investor', { type: 'withdrawal', statement: '' }, OPEN_DAY + 90);
  for (const name of ['arbiter', 'fallback arbiter', 'bank']) {
    made.step(name, { type: 'closing', statement: '' }, OPEN_DAY + 100);
  }
  return made;
}

/** What no set of steps may lead to. */
function expectLawful(dispute: DisputeCase): void {
  const { outcome, status, claims } = dispute;
  const owed = outcome?.awards.reduce((sum, { owedUnits }) => sum + owedUnits, 0n) ?? 0n;
  const most = claims.reduce((sum, { claimUnits }) => sum + claimUnits, 0n);
  expect(owed <= most && owed < 1_100_000_000n).toBe(true);
  const isOver = ['closed', 'complied', 'withdrawn'].includes(status);
  if (isOver) expect(outcome?.outstandingUnits ?? 0n).toBe(0n);
  else if (outcome) expect(outcome.outstandingUnits).toBeGreaterThan(0n);
}

describe('the machine', () => {
  it('lets take each step whoever may, in each state, in time and late', () => {
    expect(tableOf(casesByState())).toBe(TABLE);
  });

  it('is the same for any order and repetition of any steps', () => {
    const made = hostileCase();
    const [opened, ...others] = made.parsed as [ParsedEvent, ...ParsedEvent[]];
    const shuffled = fc
      .subarray(others)
      .chain((kept) =>
        fc.tuple(fc.constant(kept), fc.shuffledSubarray([...kept, ...kept, opened, opened])),
      );
    fc.assert(
      fc.property(shuffled, ([kept, order]) => {
        const view = made.fold([opened, ...kept]);
        expectLawful(view);
        expect(made.fold([...order, ...kept, opened])).toEqual(view);
      }),
      { numRuns: 60 },
    );
  });

  it('has one ruling, and every other that counts is reported with it', () => {
    const made = hostileCase();
    const view = made.fold();
    expect(view.governing).toBe('fallbackArbiter');
    expect(view.contradictions.map(({ reason }) => reason)).toContain('rival rulings');
  });
});
