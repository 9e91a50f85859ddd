/** The person's choice of relays: what may be in it, and how it is kept on this device. */
import type { RelayUse } from '../engine/ports.ts';
import { relayAddress } from '../nostr/address.ts';

/** More are not needed, and each one sees what is asked of it. */
export const MOST_RELAYS = 10;

/** Where the choice is kept. */
export const CHOSEN_RELAYS = 'realyield.relays';
/** Where those that are not to be contacted are kept. */
export const BLOCKED_RELAYS = 'realyield.relays.blocked';

/** Keeps the choice of relays. */
export function saveChoice(uses: readonly RelayUse[]): void {
  localStorage.setItem(CHOSEN_RELAYS, JSON.stringify(uses));
}

/** Keeps which relays are not to be contacted. */
export function saveBlocked(urls: readonly string[]): void {
  localStorage.setItem(BLOCKED_RELAYS, JSON.stringify(urls));
}

/** An address a person typed, or what is wrong with it as a sentence. */
export type TypedAddress =
  { readonly ok: true; readonly url: string } | { readonly ok: false; readonly sentence: string };

function wrong(sentence: string): TypedAddress {
  return { ok: false, sentence };
}

/** Reads an address as people type it; `wss://` may be left out. */
export function readAddress(typed: string, inUse: readonly string[]): TypedAddress {
  const text = typed.trim();
  if (text === '') return wrong('Type the address of a relay, such as relay.example.org.');
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `wss://${text}`;
  if (/^https?:/i.test(withScheme)) {
    return wrong('That is the address of a page. A relay’s address begins with wss://.');
  }
  const url = relayAddress(withScheme);
  if (url === undefined && /^ws:\/\/[^/]/i.test(withScheme)) {
    return wrong('This relay is not encrypted: others could read along. Use one with wss://.');
  }
  if (url === undefined || !/^wss?:\/\/[^/]*(\.|localhost|\[)/.test(url)) {
    return wrong('This is not the address of a relay. One looks like wss://relay.example.org.');
  }
  if (inUse.some((other) => relayAddress(other) === url)) {
    return wrong('This relay is in your list already.');
  }
  if (inUse.length >= MOST_RELAYS) {
    return wrong(`${MOST_RELAYS} relays are enough. Remove one before you add another.`);
  }
  return { ok: true, url };
}
