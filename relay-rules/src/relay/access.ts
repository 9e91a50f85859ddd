/**
 * Who may read gift wraps on a relay that serves them to their recipient only (NIP-42, NIP-59).
 */
import { WRAP_KINDS } from '../carried.ts';
import { isWrap, tagValues } from './events.ts';
import type { RelayFilter } from './filters.ts';
import type { SignedEvent } from '@realyield/protocol';

/** Whether the event may be shown to somebody who has proven these keys. */
export function mayReadWrap(event: SignedEvent, authenticated: ReadonlySet<string>): boolean {
  return !isWrap(event) || tagValues(event, 'p').some((key) => authenticated.has(key));
}

/**
 * Why a request for wraps is refused, as the text of a CLOSED message, or null. A filter that
 * names no kinds is not refused: it merely gets no wraps of others.
 */
export function findWrapRefusal(
  filters: readonly RelayFilter[],
  authenticated: ReadonlySet<string>,
): string | null {
  for (const filter of filters) {
    if (!filter.kinds?.some((kind) => WRAP_KINDS.includes(kind))) continue;
    if (authenticated.size === 0) return 'auth-required: gift wraps are for their recipient';
    const recipients = filter['#p'];
    if (recipients?.length && !recipients.some((key) => authenticated.has(key))) {
      return 'restricted: gift wraps are for their recipient';
    }
  }
  return null;
}
