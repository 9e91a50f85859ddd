/**
 * From documents to events ready for signing: canonical content and derived tags.
 * Spec: specs/events.md, "Writing".
 */
import { canonicalize } from './canonical.ts';
import { Kind } from './kinds.ts';
import * as tags from './tags.ts';
import type { ContractDocument, SignatureDocument } from './kinds/agreement.ts';
import type { ChainReceiptDocument } from './kinds/chain-receipt.ts';
import type { BondDocument } from './kinds/bond.ts';
import type { DisputeDocument } from './kinds/dispute.ts';
import type { KeyDocument } from './kinds/key.ts';
import type { PriceDocument } from './kinds/price.ts';
import type { MilestoneDocument } from './kinds/milestone.ts';
import type { SalesDocument } from './kinds/sales.ts';
import type { TenderAnswerDocument, TenderDocument } from './kinds/tender.ts';
import type { ArbiterProfileDocument } from './kinds/arbiter.ts';
import type { AttestationDocument } from './kinds/attestation.ts';
import type { BankProfileDocument, OfferDocument } from './kinds/listings.ts';
import type {
  AcknowledgementDocument,
  ForwardDocument,
  NoticeDocument,
  ReceiptDocument,
  RequestDocument,
} from './kinds/money-events.ts';

/** An event before its signature. */
export interface Template {
  readonly kind: number;
  readonly created_at: number;
  readonly tags: tags.Tags;
  readonly content: string;
}

function template<T>(kind: number, derive: (document: T) => tags.Tags) {
  // E-1: "A writer MUST write content as the canonical text of its document…"
  // E-2: "A writer MUST give an event exactly the tags its document has in the table…"
  return (document: T, createdAtSec: number): Template => ({
    kind,
    created_at: createdAtSec,
    tags: derive(document),
    content: canonicalize(document),
  });
}

/** Template of a bank profile (32810). */
export const buildBankProfile = template<BankProfileDocument>(
  Kind.bankProfile,
  tags.bankProfileTags,
);
/** Template of an arbiter's profile (32815). */
export const buildArbiterProfile = template<ArbiterProfileDocument>(
  Kind.arbiterProfile,
  tags.arbiterProfileTags,
);
/** Template of an offer (32811). */
export const buildOffer = template<OfferDocument>(Kind.offer, tags.offerTags);
/** Template of an attestation (32812). */
export const buildAttestation = template<AttestationDocument>(
  Kind.attestation,
  tags.attestationTags,
);
/** Template of a contract (2810). */
export const buildContractEvent = template<ContractDocument>(Kind.contract, tags.contractTags);
/** Template of a signature (2811). */
export const buildSignature = template<SignatureDocument>(Kind.signature, tags.signatureTags);
/** Template of a payment request (2812). */
export const buildRequest = template<RequestDocument>(Kind.request, tags.requestTags);
/** Template of a bank's forward (2812). */
export const buildForward = template<ForwardDocument>(Kind.request, tags.forwardTags);
/** Template of a receipt (2813). */
export const buildReceipt = template<ReceiptDocument>(Kind.receipt, tags.receiptTags);
/** Template of a receipt of a payment on the chain (2813). */
export const buildChainReceipt = template<ChainReceiptDocument>(
  Kind.receipt,
  tags.chainReceiptTags,
);
/** Template of an acknowledgement (2814). */
export const buildAcknowledgement = template<AcknowledgementDocument>(
  Kind.acknowledgement,
  tags.acknowledgementTags,
);
/** Template of a dispute step (2817). */
export const buildDispute = template<DisputeDocument>(Kind.dispute, tags.disputeTags);
/** Template of a milestone event (2815). */
export const buildMilestone = template<MilestoneDocument>(Kind.milestone, tags.milestoneTags);
/** Template of a sale or of a report of sales (2818). */
export const buildSales = template<SalesDocument>(Kind.sales, tags.salesTags);
/** Template of a tender (2820). */
export const buildTender = template<TenderDocument>(Kind.tender, tags.tenderTags);
/** Template of an answer to a tender (2820). */
export const buildTenderAnswer = template<TenderAnswerDocument>(Kind.tender, tags.tenderAnswerTags);
/** Template of a price (2819). */
export const buildPrice = template<PriceDocument>(Kind.price, tags.priceTags);
/** Template of a bond key or a pledge (2821). */
export const buildBond = template<BondDocument>(Kind.bond, tags.bondTags);
/** Template of a key event (2823). */
export const buildKey = template<KeyDocument>(Kind.key, tags.keyTags);
/** Template of a notice (2816). */
export const buildNotice = template<NoticeDocument>(Kind.notice, tags.noticeTags);
