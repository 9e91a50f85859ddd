/**
 * Meeting a remote signer the other way round (NIP-46, nostrconnect://): this client shows an
 * address, and the signer that reads it answers with the secret in it. The protocol is
 * nostr-tools'; here are what it lacks: trying again, an end, and saying what it waits for.
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import { BunkerSigner, createNostrConnectURI } from 'nostr-tools/nip46';
import { getPublicKey } from 'nostr-tools/pure';
import { SignerError } from '../engine/ports.ts';
import type { BunkerAddress } from './bunker-address.ts';
import { BunkerPool } from './bunker-pool.ts';
import { CODE_MINUTES } from './code-minutes.ts';
import { PERMISSION_LIST } from './permissions.ts';

/** What a code is made of. */
export interface SignerCodeOptions {
  /** 32-byte hex; names this client to the signer. */
  readonly clientSecretHex: string;
  /** What the signer has to repeat: whoever cannot has not seen the code. */
  readonly secret: string;
  /** Where signer and client meet. */
  readonly relays: readonly string[];
  /** This site, as the signer shows it to its owner. */
  readonly site: string;
}

/** How a signer is waited for. */
export interface AwaitOptions {
  readonly clientSecretHex: string;
  /** How long the code is good; five minutes unless given. */
  readonly timeoutMs?: number;
  /** For Node 20, which has no WebSocket of its own. */
  readonly webSocket?: typeof WebSocket;
  /** Gives up. */
  readonly signal?: AbortSignal;
  /** Told whether any of the relays is reached, each time that is known. */
  readonly onReached?: (isReached: boolean) => void;
}

const AGAIN_MS = 1_500;

const SILENT = `No signer has answered the code, which was good for ${CODE_MINUTES} minutes.`;
const STOPPED = 'Waiting for a signer was stopped.';

/** Whether an address is such a code. */
export function isSignerCode(uri: string): boolean {
  return uri.startsWith('nostrconnect://');
}

/** The address to show: nostrconnect://<this client's key>?relay=…&secret=…&perms=… */
export function signerCode(options: SignerCodeOptions): string {
  const { clientSecretHex, secret, relays, site } = options;
  return createNostrConnectURI({
    clientPubkey: getPublicKey(hexToBytes(clientSecretHex)),
    relays: [...relays],
    secret,
    perms: [...PERMISSION_LIST],
    name: 'Real Yield',
    url: site,
  });
}

/** Aborts when it is over: stopped by the caller, or after a time. */
function endOf({ signal, timeoutMs = CODE_MINUTES * 60_000 }: AwaitOptions): AbortController {
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(new SignerError('UNREACHABLE', SILENT)), timeoutMs);
  const stop = (): void => ending.abort(new SignerError('DECLINED', STOPPED));
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop);
  ending.signal.addEventListener('abort', () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  });
  return ending;
}

/** Resolves after a pause, or at once when it is over. */
function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, AGAIN_MS);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Whether any of the relays can be reached. */
async function isAnyReached(pool: BunkerPool, relays: readonly string[]): Promise<boolean> {
  const outcomes = await Promise.allSettled(relays.map((url) => pool.ensureRelay(url)));
  return outcomes.some(({ status }) => status === 'fulfilled');
}

/**
 * Waits for the signer that reads the code. Resolves with where it is; it knows this client then.
 * Rejects with SignerError: UNREACHABLE when nobody answered in time, DECLINED when stopped.
 */
export async function awaitSigner(uri: string, options: AwaitOptions): Promise<BunkerAddress> {
  const relays = new URLSearchParams(uri.slice(uri.indexOf('?') + 1)).getAll('relay');
  const secretKey = hexToBytes(options.clientSecretHex);
  const ending = endOf(options);
  const { signal } = ending;
  const pool = new BunkerPool(options.webSocket ?? globalThis.WebSocket, () => undefined);
  try {
    while (!signal.aborted) {
      const isReached = await isAnyReached(pool, relays);
      options.onReached?.(isReached);
      // It ends when the connection is lost, when a signer has answered, or when this is over.
      const waiting = { pool, skipSwitchRelays: true };
      const bunker = isReached
        ? await BunkerSigner.fromURI(secretKey, uri, waiting, signal).catch(() => undefined)
        : undefined;
      if (bunker) {
        const { pubkey } = bunker.bp;
        await bunker.close();
        return { pubkey, relays, secret: null };
      }
      await pause(signal);
    }
    throw signal.reason as SignerError;
  } finally {
    ending.abort();
    pool.destroy();
  }
}

/** The signer's address from now on. */
export function bunkerUri({ pubkey, relays }: BunkerAddress): string {
  const query = new URLSearchParams(relays.map((url) => ['relay', url]));
  return `bunker://${pubkey}?${query}`;
}
