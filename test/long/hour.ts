/**
 * By hand, as `npm run test:long hour [MINUTES]`: an hour, unless told otherwise, on real
 * Lightning. One agent pays several streams to another's, with a tick every few seconds in each. At
 * the start, every five minutes and in the end it says how many parts were proven and how many
 * late, how long payments took, what agents and relays hold, and how much of a processor the agents
 * took; in the end also what the public events weigh, and whether both purses agree with what was
 * proven.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kind, planTicks } from '@realyield/protocol';
import { contractFacts } from '../e2e/facts.ts';
import { bulletPlan } from '../fixtures/plans.ts';
import { Street } from './street.ts';

const MINUTES = Number(process.argv[2] ?? 60);
const STREAMS = 4;
/** Seconds between two ticks of one stream. */
const EVERY_SEC = 10;
const TICKS = Math.max(4, Math.floor((MINUTES * 60) / EVERY_SEC));
const REPORT_MS = Math.min(300_000, MINUTES * 20_000);
const LATE_SEC = 60;
const PATIENCE_MS = 300_000;
/** What the system counts processor time in. */
const TICKS_A_SECOND = 100;
const SIDES = { payer: 'ben', payee: 'bakery' } as const;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Memory of a process, MiB; 0 where the system does not say. */
function residentMiB(pid: number | undefined): number {
  try {
    const text = readFileSync(`/proc/${pid ?? 0}/status`, 'utf8');
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(text)?.[1] ?? 0) / 1_024);
  } catch {
    return 0;
  }
}

/** Processor time a process has taken so far, seconds; 0 where the system does not say. */
function processorSec(pid: number | undefined): number {
  try {
    const [, fields = ''] = readFileSync(`/proc/${pid ?? 0}/stat`, 'utf8').split(') ');
    const [user = 0, system = 0] = fields.split(' ').slice(11, 13).map(Number);
    return (user + system) / TICKS_A_SECOND;
  } catch {
    return 0;
  }
}

/** How long the payer's wallet took for each payment, ms, by its agent's log. */
function latencies(lines: readonly Record<string, unknown>[]): number[] {
  const begun = new Map<unknown, number>();
  const found: number[] = [];
  for (const { event, paymentHash, at } of lines) {
    const atMs = Date.parse(String(at));
    if (event === 'paying') begun.set(paymentHash, atMs);
    const startMs = begun.get(paymentHash);
    if (event === 'paid' && startMs !== undefined) found.push(atMs - startMs);
  }
  return found.sort((a, b) => a - b);
}

/** What the payer's agent complained of, and how often. */
function complaints(lines: readonly Record<string, unknown>[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { level, event, code, why } of lines) {
    if (level !== 'problem' && event !== 'not paid') continue;
    const what = [event, code, why].filter((part) => typeof part === 'string').join(': ');
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}

/** Something of both agents. */
function ofBoth(street: Street, measure: (pid: number | undefined) => number) {
  const { payer, payee } = SIDES;
  return { payer: measure(street.agent(payer).pid), payee: measure(street.agent(payee).pid) };
}

/** Ticks due, proven and late by now, over all streams. */
async function count(street: Street, roots: readonly string[]) {
  const nowSec = Math.floor(Date.now() / 1_000);
  let [proven, due, late] = [0, 0, 0];
  for (const root of roots) {
    const state = await street.state(root);
    if (!state) continue;
    const paid = state.paid.numbers('disbursement');
    proven += paid.size;
    for (const { n, dueAtSec } of planTicks(state.contract.document)) {
      if (dueAtSec > nowSec) continue;
      due += 1;
      if (!paid.has(n) && dueAtSec < nowSec - LATE_SEC) late += 1;
    }
  }
  return { due, proven, late };
}

async function report(street: Street, roots: readonly string[], startedAtMs: number) {
  const { lines } = street.agent('ben');
  const took = latencies(lines);
  const at = (share: number): number => took[Math.floor(took.length * share)] ?? 0;
  const storeKiB = (side: 'ben' | 'bakery'): number =>
    street.filesKiB(join(side, 'data'), /^store\.sqlite(-wal)?$/);
  console.log(
    JSON.stringify({
      minute: Math.round((Date.now() - startedAtMs) / 60_000),
      ...(await count(street, roots)),
      complaints: complaints(lines),
      payMs: { p50: at(0.5), p90: at(0.9), p99: at(0.99), most: took.at(-1) ?? 0 },
      residentMiB: ofBoth(street, residentMiB),
      processorSec: ofBoth(street, processorSec),
      storeKiB: { payer: storeKiB('ben'), payee: storeKiB('bakery') },
      relaysKiB: street.filesKiB('world', /relay[^/]*\.sqlite(-wal)?$/),
    }),
  );
}

/** When it is over: what the events weigh, and whether what was proven is what was paid. */
async function conclude(street: Street, roots: readonly string[]): Promise<boolean> {
  let [parts, bytes] = [0, 0];
  let provenMsat = 0n;
  for (const root of roots) {
    const { events, fold } = await contractFacts(street.world, root);
    const paid = fold.state.payments;
    parts += paid.length;
    provenMsat += paid.reduce((sum, { amountMsat }) => sum + amountMsat, 0n);
    const texts = new Map(
      events
        .filter(({ event }) => event.kind === Kind.receipt || event.kind === Kind.acknowledgement)
        .map(({ event }) => [event.id, JSON.stringify(event).length]),
    );
    for (const length of texts.values()) bytes += length;
  }
  const sumOf = async (side: 'ben' | 'bakery', direction: 'outgoing' | 'incoming') =>
    (await street.settled(side, direction)).reduce((sum, row) => sum + BigInt(row.amountMsat), 0n);
  const sentMsat = await sumOf('ben', 'outgoing');
  const cameMsat = await sumOf('bakery', 'incoming');
  const msat = { proven: `${provenMsat}`, sent: `${sentMsat}`, came: `${cameMsat}` };
  console.log(JSON.stringify({ parts, eventBytesAPayment: Math.round(bytes / parts), msat }));
  return provenMsat === sentMsat && provenMsat === cameMsat;
}

const street = await Street.open();
let isRight: boolean;
try {
  await street.offer({
    identifier: 'hour',
    ticks: TICKS,
    startDay: 10,
    streamDays: TICKS * EVERY_SEC,
    windowDays: TICKS * EVERY_SEC + 600,
    changes: {
      minimumTicketUnits: '1000000',
      minimumTotalUnits: '1000000',
      plan: bulletPlan(2 * TICKS * EVERY_SEC + 3_600),
    },
  });
  const device = await street.openDevice();
  const names = Array.from({ length: STREAMS }, () => 'hour');
  const roots = await street.invest(device, names, BigInt(TICKS) * 100_000n);
  await device.close();
  const startedAtMs = Date.now();
  await report(street, roots, startedAtMs);
  while (Date.now() - startedAtMs < MINUTES * 60_000) {
    await pause(Math.min(REPORT_MS, startedAtMs + MINUTES * 60_000 - Date.now()));
    await report(street, roots, startedAtMs);
  }
  // The last ticks fall due at the very end.
  for (const root of roots) await street.untilStreamed(root, PATIENCE_MS);
  await report(street, roots, startedAtMs);
  isRight = await conclude(street, roots);
} finally {
  await street.close();
}
process.exit(isRight ? 0 : 1);
