/**
 * Part of `npm run test:long`: the fault matrix on real Lightning. The lender's agent streams loans
 * to a bakery's agent, beside up to two other devices with the lender's key, while agents are
 * killed (kill -9) around their payments, wallets fall silent or start again, relays go down
 * (strikes.ts). Then each part was received once, and receipts, wallets, balances and the agent's
 * journal agree to the msat.
 *
 * Each run is a loan with strikes of its own, from its seed. Twenty are signed together and begin
 * one after the other, so that the next goes on while what is not known of the last is waited out;
 * their purses are compared together. LIGHTNING_RUNS=n plays as many, SEED=n one, SEEDS=n-m those.
 */
import { planTicks, type ContractState } from '@realyield/protocol';
import type { JournalEntry } from '../../web/lib/engine/journal.ts';
import { until } from '../engine/until.ts';
import { bulletPlan } from '../fixtures/plans.ts';
import type { Visitor } from '../world/visitor.ts';
import { pause, planOf, strike } from './strikes.ts';
import { Street, type Row } from './street.ts';

const { SEED, SEEDS, LIGHTNING_RUNS = '100' } = process.env;
const TOGETHER = 20;
const TICKS = 6;
const PRINCIPAL_MSAT = 6_000_000n;
/** Seconds between a loan's first and last tick, and between the beginnings of two loans. */
const STREAM_SEC = 18;
const APART_SEC = 15;
/** From signing to the first tick, seconds: they are all signed before. */
const FIRST_SEC = 20;
/** A wallet that knows of no payment is believed after ninety seconds, perhaps twice. */
const PATIENCE_MS = 420_000;

const nameOf = (place: number): string => `long-${place}`;

interface Purses {
  readonly ben: bigint;
  readonly bakery: bigint;
  readonly sent: ReadonlySet<string>;
}

async function takeStock(street: Street): Promise<Purses> {
  const sent = await street.settled('ben', 'outgoing');
  return {
    ben: await street.balanceMsat('ben'),
    bakery: await street.balanceMsat('bakery'),
    sent: new Set(sent.map(({ paymentHash }) => paymentHash)),
  };
}

const sum = (amounts: readonly string[]): bigint =>
  amounts.reduce((total, amount) => total + BigInt(amount), 0n);
const listed = (texts: readonly string[]): string => [...texts].sort().join();

const disbursed = ({ payments }: ContractState) =>
  payments.filter(({ leg }) => leg === 'disbursement');

/** What is wrong with a stream that has ended, in words. */
function auditLoan(
  state: ContractState,
  sent: readonly Row[],
  journal: readonly JournalEntry[],
): readonly string[] {
  const wrong: string[] = [];
  const hold = (isSo: boolean, otherwise: string): void => {
    if (!isSo) wrong.push(otherwise);
  };
  const proven = disbursed(state);
  const planned = planTicks(state.contract.document);
  const hashes = proven.map(({ paymentHash }) => paymentHash);
  const paid = sent.filter(({ paymentHash }) => hashes.includes(paymentHash));
  const amounts = planned.map(({ amountUnits }) => String(amountUnits));
  const parts = planned.map(({ n }) => String(n));
  hold(listed(proven.map(({ n }) => String(n))) === listed(parts), 'not each part is proven once');
  hold(listed(paid.map((row) => row.paymentHash)) === listed(hashes), 'proven, and not sent');
  hold(listed(paid.map((row) => row.amountMsat)) === listed(amounts), 'other amounts were sent');
  hold(state.equivocations.length === 0, 'equivocations');
  for (const { n, step, paymentHash, preimage, feesPaidMsat } of journal) {
    hold(step === 'receipted', `part ${n} is ${step} in the journal`);
    const row = paid.find((each) => each.paymentHash === paymentHash);
    // What another device has paid and proven has its fees in that one's journal.
    if (preimage === undefined || !row) continue;
    hold(
      feesPaidMsat === row.feesPaidMsat,
      `fees of part ${n}: ${feesPaidMsat ?? 'none'} in the journal, ${row.feesPaidMsat} paid`,
    );
  }
  return wrong;
}

/** What is wrong with purses and loans together, in words. */
async function audit(
  street: Street,
  states: readonly ContractState[],
  before: Purses,
): Promise<readonly string[]> {
  const isNew = ({ paymentHash }: Row): boolean => !before.sent.has(paymentHash);
  const sent = (await street.settled('ben', 'outgoing')).filter(isNew);
  const proven = states.flatMap(disbursed).map(({ paymentHash }) => paymentHash);
  const came = (await street.settled('bakery', 'incoming')).filter(({ paymentHash }) =>
    proven.includes(paymentHash),
  );
  const code = await street.statusCode('ben');
  const wrong: string[] = [];
  for (const state of states) {
    const of = state.root.slice(0, 8);
    const journal = await street.journal('ben', state.root);
    wrong.push(...auditLoan(state, sent, journal).map((what) => `${of}: ${what}`));
  }
  const hold = (isSo: boolean, otherwise: string): void => {
    if (!isSo) wrong.push(otherwise);
  };
  hold(code === 0, `agent status says ${code}`);
  hold(listed(sent.map((row) => row.paymentHash)) === listed(proven), 'sent is not what is proven');
  hold(listed(came.map((row) => row.paymentHash)) === listed(proven), 'proven, and did not come');
  const total = PRINCIPAL_MSAT * BigInt(states.length);
  const fees = sum(sent.map((row) => row.feesPaidMsat));
  hold(before.ben - (await street.balanceMsat('ben')) === total + fees, 'the lender’s balance');
  hold((await street.balanceMsat('bakery')) - before.bakery === total, 'the bakery’s balance');
  return wrong;
}

/** One run: what its seed says is done while its loan streams. */
async function play(street: Street, seed: number, root: string): Promise<void> {
  const { random, strikes, devices } = planOf(seed);
  const state = await until('the loan', () => street.state(root), PATIENCE_MS);
  const [first] = planTicks(state.contract.document);
  await pause(Math.max(0, (first?.dueAtSec ?? 0) * 1_000 - Date.now()));
  const open: Visitor[] = [];
  try {
    for (let count = 0; count < devices; count += 1) open.push(await street.openDevice());
    for (const each of strikes) {
      await pause(random.below(2_000));
      await strike(street, each, random);
    }
  } finally {
    // Devices go while the agent is still at it.
    for (const device of open) await device.close();
  }
  console.log(`seed ${seed}: ${strikes.join('; ')}; ${devices} other devices`);
}

async function playTogether(street: Street, seeds: readonly number[]): Promise<readonly string[]> {
  const before = await takeStock(street);
  const device = await street.openDevice();
  const names = seeds.map((_, place) => nameOf(place));
  const roots = await street.invest(device, names, PRINCIPAL_MSAT);
  await device.close();
  for (const [place, seed] of seeds.entries()) await play(street, seed, roots[place] ?? '');
  const states: ContractState[] = [];
  for (const root of roots) states.push(await street.untilStreamed(root, PATIENCE_MS));
  const isQuiet = async (): Promise<boolean> => {
    const rows = await street.world.control<{ state: string }[]>({ do: 'ledger', persona: 'ben' });
    return rows.every((row) => row.state !== 'pending');
  };
  await until('nothing on its way', isQuiet, PATIENCE_MS);
  return audit(street, states, before);
}

/** A street with an offer for each of those that are played together. */
async function openStreet(): Promise<Street> {
  const street = await Street.open();
  for (let place = 0; place < TOGETHER; place += 1) {
    await street.offer({
      identifier: nameOf(place),
      ticks: TICKS,
      startDay: FIRST_SEC + place * APART_SEC,
      streamDays: STREAM_SEC,
      windowDays: 2_000,
      changes: {
        minimumTicketUnits: '1000000',
        minimumTotalUnits: '1000000',
        plan: bulletPlan(3_600),
      },
    });
  }
  return street;
}

function chosenSeeds(): readonly number[] {
  if (SEED !== undefined) return [Number(SEED)];
  const [from = 0, to = Number(LIGHTNING_RUNS) - 1] = (SEEDS ?? '').split('-').filter(Boolean);
  const first = Number(from);
  return Array.from({ length: Number(to) - first + 1 }, (_, at) => first + at);
}

const seeds = chosenSeeds();
const startedAtMs = Date.now();
let failures = 0;
// Engines complain of what is done to them.
if (seeds.length > 1) console.error = () => undefined;
let street = await openStreet();
try {
  for (let at = 0; at < seeds.length; at += TOGETHER) {
    const some = seeds.slice(at, at + TOGETHER);
    const wrong = await playTogether(street, some).catch((error: unknown) => [String(error)]);
    const seconds = Math.round((Date.now() - startedAtMs) / 1_000);
    console.log(`${at + some.length} of ${seeds.length}, ${seconds} s`);
    if (wrong.length === 0) continue;
    failures += 1;
    const which = some.length > 1 ? `SEEDS=${some[0]}-${some.at(-1)}` : `SEED=${some[0]}`;
    console.log(`${which} plays this again: ${wrong.join('; ')}`);
    // What is left of these must not count for the next.
    await street.close();
    street = await openStreet();
  }
} finally {
  await street.close();
}
console.log(`${seeds.length} runs on real Lightning, ${failures} groups of them wrong`);
process.exit(failures === 0 ? 0 : 1);
