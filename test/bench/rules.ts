/**
 * `npm run bench rules`: how many events a second `decide` judges, by which signatures it checks,
 * and what the strfry plugin costs through real pipes beside one that accepts everything.
 * Contenders take turns within each round on the same lines, each first in its turn; figures are
 * medians, ratios medians of the ratios of each round. Three comparisons, all with the same goal:
 *
 * - `rules.relay.written`: a relay's whole write, which checks the event, asks the plugin and
 *   stores what it accepts, with our plugin and with the other. This is what an operator feels.
 * - `rules.plugin.piped`: all lines at once, as fast as each plugin takes them. Reading lines and
 *   writing answers is common to both; what is left is the price of judging.
 * - `rules.plugin.asked`: one line, then its answer, and nothing between. The other plugin only
 *   parses JSON meanwhile, so whatever reads an event at all falls far below the goal here.
 *
 * The traffic is that of a public relay of the local world (rules/traffic.ts). A receipt costs
 * most: the request inside it was never seen before. Its signature is checked only where the
 * operator says so; the goals are for the plugin as it comes, which leaves it to readers.
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

const ROUNDS = 18;
const GOAL = 0.9;
/** Rounds that warm up and are left out: a plugin runs for weeks. */
const WARM_UP = 6;
/** A round of fewer is over in a few milliseconds, and chance decides it. */
const LOANS_PER_ROUND = 24;
const PROGRAM = 'relay-rules/bin/realyield.mjs';
const OURS = [PROGRAM, 'strfry-plugin'];
const CHECKING = [...OURS, '--embedded-signatures'];
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

/** Prints events a second of ours beside another's, and the median ratio of the rounds. */
function compare(name: string, versus: string, ours: number[], theirs: number[], goal?: number) {
  const ratios = ours.map((rate, round) => rate / (theirs[round] ?? NaN));
  const ratio = Number(median(ratios).toFixed(2));
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
  checksEmbedded: boolean,
): number[] {
  const reader = createReader(verifier, nodeHash);
  const rules = { ...DEFAULT_RULES, checksEmbedded };
  const rates = rounds.map((events) => {
    const before = process.cpuUsage();
    for (const event of events) {
      const context = { rules, nowSec: 1_900_000_000, isSignatureChecked, reader };
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
async function race(
  rounds: readonly SignedEvent[][],
  contenders: readonly (readonly string[])[],
  measure: Measure,
): Promise<number[][]> {
  const plugins = contenders.map((args) => startPlugin(args));
  const rates: number[][] = plugins.map(() => []);
  for (const [round, events] of rounds.entries()) {
    for (const turn of plugins.keys()) {
      const contender = (turn + round) % plugins.length;
      const rate = await measure(plugins[contender] as Plugin, events, contender);
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

const by = ['relay', 'rules'] as const;
for (const outer of by) {
  for (const embedded of ['left', 'checked'] as const) {
    const rates = measureDecide(rounds, verifier, outer === 'relay', embedded === 'checked');
    print(`rules.decide.outer_by_${outer}.embedded_${embedded}`, median(rates), 'events/s');
  }
}

const contenders = [OURS, DOCUMENTED, BARE, CHECKING];
const ask: Measure = (plugin, events) => askAll(plugin, events.map(lineOf));
const pipe: Measure = (plugin, events) => pipeAll(plugin, events.map(lineOf));
for (const [way, measure] of Object.entries({ asked: ask, piped: pipe })) {
  const rates = await race(rounds, contenders, measure);
  const [ours = [], theirs = [], unruled = [], checking = []] = rates;
  compare(`rules.plugin.${way}`, documented, ours, theirs, GOAL);
  compare(`rules.plugin.${way}`, bare, ours, unruled);
  compare(`rules.plugin.${way}.embedded_checked`, documented, checking, theirs);
}

const folder = mkdtempSync(join(tmpdir(), 'bench-rules-'));
const stores = ['ours', 'documented'].map((name) => openStore(join(folder, name)));
const [ourWrites = [], theirWrites = []] = await race(
  rounds,
  [OURS, DOCUMENTED],
  (plugin, events, contender) =>
    writeAll(plugin, events, verifier, stores[contender] as EventStore),
);
for (const store of stores) store.close();
rmSync(folder, { recursive: true });
compare('rules.relay.written', documented, ourWrites, theirWrites, GOAL);
