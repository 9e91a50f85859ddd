/**
 * What sources of the chain answered about outputs, as it is kept: the newest answer of each
 * source with its time, so that a bond's standing is computed again from it and never remembered.
 */
import type { OutputReport, PledgeDocument, SourceAnswer } from '@realyield/protocol';
import * as z from 'zod/mini';
import type { Store, StoreWrite } from '../ports.ts';

/** Transactions longer than this stay in memory: no ordinary one is, in hex. */
const MOST_KEPT_HEX = 200_000;

/** Answers this old are thrown away: nobody has looked for a month, seconds. */
const KEPT_SEC = 30 * 86_400;

const hex = z.string().check(z.regex(/^[0-9a-f]*$/));
const count = z.int().check(z.gte(0));
const reportSchema = z.object({
  transaction: hex,
  block: z.optional(
    z.object({
      height: count,
      header: hex,
      branch: z.object({ position: count, hashes: z.array(hex) }),
    }),
  ),
  isSpent: z.boolean(),
  tipHeight: count,
});
const rowSchema = z.array(
  z.object({
    source: z.string(),
    atSec: count,
    report: z.union([z.literal('none'), reportSchema]),
  }),
);

/** An answer that is one: a source that could not be asked has given none. */
export type GivenAnswer = SourceAnswer & { readonly report: OutputReport | 'none' };

/** The output of a pledge, as answers about it are found. */
export function outputKey({ network, outpoint }: PledgeDocument): string {
  return `${network}:${outpoint.txid}:${outpoint.vout}`;
}

/** Whether a source answered at all. */
export function isGiven(answer: SourceAnswer): answer is GivenAnswer {
  return answer.report !== undefined;
}

function isKept({ report }: GivenAnswer): boolean {
  return report === 'none' || report.transaction.length <= MOST_KEPT_HEX;
}

function readRow(value: unknown): readonly GivenAnswer[] {
  const read = rowSchema.safeParse(value);
  if (!read.success) return [];
  return read.data.map(({ source, atSec, report }) => {
    if (report === 'none') return { source, atSec, report };
    const { block, ...rest } = report;
    return { source, atSec, report: block ? { ...rest, block } : rest };
  });
}

/** The newest answers about outputs, by the name of the source. */
export class AnswerBook {
  readonly #store: Store;
  readonly #answers = new Map<string, readonly GivenAnswer[]>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Reads what is kept, and throws away what is long out of date. */
  async load(nowSec: number): Promise<void> {
    const gone: StoreWrite[] = [];
    for (const { key, value } of await this.#store.all('chain')) {
      const answers = readRow(value).filter(({ atSec }) => nowSec - atSec < KEPT_SEC);
      if (answers.length === 0) gone.push({ table: 'chain', key, remove: true });
      else if (!this.#answers.has(key)) this.#answers.set(key, answers);
    }
    await this.#store.write(gone);
  }

  /** The newest answer of each source about an output; the same list while none has come. */
  of(key: string): readonly GivenAnswer[] {
    return this.#answers.get(key) ?? NO_ANSWERS;
  }

  /** Takes an answer in place of the same source's last one. */
  async take(key: string, answer: GivenAnswer): Promise<void> {
    const others = this.of(key).filter(({ source }) => source !== answer.source);
    const answers = [...others, answer];
    this.#answers.set(key, answers);
    const value = answers.filter(isKept);
    await this.#store.write([{ table: 'chain', key, value }]);
  }
}

const NO_ANSWERS: readonly GivenAnswer[] = [];
