/** A loan before money moves: time to withdraw, and who is about to pay. */
import { expect, it } from 'vitest';
import type { Catalog } from '../web/lib/engine/catalog.ts';
import { statusOf, type StatusCode } from '../web/lib/engine/words.ts';
import { sentenceOfContract, statusView } from '../web/lib/state/views/contract-sentence.ts';
import { contractNow, streamModel } from '../web/lib/state/views/contract.ts';
import type { Names } from '../web/lib/state/views/people.ts';
import { inThree, Loan } from './fixtures/loan.ts';

const nobody = { bankProfile: () => undefined, listings: { offerOfBusiness: () => undefined } };
const names: Names = {
  catalog: nobody as unknown as Catalog,
  world: undefined,
  own: new Set(),
};
const tranche = { shareBps: 10_000, startDay: 0, streamDays: 15, windowDays: 20, ticks: 15 };

function at(coolingOffDays: number, day: number) {
  const loan = new Loan({ offer: { ...inThree, tranches: [tranche], coolingOffDays } });
  loan.signAll();
  const view = { root: loan.root, fold: loan.fold(), stateHash: '' };
  return contractNow(view, loan.startAtSec + day * 60);
}

it('a loan that may still be withdrawn is not called paid out', () => {
  expect(statusView(at(14, 3)).text).toBe('agreed, may be withdrawn');
  expect(sentenceOfContract(at(14, 3))).toMatch(
    /^Agreed\. The investor may withdraw until day 1[45]; nothing is paid before that\.$/,
  );
  expect(sentenceOfContract(at(14, 15))).toBe('Being paid out, 0 of 15 payments.');
});

it('the page says once who else pays, and says when this window is about to', () => {
  const stream = (code: StatusCode) => streamModel(names, at(0, 1), statusOf('waiting', code));
  expect(stream('ELSEWHERE')).toMatchObject({ state: 'waiting' });
  expect(stream('ELSEWHERE').reason).toBeUndefined();
  expect(stream('BEGINNING').reason).toContain('in a moment');
});
