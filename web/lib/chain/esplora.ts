/**
 * The chain by an Esplora server's HTTP interface: mempool.space, blockstream.info, or the local
 * world's. What it answers is text of a stranger's; what is believed of it, the protocol decides.
 * Source: the interface's description in Blockstream/esplora, API.md.
 */
import type { BlockReport, Outpoint, OutputReport, SourceAnswer } from '@realyield/protocol';
import * as z from 'zod/mini';
import type {
  BlockLookup,
  BlockSource,
  ChainSource,
  KnownBlock,
  OutputAt,
} from '../engine/bonds/ports.ts';
import type { AddressSource, ChainProof, SeenOutput } from '../engine/fallback/ports.ts';
import type { Clock } from '../engine/ports.ts';
import { readFeeEstimates, readRecommendedFee } from './fee-estimates.ts';

/** A source that has not answered by then is unreachable for this time. */
const TIMEOUT_MS = 10_000;

/** The longest answer read, in characters: a block's worth of transaction in hex. */
const MAX_ANSWER_CHARACTERS = 8_000_000;

/** The longest words of a refusal that are shown. */
const MAX_WORDS = 200;

const heightField = z.int().check(z.gte(0), z.lte(100_000_000));
const hashField = z.string().check(z.regex(/^[0-9a-f]{64}$/));

const branchSchema = z.object({
  block_height: heightField,
  merkle: z.array(hashField).check(z.maxLength(32)),
  pos: heightField,
});
const outspendSchema = z.object({ spent: z.boolean() });
const blockSchema = z.object({ height: heightField, mediantime: z.int().check(z.gte(0)) });
const utxoSchema = z
  .array(
    z.object({
      txid: hashField,
      vout: z.int().check(z.gte(0), z.lte(1_000_000)),
      value: z.int().check(z.gte(0)),
      status: z.object({ confirmed: z.boolean(), block_height: z.optional(heightField) }),
    }),
  )
  .check(z.maxLength(1_000));
const paymentsSchema = z.array(
  z.object({
    txid: hashField,
    status: z.object({ confirmed: z.boolean(), block_height: z.optional(heightField) }),
    vout: z.array(z.object({ scriptpubkey: z.string(), value: z.int().check(z.gte(0)) })),
  }),
);
const statusSchema = z.object({ confirmed: z.boolean() });

/** How far a median time may lie ahead of one's own clock: half of what the network allows. */
const MOST_AHEAD_SEC = 3_600;

/** Whether an address can be one of a source: http or https without user, query or fragment. */
export function isChainSourceUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === '';
}

/** What one request came to: text, or that there is no such thing, or no answer. */
type Reply = { readonly text: string } | 'none' | undefined;

/** One Esplora server. */
export class EsploraSource implements ChainSource, AddressSource, BlockLookup {
  readonly name: string;
  readonly #clock: Pick<Clock, 'nowSec' | 'after'>;
  readonly #fetch: typeof fetch;
  #requests = 0;

  constructor(url: string, clock: Pick<Clock, 'nowSec' | 'after'>, fetching: typeof fetch = fetch) {
    this.name = url.replace(/\/+$/, '');
    this.#clock = clock;
    this.#fetch = fetching;
  }

  get requests(): number {
    return this.#requests;
  }

  async lookUp(outpoint: Outpoint): Promise<SourceAnswer> {
    const report = await this.#report(outpoint);
    return { source: this.name, atSec: this.#clock.nowSec(), report };
  }

  async broadcast(transactionHex: string): Promise<string | undefined> {
    const reply = await this.#ask('tx', { method: 'POST', body: transactionHex }, true);
    if (reply === undefined || reply === 'none') return 'The chain source did not answer.';
    return hashField.safeParse(reply.text).success ? undefined : reply.text.slice(0, MAX_WORDS);
  }

  async feeRate(): Promise<number | undefined> {
    const reply = await this.#ask('fee-estimates');
    // One that does not answer at all is not asked a second time.
    if (reply === undefined) return undefined;
    const rate = readFeeEstimates(textOf(reply) ?? '');
    if (rate !== undefined) return rate;
    return readRecommendedFee(textOf(await this.#ask('v1/fees/recommended')) ?? '');
  }

  async outputsAt(address: string): Promise<readonly OutputAt[] | undefined> {
    if (!/^[0-9A-Za-z]{14,100}$/.test(address)) return undefined;
    const listed = await this.#json(`address/${address}/utxo`, utxoSchema);
    return listed?.map(({ txid, vout, value, status }) => ({
      outpoint: { txid, vout },
      valueSat: BigInt(value),
      height: status.confirmed ? status.block_height : undefined,
    }));
  }

  async newestBlock(): Promise<KnownBlock | undefined> {
    const hash = hashField.safeParse(textOf(await this.#ask('blocks/tip/hash')));
    const block = hash.success && (await this.#json(`block/${hash.data}`, blockSchema));
    if (!hash.success || !block) return undefined;
    const { height, mediantime: medianTimeSec } = block;
    // A source with a time to come would put off whatever the step begins.
    if (medianTimeSec > this.#clock.nowSec() + MOST_AHEAD_SEC) return undefined;
    return { height, hash: hash.data, medianTimeSec };
  }

  async blockAt(height: number): Promise<BlockReport | undefined> {
    const [hashReply, tip] = await Promise.all([
      this.#ask(`block-height/${height}`),
      this.#tipHeight(),
    ]);
    if (hashReply === undefined || tip === undefined) return undefined;
    if (hashReply === 'none') return { tipHeight: tip };
    const hash = hashField.safeParse(hashReply.text);
    if (!hash.success) return undefined;
    const [header, block] = await Promise.all([
      this.#ask(`block/${hash.data}/header`),
      this.#json(`block/${hash.data}`, blockSchema),
    ]);
    const text = textOf(header);
    if (text === undefined || block?.height !== height) return undefined;
    return { tipHeight: tip, block: { header: text, medianTimeSec: block.mediantime } };
  }

  async outputsTo(
    address: string,
    scriptPubKey: string,
  ): Promise<readonly SeenOutput[] | undefined> {
    const payments = await this.#json(`address/${address}/txs`, paymentsSchema);
    return payments?.flatMap(({ txid, status, vout }) => {
      const height = status.confirmed ? status.block_height : undefined;
      return vout.flatMap(({ scriptpubkey, value }, index): SeenOutput[] => {
        if (scriptpubkey !== scriptPubKey) return [];
        return [{ txid, vout: index, valueSat: BigInt(value), height }];
      });
    });
  }

  async prove(txid: string, blocks: number): Promise<ChainProof | undefined> {
    const transaction = textOf(await this.#ask(`tx/${txid}/hex`));
    const block = await this.#block(txid);
    if (transaction === undefined || !block) return undefined;
    const headers = [block.header];
    for (let height = block.height + 1; headers.length < blocks; height += 1) {
      const header = await this.#header(height);
      if (header === undefined) return undefined;
      headers.push(header);
    }
    return { transaction, branch: block.branch, headers };
  }

  /** The header of the block at a height. */
  async #header(height: number): Promise<string | undefined> {
    const hash = hashField.safeParse(textOf(await this.#ask(`block-height/${height}`)));
    return hash.success ? textOf(await this.#ask(`block/${hash.data}/header`)) : undefined;
  }

  /** The height of its last block. */
  async #tipHeight(): Promise<number | undefined> {
    const text = textOf(await this.#ask('blocks/tip/height'));
    return text === undefined ? undefined : heightField.safeParse(Number(text)).data;
  }

  async #report({ txid, vout }: Outpoint): Promise<OutputReport | 'none' | undefined> {
    const [transaction, status, outspend, tip] = await Promise.all([
      this.#ask(`tx/${txid}/hex`),
      this.#json(`tx/${txid}/status`, statusSchema),
      this.#json(`tx/${txid}/outspend/${vout}`, outspendSchema),
      this.#tipHeight(),
    ]);
    if (transaction === 'none') return 'none';
    if (!transaction || !status || !outspend || tip === undefined) return undefined;
    const seen = { transaction: transaction.text, isSpent: outspend.spent, tipHeight: tip };
    if (!status.confirmed) return seen;
    const block = await this.#block(txid);
    return block && { ...seen, block };
  }

  async #block(txid: string): Promise<OutputReport['block']> {
    const branch = await this.#json(`tx/${txid}/merkle-proof`, branchSchema);
    if (!branch) return undefined;
    const header = await this.#header(branch.block_height);
    const { block_height: height, merkle: hashes, pos: position } = branch;
    return header === undefined ? undefined : { height, header, branch: { position, hashes } };
  }

  async #json<T>(path: string, schema: z.ZodMiniType<T>): Promise<T | undefined> {
    const text = textOf(await this.#ask(path));
    if (text === undefined) return undefined;
    try {
      const parsed = schema.safeParse(JSON.parse(text));
      return parsed.success ? parsed.data : undefined;
    } catch {
      return undefined;
    }
  }

  /** One request; with `always`, what a refusal says is an answer too. */
  async #ask(path: string, init: RequestInit = {}, always = false): Promise<Reply> {
    this.#requests += 1;
    const aborted = new AbortController();
    const cancel = this.#clock.after(TIMEOUT_MS, () => {
      aborted.abort();
    });
    try {
      const options = {
        ...init,
        signal: aborted.signal,
        credentials: 'omit',
        redirect: 'error',
      } as const;
      const response = await this.#fetch(`${this.name}/${path}`, options);
      if (response.status === 404) return 'none';
      if (!response.ok && !always) return undefined;
      const text = await response.text();
      return text.length > MAX_ANSWER_CHARACTERS ? undefined : { text: text.trim() };
    } catch {
      return undefined;
    } finally {
      cancel();
    }
  }
}

function textOf(reply: Reply): string | undefined {
  return reply === 'none' ? undefined : reply?.text;
}

/** Several sources, of which the first that answers is believed: a wrong block shows later. */
export function firstOf(sources: readonly BlockSource[]): BlockSource {
  return {
    async newestBlock() {
      for (const source of sources) {
        const block = await source.newestBlock();
        if (block) return block;
      }
      return undefined;
    },
  };
}
