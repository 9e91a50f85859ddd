/**
 * Why a relay refuses an event, beside the reject codes every reader shares. A relay's refusal
 * says nothing about the event itself: another relay may carry it. Spec: specs/relays.md.
 */
import { sentenceFor, type Reject, type RejectCode } from '@realyield/protocol';

/** The machine-readable beginning of an OK message (NIP-01). */
export type ReasonPrefix = 'invalid' | 'blocked' | 'error';

/** Codes of a relay's own rules with their prefix and plain sentence, in precedence order. */
export const RELAY_REASONS = {
  TIME_FUTURE: ['invalid', 'The event is dated further ahead than this relay allows.'],
  KEY_VANISHED: ['blocked', 'Its author has asked this relay to forget what this key published.'],
  KIND_PRIVATE: ['blocked', 'Events of this kind are never published.'],
  KIND_RESERVED: ['blocked', 'The kind number is reserved for a later version of the protocol.'],
  KIND_NOT_CARRIED: ['blocked', 'This relay does not carry events of this kind.'],
  VANISH_ELSEWHERE: ['blocked', 'The request to vanish does not name this relay.'],
  VANISH_UNSUPPORTED: ['blocked', 'This relay does not carry out requests to vanish.'],
  FACT_PROTECTED: ['blocked', 'A fact others rely on cannot be kept from them with a “-” tag.'],
  FACT_EXPIRING: ['blocked', 'A fact others rely on cannot expire.'],
  SALE_PRIVATE: ['blocked', 'A single sale is its customer’s: it is never published.'],
  AUTHOR_STRANGER: ['blocked', 'The author has no part in the contract.'],
} as const satisfies Record<string, readonly [ReasonPrefix, string]>;

/** A code of a relay's own rules. */
export type RelayCode = keyof typeof RELAY_REASONS;

/** What a relay says to one event; `reason` is the text of its OK message. */
export type Decision =
  | { readonly accept: true }
  | {
      readonly accept: false;
      readonly code: RelayCode | RejectCode;
      readonly reason: string;
    };

/** The one decision that needs no words. */
export const ACCEPTED: Decision = { accept: true };

/** Details are shown where they are names of fields and codes, never a stranger's text. */
const PLAIN_DETAIL = /^[\w .:-]{1,80}$/;

function withDetail(code: string, detail: string): string {
  return PLAIN_DETAIL.test(detail) ? `(${code}: ${detail})` : `(${code})`;
}

/** A refusal by one of the relay's own rules. */
export function refuse(code: RelayCode, detail = ''): Decision {
  const [prefix, sentence] = RELAY_REASONS[code];
  return { accept: false, code, reason: `${prefix}: ${sentence} ${withDetail(code, detail)}` };
}

/** A refusal because no reader of the protocol could use the event. */
export function refuseUnreadable({ code, detail = '' }: Reject): Decision {
  const reason = `invalid: ${sentenceFor(code)} ${withDetail(code, detail)}`;
  return { accept: false, code, reason };
}

/** Whether a code is a relay's own, and no verdict of the reader. */
export function isRelayCode(code: RelayCode | RejectCode): code is RelayCode {
  return Object.hasOwn(RELAY_REASONS, code);
}
