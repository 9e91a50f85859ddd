/** Vectors of tenders and what is answered to them: folder `tenders`. */
import {
  buildTender,
  buildTenderAnswer,
  embed,
  planTicks,
  type TenderAnswerDocument,
  type TenderDocument,
  type VerifiedEvent,
} from '@realyield/protocol';
import { hashOf, inThree, Loan, signAs } from '../fixtures/loan.ts';
import { give } from '../fixtures/steps.ts';
import { answerTender, tender } from '../fixtures/tenders.ts';
import { DAY, folded, START } from './contracts.ts';
import { finish, type Cases } from './vector.ts';

const at = (day: number, sec = 10): number => START + day * DAY + sec;
/** The first instalment of three on 1,000,000 sat at 12 %, due on day 30; grace 5 days. */
const FIRST = 343_196_000n;
const part = { n: 0, amountUnits: FIRST };

function lent(): Loan {
  const loan = new Loan({ offer: inThree });
  loan.signAll();
  loan.pay('disbursement', planTicks(loan.contract.document), START + 20);
  return loan;
}

function readingCases(): Cases {
  const said: TenderDocument = {
    v: 1,
    type: 'tender',
    contract: hashOf('contract'),
    leg: 'repayment',
    n: [0],
    units: ['1000'],
    prev: [],
  };
  const loan = lent();
  const { answer } = answerTender(loan, tender(loan, part, at(30)), part, at(31));
  const answered = JSON.parse(answer.content) as TenderAnswerDocument;
  const refused = (name: string, id: string, code: string, event: unknown) =>
    finish([code], { name, requires: [id], event });
  const byBusiness = (document: TenderDocument) => signAs('business', buildTender(document, START));
  const byInvestor = (changed: Partial<TenderAnswerDocument>) =>
    signAs('investor', buildTenderAnswer({ ...answered, ...changed }, at(31)));
  const claimed = embed(tender(loan, part, at(33)) as VerifiedEvent);
  return {
    tender: finish([], { name: 'A tender', requires: ['TE-1'], event: byBusiness(said) }),
    'tender-columns': refused(
      'Units of two parts, one part',
      'TE-1',
      'CONTENT_TERMS',
      byBusiness({ ...said, units: ['1000', '2000'] }),
    ),
    'tender-zero': refused(
      'Units of 0',
      'TE-1',
      'CONTENT_TERMS',
      byBusiness({ ...said, units: ['0'] }),
    ),
    answer: finish([], { name: 'An answer', requires: ['TE-1', 'TE-2'], event: answer }),
    'answer-invoices': refused(
      'One invoice too many',
      'TE-1',
      'CONTENT_TERMS',
      byInvestor({ invoices: [...answered.invoices, ...answered.invoices] }),
    ),
    'answer-embeds': refused(
      'It embeds a tender',
      'TE-2',
      'EMBEDDED_MISMATCH',
      byInvestor({ request: claimed }),
    ),
    'answer-contract': refused(
      'Of another contract than its request',
      'TE-2',
      'CONTRACT_MISMATCH',
      byInvestor({ contract: hashOf('contract') }),
    ),
  };
}

function coveredCases(): Cases {
  const silent = lent();
  for (const day of [30, 36]) tender(silent, part, at(day));
  const paid = lent();
  tender(paid, part, at(33));
  paid.pay('repayment', [part], at(36));
  const answered = lent();
  const offered = tender(answered, part, at(30));
  const { answer } = answerTender(answered, offered, part, at(31));
  give(answered, 'arrears', at(32), { rests: [answer.id, ...answered.heads('business')] });
  tender(answered, part, at(36));
  const ignored = lent();
  answerTender(ignored, tender(ignored, part, at(30)), part, at(31));
  const held = lent();
  const first = answerTender(held, tender(held, part, at(30)), part, at(31)).answer;
  tender(held, part, at(33), { prev: [first.id, ...held.heads('business')] });
  const back = lent();
  const known = back.heads('investor', 'bank', 'business');
  give(back, 'arrears', at(37), { rests: known });
  tender(back, part, at(32), { prev: known });
  return {
    silent: folded('A payee who is silent for two weeks', ['TE-7', 'M-11'], silent, [], at(38)),
    paid: folded('Three days late, tendered, paid', ['TE-7', 'M-16'], paid, [], at(40)),
    answered: folded(
      'Answered, and the bank names the answer',
      ['TE-8', 'TE-10'],
      answered,
      ['NOT_LATE'],
      at(38),
    ),
    ignored: folded('Answered, and only the payee says so', ['TE-8'], ignored, [], at(36)),
    void: folded('Tendered beside an answer it names', ['TE-6'], held, [], at(36)),
    'dated-back': folded('Dated to before the arrears notice', ['TE-9'], back, [], at(38)),
  };
}

function refusedCases(): Cases {
  const strangers = lent();
  tender(strangers, part, at(30), { name: 'investor' });
  const wrong = lent();
  const offered = tender(wrong, part, at(30));
  answerTender(wrong, offered, part, at(31), { invoiceMsat: FIRST + 1_000n });
  answerTender(wrong, offered, { n: 1, amountUnits: FIRST }, at(32));
  answerTender(wrong, offered, { n: 0, amountUnits: FIRST + 1n }, at(33));
  answerTender(wrong, offered, part, at(34), { expiresAtSec: at(36) });
  answerTender(wrong, offered, part, at(35), { name: 'bank' });
  answerTender(wrong, { id: hashOf('no tender') }, part, at(36));
  return {
    'tender-author': folded('By the creditor', ['TE-3'], strangers, ['AUTHOR_ROLE']),
    'answers-wrong': folded(
      'Wrong invoice, part, amount, window, author and tender',
      ['TE-3', 'TE-4', 'TE-5'],
      wrong,
      [
        'INVOICE_AMOUNT_MISMATCH',
        'PART_UNKNOWN',
        'PART_AMOUNT',
        'PART_WINDOW',
        'AUTHOR_ROLE',
        'TENDER_UNKNOWN',
      ],
      at(37),
    ),
  };
}

/** All of them. */
export function tenderCases(): Cases {
  return { ...readingCases(), ...coveredCases(), ...refusedCases() };
}
