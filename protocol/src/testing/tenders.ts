/** Tenders of a loan under construction, and what the payee answers. */
import {
  buildTender,
  buildTenderAnswer,
  embed,
  LEGS,
  type ParsedRequest,
  type SignedEvent,
} from '../index.ts';
import type { TENDER_LEGS } from '../kinds/tender.ts';
import { writeInvoice } from './invoices.ts';
import { paymentHashOf } from './keys.ts';
import type { Loan } from './loan.ts';
import type { Part, PayOptions } from './loan-options.ts';

type TenderLeg = (typeof TENDER_LEGS)[number];

/** How a tender is signed, where it is not on repayments, by the business and all it knows. */
export interface TenderOptions {
  readonly leg?: TenderLeg;
  readonly name?: string;
  readonly prev?: readonly string[];
}

/** A debtor's offer of one part. */
export function tender(
  loan: Loan,
  part: Part,
  atSec: number,
  options: TenderOptions = {},
): SignedEvent {
  const { leg = 'repayment', name = 'business' } = options;
  const prev = [...(options.prev ?? loan.heads(name))].sort();
  const parts = { n: [part.n], units: [part.amountUnits.toString()] };
  const said = { v: 1, type: 'tender', contract: loan.root, leg, ...parts, prev } as const;
  return loan.addAs(name, buildTender(said, atSec));
}

/** What an answer asks for, where it is not all as it should be. */
export interface AnswerOptions extends PayOptions {
  readonly leg?: TenderLeg;
  readonly name?: string;
  /** The invoice's amount, where it is not the part's. */
  readonly invoiceMsat?: bigint;
  readonly preimage?: string;
}

/** A payee's answer in public, with the request it embeds. */
export function answerTender(
  loan: Loan,
  tendered: { readonly id: string },
  part: Part,
  atSec: number,
  options: AnswerOptions = {},
): { readonly answer: SignedEvent; readonly request: SignedEvent } {
  const { leg = 'repayment' } = options;
  const preimage = options.preimage ?? part.preimage ?? loan.preimage();
  const expiresAtSec = options.expiresAtSec ?? atSec + 7 * loan.contract.document.daySec;
  const name = options.name ?? LEGS[leg].payee;
  const request = loan.request(leg, [{ ...part, preimage }], atSec, { ...options, expiresAtSec });
  const parsed = loan.signing.read(request).at(-1) as ParsedRequest;
  const invoice = writeInvoice('payee', {
    paymentHash: paymentHashOf(preimage),
    amountMsat: options.invoiceMsat ?? part.amountUnits,
    createdAtSec: atSec - 10,
    expirySec: expiresAtSec - atSec + 10,
  });
  const prev = loan.heads(name);
  const said = { contract: loan.root, tender: tendered.id, invoices: [invoice], prev };
  const document = { v: 1, type: 'tenderAnswer', request: embed(parsed.event), ...said } as const;
  return { answer: loan.addAs(name, buildTenderAnswer(document, atSec)), request };
}
