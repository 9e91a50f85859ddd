/** Vectors of till shares: terms, key facts, who may report, what each contract gets. */
import { buildContractEvent, buildOffer, planTicks, type TillShare } from '@realyield/protocol';
import { Loan, offerDocument, signAs } from '../fixtures/loan.ts';
import { equalPlan } from '../fixtures/plans.ts';
import { report } from '../fixtures/till.ts';
import { DAY, folded, START } from './contracts.ts';
import { finish, type Cases, type Vector } from './vector.ts';

const share: TillShare = { runBy: 'business', shareBps: 500, recoveryBps: 500, thresholdSat: 10 };
const atBank: TillShare = { ...share, runBy: 'bank', recoveryBps: 4_000 };

function termCases(): Cases {
  const offered = (name: string, tillShare: TillShare, codes: string[], plan = {}): Vector => {
    const document = offerDocument({ tillShare, ...plan });
    const event = signAs('bank', buildOffer(document, START));
    return finish(codes, { name, requires: ['TL-20'], event });
  };
  const refused = ['CONTENT_TERMS'];
  const { due, graceDays, lateFee } = equalPlan(3, 30, 30, 5);
  const revenue = { type: 'revenueShare' as const, due, graceDays, lateFee };
  const plan = { ...revenue, shareBps: 600, capBps: 13_000, floorBps: 100 };
  const loan = new Loan({ offer: { tillShare: atBank } });
  const { document } = loan.contract;
  const less = { ...document, tillShare: { ...atBank, recoveryBps: 1 } };
  const contract = signAs('investor', buildContractEvent(less, START));
  return {
    'share-offer': offered('A till share on any plan', share, []),
    'share-bank': offered('At a till run by the bank', atBank, []),
    'share-less': offered('Less after a default', { ...atBank, recoveryBps: 499 }, refused),
    'share-business': offered(
      'More after a default, at the own till',
      { ...share, recoveryBps: 501 },
      refused,
    ),
    'share-plan': offered('Another share than the plan', share, refused, { plan, rateBps: 0 }),
    'share-contract': finish(refused, {
      name: 'In a contract',
      requires: ['TL-20'],
      event: contract,
    }),
  };
}

function agreedCases(): Cases {
  const sheet = (name: string, tillShare: TillShare): Vector => {
    const { contract } = new Loan({ offer: { tillShare } });
    return finish([], { name, requires: ['K-1', 'K-11'], terms: contract.event });
  };
  const loan = new Loan({ offer: { tillShare: atBank } });
  loan.signAll();
  const said = { atSec: START + 100, till: 'ab'.repeat(32) };
  report(loan, said, 'bank');
  report(loan, { ...said, till: 'cd'.repeat(32) });
  report(loan, { ...said, till: 'ef'.repeat(32) }, 'investor');
  return {
    'share-facts': sheet('The business runs the till', share),
    'share-facts-bank': sheet('The bank runs the till', atBank),
    'share-reports': folded('Reports by bank and business', ['TL-14'], loan, ['AUTHOR_ROLE']),
  };
}

/** Repaid by shares at the bank's till, the takings paid on; the same where no bank runs one. */
function legCases(): Cases {
  const loan = new Loan({ offer: { tillShare: atBank } });
  loan.signAll();
  loan.pay('disbursement', planTicks(loan.contract.document), START + 20);
  loan.pay('tillShare', [{ n: 0, amountUnits: 350_000n }], START + 5 * DAY);
  loan.pay('takings', [{ n: 0, amountUnits: 6_650_000n }], START + 5 * DAY);
  loan.pay('tillShare', [{ n: 1, amountUnits: 400_000_000n }], START + 6 * DAY);
  const foreign = new Loan({ offer: { tillShare: share } });
  foreign.signAll();
  foreign.pay('disbursement', planTicks(foreign.contract.document), START + 20);
  foreign.pay('tillShare', [{ n: 0, amountUnits: 350_000n }], START + 5 * DAY);
  foreign.pay('takings', [{ n: 0, amountUnits: 350_000n }], START + 5 * DAY);
  const asked = ['TL-26', 'TL-27', 'FE-7'];
  const refused = ['PART_UNKNOWN', 'PART_UNKNOWN'];
  return {
    'bank-legs': folded('Shares repay, takings do not', asked, loan, [], START + 40 * DAY),
    'bank-legs-own': folded('At the business’s own till', ['TL-26'], foreign, refused),
  };
}

function splitCases(): Cases {
  const split = (name: string, served: string[], taken: string[], thresholdSat = 10): Vector =>
    finish([], { name, requires: ['TL-21', 'TL-22', 'TL-23'], served, taken, thresholdSat });
  const million = '1000000000';
  const usual = `a x 500 ${million} 3000000000 5 ${million}`;
  const times = (count: number, msat: string): string[] =>
    Array.from({ length: count }, () => msat);
  return {
    'split-below': split('A satoshi below the threshold', [usual], times(28, '21000')),
    'split-at': split('At the threshold', [usual], times(29, '21000')),
    'split-three': split(
      'Three of one offer, sales of primes',
      [usual, usual.replace('a', 'b'), `c x 500 ${million} 3000000000 7 ${million}`],
      ['99991', '7', '1299709', '15485863'],
    ),
    'split-order': split(
      'The older offer first; the younger gets what is left',
      [`b y 7000 7 7 9 ${million}`, `a x 4000 1 1 3 ${million}`],
      ['1000001'],
    ),
    'split-tie': split(
      'Two offers of one time, by their ids',
      [`b y 9000 1 1 3 ${million}`, `a x 9000 1 1 3 ${million}`],
      ['777777'],
    ),
    'split-capped': split('No more than is owed', [`a x 10000 1 1 3 5999`], ['100000'], 100),
    'split-last': split(
      'The last satoshis below the threshold',
      [`a x 5000 1 1 3 7500`],
      ['20000'],
      100,
    ),
    'split-paid': split('Nothing is owed', [`a x 5000 1 1 3 999`], ['20000']),
  };
}

/** More of folder `till`. */
export function shareCases(): Cases {
  return { ...termCases(), ...agreedCases(), ...legCases(), ...splitCases() };
}
