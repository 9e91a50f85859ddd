/** Which texts are wallet connections, and what is said about those that are not. */
import { describe, expect, test } from 'vitest';
import { parseWalletUri } from './connection.ts';

const KEY = 'b889ff5b1513b641e2a139f661a661364979c5beee91842f8f0ef42ab558e9d4';
const SECRET = '71a8c14c1407c113601079c4302dab36460f0ccd0ad506f1f2dc73b5100e4f3c';
const RELAY = 'relay=wss%3A%2F%2Frelay.example';

describe('a wallet connection', () => {
  test('is read with several relays, and whatever else wallets add', () => {
    const rest = `relay=ws://localhost:7000&secret=${SECRET}&lud16=a@b.c`;
    const text = ` nostr+walletconnect://${KEY}?${RELAY}&${rest}\n`;
    expect(parseWalletUri(text)).toEqual({
      ok: true,
      value: {
        walletPublicKey: KEY,
        relays: ['wss://relay.example', 'ws://localhost:7000'],
        secret: SECRET,
      },
    });
  });

  test('may be written the way some wallets write it', () => {
    const texts = [
      `nostrwalletconnect://${KEY}?${RELAY}&secret=${SECRET}`,
      `nostr+walletconnect:${KEY}?${RELAY}&secret=${SECRET}`,
      `NOSTR+WALLETCONNECT://${KEY.toUpperCase()}/?${RELAY}&secret=${SECRET.toUpperCase()}`,
      `nostr+walletconnect://${KEY}?${RELAY}&relay=http://no&secret=${SECRET}`,
    ];
    for (const text of texts) {
      expect(parseWalletUri(text)).toMatchObject({
        ok: true,
        value: { walletPublicKey: KEY, relays: ['wss://relay.example'], secret: SECRET },
      });
    }
  });
});

describe('what is none is refused', () => {
  const whole = `nostr+walletconnect://${KEY}?${RELAY}&secret=${SECRET}`;
  const cases: readonly (readonly [string, unknown, string | undefined])[] = [
    ['nothing', undefined, undefined],
    ['a number', 7, undefined],
    ['an object', { toString: () => whole }, undefined],
    ['an endless text', `${whole}&x=${'x'.repeat(5_000)}`, undefined],
    ['an empty text', '', 'scheme'],
    ['a bunker', whole.replace('nostr+walletconnect', 'bunker'), 'scheme'],
    ['an invoice', 'lnbc1500n1pw5kjhmpp5fu6xhthlt2vucmzkx6c7wtlh2r625r30cyjs', 'scheme'],
    ['a connection without parameters', `nostr+walletconnect://${KEY}`, 'scheme'],
    ['a key too short', whole.replace(KEY, KEY.slice(2)), 'public key'],
    ['a key that is no hex', whole.replace(KEY, 'g'.repeat(64)), 'public key'],
    ['a key that is no point', whole.replace(KEY, 'f'.repeat(64)), 'public key'],
    ['a secret that is no key', whole.replace(SECRET, '0'.repeat(64)), 'secret'],
    ['no relay', `nostr+walletconnect://${KEY}?secret=${SECRET}`, 'relay'],
    ['a relay of another kind', whole.replace('wss', 'https'), 'relay'],
    ['a relay that is no address', whole.replace(RELAY, 'relay=relay'), 'relay'],
    ['no secret', `nostr+walletconnect://${KEY}?${RELAY}`, 'secret'],
    ['a secret too long', `${whole}00`, 'secret'],
  ];
  test.each(cases)('%s', (_name, text, detail) => {
    const expected = { ok: false, code: 'WALLET_URI' };
    expect(parseWalletUri(text)).toEqual(detail === undefined ? expected : { ...expected, detail });
  });
});
