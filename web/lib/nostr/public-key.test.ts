/** Keys as they are pasted. */
import { neventEncode, npubEncode, nprofileEncode, nsecEncode } from 'nostr-tools/nip19';
import { describe, expect, it } from 'vitest';
import { parsePublicKey } from './public-key.ts';

const KEY = '2389b9068242df1cd300164a49753088704df7f61dd9fd120bfbed631494fe14';
const npub = npubEncode(KEY);

describe('a pasted public key', () => {
  it('is read from hex, npub and nprofile, in any case and with nostr: before it', () => {
    const profile = nprofileEncode({ pubkey: KEY, relays: ['wss://relay.example.org'] });
    for (const typed of [KEY, KEY.toUpperCase(), npub, npub.toUpperCase(), profile]) {
      expect(parsePublicKey(typed)).toBe(KEY);
      expect(parsePublicKey(`  nostr:${typed}\n`)).toBe(KEY);
    }
  });

  it('is nothing where a letter is wrong or it is something else', () => {
    const secret = nsecEncode(new Uint8Array(32).fill(7));
    const event = neventEncode({ id: KEY });
    const wrong = npub.slice(0, -1) + (npub.endsWith('q') ? 'p' : 'q');
    for (const typed of ['', 'npub1', wrong, KEY.slice(1), secret, event, 'a bank', '🏦']) {
      expect(parsePublicKey(typed)).toBeUndefined();
    }
  });
});
