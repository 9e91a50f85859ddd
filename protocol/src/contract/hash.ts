/**
 * The state hash: one number by which clients know that they agree.
 * Spec: specs/contract.md, "State hash".
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalize, type Json } from '../canonical.ts';
import type { Leg } from '../kinds/fields.ts';
import { PROTOCOL_VERSION } from '../params.ts';
import type { ContractState, Payment } from './state.ts';

function digest(canonical: string): string {
  return bytesToHex(sha256(utf8ToBytes(canonical)));
}

/** A payment's row as canonical JSON: numbers, digits and class names need no escapes. */
function rowText(payment: Payment): string {
  return `[${payment.n},"${payment.amountMsat}",${payment.settledAtSec},"${payment.class}"]`;
}

/** One digest per request of a leg, sorted by request id. */
function legDigests(payments: readonly Payment[], leg: Leg): Json {
  const byRequest = new Map<string, Payment[]>();
  for (const payment of payments) {
    if (payment.leg !== leg) continue;
    const list = byRequest.get(payment.request);
    if (list) list.push(payment);
    else byRequest.set(payment.request, [payment]);
  }
  return [...byRequest]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([request, list]) => {
      const rows = list.sort((a, b) => a.n - b.n).map(rowText);
      return [request, digest(`[${rows.join()}]`)];
    });
}

/** What the state hash covers, as canonical JSON would write it. */
export function hashedView(state: ContractState): Json {
  const signatures: Record<string, Json> = {};
  for (const [role, signature] of Object.entries(state.signatures)) signatures[role] = signature.id;
  return {
    v: PROTOCOL_VERSION,
    root: state.root,
    version: state.version,
    status: state.status,
    signatures,
    milestones: state.milestones.map(({ tranche, status, decidedAtSec = 0 }): Json => {
      return status === 'approved' ? [tranche, status, decidedAtSec] : [tranche, status];
    }),
    legs: {
      disbursement: legDigests(state.payments, 'disbursement'),
      repayment: legDigests(state.payments, 'repayment'),
    },
    arrears: state.notices.filter(({ type }) => type === 'arrears').map(({ id }) => id),
    finalEvents: [...state.finalEvents],
    equivocations: state.equivocations.map((entry): Json => [entry.reason, ...entry.events]),
  };
}

/** SHA-256 of the canonical JSON of hashedView, hex. */
export function computeStateHash(state: ContractState): string {
  // C-26: "The state hash is the SHA-256, in hex, of the canonical JSON of the object below…"
  return digest(canonicalize(hashedView(state)));
}
