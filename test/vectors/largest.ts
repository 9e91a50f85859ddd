/** Vectors of the largest requests and receipts there are, and of what is one too large. */
import {
  buildReceipt,
  buildRequest,
  embed,
  MAX_CONTENT_BYTES,
  MAX_PARTS,
  verify,
  type RequestDocument,
  type SignedEvent,
  type Template,
} from '@realyield/protocol';
import { hashOf, Loan, paymentHashOf, signAs } from '../fixtures/loan.ts';
import { finish, type Cases } from './vector.ts';

const AT = 1_800_000_000;
/** Numbers of ten digits, as large as there are. */
const FIRST = 4_294_960_000;

const ids = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, place) => hashOf(`${name} ${place}`)).sort();

const numbers = (count: number): number[] =>
  Array.from({ length: count }, (_, place) => FIRST + place);

/** The preimage of a part of these. */
export const preimageOf = (n: number): string => hashOf(`preimage ${n}`);

/** A request of so many parts with the longest list of heads; `digits` are those of amounts. */
export function largeRequest(
  loan: Loan,
  count: number,
  digits: number,
  change: Partial<RequestDocument> = {},
): SignedEvent {
  const n = numbers(count);
  const each = Math.floor(digits / count);
  const longer = digits % count;
  const document: RequestDocument = {
    v: 1,
    type: 'request',
    contract: loan.root,
    leg: 'repayment',
    notBeforeSec: AT,
    expiresAtSec: AT + 600,
    n,
    msat: n.map((_, place) => '1'.repeat(each + (place < longer ? 1 : 0))),
    paymentHash: n.map((part) => paymentHashOf(preimageOf(part))),
    seen: ids('seen', 64),
    ...change,
  };
  return signAs('investor', buildRequest(document, AT));
}

/** A receipt of such a request, with as many heads. */
export function receiptOf(loan: Loan, count: number, digits: number): Template {
  const checked = verify(largeRequest(loan, count, digits));
  if (!checked.ok) throw new Error(checked.code);
  const n = numbers(count);
  const request = embed(checked.value);
  const prev = ids('prev', 64);
  const document = { v: 1 as const, contract: loan.root, request, n, preimage: n.map(preimageOf) };
  return buildReceipt({ ...document, prev }, AT + 10);
}

/** A receipt of the most parts, the content of which has so many bytes. */
export function receiptOfBytes(loan: Loan, bytes: number): Template {
  const digits = 6 * MAX_PARTS;
  const shorter = receiptOf(loan, MAX_PARTS, digits);
  return receiptOf(loan, MAX_PARTS, digits + bytes - shorter.content.length);
}

const signed = (template: Template): SignedEvent => signAs('business', template);

/** Cases of the folder `agreement`. */
export function largestCases(): Cases {
  const loan = new Loan();
  const largest = signed(receiptOfBytes(loan, MAX_CONTENT_BYTES));
  const larger = signed(receiptOfBytes(loan, MAX_CONTENT_BYTES + 1));
  const more = signed(receiptOf(loan, MAX_PARTS + 1, 6 * MAX_PARTS));
  const requires = ['P-39'];
  return {
    'receipt-largest': finish([], { name: '300 parts, 60,000 bytes', requires, event: largest }),
    'receipt-larger': finish(['EVENT_SIZE'], {
      name: 'A byte more than an event has room for',
      requires,
      event: larger,
    }),
    'receipt-parts': finish(['CONTENT_SCHEMA'], {
      name: 'A part more than a receipt lists',
      requires,
      event: more,
    }),
  };
}
