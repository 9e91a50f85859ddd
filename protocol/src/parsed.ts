/** Events of the protocol, verified and typed. Spec: specs/events.md, "Reading". */
import type { ContractDocument, SignatureDocument } from './kinds/agreement.ts';
import type { ArbiterProfileDocument } from './kinds/arbiter.ts';
import type { ChainReceiptDocument } from './kinds/chain-receipt.ts';
import type { BondDocument } from './kinds/bond.ts';
import type { DisputeDocument } from './kinds/dispute.ts';
import type { KeyDocument } from './kinds/key.ts';
import type { AttestationDocument } from './kinds/attestation.ts';
import type { BankProfileDocument, OfferDocument } from './kinds/listings.ts';
import type { MilestoneDocument } from './kinds/milestone.ts';
import type {
  AcknowledgementDocument,
  ForwardDocument,
  NoticeDocument,
  ReceiptDocument,
  RequestDocument,
} from './kinds/money-events.ts';
import type { PriceDocument } from './kinds/price.ts';
import type { SalesDocument } from './kinds/sales.ts';
import type { TenderAnswerDocument, TenderDocument } from './kinds/tender.ts';
import type { VerifiedEvent } from './verify.ts';

/** A verified event with its document. */
export interface Parsed<Name extends string, Document> {
  readonly name: Name;
  readonly event: VerifiedEvent;
  readonly document: Document;
}

/** A bank profile. */
export type ParsedBankProfile = Parsed<'bankProfile', BankProfileDocument>;
/** An offer. */
export type ParsedOffer = Parsed<'offer', OfferDocument>;
/** An attestation. */
export type ParsedAttestation = Parsed<'attestation', AttestationDocument>;
/** An arbiter's profile. */
export type ParsedArbiterProfile = Parsed<'arbiterProfile', ArbiterProfileDocument>;
/** A contract. */
export type ParsedContract = Parsed<'contract', ContractDocument>;
/** A signature. */
export type ParsedSignature = Parsed<'signature', SignatureDocument>;
/** A payment request. */
export type ParsedRequest = Parsed<'request', RequestDocument>;
/** A bank's forward. */
export type ParsedForward = Parsed<'forward', ForwardDocument>;
/** A receipt. */
export type ParsedReceipt = Parsed<'receipt', ReceiptDocument>;
/** A receipt of a payment on the chain. */
export type ParsedChainReceipt = Parsed<'chainReceipt', ChainReceiptDocument>;
/** An acknowledgement. */
export type ParsedAcknowledgement = Parsed<'acknowledgement', AcknowledgementDocument>;
/** A milestone event. */
export type ParsedMilestone = Parsed<'milestone', MilestoneDocument>;
/** A sale or a report of sales. */
export type ParsedSales = Parsed<'sales', SalesDocument>;
/** A tender. */
export type ParsedTender = Parsed<'tender', TenderDocument>;
/** An answer to a tender. */
export type ParsedTenderAnswer = Parsed<'tenderAnswer', TenderAnswerDocument>;
/** A price. */
export type ParsedPrice = Parsed<'price', PriceDocument>;
/** A key event. */
export type ParsedKey = Parsed<'key', KeyDocument>;
/** A bond key or a pledge. */
export type ParsedBond = Parsed<'bond', BondDocument>;
/** A notice. */
export type ParsedNotice = Parsed<'notice', NoticeDocument>;

/** A dispute step. */
export type ParsedDispute = Parsed<'dispute', DisputeDocument>;

/** Any event of the protocol, verified and typed. */
export type ParsedEvent =
  | ParsedBankProfile
  | ParsedOffer
  | ParsedAttestation
  | ParsedArbiterProfile
  | ParsedContract
  | ParsedSignature
  | ParsedRequest
  | ParsedForward
  | ParsedReceipt
  | ParsedChainReceipt
  | ParsedAcknowledgement
  | ParsedMilestone
  | ParsedSales
  | ParsedTender
  | ParsedTenderAnswer
  | ParsedPrice
  | ParsedBond
  | ParsedKey
  | ParsedNotice
  | ParsedDispute;
