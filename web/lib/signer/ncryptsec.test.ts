/** Encrypted keys: the NIP's own example, agreement with nostr-tools, and what does not open. */
import { hexToBytes } from '@noble/hashes/utils.js';
import { bech32 } from '@scure/base';
import { getPublicKey } from 'nostr-tools';
import { decrypt, encrypt } from 'nostr-tools/nip49';
import { describe, expect, test } from 'vitest';
import { makeNcryptsec, unlockNcryptsec } from './ncryptsec.ts';

const SECRET = '3501454135014541350145413501453fefb02227e449e57cf4d3a3ce05378683';
const PUBLIC = getPublicKey(hexToBytes(SECRET));
/** From the text of NIP-49; its passphrase is "nostr". */
const EXAMPLE =
  'ncryptsec1qgg9947rlpvqu76pj5ecreduf9jxhselq2nae2kghhvd5g7dgjtcxfqtd67p9m0w57lspw8gsq6yphnm862' +
  '3nsl8xn9j4jdzz84zm3frztj3z7s35vpzmqf6ksu8r89qk5z2zxfmu5gv8th8wclt0h4p';
/** Quick to open, for tests of everything but the stretching. */
const QUICK_LOG_N = 4;

describe('unlocking', () => {
  test('opens the example of the NIP, also within spaces and in capitals', async () => {
    const signer = await unlockNcryptsec(` ${EXAMPLE.toUpperCase()}\n`, 'nostr');
    expect(signer).toMatchObject({ kind: 'local', publicKey: PUBLIC });
    const template = { kind: 1, created_at: 1, tags: [['a', 'b']], content: 'x' };
    expect(await signer.sign(template)).toMatchObject({ ...template, pubkey: PUBLIC });
  });

  test('opens what nostr-tools made, whatever the passphrase and the security byte', async () => {
    for (const [passphrase, keySecurity] of [
      ['ÅΩẛ̣', 0],
      ['a b', 1],
      ['密', 2],
    ] as const) {
      const text = encrypt(hexToBytes(SECRET), passphrase, QUICK_LOG_N, keySecurity);
      expect((await unlockNcryptsec(text, passphrase)).publicKey).toBe(PUBLIC);
    }
    // The same passphrase written with other code points.
    const text = encrypt(hexToBytes(SECRET), 'ÅΩẛ̣', QUICK_LOG_N);
    expect((await unlockNcryptsec(text, 'ÅΩṩ')).publicKey).toBe(PUBLIC);
  });

  test('a wrong passphrase leaves the key locked', async () => {
    const text = encrypt(hexToBytes(SECRET), 'right', QUICK_LOG_N);
    for (const passphrase of ['wrong', '', 'Right', 'right ']) {
      await expect(unlockNcryptsec(text, passphrase)).rejects.toMatchObject({
        name: 'SignerError',
        code: 'LOCKED',
      });
    }
  });

  test('what is no encrypted key is refused with a sentence, before any stretching', async () => {
    const payload = bech32.fromWords(bech32.decode(EXAMPLE as `${string}1${string}`, 200).words);
    const encode = (bytes: Uint8Array): string =>
      bech32.encode('ncryptsec', bech32.toWords(bytes), 1_000);
    const changed = (at: number, value: number): string => {
      const copy = payload.slice();
      copy[at] = value;
      return encode(copy);
    };
    const wrong = [
      '',
      'ncryptsec1',
      'nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5',
      EXAMPLE.slice(0, -1),
      `${EXAMPLE.slice(0, -1)}q`,
      EXAMPLE.replace('n', 'N'),
      EXAMPLE.repeat(100),
      changed(0, 1),
      changed(1, 0),
      changed(1, 21),
      changed(1, 255),
      encode(payload.slice(0, -1)),
      encode(new Uint8Array(0)),
      bech32.encode('nsec', bech32.toWords(payload), 1_000),
    ];
    for (const text of wrong) {
      await expect(unlockNcryptsec(text, 'nostr'), text).rejects.toMatchObject({
        name: 'SignerError',
        code: 'UNSUPPORTED',
      });
    }
  });
});

describe('a new key', () => {
  test('opens again, here and in nostr-tools, and is another each time', async () => {
    const made = await makeNcryptsec('correct horse');
    expect(made.ncryptsec).toHaveLength(EXAMPLE.length);
    expect(getPublicKey(decrypt(made.ncryptsec, 'correct horse'))).toBe(made.publicKey);
    expect((await unlockNcryptsec(made.ncryptsec, 'correct horse')).publicKey).toBe(made.publicKey);
    const other = await makeNcryptsec('correct horse');
    expect(other.publicKey).not.toBe(made.publicKey);
  });

  test('is not made without a passphrase', async () => {
    await expect(makeNcryptsec('')).rejects.toMatchObject({ code: 'LOCKED' });
  });
});
