/**
 * The chain of a run: a block every minute, transactions that wait for one, and now and then a
 * block that another takes the place of. What sources say of it may be nothing at all.
 */
import { readRawTransaction } from '@realyield/protocol';
import type { AddressSource, ChainProof, SeenOutput } from '../../web/lib/engine/fallback/ports.ts';
import { payingTransaction, proofOf } from '../fixtures/fallback.ts';
import { hashOf } from '../fixtures/keys.ts';
import type { Random } from './random.ts';
import type { Time } from './time.ts';

const BLOCK_SEC = 60;
/** The median of eleven blocks is so many behind the newest. */
const BLOCKS_BEHIND = 5;
const ANSWER_MS = 500;

/** One payment of somebody's own wallet. */
interface Sent {
  readonly hex: string;
  readonly txid: string;
  readonly script: string;
  readonly valueSat: bigint;
  readonly height: number;
  /** How many blocks its first one has when another chain takes their place; undefined: never. */
  readonly lostAfter: number | undefined;
}

/** All blocks and payments of a run. */
export class SimChain {
  readonly sent: Sent[] = [];
  readonly #time: Time;
  readonly #random: Random;
  readonly #startSec: number;

  constructor(time: Time, random: Random) {
    this.#time = time;
    this.#random = random;
    this.#startSec = Math.floor(time.nowMs / 1_000) - 20 * BLOCK_SEC;
  }

  /** A wallet sends so much to an output script. */
  send(script: string, valueSat: bigint): void {
    const change = { script: '51', valueSat: 1_000n };
    const hex = payingTransaction([change, { script, valueSat }], String(this.sent.length));
    const read = readRawTransaction(hex);
    if (!read.ok) throw new Error(read.code);
    const height = this.#tip() + 1 + this.#random.below(4);
    const lostAfter = this.#random.isLucky(0.2) ? 1 + this.#random.below(3) : undefined;
    this.sent.push({ hex, txid: read.value.txid, script, valueSat, height, lostAfter });
  }

  newestBlock() {
    const height = this.#tip();
    const medianTimeSec = this.#timeOf(height - BLOCKS_BEHIND);
    return { height, hash: hashOf(`block ${height}`), medianTimeSec };
  }

  outputsTo(script: string): readonly SeenOutput[] {
    const tip = this.#tip();
    return this.sent
      .filter((each) => each.script === script)
      .map((each) => {
        const height = this.#heightOf(each);
        const { txid, valueSat } = each;
        return { txid, vout: 1, valueSat, height: height <= tip ? height : undefined };
      });
  }

  prove(txid: string, blocks: number): ChainProof | undefined {
    const sent = this.sent.find((each) => each.txid === txid);
    if (!sent) return undefined;
    const height = this.#heightOf(sent);
    if (this.#tip() < height + blocks - 1) return undefined;
    return proofOf(sent.hex, 1, sent.valueSat, this.#timeOf(height));
  }

  #timeOf(height: number): number {
    return this.#startSec + height * BLOCK_SEC;
  }

  #tip(): number {
    return Math.floor((this.#time.nowMs / 1_000 - this.#startSec) / BLOCK_SEC);
  }

  #heightOf({ height, lostAfter }: Sent): number {
    const isLost = lostAfter !== undefined && this.#tip() >= height + lostAfter;
    return isLost ? height + lostAfter + 1 : height;
  }
}

/** What one process is told of the chain; silent when it has died, and so often otherwise. */
export function simSource(
  chain: SimChain,
  net: { readonly time: Time; readonly random: Random; readonly silence: number },
): AddressSource {
  const answer = async <T>(look: () => T): Promise<T | undefined> => {
    await net.time.pass(1 + net.random.below(ANSWER_MS));
    return net.random.isLucky(net.silence) ? undefined : look();
  };
  return {
    newestBlock: () => answer(() => chain.newestBlock()),
    outputsTo: (_address, script) => answer(() => chain.outputsTo(script)),
    prove: (txid, blocks) => answer(() => chain.prove(txid, blocks)),
  };
}
