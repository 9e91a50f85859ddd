/**
 * What an event must be to enter the relay, in the order of NIP-01's OK prefixes: well-formed,
 * signed, timely, published by whom it may be, and within the operator's rules.
 */
import {
  MAX_EVENT_BYTES,
  sentenceFor,
  verify,
  type SignatureVerifier,
  type VerifiedEvent,
} from '@realyield/protocol';
import { initNostrWasm } from 'nostr-wasm';
import { AUTHENTICATION_KIND, expiresAtSec, isProtected } from './events.ts';
import type { RelayLimits } from './limits.ts';

/** An operator's answer to one event; a reason without NIP-01 prefix gets "blocked: ". */
export type RelayDecision =
  { readonly accept: true } | { readonly accept: false; readonly reason: string };

/** An operator's rule: pure and quick, asked after id and signature have been checked. */
export type RelayDecide = (event: VerifiedEvent) => RelayDecision;

/** The event if it may enter, else the text of the OK message that refuses it. */
export type Admission =
  | { readonly ok: true; readonly event: VerifiedEvent }
  | { readonly ok: false; readonly reason: string };

/** Checks id and signature of anything; the reason is that of an OK message. */
export type EventCheck = (input: unknown) => Admission;

const PREFIX = /^(duplicate|pow|blocked|rate-limited|invalid|restricted|mute|error): /;

/** Loads libsecp256k1 as WebAssembly and returns the check built on it. */
export async function createEventCheck(maxEventBytes: number): Promise<EventCheck> {
  const nostr = await initNostrWasm();
  // It takes whole events only and throws on a wrong signature; it writes nothing to them.
  const verifier: SignatureVerifier = (_signatureHex, _idHex, _publicKeyHex, event) => {
    nostr.verifyEvent(event as Parameters<typeof nostr.verifyEvent>[0]);
    return true;
  };
  return (input) => {
    const verified = verify(input, verifier);
    if (!verified.ok) {
      const detail = verified.detail === undefined ? '' : ` (${verified.detail})`;
      return { ok: false, reason: `invalid: ${sentenceFor(verified.code)}${detail}` };
    }
    const event = verified.value;
    if (maxEventBytes < MAX_EVENT_BYTES && byteLength(event) > maxEventBytes) {
      return { ok: false, reason: `invalid: the event is larger than ${maxEventBytes} bytes` };
    }
    return { ok: true, event };
  };
}

function byteLength(event: VerifiedEvent): number {
  return Buffer.byteLength(JSON.stringify(event));
}

/** What admission depends on besides the event. */
export interface AdmissionContext {
  readonly check: EventCheck;
  readonly limits: RelayLimits;
  readonly nowSec: number;
  /** Keys the connection has authenticated as (NIP-42). */
  readonly authenticated: ReadonlySet<string>;
  readonly decide: RelayDecide | null;
}

function findRefusal(event: VerifiedEvent, context: AdmissionContext): string | null {
  if (event.kind === AUTHENTICATION_KIND) {
    return 'invalid: an authentication is sent as AUTH and never published';
  }
  if (event.created_at > context.nowSec + context.limits.maxFutureSec) {
    return `invalid: created_at is more than ${context.limits.maxFutureSec} s in the future`;
  }
  const expiry = expiresAtSec(event);
  if (expiry !== null && expiry <= context.nowSec) return 'invalid: the event has expired';
  if (isProtected(event) && !context.authenticated.has(event.pubkey)) {
    const prefix = context.authenticated.size === 0 ? 'auth-required' : 'restricted';
    return `${prefix}: only its author may publish a protected event`;
  }
  return context.decide === null ? null : askOperator(event, context.decide);
}

function askOperator(event: VerifiedEvent, decide: RelayDecide): string | null {
  try {
    const decision = decide(event);
    if (decision.accept) return null;
    return PREFIX.test(decision.reason) ? decision.reason : `blocked: ${decision.reason}`;
  } catch {
    return 'error: the relay could not judge the event';
  }
}

/** Judges one event; never throws. */
export function admit(input: unknown, context: AdmissionContext): Admission {
  const checked = context.check(input);
  if (!checked.ok) return checked;
  const reason = findRefusal(checked.event, context);
  return reason === null ? checked : { ok: false, reason };
}
