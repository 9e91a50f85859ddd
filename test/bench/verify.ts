/**
 * `npm run bench verify`: how many events a second our whole `verify` (shape, size, id and
 * signature, from an unknown value to a frozen copy) checks, beside nostr-tools and NDK on the
 * same events. Contenders take turns within each round; figures are medians over rounds.
 */
import { verify, type SignatureVerifier } from '@realyield/protocol';
import { loadWasmVerifier } from '../../web/lib/nostr/verifier/load-wasm.ts';
import { measureChromium } from './verify/chromium.ts';
import { timeMs, timeNdk, timeNostrTools } from './verify/contenders.ts';
import { createEventLists, printFigures, type Timings } from './verify/events.ts';

const ROUNDS = 9;
const EVENTS_IN_NODE = 200;
const EVENTS_IN_CHROMIUM = 640;

function timeOurs(json: string, verifier: SignatureVerifier): number {
  const events = JSON.parse(json) as unknown[];
  return timeMs(() => events.every((event) => verify(event, verifier).ok));
}

/** Measures on this thread; the first list warms up and is left out. */
function measureNode(lists: readonly string[], verifier: SignatureVerifier): Timings {
  const rounds = lists.map((list) => ({
    ours: timeOurs(list, verifier),
    nostrTools: timeNostrTools(list),
    ndk: timeNdk(list),
  }));
  const measured = rounds.slice(1);
  return {
    ours: measured.map((round) => round.ours),
    nostrTools: measured.map((round) => round.nostrTools),
    ndk: measured.map((round) => round.ndk),
  };
}

const inNode = await createEventLists(ROUNDS + 1, EVENTS_IN_NODE);
const timings = measureNode(inNode, await loadWasmVerifier());
printFigures('verify.node.events_per_second', timings, EVENTS_IN_NODE, 4);

const inChromium = await createEventLists(ROUNDS + 1, EVENTS_IN_CHROMIUM);
const browserTimings = await measureChromium(inChromium);
const browserName = 'verify.chromium.two_workers.events_per_second';
printFigures(browserName, browserTimings, EVENTS_IN_CHROMIUM, 2);
