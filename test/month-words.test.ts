/** How long a bank's record is, in words: contract months where its days are not a calendar's. */
import { expect, it } from 'vitest';
import { Loan, sparedSigning } from '../protocol/src/testing/loan.ts';
import { FigureDesk } from '../web/lib/state/figures/desk.ts';
import { recordSentence } from '../web/lib/state/views/bank-figures.ts';
import { basisOf, recordOf } from '../web/lib/state/views/banks.ts';
import { vintageViews } from '../web/lib/state/views/loss-figures.ts';

it('calls months of short days contract months', () => {
  const loan = new Loan({ signing: sparedSigning });
  loan.signAll();
  loan.streamAll();
  const { state } = loan.fold();
  const { parties, daySec, denomination } = state.contract.document;
  const desk = new FigureDesk();
  desk.put([state]);
  const asOfSec = loan.startAtSec + 800 * daySec;
  const bank = parties.bank.pubkey;
  const answer = desk.answer({ type: 'bank', bank, asOfSec, isDetailed: true });
  if (answer.type !== 'bank') throw new Error(answer.type);
  const books = recordOf(answer);
  if (!books) throw new Error('no record');
  expect(basisOf(books)).toContain('1 contract over 26 contract months; age not proven.');
  expect(recordSentence(books)).toContain('over 26 contract months by its own dates.');
  const [{ contracts }] = answer.books;
  expect(vintageViews(contracts, denomination)[0]?.age).toBe('26 contract months');

  // On any other chain a contract day is a day (L-1).
  const [first] = books;
  expect(basisOf([{ ...first, network: 'mainnet' }])).toContain('1 contract over 26 months;');
  const elsewhere = contracts.map((each) => ({ ...each, network: 'signet' as const }));
  expect(vintageViews(elsewhere, denomination)[0]?.age).toBe('26 months');
});
