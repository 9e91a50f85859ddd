/**
 * The state hash: one number by which clients know that they agree.
 * Spec: specs/contract.md, "State hash".
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalize, type Json } from '../canonical.ts';
import { PROTOCOL_VERSION } from '../params.ts';
import type { ChainPaid } from './paid.ts';
import type { ContractState, Tender } from './state.ts';

/** Which output paid which parts, how much and when. */
function hashedPayment({ outpoint, leg, n, amountUnits, settledAtSec }: ChainPaid): Json {
  return [outpoint, leg, [...n], amountUnits.toString(), settledAtSec];
}

/** What stands before the payments in canonical JSON. */
function firstMembers(state: ContractState): Record<string, Json> {
  const chain = [...state.paid.chain].sort((a, b) => (a.outpoint < b.outpoint ? -1 : 1));
  return {
    ...(chain.length > 0 ? { chain: chain.map(hashedPayment) } : {}),
    arrears: state.notices.filter(({ type }) => type === 'arrears').map(({ id }) => id),
    equivocations: state.equivocations.map((entry): Json => [entry.reason, ...entry.events]),
    finalEvents: [...state.finalEvents],
    funding: state.funding,
    keys: [...state.keyEvents],
    milestones: state.milestones.map(({ tranche, status, decidedAtSec = 0 }): Json => {
      return status === 'approved' ? [tranche, status, decidedAtSec] : [tranche, status];
    }),
  };
}

/** Which days a tender covers, of which instalments; none where it is void. */
function hashedTender({ id, isVoid, fromDay, toDay, dueAfterDay }: Tender): Json {
  return isVoid ? [id] : [id, fromDay, toDay, Math.max(dueAfterDay, 0)];
}

/** What stands after them. */
function lastMembers(state: ContractState): Record<string, Json> {
  const { bank, business, investor } = state.signatures;
  return {
    root: state.root,
    ...(state.reports.length > 0 ? { sales: state.reports.map(({ id }) => id) } : {}),
    signatures: {
      ...(bank ? { bank: bank.id } : {}),
      ...(business ? { business: business.id } : {}),
      ...(investor ? { investor: investor.id } : {}),
    },
    status: state.status,
    ...(state.tenders.length > 0 ? { tenders: state.tenders.map(hashedTender) } : {}),
    v: PROTOCOL_VERSION,
    version: state.version,
  };
}

/** What the state hash covers. */
export function hashedView(state: ContractState): Json {
  const payments = JSON.parse(state.paid.digests.text()) as Json;
  return { ...firstMembers(state), payments, ...lastMembers(state) };
}

/**
 * SHA-256 of the canonical JSON of hashedView, hex. Of many payments only what is new since it was
 * last taken of the same fold costs anything.
 */
export function computeStateHash(state: ContractState): string {
  // C-26: "The state hash is the SHA-256, in hex, of the canonical JSON of the object below…"
  const before = canonicalize(firstMembers(state)).slice(0, -1);
  const after = canonicalize(lastMembers(state)).slice(1);
  const text = `${before},"payments":${state.paid.digests.text()},${after}`;
  return bytesToHex(sha256(utf8ToBytes(text)));
}
