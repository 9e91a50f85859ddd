/**
 * The wallet client against a wallet that answers what a test tells it to, over a real relay:
 * for answers no honest wallet gives. The honest ones are in test/engine/nwc-wallet.test.ts.
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import { finalizeEvent, generateSecretKey, getPublicKey, nip04, nip44 } from 'nostr-tools';
import { afterEach, expect, test, vi } from 'vitest';
import { startRelay, type RelayHandle } from '../relay-rules/src/relay/server.ts';
import type { PaymentRecord, Relays, Wallet } from '../web/lib/engine/ports.ts';
import { createRelays } from '../web/lib/nostr/relays.ts';
import { createNwcWallet, type NwcOptions } from '../web/lib/wallet/nwc.ts';
import { nodeWebSocket as webSocket } from './world/node-web-socket.ts';

/** The first example of BOLT 11 with an amount: 250,000 sat; nobody knows its preimage. */
const INVOICE =
  'lnbc2500u1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqq' +
  'qsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdq5xysxxatsyp3k7enxv4jsxqzpu9qrsgquk0rl77nj30yxdy8j9vdx85fk' +
  'pmdla2087ne0xh8nhedh8w27kyke0lp53ut353s06fv3qfegext0eh0ymjpf39tuven09sam30g4vgpfna3rh';
const HASH = '0001020304050607080900010203040506070809000102030405060708090102';

type Encryption = 'nip44_v2' | 'nip04';

interface Request {
  readonly id: string;
  readonly method: string;
  readonly params: Record<string, unknown>;
  readonly tags: string[][];
}

/** What the wallet answers: the frame, a text that is no frame, or nothing. */
type Script = (request: Request) => object | string | undefined;

const PATIENCE = { timeout: 30_000 };
const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

class ScriptedWallet {
  readonly requests: Request[] = [];
  readonly publicKey: string;
  readonly clientSecret = generateSecretKey();
  script: Script = () => undefined;
  readonly #secretKey = generateSecretKey();
  readonly #encryption: Encryption;
  readonly #relays: Relays;

  constructor(url: string, encryption: Encryption) {
    this.publicKey = getPublicKey(this.#secretKey);
    this.#encryption = encryption;
    this.#relays = createRelays({ urls: [url], webSocket });
    const filter = { kinds: [23_194], '#p': [this.publicKey] };
    this.#relays.subscribe([filter], (raw) => void this.#hear(raw));
    ends.push(() => {
      this.#relays.close();
    });
  }

  /** Publishes the info event. */
  announce(tags: string[][]): Promise<unknown> {
    return this.#publish(13_194, 'pay_invoice lookup_invoice get_info', tags);
  }

  /** Sends a notification. */
  notify(notification: object): Promise<unknown> {
    const text = JSON.stringify({ notification_type: 'payment_sent', notification });
    const to = [['p', getPublicKey(this.clientSecret)]];
    return this.#publish(23_197, this.#encrypt(text), to);
  }

  async #hear(raw: unknown): Promise<void> {
    const event = raw as { id: string; pubkey: string; content: string; tags: string[][] };
    const text =
      this.#encryption === 'nip04'
        ? nip04.decrypt(this.#secretKey, event.pubkey, event.content)
        : nip44.decrypt(event.content, this.#conversationKey());
    const { id, tags } = event;
    const request = { id, tags, ...(JSON.parse(text) as Pick<Request, 'method' | 'params'>) };
    this.requests.push(request);
    const answer = this.script(request);
    if (answer === undefined) return;
    const json = typeof answer === 'string' ? answer : JSON.stringify(answer);
    await this.#publish(23_195, this.#encrypt(json), [
      ['p', event.pubkey],
      ['e', id],
    ]);
  }

  #encrypt(text: string): string {
    return this.#encryption === 'nip04'
      ? nip04.encrypt(this.#secretKey, getPublicKey(this.clientSecret), text)
      : nip44.encrypt(text, this.#conversationKey());
  }

  #conversationKey(): Uint8Array {
    return nip44.getConversationKey(this.#secretKey, getPublicKey(this.clientSecret));
  }

  #publish(kind: number, content: string, tags: string[][]): Promise<unknown> {
    // A clock five minutes behind ours must not make its answers unheard.
    const created_at = Math.floor(Date.now() / 1_000) - 300;
    const event = finalizeEvent({ kind, content, tags, created_at }, this.#secretKey);
    return this.#relays.publish(event);
  }
}

interface Setting {
  readonly relay: RelayHandle;
  readonly service: ScriptedWallet;
  readonly wallet: Wallet;
}

async function setUp(
  encryption: Encryption = 'nip44_v2',
  info: string[][] | undefined = [['encryption', 'nip44_v2 nip04']],
  options: NwcOptions = {},
): Promise<Setting> {
  const relay = await startRelay();
  ends.push(() => relay.stop());
  const service = new ScriptedWallet(relay.url, encryption);
  await service.announce(info);
  const wallet = createNwcWallet(
    {
      walletPublicKey: service.publicKey,
      relays: [relay.url],
      secret: bytesToHex(service.clientSecret),
    },
    { webSocket, replyMs: 15_000, payReplyMs: 15_000, ...options },
  );
  ends.push(() => {
    wallet.close();
  });
  return { relay, service, wallet };
}

test('a wallet that names both schemes is spoken to in NIP-44, with an expiration', async () => {
  const { service, wallet } = await setUp();
  service.script = () => ({ result_type: 'get_balance', result: { balance: 12_000 } });
  expect(await wallet.balance()).toEqual({ state: 'answered', value: 12_000n });
  const tags = service.requests[0]?.tags ?? [];
  expect(tags).toContainEqual(['encryption', 'nip44_v2']);
  const expiresAtSec = Number(tags.find(([name]) => name === 'expiration')?.[1]);
  expect(expiresAtSec).toBeGreaterThan(Date.now() / 1_000);
  expect(expiresAtSec).toBeLessThan(Date.now() / 1_000 + 60);
});

test('a wallet that knows NIP-04 only is spoken to in NIP-04', async () => {
  const { service, wallet } = await setUp('nip04', []);
  service.script = () => ({ result: { methods: ['pay_invoice'], alias: null } });
  expect(await wallet.info()).toMatchObject({
    state: 'answered',
    value: { alias: '', methods: ['pay_invoice'], network: undefined },
  });
});

test('a preimage that does not belong to the invoice is no payment', async () => {
  const { service, wallet } = await setUp();
  service.script = () => ({ result: { preimage: 'ab'.repeat(32), fees_paid: 0 } });
  const answer = await wallet.pay(INVOICE);
  expect(answer.state).toBe('unknown');
  expect(answer).toHaveProperty('sentence', expect.stringContaining('WALLET_ANSWER'));
});

test('codes after which nothing can have left are refusals; all others are unknown', async () => {
  const { service, wallet } = await setUp();
  const pay = async (code: string): Promise<string> => {
    service.script = () => ({ error: { code, message: '' }, result: null });
    return (await wallet.pay(INVOICE)).state;
  };
  for (const code of ['INSUFFICIENT_BALANCE', 'QUOTA_EXCEEDED', 'RESTRICTED', 'UNAUTHORIZED']) {
    expect([code, await pay(code)]).toEqual([code, 'refused']);
  }
  for (const code of ['PAYMENT_FAILED', 'INTERNAL', 'OTHER', 'NOT_FOUND', 'CONFUSED']) {
    expect([code, await pay(code)]).toEqual([code, 'unknown']);
  }
});

test('answers that make no sense are unknown at once', async () => {
  const { service, wallet } = await setUp('nip44_v2', undefined, { payReplyMs: 60_000 });
  const answers = ['not JSON', '[]', { result: 7 }, { result: { preimage: 'short' } }, {}];
  for (const answer of answers) {
    service.script = () => answer;
    expect(await wallet.pay(INVOICE)).toMatchObject({ state: 'unknown' });
  }
});

test('an answer by somebody else is no answer', async () => {
  const { relay, service, wallet } = await setUp('nip44_v2', undefined, { replyMs: 1_000 });
  service.script = ({ id }) => {
    const forged = finalizeEvent(
      {
        kind: 23_195,
        content: 'x',
        tags: [
          ['p', getPublicKey(service.clientSecret)],
          ['e', id],
        ],
        created_at: Math.floor(Date.now() / 1_000),
      },
      generateSecretKey(),
    );
    relay.injectUnchecked({ ...forged, pubkey: service.publicKey });
    relay.injectUnchecked(forged);
    return undefined;
  };
  expect(await wallet.balance()).toEqual({
    state: 'unknown',
    sentence: 'The wallet has not answered.',
  });
});

test('silence is unknown, and nothing is ever sent twice', async () => {
  const { relay, service, wallet } = await setUp('nip44_v2', undefined, { payReplyMs: 2_000 });
  const paying = wallet.pay(INVOICE);
  await vi.waitUntil(() => service.requests.length === 1, PATIENCE);
  relay.dropConnections();
  await vi.waitUntil(() => relay.statistics().connections === 0, PATIENCE);
  expect(await paying).toEqual({ state: 'unknown', sentence: 'The wallet has not answered.' });
  service.script = () => ({ error: { code: 'NOT_FOUND', message: '' } });
  // Both are back, for nobody keeps a question that the other did not hear.
  await vi.waitUntil(() => relay.statistics().subscriptions === 2, PATIENCE);
  expect(await wallet.lookup({ paymentHash: HASH })).toEqual({
    state: 'answered',
    value: undefined,
  });
  expect(service.requests.map(({ method }) => method)).toEqual(['pay_invoice', 'lookup_invoice']);
});

test('without its relay a wallet is unreachable, which is unknown', async () => {
  const { relay, wallet } = await setUp();
  await relay.stop();
  expect(await wallet.pay(INVOICE)).toEqual({
    state: 'unknown',
    sentence: 'The wallet cannot be reached.',
  });
});

test('a lookup falls back to the invoice, and believes no other payment’s record', async () => {
  const { service, wallet } = await setUp();
  const record = { type: 'outgoing', state: 'SETTLED', amount: 5, fees_paid: null };
  service.script = ({ params }) =>
    'invoice' in params
      ? { result: { ...record, payment_hash: HASH.toUpperCase(), preimage: '' } }
      : { error: { code: 'OTHER', message: 'only invoices' } };
  expect(await wallet.lookup({ paymentHash: HASH, invoice: INVOICE })).toMatchObject({
    state: 'answered',
    value: { state: 'settled', direction: 'outgoing', amountMsat: 5n, preimage: undefined },
  });
  service.script = () => ({ result: { ...record, payment_hash: 'cd'.repeat(32) } });
  expect(await wallet.lookup({ paymentHash: HASH })).toMatchObject({ state: 'unknown' });
});

test('notices of payments are passed on', async () => {
  const { service, wallet } = await setUp();
  const records: PaymentRecord[] = [];
  wallet.onPayment((record) => {
    records.push(record);
  });
  service.script = () => ({ result: { balance: 1 } });
  await wallet.balance();
  await service.notify({ type: 'outgoing', payment_hash: 'not a hash', amount: 1 });
  await service.notify({ type: 'outgoing', payment_hash: HASH, amount: 21_000, settled_at: 9 });
  await vi.waitUntil(() => records.length > 0, PATIENCE);
  expect(records).toEqual([
    expect.objectContaining({ state: 'settled', paymentHash: HASH, amountMsat: 21_000n }),
  ]);
});

test('closing ends what is being waited for', async () => {
  const { service, wallet } = await setUp('nip44_v2', undefined, { payReplyMs: 60_000 });
  const paying = wallet.pay(INVOICE);
  await vi.waitUntil(() => service.requests.length === 1, PATIENCE);
  wallet.close();
  expect(await paying).toMatchObject({ state: 'unknown' });
});

test('what is no invoice is refused before any wallet is asked', async () => {
  const { service, wallet } = await setUp();
  expect(await wallet.pay('lnbc1nothing')).toMatchObject({
    state: 'refused',
    code: 'INVOICE_ENCODING',
  });
  expect(service.requests).toEqual([]);
});
