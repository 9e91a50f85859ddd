/**
 * Checks a schema cannot express: terms of one document that must agree with each other.
 * Spec: specs/listings.md "Terms", specs/contract.md "Terms", specs/payments.md "Terms".
 * Each function names the first contradiction, or returns undefined.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { DAY_SEC, MAX_LIVE_WINDOW_SEC, REGISTER_START } from './params.ts';
import { Kind } from './kinds.ts';
import { reject, type Reject } from './result.ts';
import type { AcceptanceDocument, ContractDocument } from './kinds/agreement.ts';
import type { OfferDocument } from './kinds/listings.ts';
import type { ReceiptDocument, RequestDocument } from './kinds/money-events.ts';

const terms = (detail: string): Reject => reject('CONTENT_TERMS', detail);

function isWholeSat(amount: string): boolean {
  return BigInt(amount) > 0n && BigInt(amount) % 1000n === 0n;
}

function badDay(network: string, daySec: number): boolean {
  return network !== 'regtest' && daySec !== DAY_SEC;
}

/** Contradictions within an offer. */
export function offerContradiction(document: OfferDocument): Reject | undefined {
  if (badDay(document.network, document.daySec)) return terms('daySec');
  for (const field of ['amountSoughtMsat', 'minimumTicketMsat', 'minimumTotalMsat'] as const) {
    if (!isWholeSat(document[field])) return terms(field);
  }
  const sought = BigInt(document.amountSoughtMsat);
  if (BigInt(document.minimumTicketMsat) > sought) return terms('minimumTicketMsat');
  if (BigInt(document.minimumTotalMsat) > sought) return terms('minimumTotalMsat');
  let shares = 0;
  let lastDay = 0;
  for (const tranche of document.tranches) {
    shares += tranche.shareBps;
    if (tranche.streamDays > tranche.windowDays) return terms('streamDays');
    if (tranche.startDay < lastDay) return terms('startDay');
    lastDay = tranche.startDay + tranche.streamDays;
    if (tranche.startDay + tranche.windowDays > document.plan.termDays) return terms('windowDays');
    const least = (BigInt(document.minimumTicketMsat) * BigInt(tranche.shareBps)) / 10_000n;
    if (least < BigInt(tranche.ticks) * 1000n) return terms('ticks');
  }
  return shares === 10_000 ? undefined : terms('shareBps');
}

/** Contradictions within a contract. */
export function contractContradiction(document: ContractDocument): Reject | undefined {
  if (badDay(document.network, document.daySec)) return terms('daySec');
  const keys = Object.values(document.parties).map((party) => party.pubkey);
  if (new Set(keys).size !== keys.length) return terms('parties');
  const offers = document.bases.filter((base) => base.as === 'offer');
  const offer = offers[0]?.event;
  if (offers.length !== 1 || offer?.kind !== Kind.offer) return terms('bases');
  if (offer.pubkey !== document.parties.bank.pubkey) return terms('bank');
  if (!isWholeSat(document.principalMsat)) return terms('principalMsat');
  let total = 0n;
  let lastSec = document.startAtSec;
  for (const tranche of document.tranches) {
    total += BigInt(tranche.amountMsat);
    if (!isWholeSat(tranche.amountMsat)) return terms('amountMsat');
    if (BigInt(tranche.amountMsat) < BigInt(tranche.ticks) * 1000n) return terms('ticks');
    if (tranche.fromSec < lastSec || tranche.toSec <= tranche.fromSec) return terms('fromSec');
    if (tranche.lapsesAtSec < tranche.toSec) return terms('lapsesAtSec');
    if (tranche.lapsesAtSec > document.plan.dueAtSec) return terms('dueAtSec');
    lastSec = tranche.toSec;
  }
  return total === BigInt(document.principalMsat) ? undefined : terms('tranches');
}

/** Contradictions within an acceptance. */
export function acceptanceContradiction(document: AcceptanceDocument): Reject | undefined {
  if (document.terms.id !== document.contract) return reject('EMBEDDED_MISMATCH', 'terms');
  if (document.terms.kind !== Kind.contract) return reject('EMBEDDED_MISMATCH', 'terms');
  if ((document.role === 'bank') !== (document.register !== undefined)) return terms('register');
  const register = document.register;
  if (register && (register.serial === 1) !== (register.previous === REGISTER_START)) {
    return terms('register');
  }
  return undefined;
}

/** Contradictions within a payment request. */
export function requestContradiction(document: RequestDocument): Reject | undefined {
  if (document.msat.length !== document.n.length) return terms('msat');
  if (document.paymentHash.length !== document.n.length) return terms('paymentHash');
  if (new Set(document.paymentHash).size !== document.n.length) return terms('paymentHash');
  if (document.msat.some((amount) => BigInt(amount) === 0n)) return terms('msat');
  const windowSec = document.expiresAtSec - document.notBeforeSec;
  // P-5 of specs/payments.md: a live window is longer than nothing and at most a day.
  return windowSec > 0 && windowSec <= MAX_LIVE_WINDOW_SEC ? undefined : reject('PART_WINDOW');
}

/** Contradictions within a receipt; every preimage is hashed and compared here. */
export function receiptContradiction(
  document: ReceiptDocument,
  request: RequestDocument,
): Reject | undefined {
  if (document.preimage.length !== document.n.length) return terms('preimage');
  if (request.contract !== document.contract) return reject('CONTRACT_MISMATCH', 'request');
  const hashOf = new Map(request.n.map((n, index) => [n, request.paymentHash[index]]));
  for (const [index, n] of document.n.entries()) {
    const expected = hashOf.get(n);
    if (expected === undefined) return reject('PART_UNKNOWN', String(n));
    const preimage = document.preimage[index] ?? '';
    if (bytesToHex(sha256(hexToBytes(preimage))) !== expected) {
      return reject('PREIMAGE_MISMATCH', String(n));
    }
  }
  return undefined;
}
