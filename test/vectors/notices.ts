/** Vectors of arrears and default notices: folder `notices`. */
import { planTicks, type OfferDocument } from '@realyield/protocol';
import { acceptAll, amendment } from '../fixtures/agreements.ts';
import { hashOf, inThree, Loan } from '../fixtures/loan.ts';
import { give } from '../fixtures/steps.ts';
import { DAY, folded, START } from './contracts.ts';
import type { Cases } from './vector.ts';

const at = (day: number, sec = 10): number => START + day * DAY + sec;
/** The first instalment of three on 1,000,000 sat at 12 %, due on day 30. */
const FIRST = 343_196_000n;

/** Everything lent on the first day, nothing repaid; grace 5, default after 30, cure 10 days. */
function lent(offer: Partial<OfferDocument> = inThree): Loan {
  const loan = new Loan({ offer });
  loan.signAll();
  loan.pay('disbursement', planTicks(loan.contract.document), START + 20);
  return loan;
}

function repay(loan: Loan, n: number, amountUnits: bigint, day: number): Loan {
  loan.pay('repayment', [{ n, amountUnits }], at(day));
  return loan;
}

/** Arrears on day 36 and default on day 60, thirty days after the first due day. */
function defaulted(): Loan {
  const loan = lent();
  give(loan, 'arrears', at(36));
  give(loan, 'default', at(60), { name: 'investor' });
  return loan;
}

function arrearsCases(): Cases {
  const counted = lent();
  give(counted, 'arrears', at(36));
  const inGrace = lent();
  give(inGrace, 'arrears', at(35));
  const other = lent();
  give(other, 'arrears', at(40), { instalment: 2 });
  give(other, 'arrears', at(40), { instalment: 4 });
  const paid = repay(lent(), 0, FIRST, 33);
  give(paid, 'arrears', at(36));
  const blind = repay(lent(), 0, FIRST, 33);
  const heads = blind.heads('investor');
  give(blind, 'arrears', at(36), { rests: heads, name: 'investor' });
  const dated = repay(lent(), 0, 100_000_000n, 40);
  give(dated, 'arrears', at(20));
  const strangers = lent();
  give(strangers, 'arrears', at(40), { name: 'business' });
  give(strangers, 'arrears', at(41), { name: 'stranger' });
  return {
    arrears: folded('The first day after grace', ['N-2'], counted, [], at(40)),
    'arrears-grace': folded('On the last day of grace', ['N-2'], inGrace, ['NOT_LATE']),
    'arrears-other': folded('Instalments not due, or none', ['N-2'], other, [
      'NOT_LATE',
      'NOT_LATE',
    ]),
    'arrears-paid': folded('Of what was paid', ['N-1', 'N-2'], paid, ['NOT_LATE']),
    'arrears-contested': folded('Leaving out a payment', ['N-1', 'N-6'], blind),
    'arrears-dated-back': folded('Dated before what it rests on', ['N-1'], dated),
    'notice-author': folded('By the debtor, by a stranger', ['C-16'], strangers, [
      'AUTHOR_ROLE',
      'AUTHOR_ROLE',
    ]),
  };
}

function defaultCases(): Cases {
  const early = lent();
  give(early, 'arrears', at(36));
  give(early, 'default', at(59));
  const none = lent();
  give(none, 'default', at(80));
  const curing = lent();
  give(curing, 'arrears', at(50));
  give(curing, 'default', at(60));
  give(curing, 'default', at(61));
  const unnamed = lent();
  const receipts = unnamed.heads('investor');
  give(unnamed, 'arrears', at(36), { name: 'investor' });
  give(unnamed, 'default', at(60), { rests: receipts });
  const stale = lent();
  give(stale, 'arrears', at(36));
  repay(stale, 0, FIRST, 40);
  give(stale, 'default', at(95));
  give(stale, 'arrears', at(96), { instalment: 2 });
  give(stale, 'default', at(107));
  return {
    default: folded('After arrears and cure', ['N-3', 'N-4', 'N-5'], defaulted(), [], at(61)),
    'default-early': folded('A day too early', ['N-3'], early, ['NOT_LATE']),
    'default-unannounced': folded('Without arrears notice', ['N-4'], none, ['CURE_RUNNING']),
    'default-curing': folded('On the last day of cure', ['N-4'], curing, ['CURE_RUNNING']),
    'default-unnamed': folded('Without naming the arrears', ['N-4'], unnamed, ['CURE_RUNNING']),
    'default-stale': folded('On arrears that were cured', ['N-4'], stale, ['CURE_RUNNING']),
  };
}

function finalCases(): Cases {
  const later = repay(defaulted(), 0, 500_000_000n, 58);
  const recovered = defaulted();
  repay(recovered, 0, 1_100_000_000n, 120);
  recovered.close(at(121));
  const contested = repay(lent(), 0, FIRST, 33);
  const known = contested.heads('investor');
  const arrears = give(contested, 'arrears', at(36), { rests: known });
  give(contested, 'default', at(70), { rests: [...known, arrears.id] });
  const unseen = new Loan({ offer: inThree });
  unseen.signAll();
  const ticks = planTicks(unseen.contract.document);
  const first = unseen.pay('disbursement', ticks.slice(0, 5), START + 20);
  unseen.pay('disbursement', ticks.slice(5), START + 5 * DAY);
  const early = give(unseen, 'arrears', at(40), { rests: [first.receipt.id] });
  give(unseen, 'default', at(70), { rests: [first.receipt.id, early.id] });
  const both = defaulted();
  give(both, 'arrears', at(37), { name: 'investor' });
  give(both, 'default', at(75));
  return {
    'default-repaid-later': folded('Repayments after it reduce debt', ['C-22', 'N-6'], later, []),
    'default-closed': folded('Recovered and closed', ['N-5', 'C-21'], recovered, [], at(122)),
    'default-contested': folded('Leaving out what was paid', ['N-6', 'N-5'], contested),
    'default-unseen': folded('Ticks it does not rest on', ['C-22'], unseen, [], at(80)),
    'default-twice': folded('Two of each', ['N-5'], both),
  };
}

const wide = { notBeforeSec: at(80), expiresAtSec: at(100) };

/** Repaid in full and closed, with the request of the payment that repaid it. */
function closed() {
  const loan = lent();
  const part = { n: 0, amountUnits: 1_030_000_000n, preimage: hashOf('repays all') };
  const { request } = loan.pay('repayment', [part], at(88), wide);
  loan.close(at(89));
  return { loan, part, request };
}

/** The same hash requested once more, for less, under a lower id, and receipted. */
function paidForLess(): Loan {
  const { loan, part, request } = closed();
  for (let n = 1; ; n += 1) {
    const less = { ...part, n, amountUnits: 1_000n };
    const other = loan.request('repayment', [less], at(88), wide);
    if (other.id > request.id) continue;
    loan.receipt(other, [less], at(88), 'business');
    return loan;
  }
}

/** A default that shows one of two rival successors; then a payment that names the other. */
function namedLater(): Loan {
  const loan = lent();
  const rivals = [900, 800].map((rateBps) => amendment(loan, { rateBps }, at(2)));
  const [low, high] = rivals.sort((a, b) => (a.event.id < b.event.id ? -1 : 1));
  if (!low || !high) throw new Error('two amendments');
  acceptAll(loan, low, at(3));
  acceptAll(loan, high, at(4));
  give(loan, 'arrears', at(36));
  give(loan, 'default', at(60));
  const named = { version: high.event.id, notBeforeSec: at(5), expiresAtSec: at(5, 50) };
  loan.pay('repayment', [{ n: 0, amountUnits: 1_000n }], at(5), named);
  return loan;
}

function shownCases(): Cases {
  const objected = closed();
  objected.loan.object('investor', objected.request, [0], at(91), at(99));
  const again = closed();
  again.loan.receipt(again.request, [again.part], at(99), 'business');
  return {
    'final-objection': folded('A later time stated later', ['N-23'], objected.loan, [], at(120)),
    'final-receipt': folded('A later receipt', ['N-23'], again.loan, [], at(120)),
    'final-hash': folded('The same hash for less', ['N-23'], paidForLess(), [], at(120)),
    'final-version': folded('A rival named later', ['N-24', 'V-4'], namedLater(), [], at(120)),
  };
}

/** Folder `notices`. */
export function noticeCases(): Cases {
  return { ...arrearsCases(), ...defaultCases(), ...finalCases(), ...shownCases() };
}
