/**
 * `npm run bench rules`: how many events a second `decide` judges, with and without the outer
 * signature, and what the strfry plugin costs through real pipes beside one that accepts
 * everything. The plugin is asked as strfry asks: one line, then its answer; and piped, all lines
 * at once. Contenders take turns within each round on the same lines; figures are medians.
 *
 * The traffic is that of a public relay of the local world (rules/traffic.ts). A receipt costs
 * most: the request inside it was never seen before, and its signature must be checked.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { verify, type SignatureVerifier, type SignedEvent } from '@realyield/protocol';
import { decide, DEFAULT_RULES } from '../../relay-rules/src/decide.ts';
import { createReader } from '../../relay-rules/src/reader.ts';
import { openStore, type EventStore } from '../../relay-rules/src/relay/store.ts';
import { loadVerifier, nodeHash } from '../../relay-rules/src/verifier.ts';
import { startPlugin, type Plugin } from './rules/plugin.ts';
import { createTraffic } from './rules/traffic.ts';

const ROUNDS = 14;
/** Rounds that warm up and are left out: a plugin runs for weeks. */
const WARM_UP = 4;
const LOANS_PER_ROUND = 6;
const PROGRAM = 'relay-rules/bin/realyield.mjs';
const OURS = [PROGRAM, 'strfry-plugin'];
const DOCUMENTED = ['test/bench/rules/accept-all.mjs'];
const BARE = [
  '--import',
  'tsx',
  '--conditions=@realyield/source',
  'test/bench/rules/accept-all.ts',
];

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

function print(name: string, value: number, unit: string, more: object = {}): void {
  const machine = { cores: availableParallelism(), load: Number((loadavg()[0] ?? 0).toFixed(1)) };
  console.log(JSON.stringify({ name, value: Math.round(value), unit, ...more, ...machine }));
}

/** Prints events a second of ours beside another's, and the ratio of medians over rounds. */
function compare(name: string, versus: string, ours: number[], theirs: number[], goal?: number) {
  const ratio = Number((median(ours) / median(theirs)).toFixed(2));
  const judged = goal === undefined ? {} : { goal, met: ratio >= goal };
  const versusValue = Math.round(median(theirs));
  print(name, median(ours), 'events/s', { versus, versusValue, ratio, ...judged });
}

const lineOf = (event: SignedEvent): string =>
  `${JSON.stringify({
    type: 'new',
    event,
    receivedAt: event.created_at,
    sourceType: 'IP4',
    sourceInfo: '203.0.113.7',
  })}\n`;

/** Events a second that `decide` judges, on one thread; in time of the processor. */
function measureDecide(
  rounds: readonly SignedEvent[][],
  verifier: SignatureVerifier,
  isSignatureChecked: boolean,
): number[] {
  const reader = createReader(verifier, nodeHash);
  const rates = rounds.map((events) => {
    const before = process.cpuUsage();
    for (const event of events) {
      const context = { rules: DEFAULT_RULES, nowSec: 1_900_000_000, isSignatureChecked, reader };
      const decision = decide(event, context);
      if (!decision.accept) throw new Error(decision.reason);
    }
    const { user, system } = process.cpuUsage(before);
    return (events.length / (user + system)) * 1_000_000;
  });
  return rates.slice(WARM_UP);
}

async function askAll(plugin: Plugin, lines: readonly string[]): Promise<number> {
  const startMs = performance.now();
  for (const line of lines) {
    const answer = await plugin.ask(line);
    if (!answer.endsWith('"accept"}')) throw new Error(answer);
  }
  return (lines.length / (performance.now() - startMs)) * 1_000;
}

async function pipeAll(plugin: Plugin, lines: readonly string[]): Promise<number> {
  const startMs = performance.now();
  await plugin.pipe(lines);
  return (lines.length / (performance.now() - startMs)) * 1_000;
}

/** A relay's whole write: checks the event, asks the plugin, stores it. */
async function writeAll(
  plugin: Plugin,
  events: readonly SignedEvent[],
  verifier: SignatureVerifier,
  store: EventStore,
): Promise<number> {
  const startMs = performance.now();
  for (const event of events) {
    const verified = verify(event, verifier);
    if (!verified.ok) throw new Error(verified.code);
    const answer = await plugin.ask(lineOf(event));
    if (!answer.endsWith('"accept"}')) throw new Error(answer);
    store.transaction(() => void store.insert(verified.value));
  }
  return (events.length / (performance.now() - startMs)) * 1_000;
}

type Measure = (plugin: Plugin, events: SignedEvent[], contender: number) => Promise<number>;

/** Rates of the contenders, each a fresh process, on the same rounds. */
async function race(rounds: readonly SignedEvent[][], measure: Measure): Promise<number[][]> {
  const plugins = [OURS, DOCUMENTED, BARE].map((args) => startPlugin(args));
  const rates: number[][] = plugins.map(() => []);
  for (const [round, events] of rounds.entries()) {
    for (const [contender, plugin] of plugins.entries()) {
      const rate = await measure(plugin, events, contender);
      if (round >= WARM_UP) rates[contender]?.push(rate);
    }
  }
  for (const plugin of plugins) await plugin.stop();
  return rates;
}

const verifier = await loadVerifier();
const traffic = await createTraffic(ROUNDS * LOANS_PER_ROUND);
const perRound = traffic.length / ROUNDS;
const rounds = Array.from({ length: ROUNDS }, (_, at) =>
  traffic.slice(at * perRound, (at + 1) * perRound),
);
const documented = 'a plugin that accepts everything, as strfry documents it';
const bare = 'the same loop without rules';

print('rules.decide.signature_checked', median(measureDecide(rounds, verifier, true)), 'events/s');
print(
  'rules.decide.signature_unchecked',
  median(measureDecide(rounds, verifier, false)),
  'events/s',
);

const [ourAsked = [], theirAsked = [], bareAsked = []] = await race(rounds, (plugin, events) =>
  askAll(plugin, events.map(lineOf)),
);
compare('rules.plugin.asked', documented, ourAsked, theirAsked, 0.9);
compare('rules.plugin.asked', bare, ourAsked, bareAsked);

const [ourPiped = [], theirPiped = [], barePiped = []] = await race(rounds, (plugin, events) =>
  pipeAll(plugin, events.map(lineOf)),
);
compare('rules.plugin.piped', documented, ourPiped, theirPiped);
compare('rules.plugin.piped', bare, ourPiped, barePiped);

const folder = mkdtempSync(join(tmpdir(), 'bench-rules-'));
const stores = ['ours', 'documented', 'bare'].map((name) => openStore(join(folder, name)));
const [ourWrites = [], theirWrites = []] = await race(rounds, (plugin, events, contender) =>
  writeAll(plugin, events, verifier, stores[contender] as EventStore),
);
for (const store of stores) store.close();
rmSync(folder, { recursive: true });
compare('rules.relay.written', documented, ourWrites, theirWrites, 0.9);
