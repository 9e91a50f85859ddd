/**
 * Checks a schema cannot express: terms of one document that must agree with each other.
 * Spec: specs/listings.md "Terms", specs/contract.md "Terms", specs/payments.md "Terms".
 * Each function names the first contradiction, or returns undefined.
 */
import { DAY_SEC, MAX_TICKS, REGISTER_START } from './params.ts';
import { Kind } from './kinds.ts';
import { reject, type Reject } from './result.ts';
import type { ContractDocument, SignatureDocument } from './kinds/agreement.ts';
import type { OfferDocument } from './kinds/listings.ts';
import type { ReceiptDocument, RequestDocument } from './kinds/money-events.ts';

const terms = (detail: string): Reject => reject('CONTENT_TERMS', detail);

function isWholeSat(amount: string): boolean {
  return BigInt(amount) > 0n && BigInt(amount) % 1000n === 0n;
}

function badDay(network: string, daySec: number): boolean {
  return network !== 'regtest' && daySec !== DAY_SEC;
}

function countTicks(tranches: readonly { readonly ticks: number }[]): number {
  return tranches.reduce((sum, tranche) => sum + tranche.ticks, 0);
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
  if (shares !== 10_000) return terms('shareBps');
  return countTicks(document.tranches) > MAX_TICKS ? terms('ticks') : undefined;
}

const BASE_KINDS = {
  offer: Kind.offer,
  attestation: Kind.attestation,
  consent: Kind.signature,
} as const;

function badBases(bases: ContractDocument['bases']): Reject | undefined {
  const ids = bases.map((base) => base.event.id);
  if (new Set(ids).size !== ids.length) return terms('bases');
  const isRight = bases.every((base) => base.event.kind === BASE_KINDS[base.as]);
  return isRight ? undefined : terms('bases');
}

/** Contradictions within a contract. */
export function contractContradiction(document: ContractDocument): Reject | undefined {
  if (badDay(document.network, document.daySec)) return terms('daySec');
  const keys = Object.values(document.parties).map((party) => party.pubkey);
  if (new Set(keys).size !== keys.length) return terms('parties');
  const badBase = badBases(document.bases);
  if (badBase) return badBase;
  const offers = document.bases.filter((base) => base.as === 'offer');
  const offer = offers[0]?.event;
  if (offers.length !== 1 || !offer) return terms('bases');
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
  if (total !== BigInt(document.principalMsat)) return terms('tranches');
  return countTicks(document.tranches) > MAX_TICKS ? terms('ticks') : undefined;
}

/** Contradictions within a signature: only a bank's acceptance carries its register. */
export function signatureContradiction(document: SignatureDocument): Reject | undefined {
  if (document.type !== 'acceptance') return undefined;
  const { register, role } = document;
  if ((role === 'bank') !== (register !== undefined)) return terms('register');
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
  return document.msat.some((amount) => BigInt(amount) === 0n) ? terms('msat') : undefined;
}

/** Contradictions within a receipt. */
export function receiptContradiction(document: ReceiptDocument): Reject | undefined {
  return document.preimage.length === document.n.length ? undefined : terms('preimage');
}
