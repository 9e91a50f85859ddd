/**
 * What kinds and tags mean to a relay: ephemeral, replaceable, addressable, expiring, protected.
 * Spec: NIP-01 (kinds), NIP-40 (expiration), NIP-59 (wraps), NIP-70 (protected).
 */
import type { SignedEvent } from '@realyield/protocol';
import { WRAP_KINDS } from '../carried.ts';

/** Kind of a client authentication (NIP-42), which never travels on. */
export const AUTHENTICATION_KIND = 22_242;

/** Whether the event is only forwarded, never stored. */
export function isEphemeral(kind: number): boolean {
  return kind >= 20_000 && kind < 30_000;
}

function isReplaceable(kind: number): boolean {
  return kind === 0 || kind === 3 || (kind >= 10_000 && kind < 20_000);
}

function isAddressable(kind: number): boolean {
  return kind >= 30_000 && kind < 40_000;
}

/** The first value of the first tag of this name, or undefined. */
export function firstTagValue(event: SignedEvent, name: string): string | undefined {
  return event.tags.find((tag) => tag[0] === name)?.[1];
}

/** All first values of tags of this name. */
export function tagValues(event: SignedEvent, name: string): readonly string[] {
  return event.tags.flatMap(([key, value]) => (key === name && value !== undefined ? [value] : []));
}

/** The `d` under which only the newest version is kept; null for kinds kept forever. */
export function replacementKey(event: SignedEvent): string | null {
  if (isAddressable(event.kind)) return firstTagValue(event, 'd') ?? '';
  return isReplaceable(event.kind) ? '' : null;
}

/** When the event expires, in seconds; null when it does not or says nonsense. */
export function expiresAtSec(event: SignedEvent): number | null {
  const value = firstTagValue(event, 'expiration');
  if (value === undefined || !/^[0-9]{1,15}$/.test(value)) return null;
  return Number(value);
}

/** Whether only its author may publish the event (NIP-70). */
export function isProtected(event: SignedEvent): boolean {
  return event.tags.some((tag) => tag[0] === '-');
}

/** Whether the event is a gift wrap. */
export function isWrap(event: SignedEvent): boolean {
  return WRAP_KINDS.includes(event.kind);
}
