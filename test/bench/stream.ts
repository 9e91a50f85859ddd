/**
 * `npm run bench stream`: payments a second through the runner, with journal, checks, receipts and
 * acknowledgements, against a bare loop of the usual SDK's client (make an invoice, pay it) on the
 * same wallets, nodes and relays in the same run. Rounds of one stand between rounds of the other,
 * and medians count. And what the events of a payment weigh.
 */
import type { OfferDocument } from '@realyield/protocol';
import { NWCClient } from '@getalby/sdk/nwc';
import { WebSocket } from 'ws';
import { invest, countersign, offerShort, paymentsOf, play, startScene } from '../engine/scene.ts';
import { until } from '../engine/until.ts';
import { FORWARDING } from '../fixtures/forwarding.ts';
import { bulletPlan, NO_FEES } from '../fixtures/plans.ts';
import type { Player } from '../engine/player.ts';
import type { Filter } from '../../web/lib/engine/ports.ts';
import type { World } from '../world/world.ts';

const ROUNDS = 3;
const TICKS = 90;
const SDK_PAYMENTS = 15;
const PRINCIPAL_MSAT = BigInt(TICKS) * 1_000_000n;
const PATIENCE_MS = 600_000;
/** After a start every payment is looked up before it is made, for this long: not the usual. */
const SETTLING_MS = 125_000;

// The SDK takes the platform's, and Node 20 has none.
Object.assign(globalThis, { WebSocket });

function say(name: string, value: number, unit: string, versus?: string, ratio?: number): void {
  const round = (figure: number): number => Math.round(figure * 100) / 100;
  const other = versus === undefined || ratio === undefined ? {} : { versus, ratio: round(ratio) };
  console.log(JSON.stringify({ name, value: round(value), unit, ...other }));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** A loop of the SDK that makes and pays one invoice after the other. */
class BareLoop {
  readonly #payer: NWCClient;
  readonly #payee: NWCClient;

  constructor({ lightning }: World) {
    this.#payer = new NWCClient({ nostrWalletConnectUrl: lightning.of('ana').nwcUri });
    this.#payee = new NWCClient({ nostrWalletConnectUrl: lightning.of('bakery').nwcUri });
  }

  /** Payments a second over so many. */
  async measure(count: number): Promise<number> {
    const startMs = performance.now();
    for (let done = 0; done < count; done += 1) {
      const made = await this.#payee.makeInvoice({ amount: 1_000_000, description: 'bench' });
      await this.#payer.payInvoice({ invoice: made.invoice });
    }
    return count / ((performance.now() - startMs) / 1_000);
  }

  close(): void {
    this.#payer.close();
    this.#payee.close();
  }
}

interface Players {
  readonly ana: Player;
  readonly bakery: Player;
  readonly bank: Player;
}

/** A contract in force whose ticks all fall due at once, paused. */
async function prepare(
  world: World,
  { ana, bakery, bank }: Players,
  name: string,
  fees?: OfferDocument['fees'],
) {
  const minimum = { minimumTicketUnits: '1000000', minimumTotalUnits: '1000000' };
  const changes = { ...minimum, plan: bulletPlan(3_600), ...(fees ? { fees } : {}) };
  const terms = { identifier: name, ticks: TICKS, streamDays: 1, windowDays: 3_000 };
  await offerShort(world, bank, { ...terms, changes });
  const root = await invest(ana, name, PRINCIPAL_MSAT);
  await ana.session.setPaused(root, true);
  await countersign(root, { investor: ana, bakery, bank });
  const { document } = (await until('the terms', () => ana.session.ownContract(root))).view.fold
    .state.contract;
  return { root, dueAtSec: document.tranches[0]?.toSec ?? 0 };
}

/** Payments a second of a stream, until the payer has the acknowledgement of every part. */
async function stream({ ana }: Players, root: string): Promise<number> {
  const startMs = performance.now();
  await ana.session.setPaused(root, false);
  const isDone = (): boolean => {
    const paid = paymentsOf(ana, root, 'disbursement');
    return paid.filter((each) => each.class === 'preimage+acknowledgement').length === TICKS;
  };
  await until('every part proven and acknowledged', isDone, PATIENCE_MS);
  return TICKS / ((performance.now() - startMs) / 1_000);
}

/** Bytes of public and of private events about a contract, for each payment. */
async function weigh(world: World, { ana }: Players, root: string) {
  const url = world.relays[0] ?? '';
  const found = async (filter: Filter): Promise<readonly unknown[]> =>
    (await ana.parts.relays.query([filter], { urls: [url] })).events;
  const bytesOf = async (filter: Filter): Promise<number> =>
    (await found(filter)).reduce<number>((sum, event) => sum + JSON.stringify(event).length, 0);
  const facts = await bytesOf({ kinds: [2_813, 2_814], '#e': [root] });
  const receipts = await found({ kinds: [2_813], '#e': [root] });
  const key = ana.session.ownContract(root)?.own.money?.publicKey ?? '';
  const wraps = await bytesOf({ kinds: [1_059], '#p': [key] });
  return { facts: facts / TICKS, wraps: wraps / TICKS, proven: TICKS / receipts.length };
}

async function measure(world: World, players: Players, startedAtMs: number): Promise<void> {
  const prepared = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    prepared.push(await prepare(world, players, `bench-${round}`));
  }
  const fees = { ...NO_FEES, forwarding: FORWARDING };
  const through = await prepare(world, players, 'bench-forwarded', fees);
  const dueMs = Math.max(...[...prepared, through].map(({ dueAtSec }) => (dueAtSec + 1) * 1_000));
  const waitMs = Math.max(dueMs, startedAtMs + SETTLING_MS) - Date.now();
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, waitMs)));
  const loop = new BareLoop(world);
  await loop.measure(5);
  const bare = [await loop.measure(SDK_PAYMENTS)];
  const streamed: number[] = [];
  const ratios: number[] = [];
  for (const { root } of prepared) {
    streamed.push(await stream(players, root));
    bare.push(await loop.measure(SDK_PAYMENTS));
    // Against the loop just before and just after: whatever else the machine does then.
    const around = bare.slice(-2).reduce((sum, each) => sum + each, 0) / 2;
    ratios.push((streamed.at(-1) ?? 0) / around);
  }
  loop.close();
  const versus = `NWCClient make + pay, ${median(bare).toFixed(1)}/s`;
  say('stream', median(streamed), 'payments/s', versus, median(ratios));
  const passed = await stream(players, through.root);
  const direct = streamed.at(-1) ?? 0;
  const beside = `the same directly, ${direct.toFixed(1)}/s`;
  say('stream passed on by the bank', passed, 'payments/s', beside, passed / direct);
  const { facts, wraps, proven } = await weigh(world, players, prepared[0]?.root ?? '');
  say('stream public events', facts, 'bytes/payment');
  say('stream messages to the payer', wraps, 'bytes/payment');
  say('stream receipts', proven, 'payments/receipt');
}

const world = await startScene();
const startedAtMs = Date.now();
const players = {
  ana: await play(world, 'ana'),
  bakery: await play(world, 'bakery'),
  bank: await play(world, 'bank'),
};
try {
  await measure(world, players, startedAtMs);
} finally {
  await Promise.all(Object.values(players).map((player) => player.close()));
  await world.stop();
}
