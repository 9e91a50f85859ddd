/** A loan that begins without principal and interest, and is paid ahead: what its page says. */
import { expect, it } from 'vitest';
import { sentenceOfContract } from '../web/lib/state/views/contract-sentence.ts';
import { contractNow } from '../web/lib/state/views/contract.ts';
import { scheduleView } from '../web/lib/state/views/schedule.ts';
import { termsView } from '../web/lib/state/views/terms.ts';
import { Loan } from './fixtures/loan.ts';
import { equalPlan } from './fixtures/plans.ts';

const DAY = 60;
const plain = (text: string): string => text.replaceAll('\u202f', ' ');

function slow(prepayment: 'shorten' | 'reduce'): Loan {
  const moratoria = { principalMoratorium: 2, interestMoratorium: 1 } as const;
  const plan = { ...equalPlan(6, 40, 40), ...moratoria, prepayment } as const;
  const tranche = { shareBps: 10_000, startDay: 0, streamDays: 4, windowDays: 20, ticks: 4 };
  const loan = new Loan({ offer: { plan, tranches: [tranche], rateBps: 9_000 } });
  loan.signAll();
  loan.streamAll();
  return loan;
}

function at(loan: Loan, day: number) {
  const view = { root: loan.root, fold: loan.fold(), stateHash: '' };
  return contractNow(view, loan.startAtSec + day * DAY);
}

it('the next instalment is one that asks for something', () => {
  const now = at(slow('shorten'), 10);
  const states = scheduleView(now).instalments.map(({ state }) => state);
  expect(states).toEqual(['none', ...new Array<string>(5).fill('upcoming')]);
  expect(plain(sentenceOfContract(now))).toMatch(
    /^Repaying, 0 of 5\. Next [1-9][\d ]* sat due day 8[01]\.$/,
  );
  const { backHow } = termsView(now.state.contract.document, 'the bank');
  expect(plain(backHow)).toMatch(
    /^in 6 instalments: the first asks for nothing, the next [1-9][\d ]* sat, the last [1-9]/,
  );
});

it('what is paid ahead ends the loan sooner, or lowers what is left, as agreed', () => {
  const states = (['shorten', 'reduce'] as const).map((prepayment) => {
    const loan = slow(prepayment);
    const third = BigInt(loan.contract.document.principalUnits) / 3n;
    loan.pay('repayment', [{ n: 0, amountUnits: third }], loan.startAtSec + 12 * DAY);
    const now = at(loan, 13);
    // As many as the strip beside it says.
    const count = prepayment === 'shorten' ? '1 of 5' : '1 of 6';
    const sentence = plain(sentenceOfContract(now));
    expect(sentence).toMatch(/Next [1-9][\d ]* sat due day 8[01]\.$/);
    expect(sentence).toContain(`Repaying, ${count}.`);
    return scheduleView(now).instalments.map(({ state }) => state);
  });
  expect(states).toEqual([
    ['ahead', 'partPaid', 'upcoming', 'upcoming', 'upcoming', 'none'],
    ['ahead', 'partPaid', 'upcoming', 'upcoming', 'upcoming', 'upcoming'],
  ]);
});
