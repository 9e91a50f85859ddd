/** Vectors of payments that the bank passes on: folder `forwarding`. */
import type { RequestDocument, SignedEvent } from '@realyield/protocol';
import { buildForward, canonicalize, MAX_MSAT } from '@realyield/protocol';
import {
  FORWARDING,
  forwardOf,
  payThrough,
  requestThrough,
  type ThroughBank,
} from '../fixtures/forwarding.ts';
import { writeInvoice } from '../fixtures/invoices.ts';
import { hashOf, Loan, paymentHashOf, signAs } from '../fixtures/loan.ts';
import { NO_FEES } from '../fixtures/plans.ts';
import { folded, START, TICK } from './contracts.ts';
import { finish, type Cases, type Vector } from './vector.ts';

const tick = (n: number) => ({ n, amountUnits: TICK, preimage: hashOf(`forwarded ${n}`) });
const parties = { payee: 'business', payer: 'investor' };
/** A hundredth and a satoshi: the most. */
const MOST_MSAT = TICK / 100n + 1_000n;

/** A loan in force whose bank may pass payments on. */
function agreed(): Loan {
  const loan = new Loan({ offer: { fees: { ...NO_FEES, forwarding: FORWARDING } } });
  loan.signAll();
  return loan;
}

function paid(loan: Loan, how: Partial<ThroughBank>, atSec = START + 70): SignedEvent {
  const all = { ...parties, keptMsat: MOST_MSAT, ...how };
  return payThrough(loan, 'disbursement', [tick(0), tick(1)], atSec, all).receipt;
}

function foldCases(): Cases {
  const [sound, bare] = [agreed(), agreed()];
  paid(sound, {});
  const back = [{ n: 0, amountUnits: 5_000_000n, preimage: hashOf('forwarded back') }];
  const all = { payee: 'investor', payer: 'business', keptMsat: 0n };
  payThrough(sound, 'repayment', back, START + 700, all);
  paid(bare, { isWithoutForward: true });
  const forbidden = new Loan();
  forbidden.signAll();
  paid(forbidden, {});
  const leg = agreed();
  const toInvestor = { payee: 'investor', payer: 'bank', keptMsat: 0n };
  payThrough(leg, 'guarantee', back, START + 70, toInvestor);
  const dear = agreed();
  paid(dear, { keptMsat: MOST_MSAT + 1n });
  const strange = agreed();
  paid(strange, { bank: 'stranger' });
  const reused = agreed();
  paid(reused, {});
  reused.pay('repayment', [{ ...tick(0) }], START + 700);
  return {
    paid: folded('Out and back by way of the bank', ['FW-2', 'FW-3', 'FW-8'], sound),
    'without-forward': folded('The bank’s forward was lost', ['FW-8'], bare),
    forbidden: folded('The contract has no such terms', ['FW-3'], forbidden, [
      'FORWARDING_FORBIDDEN',
    ]),
    'leg-own': folded('A leg on which the bank pays', ['FW-3'], leg, ['FORWARDING_FORBIDDEN']),
    dear: folded('A msat more than the most', ['FW-2', 'FW-3'], dear, ['FORWARDING_FEE']),
    'forward-stranger': folded('A stranger’s forward', ['FW-7'], strange, ['AUTHOR_ROLE']),
    'hash-both-legs': folded('One hash under two payees', ['FW-8'], reused),
  };
}

function readCases(): Cases {
  const loan = agreed();
  const atSec = START + 70;
  const read = (name: string, requires: string[], event: SignedEvent, code?: string): Vector =>
    finish(code === undefined ? [] : [code], { name, requires, event });
  const netted = (name: string, netMsat: string[]): Vector => {
    const document = JSON.parse(
      requestThrough(loan, 'disbursement', [tick(0)], atSec, { ...parties, keptMsat: 0n }).content,
    ) as RequestDocument;
    const plain = loan.request('disbursement', [tick(0)], atSec);
    const content = canonicalize({ ...document, via: { netMsat } });
    return read(name, ['FW-1'], signAs('business', { ...plain, content }), 'CONTENT_TERMS');
  };
  const request = requestThrough(loan, 'disbursement', [tick(0)], atSec, {
    ...parties,
    keptMsat: 1_000n,
  });
  const forward = forwardOf(loan, request, [0]);
  const receiptWith = (change: (receipt: Record<string, unknown>) => object): SignedEvent => {
    const receipt = paid(loan, {});
    const document = JSON.parse(receipt.content) as Record<string, unknown>;
    return signAs('investor', { ...receipt, content: canonicalize(change(document)) });
  };
  const embedded = (event: SignedEvent): object => ({
    ...event,
    content: JSON.parse(event.content) as object,
  });
  const receiptFor = (contract: string, n: number[]): SignedEvent =>
    receiptWith((document) => {
      const { id } = document['request'] as { id: string };
      const other = { v: 1, type: 'forward', contract, request: id, n } as const;
      return { ...document, forward: embedded(signAs('bank', buildForward(other, atSec))) };
    });
  return {
    'valid-request': read('A request by way of the bank', ['FW-1'], request),
    'valid-forward': read('The bank’s forward', ['E-2'], forward),
    'valid-receipt': read('A receipt with both', ['FW-6'], paid(loan, {})),
    'net-count': netted('Two amounts for one part', ['1', '1']),
    'net-nothing': netted('Nothing for the payee', ['0']),
    'net-beyond': netted('More than is paid', [MAX_MSAT.toString()]),
    'receipt-other': read(
      'The forward of another request',
      ['FW-6'],
      receiptWith((document) => ({ ...document, forward: embedded(forward) })),
      'EMBEDDED_MISMATCH',
    ),
    'receipt-contract': read(
      'A forward for another contract',
      ['FW-6'],
      receiptFor(hashOf('x'), [0, 1]),
      'CONTRACT_MISMATCH',
    ),
    'receipt-part': read(
      'A part the bank did not forward',
      ['FW-6'],
      receiptFor(loan.root, [0]),
      'PART_UNKNOWN',
    ),
  };
}

function deliveryCases(): Cases {
  const loan = agreed();
  const atSec = START + 20;
  const request = requestThrough(loan, 'disbursement', [tick(0)], atSec, {
    ...parties,
    keptMsat: MOST_MSAT,
  });
  const plain = loan.request('disbursement', [tick(0)], atSec);
  const invoice = writeInvoice('bank node', {
    paymentHash: paymentHashOf(hashOf('forwarded 0')),
    amountMsat: TICK,
    createdAtSec: atSec,
    expirySec: 700,
  });
  const delivered = (
    name: string,
    requires: string[],
    forward: SignedEvent | undefined,
    code?: string,
    asked = request,
  ): Vector =>
    finish(code === undefined ? [] : [code], {
      ...{ name, requires, root: loan.root, events: loan.events, request: asked },
      ...(forward ? { forward } : {}),
      invoices: [invoice],
      nowSec: atSec,
    });
  const sound = forwardOf(loan, request, [0]);
  const stranger = forwardOf(loan, request, [0], 'stranger');
  const otherPart = forwardOf(loan, request, [1]);
  const ofPlain = forwardOf(loan, plain, [0]);
  return {
    payable: delivered('A part that may be paid', ['FW-4', 'FW-5'], sound),
    'forward-missing': delivered('No forward', ['FW-4'], undefined, 'FORWARD_MISSING'),
    'forward-author': delivered('A stranger’s forward', ['FW-5'], stranger, 'AUTHOR_ROLE'),
    'forward-part': delivered('Another part', ['FW-5'], otherPart, 'PART_UNKNOWN'),
    'forward-other': delivered('Another request’s', ['FW-5'], ofPlain, 'EMBEDDED_MISMATCH'),
    'forward-direct': delivered(
      'A forward of what is paid directly',
      ['FW-5'],
      ofPlain,
      'EMBEDDED_MISMATCH',
      plain,
    ),
  };
}

/** Folder `forwarding`. */
export function forwardingCases(): Cases {
  return { ...foldCases(), ...readCases(), ...deliveryCases() };
}
