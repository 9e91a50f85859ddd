/**
 * The state hash: one number by which clients know that they agree.
 * Spec: specs/contract.md, "State hash".
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalize, type Json } from '../canonical.ts';
import type { Leg } from '../kinds/fields.ts';
import { PROTOCOL_VERSION } from '../params.ts';
import { classOf, type PaidRequest } from './paid.ts';
import { LEGS, type ContractState, type PaymentClass } from './state.ts';

/** Parts of one request with neighbouring numbers, one settled time and one class. */
type HashedRun = [first: number, last: number, settledAtSec: number, proof: PaymentClass];

/** What the hash covers of a request: by part numbers, whatever places and receipts they had. */
function hashedRuns({ request, runs }: PaidRequest): HashedRun[] {
  const { n: parts } = request.document;
  const hashed: HashedRun[] = [];
  for (const run of runs) {
    const proof = classOf(run);
    const [from = 0, to = 0] = [parts[run.first], parts[run.last]];
    const isWithoutGaps = to - from === run.last - run.first;
    if (isWithoutGaps && runs.length === 1) return [[from, to, run.settledAtSec, proof]];
    for (let place = run.first; place <= run.last; place += 1) {
      const n = parts[place] ?? 0;
      const open = hashed.at(-1);
      if (open?.[1] === n - 1 && open[2] === run.settledAtSec && open[3] === proof) open[1] = n;
      else hashed.push([n, n, run.settledAtSec, proof]);
    }
  }
  return hashed;
}

/** A request's entry as canonical JSON. */
function entryText(paid: PaidRequest): string {
  const runs = hashedRuns(paid).map(([first, last, settledAtSec, proof]) => {
    return `[${first},${last},${settledAtSec},"${proof}"]`;
  });
  return `["${paid.request.event.id}",[${runs.join()}]]`;
}

/** Requests of a leg with proven payments, by id. */
function requestsOf(state: ContractState, leg: Leg): PaidRequest[] {
  return [...state.paid.requests()]
    .filter((paid) => paid.leg === leg && paid.runs.length > 0)
    .sort((a, b) => (a.request.event.id < b.request.event.id ? -1 : 1));
}

function legsOf<T>(view: (leg: Leg) => T): Record<string, T> {
  return Object.fromEntries((Object.keys(LEGS) as Leg[]).map((leg) => [leg, view(leg)]));
}

/** All of the hashed view but payments. */
function termsView(state: ContractState): Record<string, Json> {
  const signatures: Record<string, Json> = {};
  for (const [role, signature] of Object.entries(state.signatures)) signatures[role] = signature.id;
  return {
    v: PROTOCOL_VERSION,
    root: state.root,
    version: state.version,
    status: state.status,
    signatures,
    keys: [...state.keyEvents],
    funding: state.funding,
    milestones: state.milestones.map(({ tranche, status, decidedAtSec = 0 }): Json => {
      return status === 'approved' ? [tranche, status, decidedAtSec] : [tranche, status];
    }),
    arrears: state.notices.filter(({ type }) => type === 'arrears').map(({ id }) => id),
    finalEvents: [...state.finalEvents],
    equivocations: state.equivocations.map((entry): Json => [entry.reason, ...entry.events]),
  };
}

/** What the state hash covers. */
export function hashedView(state: ContractState): Json {
  const legs = legsOf((leg): Json => {
    return requestsOf(state, leg).map((paid) => [paid.request.event.id, hashedRuns(paid)]);
  });
  return { ...termsView(state), legs };
}

function objectText(texts: Readonly<Record<string, string>>): string {
  const members = Object.keys(texts).sort();
  return `{${members.map((key) => `"${key}":${texts[key] ?? ''}`).join()}}`;
}

/**
 * SHA-256 of the canonical JSON of hashedView, hex. It covers every request that was ever paid,
 * so it costs a pass over them, however little is new: take it when somebody looks at it.
 */
export function computeStateHash(state: ContractState): string {
  // C-26: "The state hash is the SHA-256, in hex, of the canonical JSON of the object below…"
  const members: Record<string, string> = {};
  for (const [key, value] of Object.entries(termsView(state))) members[key] = canonicalize(value);
  const legs = legsOf((leg) => `[${requestsOf(state, leg).map(entryText).join()}]`);
  const text = objectText({ ...members, legs: objectText(legs) });
  return bytesToHex(sha256(utf8ToBytes(text)));
}
