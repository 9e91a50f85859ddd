/** Vectors of receipts, times, answers and uniqueness: folder `payments`. */
import { buildAcknowledgement, type Leg } from '@realyield/protocol';
import { hashOf, Loan } from '../fixtures/loan.ts';
import { agreed, DAY, folded, START, TICK } from './contracts.ts';
import type { Cases } from './vector.ts';

const tick = (n: number) => ({ n, amountUnits: TICK });

function refusedCases(): Cases {
  const byStranger = agreed();
  byStranger.pay('disbursement', [tick(0)], START + 9, { payer: 'stranger' });
  const forStranger = agreed();
  forStranger.pay('disbursement', [tick(0)], START + 9, { payee: 'stranger' });
  const reversed = agreed();
  reversed.pay('repayment', [tick(0)], START + 9, { payer: 'investor', payee: 'business' });
  const noTick = agreed();
  noTick.pay('disbursement', [tick(10)], START + 9);
  const amount = agreed();
  amount.pay('disbursement', [{ n: 0, amountUnits: TICK - 1_000n }], START + 9);
  const answered = agreed();
  const { request } = answered.pay('disbursement', [tick(0)], START + 9);
  answered.acknowledge('investor', request, [0], START + 10);
  answered.acknowledge('business', request, [0, 1], START + 11);
  const unknown = agreed();
  const loose = unknown.request('disbursement', [{ ...tick(0), preimage: hashOf('p') }], START + 9);
  unknown.acknowledge('business', loose, [0], START + 10);
  return {
    'payer-stranger': folded('A stranger’s receipt', ['P-8'], byStranger, ['AUTHOR_ROLE']),
    'payee-stranger': folded('A stranger’s request', ['P-8'], forStranger, ['AUTHOR_ROLE']),
    'leg-reversed': folded('Payer and payee the wrong way', ['P-8'], reversed, ['AUTHOR_ROLE']),
    'part-unknown': folded('A tick the contract lacks', ['P-9'], noTick, ['PART_UNKNOWN']),
    'part-amount': folded('A tick with another amount', ['P-9'], amount, ['PART_AMOUNT']),
    'answers-wrong': folded('The payer acknowledges, then a part too many', ['P-16'], answered, [
      'AUTHOR_ROLE',
      'PART_UNKNOWN',
    ]),
    'answer-unknown': folded('An answer to what was not paid', ['P-16'], unknown, [
      'REQUEST_UNKNOWN',
    ]),
  };
}

function timeCases(): Cases {
  const clamped = agreed();
  const window = { notBeforeSec: START + 100, expiresAtSec: START + 200 };
  clamped.pay('disbursement', [tick(0)], START + 50, window);
  clamped.pay('disbursement', [tick(1)], START + 150, window);
  clamped.pay('disbursement', [tick(2)], START + 250, window);
  const several = agreed();
  const part = { ...tick(0), preimage: hashOf('one preimage') };
  const request = several.request('disbursement', [part], START + 20);
  for (const atSec of [20, 40, 30]) several.receipt(request, [part], START + atSec, 'investor');
  const contested = agreed();
  const paid = [0, 1, 2].map((n) => contested.pay('disbursement', [tick(n)], START + 20, window));
  const stated = [START + 199, START + 201, START + 99];
  for (const [n, entry] of paid.entries()) {
    contested.object('business', entry.request, [n], START + 300, stated[n]);
    contested.object('investor', entry.request, [n], START + 301, START + 180);
  }
  const first = paid[0];
  if (first) contested.object('business', first.request, [0], START + 302, START + 120);
  return {
    'time-clamped': folded('Receipts before, within and after the window', ['P-10'], clamped),
    'receipts-several': folded('Three receipts of one part', ['P-11'], several),
    'time-contested': folded(
      'Times stated within, after and before; by payee and payer',
      ['P-12'],
      contested,
      ['AUTHOR_ROLE', 'AUTHOR_ROLE', 'AUTHOR_ROLE'],
    ),
  };
}

function uniqueCases(): Cases {
  const preimage = hashOf('shared preimage');
  const reused = agreed();
  reused.pay('disbursement', [{ ...tick(0), preimage }], START + 9);
  reused.pay('disbursement', [{ ...tick(1), preimage }], START + 70);
  const bothLegs = agreed();
  bothLegs.pay('disbursement', [{ ...tick(0), preimage }], START + 9);
  bothLegs.pay('repayment', [{ ...tick(0), preimage }], START + 70);
  const onePayee = agreed();
  onePayee.pay('disbursement', [tick(0)], START + 9);
  onePayee.pay('repayment', [{ n: 0, amountUnits: 9_000n, preimage }], START + 70);
  onePayee.pay('recovery', [{ n: 0, amountUnits: 1_000n, preimage }], START + 60);
  const many = agreed();
  for (let n = 0; n < 33; n += 1) {
    many.pay('repayment', [{ n, amountUnits: 1_000n }], START + 700 + n);
  }
  const twice = agreed();
  twice.pay('disbursement', [tick(0)], START + 9);
  twice.pay('disbursement', [tick(0)], START + 700);
  return {
    'hash-reused': folded('One hash in two requests on one leg', ['P-13'], reused),
    'requests-many': folded('Payments under thirty-three requests', ['C-37'], many),
    'hash-both-legs': folded('One hash under two payees', ['P-13'], bothLegs),
    'hash-one-payee': folded('One hash on two legs of one payee', ['P-13'], onePayee),
    'part-twice': folded('One part under two hashes', ['P-14'], twice, [], START + 12 * DAY),
  };
}

function answerCases(): Cases {
  const answered = new Loan();
  answered.sign('investor', START + 1, 'investor phone');
  answered.sign('business', START + 2, 'business phone');
  answered.sign('bank', START + 3);
  const keys = { payer: 'investor phone', payee: 'business phone' };
  const out = answered.pay('disbursement', [tick(0), tick(1)], START + 70, keys);
  answered.acknowledge('business phone', out.request, [1], START + 80);
  const byMain = answered.pay('disbursement', [tick(2)], START + 130);
  answered.acknowledge('business', byMain.request, [2], START + 140);
  const cash = agreed();
  const leg: Leg = 'repayment';
  for (const name of ['investor', 'business']) {
    const document = {
      v: 1 as const,
      type: 'cash' as const,
      contract: cash.root,
      leg,
      units: '5000000',
      receivedAtSec: START + 20,
      method: 'cash' as const,
      prev: cash.heads(name),
    };
    cash.addAs(name, buildAcknowledgement(document, START + 21));
  }
  return {
    'delegates-act': folded('Delegates pay, are paid and answer', ['P-8', 'P-15'], answered),
    cash: folded('Cash, said by payee and by payer', ['C-16'], cash, ['AUTHOR_ROLE']),
  };
}

/** Folder `payments`. */
export function proofCases(): Cases {
  return { ...refusedCases(), ...timeCases(), ...uniqueCases(), ...answerCases() };
}
