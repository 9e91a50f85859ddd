/**
 * Results and reject codes: what untrusted input yields instead of an exception.
 * Spec: specs/events.md, "Reject codes". Codes are stable, never reused, and listed in
 * precedence order: when several apply, a reader reports the first.
 */

/** Every reject code with its plain sentence, in precedence order. */
export const REJECT_SENTENCES = {
  EVENT_SHAPE: 'This is not a well-formed Nostr event.',
  EVENT_SIZE: 'The event is larger than 60,000 bytes of content or 65,536 bytes in all.',
  EVENT_ID: 'The event’s id does not match what it contains.',
  EVENT_SIGNATURE: 'The signature is not the author’s.',
  KIND_UNKNOWN: 'The kind number is not one of this protocol’s.',
  CONTENT_SIZE: 'The content is larger than its kind allows.',
  CONTENT_JSON: 'The content is not JSON.',
  CONTENT_CANONICAL: 'The content is not in canonical form.',
  CONTENT_VERSION: 'The content is of a version this client does not know.',
  CONTENT_SCHEMA: 'The content lacks something required or has something unknown.',
  CONTENT_TERMS: 'The terms contradict each other.',
  TAGS_MISMATCH: 'The tags disagree with the content.',
  EMBEDDED_INVALID: 'An event embedded in this one does not verify.',
  EMBEDDED_MISMATCH: 'An embedded event is not the one named.',
  APPOINTMENT_MISSING: 'Somebody the terms appoint has not accepted, or not for this offer.',
  CONTRACT_MISMATCH: 'It belongs to another contract.',
  CONTRACT_UNKNOWN: 'The contract itself is missing.',
  OFFER_MISMATCH: 'The contract’s terms are not those of the offer it rests on.',
  AUTHOR_ROLE: 'The author does not hold the role this step needs.',
  KEY_REVOKED: 'The key was replaced or revoked before this.',
  KEY_CONFLICT: 'The key already has a place in the contract, or none that could be replaced.',
  STATE_FORBIDS: 'This step is not possible in the state the contract is in.',
  PROPOSAL_EXPIRED: 'The proposal had expired when this was signed.',
  WITHDRAWAL_LATE: 'It comes too late: money has moved, or the time to withdraw is over.',
  VERSION_MISMATCH: 'The amendment changes what an amendment cannot change.',
  COUNTRY_EXCLUDED: 'The offer is not made to people who live where you say you do.',
  ALREADY_SIGNED: 'This role has already signed.',
  DELEGATE_CONFLICT: 'The delegate key is a party’s own key.',
  KEY_FACTS_MISMATCH: 'The key facts signed are not those of the contract.',
  DENOMINATION_MISMATCH: 'The request is not in what the contract is kept in.',
  PRICE_MINUTE: 'The price is of another minute than the one it is given or used in.',
  PRICE_UNKNOWN: 'A price is not by an oracle of the contract, or in another currency.',
  PRICE_MISMATCH: 'The amount asked is not what the prices make of it.',
  PRICE_UNPROVEN: 'Too few of the contract’s oracles gave a price for that minute.',
  FORWARDING_FORBIDDEN: 'The contract does not let the bank pass this payment on.',
  FORWARDING_FEE: 'The bank would keep more of the payment than the contract allows.',
  FORWARD_MISSING: 'The bank has not signed that it passes this payment on.',
  PART_UNKNOWN: 'The request has no such part.',
  PART_AMOUNT: 'The part’s amount is not the one the contract plans.',
  PART_WINDOW: 'The part’s payment window is empty, too long or not open yet.',
  PREIMAGE_MISMATCH: 'The preimage does not belong to the payment hash.',
  REQUEST_UNKNOWN: 'The request it speaks of is not known.',
  MILESTONE_UNKNOWN: 'The contract has no such milestone.',
  CLAIM_UNKNOWN: 'The claim it decides on is not known or does not count.',
  TENDER_UNKNOWN: 'The tender it answers is not known or does not count.',
  FALLBACK_ADDRESS: 'It was not paid to the address the contract names for the payee.',
  FALLBACK_EARLY: 'The payee had not been silent for fourteen days when this was paid.',
  OUTPUT_COUNTED: 'This output of a transaction counts already.',
  FUNDING_LATE: 'Funding was announced after its deadline.',
  NOT_LATE: 'What it rests on shows no instalment that is late enough.',
  CURE_RUNNING: 'It rests on no arrears notice after which there was time enough to pay.',
  DEFAULT_MISSING: 'It rests on no default notice that counts.',
  COSTS_ABOVE_CAP: 'More is kept back for costs than the contract allows.',
  NOT_SILENT: 'What it rests on shows that the bank has not been silent for long enough.',
  NOT_REPAID: 'The contract is not repaid, so it cannot be closed.',
  DISPUTE_UNKNOWN: 'The dispute it speaks of is not known or does not count.',
  NOTHING_CLAIMED: 'The contract shows nothing that could be claimed for this reason.',
  RESPONSE_RUNNING: 'Nobody has answered the claim, and there is still time to.',
  ARBITER_NOT_SILENT: 'The arbiter has acted, or still has time to.',
  CLAIM_EXCEEDED: 'More is awarded than was claimed.',
  AWARD_ADDRESS: 'The address is not the one the claimant named.',
  RULING_UNPAID: 'Money that was awarded is still owed, so the case cannot be closed.',
  BOND_SCRIPT: 'A bond’s keys or its lock time are not ones a bond can have.',
  BOND_CERTIFICATE: 'A Bitcoin key has not signed for whom it is said to speak.',
  INVOICE_ENCODING: 'This is not a Lightning invoice.',
  INVOICE_NETWORK: 'The invoice is for another Bitcoin network.',
  INVOICE_AMOUNT_ENCODING: 'The invoice’s amount is not a whole number of millisatoshis.',
  INVOICE_FIELDS: 'The invoice lacks a required field or has it twice.',
  INVOICE_SIGNATURE: 'The invoice’s signature is invalid.',
  INVOICE_HASH_MISMATCH: 'The invoice is for another payment than the one the payee signed.',
  INVOICE_AMOUNT_MISMATCH: 'The invoice asks for another amount than was agreed.',
  INVOICE_EXPIRED: 'The invoice has expired.',
  INVOICE_WINDOW: 'The invoice does not last as long as its part.',
  BLOCK_UNKNOWN: 'No source of the chain says which block is the newest, and this step names one.',
  BLOCK_DENIED: 'It rests on a step that names a block your sources of the chain do not know.',
  CHAIN_TRANSACTION: 'This is not a transaction, or one that proves nothing.',
  CHAIN_AMOUNT: 'The transaction does not pay the amount that is stated.',
  CHAIN_BRANCH: 'The branch does not lead from the transaction to the block.',
  CHAIN_BLOCK: 'The block’s header is not one that took work enough.',
  BOND_UNPROVEN: 'Two sources of the chain do not show the bond as live, so nothing was done.',
  PAYOUT_ADDRESS: 'The address is none, or of another Bitcoin network.',
  PAYOUT_AMOUNT: 'The amounts are more than the bond holds, or too small to be sent.',
  PAYOUT_PSBT: 'This is not a transaction to be signed (PSBT).',
  PAYOUT_MISMATCH: 'The transaction to be signed is not the one that was agreed.',
  PAYOUT_SIGNER: 'The key is not one that can sign this.',
  PAYOUT_UNSENT: 'No source of the chain has taken the transaction, as far as they say.',
  PAYOUT_SIGNATURES: 'Too few of those who must sign have signed.',
  MESSAGE_SHAPE: 'The private message is not one this client understands.',
  MESSAGE_AUTHOR: 'The private message is not from the key it claims.',
  WALLET_URI: 'This is not a wallet connection: it should begin with nostr+walletconnect://.',
  WALLET_ANSWER: 'The wallet’s answer makes no sense.',
} as const;

/** A stable code for one reason of refusal. */
export type RejectCode = keyof typeof REJECT_SENTENCES;

/** Codes in precedence order. */
export const REJECT_CODES = Object.keys(REJECT_SENTENCES) as readonly RejectCode[];

/** A refusal: its code and, where it helps, which field or value. */
export interface Reject {
  readonly ok: false;
  readonly code: RejectCode;
  readonly detail?: string;
}

/** Either a value or a refusal. */
export type Result<T> = { readonly ok: true; readonly value: T } | Reject;

/** Wraps a value as success. */
export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

/** Builds a refusal. */
export function reject(code: RejectCode, detail?: string): Reject {
  return detail === undefined ? { ok: false, code } : { ok: false, code, detail };
}

/** The plain sentence for a code. */
export function sentenceFor(code: RejectCode): string {
  return REJECT_SENTENCES[code];
}
