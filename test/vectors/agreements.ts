/** Vectors of keys, amendments, funding and takeover: folders `keys` and `versions`, and more. */
import { buildKey, planTicks, type KeyDocument } from '@realyield/protocol';
import {
  accept,
  acceptAll,
  amendment,
  fund,
  revoke,
  rotate,
  takeOver,
} from '../fixtures/agreements.ts';
import { hashOf, Loan, publicOf, signAs } from '../fixtures/loan.ts';
import { claim, decide, give } from '../fixtures/steps.ts';
import { agreed, DAY, folded, START, TICK } from './contracts.ts';
import { finish, type Cases, type Vector } from './vector.ts';

const tick = { n: 0, amountUnits: TICK };

function signed(options: ConstructorParameters<typeof Loan>[0]): Loan {
  const loan = new Loan(options);
  loan.signAll();
  return loan;
}

/** Withdrawal, expiry and time to withdraw: more of folder `contract`. */
export function withdrawalCases(): Cases {
  const cooling = { offer: { coolingOffDays: 5 } };
  const expired = new Loan({ expiresAtSec: START + 10 });
  expired.sign('investor', START + 1);
  expired.sign('business', START + 10);
  expired.sign('bank', START + 11);
  const inTime = signed(cooling);
  inTime.withdraw('investor', START + 3 + 5 * DAY - 1);
  const tooLate = signed(cooling);
  tooLate.withdraw('investor', START + 3 + 5 * DAY);
  const moved = signed(cooling);
  moved.pay('disbursement', [tick], START + 9);
  moved.withdraw('investor', START + 8);
  const byBank = signed(cooling);
  byBank.withdraw('bank', START + 4);
  const late = ['WITHDRAWAL_LATE'];
  return {
    'proposal-expired': folded('A bank accepts too late', ['C-36'], expired, ['PROPOSAL_EXPIRED']),
    'withdrawn-in-time': folded('On the last second to withdraw', ['C-20'], inTime, [], START + 9),
    'withdrawal-over': folded('A second too late', ['C-20'], tooLate, late, START + 9),
    'withdrawal-moved': folded('A withdrawal after a payment', ['C-20'], moved, late),
    'withdrawal-bank': folded('The bank has no time to withdraw', ['C-20'], byBank, late),
    'cooling-off': folded('Time to withdraw', ['P-18', 'P-2'], signed(cooling), [], START + 9),
  };
}

function idleRotation(): Vector {
  const idle = { v: 1, type: 'rotation', contract: hashOf('root'), role: 'bank', prev: [] };
  const [from, to] = [publicOf('bank'), publicOf('bank')];
  const template = buildKey({ ...idle, from, to } as KeyDocument, START);
  return finish(['CONTENT_TERMS'], {
    name: 'A key replaced by itself',
    requires: ['KEY-1'],
    event: signAs('bank', template),
  });
}

/** A closure followed by key events of all three, dated back to before anything was lent. */
function takenBack(): Loan {
  const loan = new Loan();
  loan.sign('investor', START + 1, 'investor phone');
  loan.sign('business', START + 2, 'business phone');
  loan.sign('bank', START + 3);
  const ticks = planTicks(loan.contract.document);
  const lender = { payer: 'investor phone', payee: 'business phone' };
  loan.pay('disbursement', ticks, START + 20, lender);
  const owed = [{ n: 0, amountUnits: 1_040_000_000n }];
  const borrower = { payer: 'business phone', payee: 'investor phone' };
  loan.pay('repayment', owed, START + 89 * DAY, borrower);
  const phones = ['investor phone', 'business phone'];
  loan.close(START + 90 * DAY + 10, loan.heads('investor', 'business', 'bank', ...phones));
  revoke(loan, 'investor', 'investor phone', START + 4, 'investor');
  revoke(loan, 'business', 'business phone', START + 4, 'business');
  revoke(loan, 'bank', 'bank', START + 4);
  return loan;
}

/** A bank's arrears notices by a key that is new, and by one that it gave up. */
function lateWithKeys(): Loan {
  const loan = agreed();
  loan.pay('disbursement', [{ n: 0, amountUnits: TICK }], START + 20);
  const known = loan.heads('investor', 'business', 'bank');
  const told = rotate(loan, 'bank', { from: 'bank', to: 'bank new' }, START + 50);
  const rests = [...known, told.id];
  give(loan, 'arrears', START + 120 * DAY, { name: 'bank new', rests: known });
  give(loan, 'arrears', START + 121 * DAY, { name: 'bank new', rests });
  give(loan, 'arrears', START + 122 * DAY, { name: 'bank', rests });
  return loan;
}

function judgedCases(): Cases {
  const requires = ['N-22', 'KEY-11', 'C-22'];
  return {
    'taken-back': folded('Keys revoked after a closure, dated before', requires, takenBack()),
    'notices-told': folded('Notices by keys they do not know', ['N-22'], lateWithKeys(), [
      'AUTHOR_ROLE',
      'KEY_REVOKED',
    ]),
  };
}

/** Folder `keys`. */
export function keyCases(): Cases {
  const recovery = { business: 'business safe', bank: 'bank safe' };
  const pay = (loan: Loan, n: number, atSec: number, payee: string, prev?: readonly string[]) =>
    loan.pay('disbursement', [{ n, amountUnits: TICK }], atSec, {
      payee,
      ...(prev ? { prev } : {}),
    });
  const replaced = agreed();
  rotate(replaced, 'business', { from: 'business', to: 'business new' }, START + 20);
  pay(replaced, 0, START + 30, 'business new');
  const chained = agreed();
  rotate(chained, 'business', { from: 'second', to: 'third' }, START + 10);
  rotate(chained, 'business', { from: 'business', to: 'second' }, START + 20);
  pay(chained, 0, START + 30, 'third');
  const delegate = new Loan();
  delegate.sign('investor', START + 1);
  delegate.sign('business', START + 2, 'phone');
  delegate.sign('bank', START + 3);
  revoke(delegate, 'business', 'phone', START + 20, 'business');
  const { request } = pay(delegate, 0, START + 30, 'phone');
  delegate.acknowledge('phone', request, [0], START + 31);
  delegate.acknowledge('phone', request, [0], START + 20);
  const told = agreed();
  const key = revoke(told, 'business', 'business', START + 20);
  pay(told, 0, START + 30, 'business', [key.id]);
  pay(told, 1, START + 20, 'business', [key.id]);
  const rivals = agreed();
  rotate(rivals, 'bank', { from: 'bank', to: 'bank one' }, START + 20);
  rotate(rivals, 'bank', { from: 'bank', to: 'bank two' }, START + 10);
  const stolen = signed({ recovery });
  rotate(stolen, 'business', { from: 'business', to: 'thief' }, START + 20);
  rotate(stolen, 'business', { from: 'business', to: 'business new' }, START + 30, 'business safe');
  stolen.acknowledge('thief', pay(stolen, 0, START + 25, 'thief').request, [0], START + 40);
  const refused = signed({ recovery });
  rotate(refused, 'business', { from: 'nobody', to: 'anybody' }, START + 9, 'business safe');
  rotate(refused, 'business', { from: 'business', to: 'bank safe' }, START + 10);
  rotate(refused, 'business', { from: 'business', to: 'thief' }, START + 11, 'bank safe');
  const ended = new Loan();
  ended.sign('investor', START + 1, 'phone');
  ended.sign('business', START + 2);
  ended.sign('bank', START + 3);
  revoke(ended, 'investor', 'investor', START + 10);
  revoke(ended, 'investor', 'phone', START + 11, 'investor');
  const named = folded('A key that is not there, and one that is', ['KEY-2', 'KEY-3'], refused, [
    ...['KEY_CONFLICT', 'KEY_CONFLICT', 'AUTHOR_ROLE'],
  ]);
  return {
    'rotation-idle': idleRotation(),
    rotated: folded('A main key replaced', ['KEY-4', 'KEY-5'], replaced),
    'rotated-twice': folded('A rotation dated before the one it follows', ['KEY-4'], chained),
    'delegate-revoked': folded(
      'A delegate after its end, and at it',
      ['KEY-9', 'KEY-10'],
      delegate,
      ['KEY_REVOKED'],
    ),
    'payer-told': folded('A receipt that rests on the revocation', ['KEY-10'], told, [
      'KEY_REVOKED',
    ]),
    ...judgedCases(),
    'rotations-rival': folded('One key, two successors', ['KEY-7'], rivals),
    recovered: folded('A thief’s key ends with the one it took', ['KEY-6'], stolen, [
      'KEY_REVOKED',
    ]),
    refused: named,
    'revoked-by-revoked': folded('A revoked key revokes a delegate', ['KEY-8'], ended, [
      'KEY_REVOKED',
    ]),
  };
}

/** Folder `versions`. */
export function versionCases(): Cases {
  const inEffect = agreed();
  const lower = amendment(inEffect, { rateBps: 900 }, START + 20);
  acceptAll(inEffect, lower, START + 21);
  const cheaper = agreed();
  cheaper.pay('disbursement', [tick], START + 9);
  acceptAll(cheaper, amendment(cheaper, { rateBps: 600 }, START + 20), START + 30 * DAY);
  const second = amendment(inEffect, { rateBps: 800 }, START + 30, lower);
  acceptAll(inEffect, second, START + 31);
  const byTwo = agreed();
  const unfinished = amendment(byTwo, { rateBps: 100 }, START + 20);
  accept(byTwo, unfinished, 'investor', START + 21);
  accept(byTwo, unfinished, 'business', START + 22);
  const rivals = agreed();
  const [one, two] = [900, 800].map((rateBps) => amendment(rivals, { rateBps }, START + 20));
  if (!one || !two) throw new Error('two amendments');
  acceptAll(rivals, one, START + 21);
  acceptAll(rivals, two, START + 31);
  const cited = agreed();
  const higher = [one, two].sort((a, b) => (a.event.id < b.event.id ? -1 : 1))[1] ?? two;
  acceptAll(cited, one, START + 21);
  acceptAll(cited, two, START + 31);
  const version = higher.event.id;
  cited.pay('disbursement', [tick], START + 40, { version });
  const changed = agreed();
  accept(
    changed,
    amendment(changed, { nonce: '0'.repeat(64), coolingOffDays: 1 }, START),
    'bank',
    START + 9,
  );
  const { plan } = inEffect.contract.document;
  const shared = agreed();
  const share = { shareBps: 500, capBps: 13_000, floorBps: 100 };
  const { prepayment: _, ...rest } = { prepayment: 'nextDue', ...plan };
  const revenue = { ...rest, type: 'revenueShare' as const, ...share };
  acceptAll(shared, amendment(shared, { plan: revenue, rateBps: 0 }, START + 20), START + 21);
  const early = new Loan();
  early.sign('investor', START + 1);
  accept(early, amendment(early, { rateBps: 900 }, START), 'investor', START + 2);
  return {
    amended: folded('Two amendments, one after the other', ['V-3', 'V-5'], inEffect),
    'rate-lowered': folded('A lower rate alone', ['V-5'], cheaper, [], START + 91 * DAY),
    'signed-by-two': folded('An amendment the bank did not sign', ['V-3'], byTwo),
    rivals: folded('Two successors, both complete', ['V-4'], rivals),
    'rivals-cited': folded('Two successors, one named by a payment', ['V-4'], cited),
    'changes-too-much': folded('A time to withdraw added', ['V-2'], changed, ['VERSION_MISMATCH']),
    'cost-changed': folded('A share of sales in place of interest', ['V-2'], shared, [
      ...['VERSION_MISMATCH', 'VERSION_MISMATCH', 'VERSION_MISMATCH'],
    ]),
    'before-effect': folded('An amendment of a proposal', ['V-1', 'C-17'], early, [
      'STATE_FORBIDS',
    ]),
  };
}

/** Funding and takeover: more of folder `notices`. */
export function standingCases(): Cases {
  const waiting = { offer: { funding: { required: true, deadlineAtSec: START + 100 } } };
  const reached = signed(waiting);
  fund(reached, 'fundingReached', START + 100);
  const late = signed(waiting);
  fund(late, 'fundingReached', START + 101);
  const failed = signed(waiting);
  fund(failed, 'fundingFailed', START + 50);
  fund(failed, 'fundingReached', START + 40);
  const elsewhere = signed(waiting);
  fund(elsewhere, 'fundingReached', START + 50, 'bank', 'another-offer');
  const serving = { backupServicer: 'servicer' };
  const taken = signed({ serving });
  takeOver(taken, START + 3 + 30 * DAY + 1);
  const soon = signed({ serving });
  takeOver(soon, START + 3 + 30 * DAY);
  const milestone = { title: 'The oven stands', description: '' };
  const [shareBps, ticks] = [10_000, 10];
  const tranche = { shareBps, startDay: 0, streamDays: 10, windowDays: 60, ticks, milestone };
  const approving = (): Loan => {
    const loan = signed({ serving, offer: { tranches: [tranche] } });
    takeOver(loan, START + 35 * DAY);
    decide(loan, 'approval', claim(loan, 0, START + 36 * DAY), START + 37 * DAY, 'servicer');
    return loan;
  };
  const contested = approving();
  decide(contested, 'refusal', claim(contested, 0, START + 38 * DAY), START + 39 * DAY);
  return {
    'funding-open': folded(
      'Funding is waited for',
      ['N-9', 'P-18'],
      signed(waiting),
      [],
      START + 9,
    ),
    'funding-reached': folded('On the last second', ['N-7', 'N-9'], reached, [], START + 110),
    'funding-late': folded('A second after', ['N-8'], late, ['FUNDING_LATE'], START + 110),
    'funding-failed': folded('Failed, and reached', ['N-9'], failed, [], START + 60),
    'funding-elsewhere': folded('Another offer', ['N-7'], elsewhere, ['OFFER_MISMATCH']),
    takeover: folded('After 30 silent days', ['N-10'], taken),
    'takeover-early': folded('On the 30th day', ['N-10'], soon, ['NOT_SILENT']),
    'takeover-approves': folded('The backup servicer approves', ['N-12'], approving()),
    'takeover-contested': folded('The bank speaks again', ['N-11', 'N-12'], contested, [
      'AUTHOR_ROLE',
    ]),
  };
}
