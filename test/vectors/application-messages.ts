/** Vectors of messages about applications for a loan, in the folder `conversation`. */
import { canonicalize } from '@realyield/protocol';
import { hashOf } from '../fixtures/loan.ts';
import type { Cases, Vector } from './vector.ts';

/** Messages about applications; `reads` and `refused` make the vectors of the folder. */
export function applicationMessageCases(
  reads: (name: string, content: object) => Vector,
  refused: (name: string, requires: string[], content: string) => Vector,
): Cases {
  const of = {
    ...{ bank: hashOf('bank'), salt: hashOf('salt'), name: 'Bakery', purpose: 'A second oven' },
    ...{ amountMsat: '5000000000', months: 12, businessCase: 'Bread sells.\nMore bread would.' },
    ...{ useOfFunds: 'One oven.', financialHistory: '' },
    documents: [{ name: 'accounts.pdf', sha256: hashOf('accounts') }],
  };
  const asks = { v: 1, type: 'application', case: of };
  const about = { v: 1, application: hashOf('application') };
  const step = { ...about, type: 'applicationStep', step: 1, status: 'inReview', reason: '' };
  const note = { ...about, type: 'applicationNote', note: hashOf('note'), text: 'Who bakes?' };
  const odd = (name: string, requires: string[], content: object): Vector =>
    refused(name, requires, canonicalize(content));
  const called = (name: string): object => ({ ...asks, case: { ...of, name } });
  return {
    application: reads('An application', asks),
    'application-markup': reads('Markup is text', called('<script>alert(1)</script>')),
    'application-step': reads('A bank looks at it', step),
    'application-note': reads('A question', note),
    'application-answer': reads('An answer', { ...note, answers: hashOf('question') }),
    'application-withdrawal': reads('A withdrawal', { ...about, type: 'applicationWithdrawal' }),
    'application-override': odd('A name written backwards', ['AP-2'], called('Bank\u202eyrekab')),
    'application-control': odd('A bell in a name', ['AP-2'], called('Bakery\u0007')),
    'application-long': odd('A name too long', ['T-1'], called('x'.repeat(1_000))),
    'application-nothing': odd('Nothing is asked for', ['T-1'], {
      ...{ ...asks, case: { ...of, amountMsat: '0' } },
    }),
    'application-declined': odd('Declined without a reason', ['AP-3'], {
      ...{ ...step, status: 'declined', reason: ' ' },
    }),
  };
}
