/** Parameters of a bank's page. */
import { parsePublicKey } from '$lib/nostr/public-key.ts';

export const prerender = false;

/** The bank's public key, 32-byte hex; undefined when the link names no key. */
export function load({ params }: { params: { pubkey: string } }): { pubkey: string | undefined } {
  return { pubkey: parsePublicKey(params.pubkey) };
}
