/**
 * By hand (`node --import tsx --conditions=@realyield/source test/long/lightning.ts`) and not yet
 * part of the long suite: the fault matrix on real Lightning. In each run the lender's agent
 * streams a loan to a bakery's agent, beside up to two other devices with the lender's key; agents
 * are killed (kill -9) around their payments, wallets fall silent or start again and get every
 * request once more, relays go down. Then each part was received once, and receipts, wallets,
 * balances and the agent's journal agree to the msat. LIGHTNING_RUNS=n plays as many, SEED=n one.
 */
import { planTicks, type ContractState } from '@realyield/protocol';
import { agentStatus } from '../e2e/agent-process.ts';
import { until } from '../engine/until.ts';
import { bulletPlan } from '../fixtures/plans.ts';
import { randomOf, type Random } from '../faults/random.ts';
import type { Visitor } from '../world/visitor.ts';
import { Street } from './street.ts';

const { SEED, LIGHTNING_RUNS = '100' } = process.env;
const TICKS = 6;
const PRINCIPAL_MSAT = 6_000_000n;
/** A wallet that knows of no payment is believed after ninety seconds, perhaps twice. */
const PATIENCE_MS = 420_000;
/** How long a strike waits for its moment. */
const MOMENT_MS = 8_000;

const STRIKES = [
  'kill the payer as it pays',
  'kill the payer when it has paid',
  'kill the payer, its wallet paid and was not heard',
  'kill the payer',
  'kill the payee',
  'the payer’s wallet starts again, asked everything once more',
  'the payee’s wallet starts again',
  'the payer’s wallet is silent',
  'a relay starts again',
  'all connections drop',
] as const;
type Strike = (typeof STRIKES)[number];

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits for a line of the payer's log, but not long: it may have nothing to pay just then. */
async function awaitLine(street: Street, event: string): Promise<void> {
  const { lines } = street.agent('ben');
  const before = lines.length;
  const isThere = (): boolean => lines.slice(before).some((line) => line.event === event);
  await until(event, isThere, MOMENT_MS).catch(() => undefined);
}

/** What a run does, from its seed. */
function planOf(seed: number) {
  const random = randomOf(seed);
  const first = STRIKES[seed % STRIKES.length] ?? 'kill the payer';
  const others = Array.from({ length: 1 + random.below(2) }, () => {
    return STRIKES[random.below(STRIKES.length)] ?? 'kill the payer';
  });
  const devices = random.isLucky(0.3) ? 1 + random.below(2) : 0;
  return { random, strikes: [first, ...others], devices };
}

async function unheard(street: Street, random: Random): Promise<void> {
  const { world } = street;
  const before = (await street.settled('ben', 'outgoing')).length;
  await world.control({ do: 'holdPayAnswers', persona: 'ben' });
  const isPaid = async (): Promise<boolean> =>
    (await street.settled('ben', 'outgoing')).length > before;
  await until('a payment nobody hears of', isPaid, MOMENT_MS).catch(() => undefined);
  await street.agent('ben').kill();
  const release = { do: 'releasePayAnswers', persona: 'ben' };
  if (random.isLucky(0.5)) await world.control(release);
  await street.start('ben');
  await world.control(release);
}

async function strike(street: Street, what: Strike, random: Random): Promise<void> {
  const { world } = street;
  const forMs = 500 + random.below(3_000);
  switch (what) {
    case 'kill the payer as it pays':
    case 'kill the payer when it has paid':
      await awaitLine(street, what === 'kill the payer as it pays' ? 'paying' : 'paid');
      await pause(random.below(60));
      return street.killAndStart('ben');
    case 'kill the payer, its wallet paid and was not heard':
      return unheard(street, random);
    case 'kill the payer':
      return street.killAndStart('ben');
    case 'kill the payee':
      return street.killAndStart('bakery');
    case 'the payer’s wallet starts again, asked everything once more':
      await awaitLine(street, 'paying');
      await world.control({ do: 'restartWallet', persona: 'ben' });
      street.replayRequests();
      return;
    case 'the payee’s wallet starts again':
      await world.control({ do: 'restartWallet', persona: 'bakery' });
      street.replayRequests();
      return;
    case 'the payer’s wallet is silent':
      await world.control({ do: 'silenceWallet', persona: 'ben', on: true });
      await pause(forMs);
      await world.control({ do: 'silenceWallet', persona: 'ben', on: false });
      return;
    case 'a relay starts again': {
      const relay = random.below(3);
      await world.control({ do: 'relay', relay, on: false });
      await pause(forMs);
      await world.control({ do: 'relay', relay, on: true });
      return;
    }
    case 'all connections drop':
      for (const relay of [0, 1, 2]) await world.control({ do: 'dropRelay', relay });
  }
}

interface Before {
  readonly ben: bigint;
  readonly bakery: bigint;
  readonly sent: ReadonlySet<string>;
}

async function takeStock(street: Street): Promise<Before> {
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

/** What is wrong with a stream that has ended, in words. */
async function audit(
  street: Street,
  state: ContractState,
  before: Before,
): Promise<readonly string[]> {
  const wrong: string[] = [];
  const hold = (isSo: boolean, otherwise: string): void => {
    if (!isSo) wrong.push(otherwise);
  };
  const proven = state.payments.filter(({ leg }) => leg === 'disbursement');
  const planned = planTicks(state.contract.document);
  const hashes = proven.map(({ paymentHash }) => paymentHash);
  const sent = (await street.settled('ben', 'outgoing')).filter(
    ({ paymentHash }) => !before.sent.has(paymentHash),
  );
  const came = (await street.settled('bakery', 'incoming')).filter(({ paymentHash }) =>
    hashes.includes(paymentHash),
  );
  const amounts = planned.map(({ amountUnits }) => String(amountUnits));
  hold(listed(proven.map(({ n }) => String(n))) === listed(planned.map(({ n }) => String(n))), 'n');
  hold(listed(sent.map((row) => row.paymentHash)) === listed(hashes), 'sent is not what is proven');
  hold(listed(came.map((row) => row.paymentHash)) === listed(hashes), 'proven, and did not come');
  hold(listed(sent.map((row) => row.amountMsat)) === listed(amounts), 'other amounts were sent');
  hold(state.equivocations.length === 0, 'equivocations');
  const fees = sum(sent.map((row) => row.feesPaidMsat));
  const total = sum(amounts);
  hold(before.ben - (await street.balanceMsat('ben')) === total + fees, 'the lender’s balance');
  hold((await street.balanceMsat('bakery')) - before.bakery === total, 'the bakery’s balance');
  const { code, text } = await agentStatus(street.configOf('ben'), ['--json']);
  const report = JSON.parse(text) as {
    contracts: { contract: string; underWay: number; paidParts: number; feesMsat: string }[];
  };
  const own = report.contracts.find(({ contract }) => contract === state.root);
  hold(code === 0, `agent status says ${code}`);
  hold(own?.underWay === 0, `under way in the journal: ${own?.underWay ?? 'no contract'}`);
  // Another device's fees are in its own journal.
  const isAlone = own?.paidParts === TICKS && sum([own.feesMsat]) > 0n;
  if (isAlone) hold(sum([own.feesMsat]) === fees, `fees: ${own.feesMsat} in the journal, ${fees}`);
  return wrong;
}

async function play(street: Street, seed: number): Promise<readonly string[]> {
  const { random, strikes, devices } = planOf(seed);
  const before = await takeStock(street);
  const first = await street.openDevice();
  const root = await street.invest(first, 'long', PRINCIPAL_MSAT);
  const open: Visitor[] = [first];
  for (let count = 1; count < devices; count += 1) open.push(await street.openDevice());
  if (devices === 0) await open.pop()?.close();
  try {
    for (const each of strikes) {
      await pause(random.below(2_000));
      await strike(street, each, random);
    }
    // Devices go while the agent is still at it.
    for (const device of open.splice(0)) await device.close();
    const state = await street.untilStreamed(root, PATIENCE_MS);
    const isQuiet = async (): Promise<boolean> => {
      const rows = await street.world.control<{ state: string }[]>({
        do: 'ledger',
        persona: 'ben',
      });
      return rows.every((row) => row.state !== 'pending');
    };
    await until('nothing on its way', isQuiet, PATIENCE_MS);
    return await audit(street, state, before);
  } finally {
    for (const device of open) await device.close();
  }
}

const seeds =
  SEED === undefined
    ? Array.from({ length: Number(LIGHTNING_RUNS) }, (_, at) => at)
    : [Number(SEED)];
const startedAtMs = Date.now();
let failures = 0;
// Engines complain of what is done to them.
if (SEED === undefined) console.error = () => undefined;
const street = await Street.open();
try {
  await street.offer({
    identifier: 'long',
    ticks: TICKS,
    startDay: 5,
    windowDays: 2_000,
    changes: {
      minimumTicketUnits: '1000000',
      minimumTotalUnits: '1000000',
      plan: bulletPlan(3_600),
    },
  });
  for (const [played, seed] of seeds.entries()) {
    const wrong = await play(street, seed).catch((error: unknown) => [String(error)]);
    const { strikes, devices } = planOf(seed);
    const seconds = Math.round((Date.now() - startedAtMs) / 1_000);
    console.log(
      `${played + 1} of ${seeds.length}, ${seconds} s: ${strikes.join('; ')}; ${devices}`,
    );
    if (wrong.length === 0) continue;
    failures += 1;
    console.log(`SEED=${seed} plays this again: ${wrong.join('; ')}`);
  }
} finally {
  await street.close();
}
console.log(`${seeds.length} runs on real Lightning, ${failures} of them wrong`);
process.exit(failures === 0 ? 0 : 1);
