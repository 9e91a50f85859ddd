/**
 * `npm run bench bonds`: how long a client takes from what it kept of 1,000 bonds, two sources'
 * answers each, to how every one of them stands: scripts, transactions, branches and headers are
 * checked again, as nothing of a verdict is kept. The median of the rounds, in time of the
 * processor so that other programs do not count.
 * And how many requests a bond seen for the first time takes, of all sources together.
 */
import { availableParallelism, loadavg } from 'node:os';
import { buildBond, placeOf, readEvent } from '@realyield/protocol';
import { EsploraSource } from '../../web/lib/chain/esplora.ts';
import { BondWatch } from '../../web/lib/engine/bonds/bond-watch.ts';
import { isPledge, type ParsedPledge } from '../../web/lib/engine/bonds/pledge-book.ts';
import { fundedOutput } from '../fixtures/blocks.ts';
import { COLLATERAL, pledgeOf } from '../fixtures/bonds.ts';
import { signAs } from '../fixtures/loan.ts';
import { openSqliteStore } from '../world/sqlite-store.ts';
import { systemClock } from '../world/system-clock.ts';

const BONDS = 1_000;
const ROUNDS = 7;
const GOAL_MS = 1_000;
const URLS = ['https://one.example/api', 'https://two.example/api'];

function print(name: string, value: number, unit: string, more: object = {}): void {
  const machine = { cores: availableParallelism(), load: Number((loadavg()[0] ?? 0).toFixed(1)) };
  console.log(JSON.stringify({ name, value: Math.round(value), unit, ...more, ...machine }));
}

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

const store = openSqliteStore(':memory:');
const { scriptPubKey } = placeOf(COLLATERAL, 'regtest');

/** A bond whose answers are kept as if they had come just now. */
async function keptBond(index: number): Promise<ParsedPledge> {
  const { txid, report } = fundedOutput(scriptPubKey, index.toString(16).padStart(8, '0'));
  const document = pledgeOf({ outpoint: { txid, vout: 0 } });
  const read = readEvent(signAs('bank', buildBond(document, 1_790_000_000)));
  const parsed = read.ok ? read.value.at(-1) : undefined;
  if (!parsed || !isPledge(parsed)) throw new Error('A pledge does not read.');
  const atSec = systemClock.nowSec();
  const value = URLS.map((source) => ({ source, atSec, report }));
  await store.write([{ table: 'chain', key: `regtest:${txid}:0`, value }]);
  return parsed;
}

const pledges: ParsedPledge[] = [];
for (let index = 0; index < BONDS; index += 1) pledges.push(await keptBond(index));

/** Finds each answer it is asked for, as an explorer would, and counts. */
let requests = 0;
const answering: typeof fetch = (input) => {
  requests += 1;
  const path = input instanceof Request ? input.url : String(input);
  const { report } = fundedOutput(scriptPubKey, '00000000');
  const { block, transaction } = report;
  const merkle = { block_height: 500, merkle: block?.branch.hashes, pos: 0 };
  const answers: readonly (readonly [RegExp, string])[] = [
    [/\/hex$/, transaction],
    [/\/status$/, '{"confirmed":true}'],
    [/\/outspend\//, '{"spent":false}'],
    [/\/tip\/height$/, '510'],
    [/\/merkle-proof$/, JSON.stringify(merkle)],
    [/\/block-height\//, '00'.repeat(32)],
    [/\/header$/, block?.header ?? ''],
  ];
  const found = answers.find(([pattern]) => pattern.test(path));
  return Promise.resolve(new Response(found?.[1] ?? '', { status: found ? 200 : 404 }));
};

const sources = URLS.map((url) => new EsploraSource(url, systemClock, answering));
const chosen = () => ({ network: 'regtest', sources }) as const;

const times: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  const startMs = processorMs();
  const watch = new BondWatch({ clock: systemClock, store, chosen });
  await watch.load();
  const states = pledges.map((pledge) => watch.check(pledge).standing.state);
  times.push(processorMs() - startMs);
  if (states.some((state) => state !== 'live')) throw new Error('A bond does not stand.');
}
times.sort((a, b) => a - b);
const medianMs = times[Math.floor(ROUNDS / 2)] ?? NaN;
print('bonds.cached', medianMs, 'ms', { bonds: BONDS, goal: GOAL_MS, met: medianMs < GOAL_MS });

const [first] = pledges;
if (!first) throw new Error('There is no bond.');
const fresh = new BondWatch({ clock: systemClock, store: openSqliteStore(':memory:'), chosen });
const done = new Promise<void>((resolve) => {
  fresh.changed.add(() => {
    if (fresh.check(first).standing.state === 'live') resolve();
  });
});
fresh.watch(first);
await done;
fresh.stop();
print('bonds.first_look', requests, 'requests', { sources: URLS.length });
