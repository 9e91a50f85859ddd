/**
 * Requests to vanish. Spec: NIP-62 and specs/relays.md.
 */
import type { SignedEvent } from '@realyield/protocol';
import { VANISH_KIND, WRAP_KINDS } from './carried.ts';

/** The tag value that means every relay. */
const ALL_RELAYS = 'ALL_RELAYS';

/** A relay address in one spelling, or null when it is no websocket address. */
export function normalizeRelayUrl(text: string): string | null {
  try {
    const url = new URL(text);
    if (url.protocol !== 'ws:' && url.protocol !== 'wss:') return null;
    return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`;
  } catch {
    return null;
  }
}

/** Whether a request to vanish is meant for a relay known by these addresses, normalised. */
export function namesRelay(request: SignedEvent, relayUrls: ReadonlySet<string>): boolean {
  return request.tags.some(([name, value = '']) => {
    if (name !== 'relay') return false;
    return value === ALL_RELAYS || relayUrls.has(normalizeRelayUrl(value) ?? '');
  });
}

/** Whether an event is what keys asked to be forgotten: their own, or a wrap to them. */
export function isForgotten(
  event: SignedEvent,
  vanishedAtSec: (publicKeyHex: string) => number | undefined,
): boolean {
  // The request itself may be kept and sent again: it is what bars the rest.
  if (event.kind === VANISH_KIND) return false;
  const isBarred = (key: string): boolean => event.created_at <= (vanishedAtSec(key) ?? -1);
  if (isBarred(event.pubkey)) return true;
  if (!WRAP_KINDS.includes(event.kind)) return false;
  return event.tags.some(([name, value = '']) => name === 'p' && isBarred(value));
}
