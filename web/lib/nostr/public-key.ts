/** Public keys as people paste them: npub, nprofile (NIP-19) or hex. */
import { decode } from 'nostr-tools/nip19';

/** A public key as 32-byte hex, from npub, nprofile or hex; undefined where it is none. */
export function parsePublicKey(text: string): string | undefined {
  const typed = text
    .trim()
    .replace(/^nostr:/i, '')
    .toLowerCase();
  if (/^[0-9a-f]{64}$/.test(typed)) return typed;
  try {
    const decoded = decode(typed);
    if (decoded.type === 'npub') return decoded.data;
    return decoded.type === 'nprofile' ? decoded.data.pubkey : undefined;
  } catch {
    return undefined;
  }
}
