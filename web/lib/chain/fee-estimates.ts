/**
 * What a source says a transaction costs that is to be in a block within the hour: a stranger's
 * text, of which only a number within bounds is read. Sources: Blockstream/esplora, API.md
 * (`fee-estimates`); mempool.space, REST API (`v1/fees/recommended`).
 */
import * as z from 'zod/mini';

/** Blocks within which the transaction is wanted: an hour. */
const WITHIN_BLOCKS = 6;
/** More was never asked for on the network; a number beyond it is no estimate. */
const MOST_RATE = 1_000_000;
/** The longest answer read, in characters. */
const MOST_CHARACTERS = 20_000;

const rateField = z.number().check(z.positive(), z.lte(MOST_RATE));
const byBlocksSchema = z.record(z.string().check(z.regex(/^[1-9][0-9]{0,3}$/)), rateField);
const recommendedSchema = z.object({ hourFee: rateField });

function parsed(text: string): unknown {
  if (text.length > MOST_CHARACTERS) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Esplora's answer: satoshis a virtual byte by the blocks within which; undefined without any. */
export function readFeeEstimates(text: string): number | undefined {
  const { data } = byBlocksSchema.safeParse(parsed(text));
  if (!data) return undefined;
  const rates = Object.entries(data).map(([blocks, rate]) => ({ blocks: Number(blocks), rate }));
  // The slowest that is still within the hour; where there is none, the first after it.
  const [first, ...others] = rates.sort((a, b) => a.blocks - b.blocks);
  return others.reduce((best, each) => (each.blocks <= WITHIN_BLOCKS ? each : best), first)?.rate;
}

/** The answer of mempool.space; undefined where it is none. */
export function readRecommendedFee(text: string): number | undefined {
  return recommendedSchema.safeParse(parsed(text)).data?.hourFee;
}
