/**
 * Signed events of the sizes this protocol has, and figures as lines of JSON.
 */
import { availableParallelism, loadavg } from 'node:os';
import { initNostrWasm } from 'nostr-wasm';
import type { SignedEvent } from '@realyield/protocol';

/** Of ten events: acknowledgements and notices, requests and receipts, contracts and offers. */
const CONTENT_BYTES = [180, 220, 260, 350, 420, 1_100, 1_500, 2_400, 4_000, 6_000];

/** A contract has a handful of keys that sign again and again. */
const EVENTS_PER_KEY = 10;

/** A document with an embedded event and a column of parts, about this long as JSON. */
function buildContent(bytes: number, seed: number): string {
  const parts: string[] = [];
  const hash = (n: number) => (n * 2_654_435_761).toString(16).padStart(16, '0').repeat(4);
  const embedded = { kind: 2_812, content: { contract: hash(seed), parts }, tags: [['n', '1']] };
  const document = { embedded, leg: 'repayment', seen: [hash(seed + 1)], v: 1 };
  for (let at = 0; JSON.stringify(document).length < bytes; at += 1) parts.push(hash(seed + at));
  return JSON.stringify(document);
}

/** Makes lists of fresh events, each list as JSON text so that every reader parses its own. */
export async function createEventLists(lists: number, perList: number): Promise<string[]> {
  const nostr = await initNostrWasm();
  let secretKey = nostr.generateSecretKey();
  return Array.from({ length: lists }, (_list, listAt) =>
    JSON.stringify(
      Array.from({ length: perList }, (_event, at): SignedEvent => {
        if (at % EVENTS_PER_KEY === 0) secretKey = nostr.generateSecretKey();
        const content = buildContent(CONTENT_BYTES[at % 10] ?? 200, listAt * perList + at);
        const event = {
          id: '',
          pubkey: '',
          sig: '',
          kind: 2_813,
          created_at: 1_700_000_000 + at,
          content,
          tags: [
            ['e', content.slice(40, 104), '', 'root'],
            ['p', 'ab'.repeat(32), '', 'payee'],
          ],
        };
        nostr.finalizeEvent(event, secretKey);
        return event;
      }),
    ),
  );
}

/** The middle value of a list that is not empty. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? NaN;
  return (upper + lower) / 2;
}

/** Milliseconds each contender took in each round, for the same number of events. */
export interface Timings {
  readonly ours: readonly number[];
  readonly nostrTools: readonly number[];
  readonly ndk: readonly number[];
}

/** Prints our figure against each other one: events per second, ratio of medians, and the goal. */
export function printFigures(name: string, timings: Timings, perRound: number, goal: number) {
  const rate = (times: readonly number[]) => Math.round((perRound / median(times)) * 1_000);
  const contenders = [
    ['nostr-tools verifyEvent (pure, fresh copies, one thread)', timings.nostrTools],
    ['NDK verifySignature (fresh events, no sampling, one thread)', timings.ndk],
  ] as const;
  for (const [versus, theirs] of contenders) {
    const ratio = Number((median(theirs) / median(timings.ours)).toFixed(2));
    console.log(
      JSON.stringify({
        name,
        value: rate(timings.ours),
        unit: 'events/s',
        versus,
        versusValue: rate(theirs),
        ratio,
        goal,
        met: ratio >= goal,
        // Our workers share the cores with whatever else runs: a busy machine lowers the ratio.
        cores: availableParallelism(),
        load: Number((loadavg()[0] ?? 0).toFixed(1)),
      }),
    );
  }
}
