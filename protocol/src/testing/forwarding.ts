/** Payments by way of the bank in a loan under construction. */
import { buildForward, buildReceipt, canonicalize, embed } from '../index.ts';
import type { Leg, ParsedEvent, ParsedRequest, RequestDocument, SignedEvent } from '../index.ts';
import type { Loan, Part } from './loan.ts';

/** The terms on which the bank of a test passes payments on: 1 % and a satoshi. */
export const FORWARDING = { use: 'always', mostBps: 100, mostBaseMsat: '1000' } as const;

/** Who signs, and what is not as it should be. */
export interface ThroughBank {
  readonly payee: string;
  readonly payer: string;
  /** What the bank keeps of each part, msat. */
  readonly keptMsat: bigint;
  /** Who signs the forward; the bank unless given. */
  readonly bank?: string;
  readonly preimage?: string;
  readonly isWithoutForward?: boolean;
}

/** A request by way of the bank, signed by the payee. */
export function requestThrough(
  loan: Loan,
  leg: Leg,
  parts: readonly Required<Part>[],
  atSec: number,
  { payee, keptMsat }: Pick<ThroughBank, 'payee' | 'keptMsat'>,
): SignedEvent {
  const plain = loan.request(leg, parts, atSec, { payee });
  const document = JSON.parse(plain.content) as RequestDocument;
  const netMsat = document.msat.map((gross) => (BigInt(gross) - keptMsat).toString());
  return loan.signing.sign(payee, {
    ...plain,
    content: canonicalize({ ...document, via: { netMsat } }),
  });
}

/** The bank's word that it passes a request's parts on. */
export function forwardOf(
  loan: Loan,
  request: SignedEvent,
  n: readonly number[],
  by = 'bank',
): SignedEvent {
  const document = { contract: loan.root, request: request.id, n: [...n] };
  const template = buildForward({ v: 1, type: 'forward', ...document }, request.created_at + 1);
  return loan.signing.sign(by, template);
}

/** Requests, forwards and receipts some parts. */
export function payThrough(
  loan: Loan,
  leg: Leg,
  parts: readonly Part[],
  atSec: number,
  how: ThroughBank,
): { readonly request: SignedEvent; readonly receipt: SignedEvent } {
  const full = parts.map((part) => ({
    ...part,
    preimage: how.preimage ?? part.preimage ?? loan.preimage(),
  }));
  const request = requestThrough(loan, leg, full, atSec, how);
  const n = full.map((part) => part.n);
  const forward = forwardOf(loan, request, n, how.bank);
  const read = (event: SignedEvent): ParsedEvent => {
    const parsed = loan.signing.read(event).at(-1);
    if (!parsed) throw new Error('an event of the test does not read');
    return parsed;
  };
  const template = buildReceipt(
    {
      v: 1,
      contract: loan.root,
      request: embed((read(request) as ParsedRequest).event),
      ...(how.isWithoutForward ? {} : { forward: embed(read(forward).event) }),
      n,
      preimage: full.map((part) => part.preimage),
      prev: loan.heads(how.payer),
    },
    atSec,
  );
  return { request, receipt: loan.addAs(how.payer, template) };
}
