/**
 * Three oracles of the local world: each publishes what a bitcoin costs in two currencies, minute
 * by minute, under a key of its own. Prices are invented: a slow wave that is the same in every
 * world, and each oracle a little beside it. Spec: specs/prices.md.
 */
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { schnorr } from '@noble/curves/secp256k1.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { buildPrice, minuteOf, type Denomination, type SignedEvent } from '@realyield/protocol';
import * as z from 'zod/mini';
import type { Clock, Relays, Signer } from '../../web/lib/engine/ports.ts';
import { createRelays } from '../../web/lib/nostr/relays.ts';
import { createLocalSigner } from '../../web/lib/signer/local-signer.ts';
import { nodeWebSocket } from './node-web-socket.ts';

/** How far each oracle lies beside the wave, hundredths of a per cent. */
const BESIDE_BPS = [0n, 4n, -7n] as const;
/** The wave's middle, minor units for one bitcoin. */
const MIDDLES = { USD: 9_480_000n, KES: 1_224_800_000n } as const;
const MINOR_DIGITS = 2;
/** How many of the three a contract asks for. */
const QUORUM = 2;
/** The wave rises for so many minutes, then falls: by a fifth of its middle in all. */
const HALF_WAVE_MINUTES = 60 * 1_440;
const MINUTE_MS = 60_000;

/** A currency the oracles know. */
export type WorldCurrency = keyof typeof MIDDLES;
const CURRENCIES = Object.keys(MIDDLES) as WorldCurrency[];

const fileSchema = z.array(z.string().check(z.regex(/^[0-9a-f]{64}$/)));

/** The oracles' secret keys, kept in a world's folder; makes them when the folder is new. */
function loadOracleKeys(folder: string): readonly Uint8Array[] {
  const path = join(folder, 'oracle-keys.json');
  if (!existsSync(path)) {
    const made = BESIDE_BPS.map(() => bytesToHex(schnorr.utils.randomSecretKey()));
    writeFileSync(path, JSON.stringify(made), { mode: 0o600, flag: 'wx' });
  }
  chmodSync(path, 0o600);
  return fileSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).map((hex) => hexToBytes(hex));
}

/** What an oracle says a bitcoin costs in a minute, minor units. */
export function worldPrice(currency: WorldCurrency, minute: number, oracle: number): bigint {
  const place = minute % (2 * HALF_WAVE_MINUTES);
  const risen = place < HALF_WAVE_MINUTES ? place : 2 * HALF_WAVE_MINUTES - place;
  const middle = MIDDLES[currency];
  const wave = (middle * BigInt(risen - HALF_WAVE_MINUTES / 2)) / BigInt(5 * HALF_WAVE_MINUTES);
  const price = middle + wave;
  return price + (price * (BESIDE_BPS[oracle] ?? 0n)) / 10_000n;
}

/** The three oracles. */
export class Oracles {
  readonly #signers: readonly Signer[];
  readonly #relays: Relays;
  readonly #silent = new Set<number>();
  readonly #published = new Set<number>();
  #stopTimer: (() => void) | undefined;

  constructor(folder: string, urls: readonly string[]) {
    this.#signers = loadOracleKeys(folder).map((key) => createLocalSigner(key));
    this.#relays = createRelays({ urls, webSocket: nodeWebSocket });
  }

  /** A contract's denomination by their prices. */
  denomination(currency: WorldCurrency): Denomination {
    const oracles = this.#signers.map(({ publicKey }) => publicKey).sort();
    return { type: 'fiat', currency, minorDigits: MINOR_DIGITS, oracles, quorum: QUORUM };
  }

  /** Publishes now and at the beginning of every minute; resolves when the first is out. */
  async start(clock: Clock): Promise<void> {
    const next = (): void => {
      const leftMs = MINUTE_MS - (clock.nowMs() % MINUTE_MS);
      this.#stopTimer = clock.after(leftMs, () => {
        this.publish(clock.nowSec()).catch((error: unknown) => {
          console.error('the oracles:', error);
        });
        next();
      });
    };
    await this.publish(clock.nowSec());
    next();
  }

  /** Publishes the prices of the minute of a time, once; resolves when relays have them. */
  async publish(atSec: number): Promise<void> {
    const minute = minuteOf(atSec);
    if (this.#published.has(minute)) return;
    this.#published.add(minute);
    const prices = this.#signers.flatMap((signer, oracle) =>
      this.#silent.has(oracle)
        ? []
        : CURRENCIES.map((currency) => this.#sign(signer, oracle, currency, atSec)),
    );
    const events = await Promise.all(prices);
    await Promise.all(events.map((event) => this.#relays.publish(event)));
  }

  /** Lets one say nothing from now on, or speak again. */
  setSilent(oracle: number, isSilent: boolean): void {
    if (isSilent) this.#silent.add(oracle);
    else this.#silent.delete(oracle);
  }

  /** Ends. */
  stop(): void {
    this.#stopTimer?.();
    this.#relays.close();
    for (const signer of this.#signers) signer.close();
  }

  #sign(
    signer: Signer,
    oracle: number,
    currency: WorldCurrency,
    atSec: number,
  ): Promise<SignedEvent> {
    const minute = minuteOf(atSec);
    const price = worldPrice(currency, minute, oracle).toString();
    const of = { currency, minorDigits: MINOR_DIGITS, minute, price } as const;
    return signer.sign(buildPrice({ v: 1, ...of }, atSec));
  }
}
