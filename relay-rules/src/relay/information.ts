/**
 * The relay information document (NIP-11): what the relay can do and every limit it enforces.
 */
import { MAX_CONTENT_BYTES } from '@realyield/protocol';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RelayLimits } from './limits.ts';

/** The NIPs the embedded relay implements. */
const SUPPORTED_NIPS: readonly number[] = [1, 9, 11, 40, 42, 45, 62, 70, 77];

/** What the document says besides the limits. */
export interface RelayDescription {
  readonly name: string;
  /** What is restricted about writing, in a sentence; null when nothing is. */
  readonly writeRules: string | null;
  readonly requireAuthForWraps: boolean;
}

/** The document as an object, ready for JSON. */
export function buildInformation(description: RelayDescription, limits: RelayLimits): object {
  return {
    name: description.name,
    description: [
      'An embedded Nostr relay for Real Yield.',
      description.writeRules,
      description.requireAuthForWraps
        ? 'Gift wraps (kind 1059) are served only to the key in their p tag, after NIP-42.'
        : null,
    ]
      .filter((sentence) => sentence !== null)
      .join(' '),
    software: 'real-yield/relay-rules',
    version: '0.1.0',
    supported_nips: SUPPORTED_NIPS,
    limitation: {
      max_message_length: limits.maxMessageBytes,
      max_event_bytes: limits.maxEventBytes,
      max_content_length: MAX_CONTENT_BYTES,
      max_subscriptions: limits.maxSubscriptions,
      max_filters: limits.maxFilters,
      max_subid_length: limits.maxSubscriptionIdLength,
      max_limit: limits.maxLimit,
      default_limit: limits.maxLimit,
      created_at_upper_limit: limits.maxFutureSec,
      max_connections: limits.maxConnections,
      max_authenticated_keys: limits.maxAuthenticatedKeys,
      max_buffered_bytes: limits.maxBufferedBytes,
      max_negentropy_events: limits.maxNegentropyEvents,
      auth_required: false,
      payment_required: false,
      restricted_writes: description.writeRules !== null,
    },
  };
}

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': '*',
  'access-control-allow-methods': 'GET, HEAD, OPTIONS',
};

/** Answers plain HTTP requests on the relay's address. */
export function answerHttp(
  request: IncomingMessage,
  response: ServerResponse,
  information: object,
): void {
  if (request.method === 'OPTIONS') {
    response.writeHead(204, CORS).end();
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { ...CORS, allow: 'GET, HEAD, OPTIONS' }).end();
    return;
  }
  const isDocument = (request.headers.accept ?? '').includes('application/nostr+json');
  const type = isDocument ? 'application/nostr+json' : 'text/plain; charset=utf-8';
  const body = isDocument
    ? JSON.stringify(information)
    : 'This is a Nostr relay: open it as a websocket.\n';
  response.writeHead(200, { ...CORS, 'content-type': type });
  response.end(request.method === 'HEAD' ? undefined : body);
}
