/**
 * What an event must be to enter the relay, in the order of NIP-01's OK prefixes: well-formed,
 * signed, timely, published by whom it may be, and within the operator's rules.
 */
import {
  MAX_EVENT_BYTES,
  verify,
  type SignatureVerifier,
  type VerifiedEvent,
} from '@realyield/protocol';
import { VANISH_KIND } from '../carried.ts';
import { refuse, refuseUnreadable } from '../reasons.ts';
import { namesRelay } from '../vanish.ts';
import { nodeHash } from '../verifier.ts';
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

/** The check of id, signature and size built on a signature verifier. */
export function createEventCheck(verifier: SignatureVerifier, maxEventBytes: number): EventCheck {
  return (input) => {
    const verified = verify(input, verifier, nodeHash);
    if (!verified.ok) return { ok: false, reason: reasonOf(refuseUnreadable(verified)) };
    const event = verified.value;
    if (maxEventBytes < MAX_EVENT_BYTES && byteLength(event) > maxEventBytes) {
      return { ok: false, reason: `invalid: the event is larger than ${maxEventBytes} bytes` };
    }
    return { ok: true, event };
  };
}

/** The text of the OK message that goes with a decision. */
export function reasonOf(decision: RelayDecision): string {
  return decision.accept ? '' : decision.reason;
}

function byteLength(event: VerifiedEvent): number {
  return Buffer.byteLength(JSON.stringify(event));
}

/** What admission depends on besides the event. */
export interface AdmissionContext {
  readonly check: EventCheck;
  readonly limits: RelayLimits;
  readonly nowSec: number;
  /** The relay's own addresses, normalised. */
  readonly relayUrls: ReadonlySet<string>;
  /** Keys the connection has authenticated as (NIP-42). */
  readonly authenticated: ReadonlySet<string>;
  /** The protocol's write rules, asked first of all. */
  readonly rules: RelayDecide | null;
  /** The operator's further rule, asked last. */
  readonly decide: RelayDecide | null;
}

function findRefusal(event: VerifiedEvent, context: AdmissionContext): string | null {
  const refusal = context.rules === null ? null : ask(event, context.rules);
  if (refusal !== null) return refusal;
  if (event.kind === AUTHENTICATION_KIND) {
    return 'invalid: an authentication is sent as AUTH and never published';
  }
  if (event.created_at > context.nowSec + context.limits.maxFutureSec) {
    return reasonOf(refuse('TIME_FUTURE', `${context.limits.maxFutureSec} s`));
  }
  const expiry = expiresAtSec(event);
  if (expiry !== null && expiry <= context.nowSec) return 'invalid: the event has expired';
  if (isProtected(event) && !context.authenticated.has(event.pubkey)) {
    const prefix = context.authenticated.size === 0 ? 'auth-required' : 'restricted';
    return `${prefix}: only its author may publish a protected event`;
  }
  // Deleting for a request that means another relay would be as wrong as not deleting for ours.
  if (event.kind === VANISH_KIND && !namesRelay(event, context.relayUrls)) {
    return reasonOf(refuse('VANISH_ELSEWHERE'));
  }
  return context.decide === null ? null : ask(event, context.decide);
}

function ask(event: VerifiedEvent, decide: RelayDecide): string | null {
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
