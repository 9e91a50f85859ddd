/** The whole public surface of Real Yield's protocol. See README.md of this package. */
export * from './result.ts';
export * from './money.ts';
export * from './canonical.ts';
export * from './params.ts';
export * from './kinds.ts';
export {
  MAX_CONTENT_BYTES,
  MAX_EVENT_BYTES,
  believeShaped,
  readShape,
  verifyShaped,
  verifyWith,
  type HashFunction,
  type ShapedEvent,
  type SignatureVerifier,
  type SignedEvent,
  type VerifiedEvent,
} from './verify.ts';
export * from './noble.ts';
export * from './bolt11.ts';
export * from './events.ts';
export * from './template-check.ts';
export * from './order.ts';
export * from './interest.ts';
export * from './denomination.ts';
export { priceOf, unitsOf } from './contract/prices.ts';
export type { Denomination, FiatDenomination } from './kinds/denomination.ts';
export type { PriceDocument } from './kinds/price.ts';
export type { BondDocument, BondKeyDocument, PinnedBond, PledgeDocument } from './kinds/bond.ts';
export * from './conversation.ts';
export * from './application.ts';
export type { ApplicationCase } from './kinds/application-messages.ts';
export {
  MAX_SHARED_BYTES,
  MAX_STORED_BYTES,
  PIECE_BYTES,
  pieceCount,
} from './kinds/document-messages.ts';
export * from './waiting.ts';
export * from './cohort.ts';
export type { Pace } from './pace.ts';
export * from './planner.ts';
export * from './book.ts';
export * from './repayment-book.ts';
export * from './dues.ts';
export * from './obligation.ts';
export * from './delivery.ts';
export * from './publish.ts';
export { offerAddress, sameTags } from './tags.ts';
export { offerContradiction, contractContradiction } from './terms.ts';
export * from './contract/state.ts';
export * from './contract/build.ts';
export * from './contract/plan.ts';
export { feesOf, planFees, planTicks, tickAt, ticksOf } from './contract/ticks.ts';
export type { FeePart, Streaming, Tick } from './contract/ticks.ts';
export { computeLedger } from './contract/ledger.ts';
export type {
  Instalment,
  Ledger,
  LedgerCourse,
  LedgerPayment,
  LedgerTender,
  LedgerVersion,
  ReportedSales,
} from './contract/ledger.ts';
export { bondShareOf, computeBondShare } from './contract/bond-share.ts';
export * from './contract/guarantee.ts';
export {
  courseOf,
  guaranteeOf,
  ledgerOf,
  recoveriesOf,
  scheduleOf,
  type CalledGuarantee,
  type RecoveryOwed,
} from './contract/standing.ts';
export {
  isSharedFairly,
  recoveryCostCap,
  shareRecovery,
  type RecoveryShare,
  type RecoveryStake,
} from './contract/recovery.ts';
export { reportedSales, reportGaps, type ReportGap } from './contract/sales.ts';
export { projectSchedule, type ExpectedInstalment, type Outlook } from './contract/schedule.ts';
export * from './contract/fold.ts';
export { headsOf, isPrivate } from './contract/graph.ts';
export * from './contract/hash.ts';
export type { ChainPaid, DayTotal, PaidParts, PaidRequest, PaidRun } from './contract/paid.ts';
export { settledAtSec } from './contract/evidence.ts';
export { TRANSITIONS, permittedActs } from './contract/transitions.ts';
export { actOf, type ActorRole, type ContractAct } from './contract/acts.ts';
export { requestMismatch } from './contract/payments.ts';
export {
  actsFor,
  attesterOf,
  contractOf,
  contractsOf,
  hasEnded,
  isMainOf,
  roleOfActor,
  roleOfKey,
} from './contract/draft.ts';
export { amendmentMismatch, termsAt } from './contract/versions.ts';
export type { RejectedEvent } from './contract/draft.ts';
export type { InstalmentOutcome } from './statistics/instalments.ts';
export { amountRate, countRate, type AmountRate, type CountRate } from './statistics/rates.ts';
export { partOf, type ProofTotal } from './statistics/payments-by-day.ts';
export * from './statistics/summary.ts';
export * from './statistics/reuse.ts';
export { readRegister, type RegisterView } from './statistics/register.ts';
export type { Counterparties, Opening, PartyShare } from './statistics/counterparties.ts';
export { periodOf, type Period } from './statistics/calendar.ts';
export * from './statistics/history.ts';
export * from './statistics/losses.ts';
export * from './statistics/loss-record.ts';
export {
  LATENESS_BUCKETS,
  type BucketTotal,
  type Defaults,
  type Punctuality,
} from './statistics/record.ts';
export * from './statistics/book.ts';
export * from './statistics/cases.ts';
export * from './statistics/holding.ts';
export * from './statistics/statement.ts';
export * from './statistics/xirr.ts';
export * from './statistics/portfolio.ts';
export type { EmbeddedEvent, Leg, PartyRole } from './kinds/fields.ts';
export { CHECKS, VOUCH_MATTER, VOUCH_REASONS } from './kinds/attestation.ts';
export type * from './kinds/attestation.ts';
export type * from './kinds/listings.ts';
export { FEE_PAYERS, type ArbiterProfileDocument, type FeePayer } from './kinds/arbiter.ts';
export type * from './kinds/agreement.ts';
export { APPOINTEE_ROLES, type AppointeeRole, type Appointees } from './kinds/appointees.ts';
export type { Funding } from './kinds/funding.ts';
export type { KeyDocument } from './kinds/key.ts';
export { TENDER_LEGS } from './kinds/tender.ts';
export type { TenderAnswerDocument, TenderDocument } from './kinds/tender.ts';
export type { InCurrency, SaleDocument, SalesDocument, SalesReport } from './kinds/sales.ts';
export * from './till/tree.ts';
export * from './till/sale.ts';
export * from './till/split.ts';
export * from './till/rate.ts';
export * from './till/asking.ts';
export type { TillShare } from './kinds/till-share.ts';
export { partOfOffer, type PartOfOffer } from './contract/part.ts';
export type * from './kinds/money-events.ts';
export type * from './kinds/milestone.ts';
export type { GuaranteeTerms, RecoveryDocument } from './kinds/default.ts';
export type { LegalTerms } from './kinds/legal.ts';
export * from './countries.ts';
export * from './legal.ts';
export { payableInstalments } from './keyfacts/flows.ts';
export * from './keyfacts/rate.ts';
export * from './keyfacts/sheet.ts';
export { KEY_FACT_SENTENCES } from './keyfacts/sentences.ts';
export type { SentenceId, SentenceSection } from './keyfacts/sentences.ts';
export type * from './kinds/plan.ts';
export type { Fees, ForwardingTerms } from './kinds/fees.ts';
export {
  forwardingFeesMsat,
  forwardingTermsOf,
  mostForwardingFeeMsat,
} from './contract/forwarding.ts';
export { isDisbursed, legOf, originationFee, withheldFee } from './contract/legs.ts';
export * from './bonds/bond.ts';
export * from './bonds/certificate.ts';
export { bondOf } from './bonds/check.ts';
export * from './bonds/cover.ts';
export * from './bonds/inclusion.ts';
export * from './bonds/message.ts';
export { followBond, recordPayout, type BondAfter, type PayoutOnChain } from './bonds/paid-out.ts';
export * from './bonds/payout.ts';
export * from './bonds/pinned.ts';
export * from './bonds/promised.ts';
export * from './bonds/script.ts';
export * from './bonds/signing.ts';
export * from './bonds/spend.ts';
export * from './bonds/standing.ts';
export * from './bonds/transaction.ts';
export * from './bonds/value.ts';
export { scriptOfAddress } from './fallback/address.ts';
export { readRawTransaction, type RawTransaction } from './fallback/raw-transaction.ts';
export { fallbackAddressOf, silenceEndsAtSec } from './contract/chain-receipts.ts';
export type { ChainReceiptDocument } from './kinds/chain-receipt.ts';
export { paysPledge, pledgesBehind } from './bundle/bonds.ts';
export * from './bundle/bundle.ts';
export * from './bundle/describe.ts';
export type { BundleHead } from './bundle/head.ts';
export {
  proofIn,
  proveTransaction,
  type ChainProof,
  type ProvenTransaction,
} from './bundle/proofs.ts';
export * from './bundle/report.ts';
export { DISPUTE_REASONS, MAX_ADMITTED } from './kinds/dispute.ts';
export type {
  Award,
  DisputeDocument,
  DisputeReason,
  PaidOutDocument,
  PayoutDocument,
} from './kinds/dispute.ts';
export { claimRoom, type ClaimRoom } from './disputes/beside.ts';
export * from './disputes/blocks.ts';
export type * from './disputes/case.ts';
export { isEarlier, type OtherOutcome } from './disputes/earlier.ts';
export * from './disputes/fold.ts';
export * from './disputes/limit.ts';
export * from './disputes/next.ts';
export { canShareCase } from './disputes/roles.ts';
export { caseOf } from './disputes/steps.ts';
