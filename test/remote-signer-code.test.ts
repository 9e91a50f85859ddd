/** A remote signer that comes by itself: it scans this client's code (NIP-46, nostrconnect://). */
import { bytesToHex } from '@noble/hashes/utils.js';
import { generateSecretKey, getPublicKey } from 'nostr-tools';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startRelay, type RelayHandle } from '../relay-rules/src/relay/server.ts';
import { createBunkerSigner } from '../web/lib/signer/bunker-signer.ts';
import {
  awaitSigner,
  bunkerUri,
  isSignerCode,
  signerCode,
  type AwaitOptions,
} from '../web/lib/signer/signer-code.ts';
import { startBunker, type BunkerServer } from './world/bunker.ts';
import { nodeWebSocket } from './world/node-web-socket.ts';
import { until } from './engine/until.ts';

const secretKey = generateSecretKey();
const clientSecretHex = bytesToHex(generateSecretKey());
const webSocket = nodeWebSocket;
let relay: RelayHandle;
let bunker: BunkerServer;
/** A second relay, where the bunker's other clients are. */
let elsewhere: RelayHandle;

beforeEach(async () => {
  [relay, elsewhere] = await Promise.all([startRelay(), startRelay()]);
  bunker = await startBunker({ secretKey, relayUrl: elsewhere.url, secret: 'for others' });
});

afterEach(async () => {
  bunker.stop();
  await Promise.all([relay.stop(), elsewhere.stop()]);
});

const codeFor = (relays: readonly string[]): string =>
  signerCode({ clientSecretHex, secret: 'ours alone', relays, site: 'https://yield.example' });

const wait = (code: string, more: Partial<AwaitOptions> = {}) =>
  awaitSigner(code, { clientSecretHex, webSocket, timeoutMs: 20_000, ...more });

/** Waits, and resolves when the relays are reached: from then on an answer is heard. */
async function waiting(code: string, more: Partial<AwaitOptions> = {}) {
  let isHeard = false;
  const met = wait(code, { ...more, onReached: (isReached) => (isHeard = isReached) });
  met.catch(() => undefined);
  await until('the relays are reached', () => isHeard);
  await until('the client listens', () => relay.statistics().subscriptions > 0);
  return { met };
}

test('the code names this site, its relays, and the kinds it asks for, and nothing else', () => {
  const code = codeFor([relay.url, elsewhere.url]);
  expect(isSignerCode(code)).toBe(true);
  const [address = '', query = ''] = code.split('?');
  expect(address).toBe(`nostrconnect://${getPublicKey(Buffer.from(clientSecretHex, 'hex'))}`);
  const parameters = new URLSearchParams(query);
  expect(Object.fromEntries(parameters)).toEqual({
    relay: elsewhere.url,
    secret: 'ours alone',
    name: 'Real Yield',
    url: 'https://yield.example',
    perms: expect.stringMatching(/^(sign_event:\d+,)+nip44_encrypt,nip44_decrypt$/) as string,
  });
  expect(parameters.getAll('relay')).toEqual([relay.url, elsewhere.url]);
});

test('the signer that reads it signs from then on, also after a reload', async () => {
  const code = codeFor([relay.url]);
  const { met } = await waiting(code);
  await bunker.accept(code);
  const uri = bunkerUri(await met);
  const options = { clientSecretHex, webSocket, timeoutMs: 10_000 };
  const signer = await createBunkerSigner(uri, { ...options, isIntroduced: true, isTried: true });
  expect(signer.publicKey).toBe(getPublicKey(secretKey));
  signer.close();
  const again = await createBunkerSigner(uri, { ...options, knownPublicKey: signer.publicKey });
  expect(await again.sign({ kind: 1, created_at: 1, tags: [], content: 'x' })).toMatchObject({
    pubkey: signer.publicKey,
  });
  again.close();
});

test('who has not seen the secret is not taken for the signer', async () => {
  const code = codeFor([relay.url]);
  const { met } = await waiting(code);
  const stranger = await startBunker({ secretKey: generateSecretKey(), relayUrl: elsewhere.url });
  await stranger.accept(code.replace('ours+alone', 'guessed'));
  await bunker.accept(code);
  expect((await met).pubkey).toBe(/[0-9a-f]{64}/.exec(bunker.uri)?.[0]);
  stranger.stop();
});

test('a lost connection is made again, and the code stays good', async () => {
  const code = codeFor([relay.url]);
  const { met } = await waiting(code);
  relay.dropConnections();
  await until('the client is gone', () => relay.statistics().subscriptions === 0);
  await until('the client is back', () => relay.statistics().subscriptions > 0);
  await bunker.accept(code);
  expect((await met).relays).toEqual([relay.url]);
});

test('nobody, stopping, and relays that are away each have their end', async () => {
  const { met } = await waiting(codeFor([relay.url]), { timeoutMs: 3_000 });
  await expect(met).rejects.toThrow('No signer has answered the code');
  const stopping = new AbortController();
  const stopped = await waiting(codeFor([relay.url]), { signal: stopping.signal });
  stopping.abort();
  await expect(stopped.met).rejects.toMatchObject({ code: 'DECLINED' });
  await until('no connection is left', () => relay.statistics().connections === 0);
  const reached: boolean[] = [];
  const nowhere = wait(codeFor(['ws://127.0.0.1:9']), {
    timeoutMs: 500,
    onReached: (isReached) => reached.push(isReached),
  });
  await expect(nowhere).rejects.toMatchObject({ code: 'UNREACHABLE' });
  expect(reached).toEqual([false]);
});
