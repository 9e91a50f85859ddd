/** Vectors of agreement, closure, order and equivocation: folder `contract`. */
import { planTicks, type SignedEvent } from '@realyield/protocol';
import { hashOf, Loan, signAs } from '../fixtures/loan.ts';
import { finish, type Cases, type Vector } from './vector.ts';

/** When the contracts of the fixtures start. */
export const START = 1_800_000_000;
/** Seconds of their day. */
export const DAY = 60;
/** One tick of them. */
export const TICK = 100_000_000n;

/** A loan all three have signed. */
export function agreed(): Loan {
  const loan = new Loan();
  loan.signAll();
  return loan;
}

/** A finished vector of a loan. */
export function folded(
  name: string,
  requires: string[],
  loan: Loan,
  codes: string[] = [],
  asOfSec?: number,
): Vector {
  const at = asOfSec === undefined ? {} : { asOfSec };
  return finish(codes, { name, requires, root: loan.root, events: loan.events, ...at });
}

/**
 * Nine of ten ticks, 900,000 sat, on days 3 (four), 7 (four) and 8, at 12 %: on day 90 they have
 * borne 100,000,000 × 1,200 × (4 × 87 + 4 × 83 + 82) / 3,650,000 = 25,052,054.79… msat.
 */
const PAYOFF_DAY_90 = 925_052_000n;

/** A loan of which nine ticks were streamed and everything was repaid on day 90. */
function repaidLoan(): Loan {
  const loan = agreed();
  const ticks = planTicks(loan.contract.document).slice(0, 9);
  for (const [from, day] of [
    [0, 3],
    [4, 7],
    [8, 8],
  ] as const) {
    loan.pay('disbursement', ticks.slice(from, day + 1), START + day * DAY + 1);
  }
  loan.pay('repayment', [{ n: 0, amountUnits: PAYOFF_DAY_90 }], START + 90 * DAY);
  return loan;
}

/** The same loan, to be continued another way. */
function copyOf(loan: Loan, count = loan.events.length): Loan {
  const copy = new Loan();
  for (const event of loan.events.slice(1, count)) copy.add(event);
  return copy;
}

function agreementCases(): Cases {
  const proposed = new Loan();
  proposed.sign('investor', START + 1);
  const withdrawn = new Loan();
  withdrawn.sign('investor', START + 1);
  withdrawn.withdraw('business', START + 2);
  const late = agreed();
  late.pay('disbursement', [{ n: 0, amountUnits: TICK }], START + 9);
  late.withdraw('business', START + 1);
  const wrongKey = new Loan();
  wrongKey.sign('investor', START + 1);
  const forged = wrongKey.sign('business', START + 2);
  wrongKey.events.pop();
  wrongKey.add(signAs('bank', forged));
  const rivals = new Loan();
  rivals.sign('investor', START + 2);
  rivals.sign('business', START + 3, 'business phone');
  rivals.sign('bank', START + 4);
  rivals.sign('business', START + 1, 'business tablet', []);
  rivals.pay('disbursement', [{ n: 0, amountUnits: TICK }], START + 9, { payee: 'business phone' });
  rivals.pay('disbursement', [{ n: 1, amountUnits: TICK }], START + 70, {
    payee: 'business tablet',
  });
  const shared = new Loan();
  shared.sign('investor', START + 2, 'investor phone');
  shared.sign('business', START + 1, 'investor phone');
  shared.sign('bank', START + 3);
  shared.pay('disbursement', [{ n: 0, amountUnits: TICK }], START + 9, { payer: 'investor phone' });
  return {
    proposed: folded('One of three has signed', ['C-18'], proposed),
    effective: folded('All three have signed', ['C-18', 'C-26'], agreed()),
    withdrawn: folded('A withdrawal before all have signed', ['C-20'], withdrawn),
    'withdrawal-late': folded('A withdrawal dated back, after a tick', ['C-20', 'C-15'], late, [
      'WITHDRAWAL_LATE',
    ]),
    'acceptance-key': folded('The bank signs as business', ['C-16'], wrongKey, ['AUTHOR_ROLE']),
    'rival-acceptances': folded('Two delegates of one role', ['C-19', 'C-18'], rivals),
    'shared-delegate': folded('A delegate two roles name', ['C-16', 'C-19'], shared),
  };
}

function strangerCases(): Cases {
  const early = new Loan();
  early.sign('investor', START + 1);
  early.pay('disbursement', [{ n: 0, amountUnits: TICK }], START + 9);
  const stranger = agreed();
  stranger.close(START + 20, [hashOf('nothing')], 'stranger');
  const missing = agreed();
  missing.pay('disbursement', [{ n: 0, amountUnits: TICK }], START + 9, {
    prev: [hashOf('withheld')],
  });
  const withoutContract = { root: hashOf('no such contract'), events: new Loan().events };
  const known = agreed();
  const part = { n: 0, amountUnits: TICK, preimage: hashOf('p') };
  const request = known.request('disbursement', [part], START + 9);
  const loose = { root: known.root, events: [...known.events, request] };
  const foreign = agreed();
  foreign.events.push(...new Loan({ principalUnits: 500_000_000n }).events);
  return {
    'state-forbids': folded('A receipt before the contract is effective', ['C-17'], early, [
      'STATE_FORBIDS',
    ]),
    'stranger-closure': folded('A stranger’s closure', ['C-16', 'C-24'], stranger, ['AUTHOR_ROLE']),
    'missing-parent': folded('A receipt that names what is not here', ['C-24', 'C-23'], missing),
    'contract-unknown': finish(['CONTRACT_UNKNOWN'], {
      name: 'No contract with this root',
      requires: ['C-14'],
      ...withoutContract,
    }),
    'loose-request': finish([], {
      name: 'A request no receipt embeds changes nothing',
      requires: ['C-14'],
      ...loose,
    }),
    'foreign-events': folded('Events of another contract', ['C-14'], foreign),
  };
}

function closureCases(): Cases {
  const early = agreed();
  early.streamAll();
  early.close(START + 30 * DAY);
  const repaid = repaidLoan();
  const closed = copyOf(repaid);
  closed.close(START + 90 * DAY + 10);
  const byBusiness = copyOf(repaid);
  byBusiness.close(START + 90 * DAY + 10, undefined, 'business');
  const partial = agreed();
  const first = partial.pay('disbursement', [{ n: 0, amountUnits: TICK }], START + 2);
  const back = partial.pay('repayment', [{ n: 0, amountUnits: TICK }], START + 10);
  partial.pay('disbursement', [{ n: 1, amountUnits: TICK }], START + DAY);
  partial.pay('repayment', [{ n: 1, amountUnits: 40_000_000n }], START + 50 * DAY);
  partial.close(START + 200 * DAY, [first.receipt.id, back.receipt.id]);
  const twice = copyOf(closed);
  twice.close(START + 90 * DAY + 5, twice.heads('business', 'investor'));
  const invented = copyOf(closed);
  const hidden = { n: 9, amountUnits: TICK, preimage: hashOf('hidden') };
  invented.pay('disbursement', [hidden], START + 9 * DAY, { prev: [] });
  return {
    'closure-early': folded('A closure before repayment', ['C-21'], early, ['NOT_REPAID']),
    'closure-author': folded('A closure by the business', ['C-16'], byBusiness, ['AUTHOR_ROLE']),
    closed: folded('A closure after repayment', ['C-21', 'M-13'], closed, [], START + 91 * DAY),
    'closure-partial': folded(
      'A closure that rests on one tick of two, dated late',
      ['C-21', 'C-22'],
      partial,
      [],
      START + 100 * DAY,
    ),
    'closure-twice': folded('Two closures, both hold', ['C-21', 'C-22'], twice),
    'closure-invented': folded(
      'A disbursement shown only after the closure',
      ['C-22'],
      invented,
      [],
      START + 92 * DAY,
    ),
  };
}

function equivocationCases(): Cases {
  const pay = (loan: Loan, fromSec: number, toSec: number): SignedEvent =>
    loan.pay('disbursement', [{ n: 0, amountUnits: TICK }], fromSec, {
      notBeforeSec: fromSec,
      expiresAtSec: toSec,
    }).request;
  const overlapping = agreed();
  pay(overlapping, START + 10, START + 100);
  pay(overlapping, START + 20, START + 30);
  pay(overlapping, START + 50, START + 60);
  const adjacent = agreed();
  pay(adjacent, START + 10, START + 20);
  pay(adjacent, START + 20, START + 30);
  return {
    'overlapping-requests': folded('Three windows, two within the first', ['C-25'], overlapping),
    'adjacent-requests': folded('A window that begins as the last ends', ['C-25'], adjacent),
  };
}

/** Folder `contract`. */
export function contractCases(): Cases {
  return { ...agreementCases(), ...strangerCases(), ...closureCases(), ...equivocationCases() };
}
