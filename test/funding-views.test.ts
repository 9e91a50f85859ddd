/** A loan that waits until enough investors are there, in words. */
import { expect, it } from 'vitest';
import { fund } from '../protocol/src/testing/agreements.ts';
import { sentenceOfContract, statusView } from '../web/lib/state/views/contract-sentence.ts';
import { contractNow, streamModel } from '../web/lib/state/views/contract.ts';
import type { Catalog, ContractView } from '../web/lib/engine/catalog.ts';
import { statusOf } from '../web/lib/engine/words.ts';
import type { Names } from '../web/lib/state/views/people.ts';
import { contractRow } from '../web/lib/state/views/lists.ts';
import { Loan } from './fixtures/loan.ts';

const AFTER_SEC = 10;

const nobody = {
  bankProfile: () => undefined,
  listings: { arbiter: () => undefined, offerOfBusiness: () => undefined },
};
const names: Names = {
  catalog: nobody as unknown as Catalog,
  world: undefined,
  own: new Set(),
};

function signed(): Loan {
  const loan = new Loan({ offer: { funding: { required: true } } });
  loan.signAll();
  return loan;
}

function wordsOf(loan: Loan) {
  const view: ContractView = { root: loan.root, fold: loan.fold(), stateHash: '' };
  const nowSec = loan.startAtSec + AFTER_SEC;
  const now = contractNow(view, nowSec);
  const next = contractRow(view, 'bank', nowSec).next.text;
  return { status: statusView(now).text, sentence: sentenceOfContract(now), next };
}

it('waits for investors until the bank says that funding is reached', () => {
  const loan = signed();
  expect(wordsOf(loan)).toEqual({
    status: 'waits for investors',
    sentence: 'Agreed. Nothing is paid before the bank says that enough investors are there.',
    next: 'wait for investors',
  });
  fund(loan, 'fundingReached', loan.startAtSec + 1);
  expect(wordsOf(loan)).toMatchObject({ status: 'being paid out', next: 'watch it arrive' });
});

it('is over when funding failed before anything was paid', () => {
  const loan = signed();
  fund(loan, 'fundingFailed', loan.startAtSec + 1);
  expect(wordsOf(loan)).toEqual({
    status: 'funding failed',
    sentence: 'Funding failed: nothing was paid out, and nothing is owed.',
    next: 'nothing to do',
  });
  const view: ContractView = { root: loan.root, fold: loan.fold(), stateHash: '' };
  const now = contractNow(view, loan.startAtSec + AFTER_SEC);
  // Nor does the investor's own client, which pays nothing more, say that money flows.
  for (const payer of [undefined, statusOf('working', 'PAYING')]) {
    expect(streamModel(names, now, payer)).toMatchObject({ state: 'stopped', isOver: true });
  }
});
