/**
 * Every limit the embedded relay enforces, in one table that the NIP-11 document announces.
 */
import { MAX_EVENT_BYTES } from '@realyield/protocol';

/** Limits of the relay; each can be overridden in `startRelay`. */
export interface RelayLimits {
  /** Largest event as JSON, in UTF-8 bytes. The protocol's own limit; can only be lowered. */
  readonly maxEventBytes: number;
  /** Largest websocket message, in bytes; a larger one closes the connection (code 1009). */
  readonly maxMessageBytes: number;
  /** Open subscriptions of one connection; one more is answered with CLOSED or NEG-ERR. */
  readonly maxSubscriptions: number;
  /** Filters in one REQ, COUNT or NEG-OPEN. */
  readonly maxFilters: number;
  /** Characters in a subscription id. */
  readonly maxSubscriptionIdLength: number;
  /** Stored events a single filter returns at most, also when it names no limit. */
  readonly maxLimit: number;
  /** How far `created_at` may lie ahead of the relay's clock, in seconds. */
  readonly maxFutureSec: number;
  /** Open connections; one more is closed with code 1013. */
  readonly maxConnections: number;
  /** Keys one connection may authenticate as. */
  readonly maxAuthenticatedKeys: number;
  /** Bytes waiting for a reader that does not read; beyond it the connection is ended. */
  readonly maxBufferedBytes: number;
  /** Events one negentropy session may cover. */
  readonly maxNegentropyEvents: number;
  /** Pause between pings, in milliseconds; a peer silent for two pauses is disconnected. */
  readonly pingIntervalMs: number;
}

/** The limits used unless overridden. */
const DEFAULT_LIMITS: RelayLimits = {
  maxEventBytes: MAX_EVENT_BYTES,
  maxMessageBytes: 131_072,
  maxSubscriptions: 100,
  maxFilters: 50,
  maxSubscriptionIdLength: 64,
  maxLimit: 5_000,
  maxFutureSec: 900,
  maxConnections: 1_000,
  maxAuthenticatedKeys: 32,
  maxBufferedBytes: 16 * 1024 * 1024,
  maxNegentropyEvents: 250_000,
  pingIntervalMs: 30_000,
};

/** The default limits with those replaced that are given. */
export function withDefaultLimits(overrides: Partial<RelayLimits>): RelayLimits {
  const limits: Record<string, number> = { ...DEFAULT_LIMITS };
  for (const name of Object.keys(DEFAULT_LIMITS) as (keyof RelayLimits)[]) {
    const value = overrides[name];
    if (value !== undefined) limits[name] = value;
  }
  limits['maxEventBytes'] = Math.min(limits['maxEventBytes'] ?? MAX_EVENT_BYTES, MAX_EVENT_BYTES);
  return limits as unknown as RelayLimits;
}
