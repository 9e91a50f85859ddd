/**
 * NIP-42: one challenge per connection, and who has answered it.
 */
import { randomBytes } from 'node:crypto';
import { normalizeRelayUrl } from '../vanish.ts';
import { AUTHENTICATION_KIND, firstTagValue } from './events.ts';
import type { EventCheck } from './admission.ts';

/** How old or new an authentication may be, in seconds (NIP-42: about ten minutes). */
const MAX_AGE_SEC = 600;

/** What an AUTH message is measured by. */
export interface AuthenticationContext {
  readonly check: EventCheck;
  readonly challenge: string;
  /** The relay's own addresses, as `normalizeRelayUrl` writes them. */
  readonly relayUrls: ReadonlySet<string>;
  readonly nowSec: number;
}

/** The key that has authenticated, or the text of the OK message that refuses it. */
export type Authentication =
  | { readonly ok: true; readonly publicKeyHex: string }
  | { readonly ok: false; readonly reason: string };

/** A fresh random challenge. */
export function createChallenge(): string {
  return randomBytes(16).toString('hex');
}

/** Every spelling of the relay's own address that an AUTH event may name. */
export function ownRelayUrls(urls: readonly string[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const url of urls) {
    const normalized = normalizeRelayUrl(url);
    if (normalized === null) continue;
    names.add(normalized);
    // On loopback the same relay is reached under three names.
    for (const name of ['127.0.0.1', 'localhost', '[::1]']) {
      names.add(normalized.replace(/\/\/(127\.0\.0\.1|localhost|\[::1\])(?=[:/]|$)/, `//${name}`));
    }
  }
  return names;
}

/** Checks an AUTH message; never throws. */
export function authenticate(input: unknown, context: AuthenticationContext): Authentication {
  const checked = context.check(input);
  if (!checked.ok) return checked;
  const { event } = checked;
  if (event.kind !== AUTHENTICATION_KIND) {
    return { ok: false, reason: 'invalid: an authentication has kind 22242' };
  }
  if (Math.abs(event.created_at - context.nowSec) > MAX_AGE_SEC) {
    return { ok: false, reason: 'invalid: the authentication is not from now' };
  }
  if (firstTagValue(event, 'challenge') !== context.challenge) {
    return { ok: false, reason: 'invalid: the authentication answers another challenge' };
  }
  // Another relay could pass our challenge on; its name in the event gives that away.
  const relayUrl = normalizeRelayUrl(firstTagValue(event, 'relay') ?? '');
  if (relayUrl === null || !context.relayUrls.has(relayUrl)) {
    return { ok: false, reason: 'invalid: the authentication is for another relay' };
  }
  return { ok: true, publicKeyHex: event.pubkey };
}
