/** Which bank an application is made to: `?bank=`, as npub or in hex. */
import { browser } from '$app/environment';
import { parsePublicKey } from '$lib/nostr/public-key.ts';

/** The bank's public key, 32-byte hex; undefined where the link names none. */
export function load({ url }: { url: URL }): { bank: string | undefined } {
  return { bank: browser ? parsePublicKey(url.searchParams.get('bank') ?? '') : undefined };
}
