/** Vectors of tenders and what is answered to them: folder `tenders`. */
import {
  buildChainReceipt,
  buildContractEvent,
  buildOffer,
  buildTender,
  buildTenderAnswer,
  embed,
  planTicks,
  type ChainReceiptDocument,
  type TenderAnswerDocument,
  type TenderDocument,
  type VerifiedEvent,
} from '@realyield/protocol';
import { addressFor, payOnChain } from '../fixtures/fallback.ts';
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

/** The same loan with an address for its investor. */
function reachable(): Loan {
  const loan = new Loan({ offer: inThree, fallbackAddress: addressFor('investor') });
  loan.signAll();
  loan.pay('disbursement', planTicks(loan.contract.document), START + 20);
  return loan;
}

const FIRST_SAT = FIRST / 1_000n;

function chainReadingCases(): Cases {
  const loan = reachable();
  const receipt = payOnChain(loan, tender(loan, part, at(30)), FIRST_SAT, at(44));
  const said = JSON.parse(receipt.content) as ChainReceiptDocument;
  const refused = (name: string, id: string, code: string, changes: object) => {
    const event = signAs('business', buildChainReceipt({ ...said, ...changes }, at(50)));
    return finish([code], { name, requires: [id], event });
  };
  const [first = '', second = '', third = ''] = said.headers;
  const swapped = [first, third, second, ...said.headers.slice(3)];
  const requires = ['TE-15', 'TE-16'];
  return {
    'chain-receipt': finish([], { name: 'Paid on the chain', requires, event: receipt }),
    'chain-embeds': refused('It embeds a contract', 'TE-15', 'EMBEDDED_MISMATCH', {
      tender: embed(loan.contract.event),
    }),
    'chain-contract': refused('Of another contract', 'TE-15', 'CONTRACT_MISMATCH', {
      contract: hashOf('contract'),
    }),
    'chain-transaction': refused('Cut short', 'TE-16', 'CHAIN_TRANSACTION', {
      transaction: said.transaction.slice(0, -2),
    }),
    'chain-vout': refused('No such output', 'TE-16', 'CHAIN_TRANSACTION', { vout: 2 }),
    'chain-amount': refused('Of less than it says', 'TE-16', 'CHAIN_AMOUNT', {
      valueSat: (FIRST_SAT + 1n).toString(),
    }),
    'chain-branch': refused('A forged branch', 'TE-16', 'CHAIN_BRANCH', {
      branch: { ...said.branch, hashes: [hashOf('forged')] },
    }),
    'chain-headers': refused('Blocks out of order', 'TE-16', 'CHAIN_BLOCK', { headers: swapped }),
    'chain-five': refused('Five blocks', 'TE-16', 'CONTENT_SCHEMA', {
      headers: said.headers.slice(0, 5),
    }),
  };
}

function chainFoldCases(): Cases {
  const paid = reachable();
  const offered = tender(paid, part, at(30));
  answerTender(paid, offered, part, at(40));
  payOnChain(paid, offered, FIRST_SAT - 100n, at(44));
  payOnChain(paid, offered, FIRST_SAT - 100n, at(44), { afterSec: 9_000 });
  payOnChain(paid, offered, 60n, at(45), { seed: 'a second transaction' });
  const wrong = reachable();
  const vain = tender(wrong, part, at(30));
  payOnChain(wrong, vain, FIRST_SAT, at(44), { name: 'investor' });
  payOnChain(wrong, vain, FIRST_SAT, at(44) - 1);
  payOnChain(wrong, vain, FIRST_SAT, at(45), { address: addressFor('somebody') });
  const requires = ['TE-17', 'TE-18', 'TE-19', 'TE-20'];
  const refused = ['FALLBACK_EARLY', 'AUTHOR_ROLE', 'FALLBACK_ADDRESS'];
  return {
    'chain-paid': folded(
      'Two outputs, one shown twice',
      requires,
      paid,
      ['OUTPUT_COUNTED'],
      at(46),
    ),
    'chain-wrong': folded('By the payee, early, elsewhere', requires, wrong, refused, at(46)),
  };
}

function addressCases(): Cases {
  const { contract, offer } = reachable();
  const { document } = contract;
  const { parties } = document;
  const refused = (name: string, changed: object) => {
    const terms = { ...document, parties: { ...parties, ...changed } };
    const event = signAs('investor', buildContractEvent(terms, START));
    return finish(['CONTENT_TERMS'], { name, requires: ['TE-14'], event });
  };
  const fallbackAddress = addressFor('bank');
  const ofBank = { ...offer.document, fallbackAddress };
  const bank = { ...parties.bank, fallbackAddress };
  const withBanks = { ...document, parties: { ...parties, bank } };
  const named = (address: string) => ({
    investor: { ...parties.investor, fallbackAddress: address },
  });
  return {
    'address-network': refused('An address of mainnet', named(addressFor('investor', 'bc'))),
    'address-text': refused('No address', named(addressFor('investor').slice(0, -1) + 'b')),
    'address-bank': finish(['CONTENT_SCHEMA'], {
      ...{ name: 'One of the bank’s', requires: ['TE-24'] },
      event: signAs('investor', buildContractEvent(withBanks, START)),
    }),
    'address-offer': finish(['CONTENT_SCHEMA'], {
      ...{ name: 'An offer with one', requires: ['TE-24'] },
      event: signAs('bank', buildOffer(ofBank, START)),
    }),
  };
}

/** What is about payments on the chain. */
function onChainCases(): Cases {
  return { ...chainReadingCases(), ...chainFoldCases(), ...addressCases() };
}

/** All of them. */
export function tenderCases(): Cases {
  return { ...readingCases(), ...coveredCases(), ...refusedCases(), ...onChainCases() };
}
