/** A case in words: where it stands, until when, and where a ruling departs from the ledger. */
import { describe, expect, it } from 'vitest';
import { foldDispute, type ParsedDispute, type ParsedEvent } from '@realyield/protocol';
import { CASE_DAY_SEC, OPEN_DAY, TestCase, unpaidLoan } from '../protocol/src/testing/disputes.ts';
import { silenceOf } from '../web/lib/engine/agreement/serving.ts';
import type { CaseView } from '../web/lib/engine/cases/case-book.ts';
import { proposalsIn } from '../web/lib/engine/cases/proposals.ts';
import { formatLocalTime } from '../web/lib/format.ts';
import {
  aboveLimit,
  claimMistake,
  departures,
  findingsText,
  listMistake,
  MOST_LISTED,
  payTerm,
  roomWords,
  saidMistake,
} from '../web/lib/state/views/case-form.ts';
import { caseRows, type CaseAct } from '../web/lib/state/views/case-rows.ts';
import {
  awardWords,
  caseSentence,
  caseSteps,
  claimFacts,
  deadlinesOf,
} from '../web/lib/state/views/cases.ts';
import type { Names } from '../web/lib/state/views/people.ts';
import { publicOf } from './fixtures/loan.ts';

const CLAIM = 1_020_000_000n;

const names: Names = {
  catalog: {
    bankProfile: () => undefined,
    listings: { arbiter: () => undefined, offerOfBusiness: () => undefined },
  } as unknown as Names['catalog'],
  world: {
    relays: [],
    network: 'regtest',
    personas: (
      [
        ['arbiter', 'Wanjiru'],
        ['fallback arbiter', 'Teresa'],
      ] as const
    ).map(([key, name]) => ({
      ...{ id: key, name, role: 'arbiter' as const, about: '' },
      ...{ publicKey: publicOf(key), bunkerUri: '' },
    })),
  },
  own: new Set(),
};

const isStep = (parsed: ParsedEvent): parsed is ParsedDispute => parsed.name === 'dispute';

function viewOf(made: TestCase): CaseView {
  const folded = foldDispute(made.id, made.parsed, made.states);
  if (!folded.ok) throw new Error(folded.code);
  const fold = folded.value;
  const steps = fold.applied.flatMap((id) => {
    return made.parsed.filter(isStep).find(({ event }) => event.id === id) ?? [];
  });
  return { id: made.id, fold, steps, states: made.states };
}

function opened(): TestCase {
  const made = new TestCase(unpaidLoan());
  made.open(CLAIM);
  return made;
}

describe('a case in words', () => {
  it('says when each time ends and what follows, requires: DI-22', () => {
    const made = opened();
    const early = deadlinesOf(names, viewOf(made), made.at(OPEN_DAY + 1));
    const sentences = early.map(({ sentence }) => sentence);
    const [answer, taking] = [OPEN_DAY + 14, OPEN_DAY + 28].map((n) => formatLocalTime(made.at(n)));
    expect(sentences).toEqual([
      `The other side can answer until ${answer}.`,
      `Wanjiru is to take the case by ${taking}. After that either side may call Teresa instead.`,
    ]);
    const late = deadlinesOf(names, viewOf(made), made.at(OPEN_DAY + 40));
    expect(late[1]?.sentence).toBe(
      `Wanjiru has not taken the case by ${taking}. Either side may call Teresa now.`,
    );
    const own = { ...names, own: new Set([publicOf('arbiter')]) };
    const yours = deadlinesOf(own, viewOf(made), made.at(OPEN_DAY + 1));
    expect(yours[1]?.sentence).toMatch(/^You are to take the case by /);
  });

  it('follows it to money paid, and names what was admitted', () => {
    const made = opened();
    expect(caseSentence(names, viewOf(made))).toMatch(/^Opened. Nobody has answered/);
    made.respond();
    const taken = made.take();
    expect(caseSentence(names, viewOf(made))).toBe(
      'Wanjiru is deciding it. The claim was answered.',
    );
    made.rule(taken, [made.award(600_000_000n)]);
    expect(caseSentence(names, viewOf(made))).toMatch(/^Decided. 600.000.sat is still owed.$/);
    const steps = caseSteps(names, viewOf(made));
    expect(steps.map(({ type }) => type)).toEqual(['ruling', 'taken', 'response', 'open']);
    expect(steps[2]?.admission).toEqual({ text: 'admitted', tone: 'done' });
    expect(steps[0]?.awards[0]?.payer).toBe('The bank, from what it recovered');
    made.loan.pay('recovery', [{ n: 1, amountUnits: 600_000_000n }], made.at(OPEN_DAY + 35));
    made.refresh();
    expect(caseSentence(names, viewOf(made))).toBe('Everything that was awarded is paid.');
    expect(deadlinesOf(names, viewOf(made), made.at(OPEN_DAY + 36))).toEqual([]);
  });

  it('puts what one can do first, then what is due first', () => {
    const [idle, urgent] = [opened(), opened()];
    const views = [viewOf(idle), { ...viewOf(urgent), id: 'ff' }];
    const rows = caseRows(
      names,
      views,
      ({ id }) => new Set(id === 'ff' ? ['taken'] : []),
      idle.at(OPEN_DAY),
    );
    expect(rows.map(({ next }) => next.text)).toEqual(['take the case', 'wait']);
    // One's own time where there is something to do, else the next of anybody's.
    expect(rows.map(({ cells }) => cells['left'])).toEqual([
      { kind: 'text', text: '28 days left' },
      { kind: 'text', text: '14 days left' },
    ]);
  });
});

describe('a case of several', () => {
  it('names claims alike wherever they stand, and where a bond would pay them', () => {
    const second = unpaidLoan('second investor');
    const made = new TestCase(unpaidLoan(), second);
    made.open(CLAIM);
    const joining = { type: 'join', claimUnits: CLAIM.toString(), statement: 'Mine too.' } as const;
    made.step('investor', joining, OPEN_DAY + 1, { loan: second });
    const view = viewOf(made);
    const own = { ...names, own: new Set([second.contract.document.parties.investor.pubkey]) };
    const labels = claimFacts(own, view).map(({ label }) => label);
    expect(labels).toEqual(['Claim 1, by the investor', 'Claim 2, by you']);
    const award = { contract: second.root, leg: 'repayment', units: '1' } as const;
    expect(awardWords(view, award)).toBe('The business, as repayment, for claim 2');
    const one = viewOf(opened());
    expect(claimFacts(names, one)[0]?.label).toBe('Claimed by the investor');
    expect(awardWords(one, { ...award, contract: one.fold.contract })).toBe(
      'The business, as repayment',
    );
  });

  it('tells what waits for whom beside the steps of the fold', () => {
    const view = viewOf(opened());
    const textOf = (...acts: CaseAct[]) =>
      caseRows(names, [view], () => new Set(acts), view.fold.openedAtSec)[0]?.next.text;
    expect(textOf('response', 'accepting')).toBe('read a proposal');
    expect(textOf('signingPayout')).toBe('sign the payout');
    expect(textOf('finishingPayout')).toBe('send or record the payout');
  });

  it('calls settled what was settled, and says when it was not paid, requires: DI-22', () => {
    const made = opened();
    const awards = [made.award(600_000_000n, 'repayment')];
    const payBySec = made.at(OPEN_DAY + 20);
    const terms = { awards, payBySec, statement: '' };
    const proposal = made.step('bank', { type: 'proposal', ...terms }, OPEN_DAY + 2);
    expect(proposalsIn(viewOf(made), new Set([publicOf('bank')]))).toEqual([
      { id: proposal.id, signers: new Set([publicOf('bank')]), isOwn: true },
    ]);
    made.accept('investor', proposal, OPEN_DAY + 3);
    made.accept('business', proposal, OPEN_DAY + 3);
    const [found] = proposalsIn(viewOf(made), new Set());
    expect(found).toMatchObject({ isOwn: false });
    expect(found?.signers.size).toBe(3);
    const said = (day: number) => deadlinesOf(names, viewOf(made), made.at(day))[0]?.sentence;
    const when = formatLocalTime(payBySec);
    expect(said(OPEN_DAY + 4)).toBe(`What was settled is to be paid by ${when}.`);
    expect(said(OPEN_DAY + 21)).toBe(`What was settled was to be paid by ${when}, and is not.`);
  });
});

describe('what is typed', () => {
  it('says where a ruling departs from the ledger, and carries why', () => {
    const made = opened();
    const view = viewOf(made);
    const contract = made.loan.root;
    expect(departures(view, [{ contract, units: CLAIM }], made.at(OPEN_DAY), [])).toEqual([]);
    const [sentence = ''] = departures(view, [{ contract, units: 1_000n }], made.at(OPEN_DAY), []);
    expect(sentence).toMatch(/^By the ledger .* is owed; awarded is 1.sat\.$/);
    expect(findingsText(' Late. ', [], 'unused')).toBe('Late.');
    expect(findingsText('Late.', [sentence], 'A flood.')).toBe(`Late.\n\n${sentence} A flood.`);
  });

  it('asks whether a claim above what can be owed today is meant', () => {
    const unit = { type: 'msat' } as const;
    expect(aboveLimit(undefined, CLAIM, unit)).toBeUndefined();
    expect(aboveLimit(CLAIM, CLAIM, unit)).toBeUndefined();
    // Less than a satoshi above is no more than what is shown.
    expect(aboveLimit(CLAIM + 999n, CLAIM, unit)).toBeUndefined();
    const asked = aboveLimit(2n * CLAIM, CLAIM, unit);
    expect(asked?.title).toMatch(/^Do you mean to claim more than the 1.020.000.sat that can/);
    expect(asked?.safe).toMatch(/^You claim 2.040.000.sat\. /);
  });

  it('takes no more than can still be claimed, and says what earlier cases awarded', () => {
    const unit = { type: 'msat' } as const;
    const room = { limitUnits: 420_000_000n, earlierUnits: 600_000_000n, mostUnits: 500_000_000n };
    expect(roomWords(room, unit)).toMatch(/1.020.000.sat is owed .* 600.000.sat of it, so 420.000/);
    expect(roomWords({ ...room, earlierUnits: 0n }, unit)).toMatch(
      /ledger 420.000.sat can be owed/,
    );
    expect(claimMistake(undefined, room, unit)).toBe('Say how much you claim.');
    expect(claimMistake(500_000_000n, room, unit)).toBeUndefined();
    expect(claimMistake(501_000_000n, room, unit)).toMatch(
      /^No more than 500.000.sat can come to be owed .*, without what earlier cases awarded you\.$/,
    );
  });

  it('reads the days to pay as those of the contract, and says how long that is', () => {
    const made = new TestCase(unpaidLoan());
    made.open(CLAIM);
    const view = viewOf(made);
    const at = (days: string) => payTerm(days, view, 1_000)?.bySec;
    expect([at('14'), at(' 7 ')]).toEqual([1_000 + 14 * CASE_DAY_SEC, 1_000 + 7 * CASE_DAY_SEC]);
    expect([at('0'), at('366'), at('x')]).toEqual([undefined, undefined, undefined]);
    expect(payTerm('14', view, 1_000)?.words).toMatch(
      /^By 01 Jan 1970, .*, in 14 min: a day of this contract lasts 1 min\.$/,
    );
  });

  it('says how many answers are to be unticked where a list has no room for all', () => {
    expect(listMistake(MOST_LISTED)).toBeUndefined();
    expect(listMistake(MOST_LISTED + 113)).toBe(
      '412 are ticked, and there is room for 299: untick 113 of them.',
    );
  });

  it('reads statements', () => {
    expect(saidMistake('  ', 'Say it.')).toBe('Say it.');
    expect(saidMistake('a\u202eb', 'Say it.')).toMatch(/cannot be seen/);
    expect(saidMistake('two\nlines', 'Say it.')).toBeUndefined();
  });

  it('shows times where the reader is', () => {
    expect(formatLocalTime(1_800_000_000, 'America/El_Salvador')).toBe('15 Jan 2027, 02:00 GMT-6');
    expect(formatLocalTime(Number.NaN)).toBe('no date');
  });
});

it('does not take a step in a case for a sign of life of the bank, requires: DI-2', () => {
  const serving = {
    ...{ arbiter: 'arbiter', fallbackArbiter: 'fallback arbiter' },
    backupServicer: 'servicer',
  };
  const loan = unpaidLoan('investor', { serving });
  const made = new TestCase(loan);
  made.open(CLAIM);
  made.respond();
  const view = { root: loan.root, fold: loan.fold(), stateHash: '' };
  const without = silenceOf(view, loan.parsed);
  expect(without).toBeDefined();
  expect(silenceOf(view, [...loan.parsed, ...made.parsed])).toEqual(without);
});
