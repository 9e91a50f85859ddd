/**
 * The wire: client messages parsed without ever throwing, relay messages written.
 */
import type { SignedEvent } from '@realyield/protocol';

/** What a client may say (NIP-01, 42, 45, 77), with the parts not looked into yet. */
export type ClientMessage =
  | { readonly type: 'EVENT'; readonly event: unknown }
  | { readonly type: 'AUTH'; readonly event: unknown }
  | {
      readonly type: 'REQ' | 'COUNT';
      readonly subscriptionId: string;
      readonly filters: readonly unknown[];
    }
  | { readonly type: 'CLOSE' | 'NEG-CLOSE'; readonly subscriptionId: string }
  | {
      readonly type: 'NEG-OPEN';
      readonly subscriptionId: string;
      readonly filter: unknown;
      readonly message: string;
    }
  | { readonly type: 'NEG-MSG'; readonly subscriptionId: string; readonly message: string }
  | { readonly type: 'bad'; readonly reason: string };

const BAD_JSON: ClientMessage = { type: 'bad', reason: 'invalid: message is not a JSON array' };

function parseArray(text: string): unknown[] | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

/** Parses one websocket text; whatever is wrong comes back as type `bad` with its reason. */
export function parseClientMessage(text: string, maxIdLength: number): ClientMessage {
  const parts = parseArray(text);
  if (parts === null) return BAD_JSON;
  const [type, second, third, fourth] = parts;
  if (type === 'EVENT' || type === 'AUTH') return { type, event: second };
  if (typeof type !== 'string') return { type: 'bad', reason: 'invalid: message has no type' };
  if (typeof second !== 'string' || second === '' || second.length > maxIdLength) {
    const known = /^(REQ|COUNT|CLOSE|NEG-(OPEN|MSG|CLOSE))$/.test(type);
    const reason = known
      ? `invalid: a subscription id must be a string of 1 to ${maxIdLength} characters`
      : 'unsupported: unknown message type';
    return { type: 'bad', reason };
  }
  return parseSubscriptionMessage(type, second, parts.slice(2), third, fourth);
}

function parseSubscriptionMessage(
  type: string,
  subscriptionId: string,
  filters: readonly unknown[],
  third: unknown,
  fourth: unknown,
): ClientMessage {
  switch (type) {
    case 'REQ':
    case 'COUNT':
      return { type, subscriptionId, filters };
    case 'CLOSE':
    case 'NEG-CLOSE':
      return { type, subscriptionId };
    case 'NEG-OPEN':
      if (typeof fourth !== 'string') break;
      return { type, subscriptionId, filter: third, message: fourth };
    case 'NEG-MSG':
      if (typeof third !== 'string') break;
      return { type, subscriptionId, message: third };
    default:
      return { type: 'bad', reason: 'unsupported: unknown message type' };
  }
  return { type: 'bad', reason: `invalid: ${type} lacks its message` };
}

/** What the relay says; `write` turns it into text. */
export type RelayMessage =
  | readonly ['EVENT', string, SignedEvent]
  | readonly ['OK', string, boolean, string]
  | readonly ['EOSE', string]
  | readonly ['CLOSED', string, string]
  | readonly ['NOTICE', string]
  | readonly ['AUTH', string]
  | readonly ['COUNT', string, { readonly count: number }]
  | readonly ['NEG-MSG', string, string]
  | readonly ['NEG-ERR', string, string];

/** One relay message as websocket text. */
export function writeMessage(message: RelayMessage): string {
  return JSON.stringify(message);
}

/** An EVENT message around an event that is already JSON text. */
export function writeEventMessage(subscriptionId: string, eventJson: string): string {
  return `["EVENT",${JSON.stringify(subscriptionId)},${eventJson}]`;
}

/** The id an event claims, where it claims one that an OK message can name; else null. */
export function readClaimedId(event: unknown): string | null {
  if (typeof event !== 'object' || event === null || !('id' in event)) return null;
  return typeof event.id === 'string' && event.id.length <= 64 ? event.id : null;
}
