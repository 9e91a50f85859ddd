/**
 * `npm run bench stream`: payments a second through the runner, with journal, checks, receipts and
 * acknowledgements, against a bare loop of the usual SDK's client (make an invoice, pay it) on the
 * same wallets, nodes and relays in the same run. And what the events of a payment weigh.
 */
import { NWCClient } from '@getalby/sdk/nwc';
import { WebSocket } from 'ws';
import { invest, countersign, offerShort, paymentsOf, play, startScene } from '../engine/scene.ts';
import { until } from '../engine/until.ts';
import { bulletPlan } from '../fixtures/plans.ts';
import type { Player } from '../engine/player.ts';
import type { Filter } from '../../web/lib/engine/ports.ts';
import type { World } from '../world/world.ts';

const TICKS = 80;
const SDK_PAYMENTS = 30;
const PRINCIPAL_MSAT = BigInt(TICKS) * 1_000_000n;
const PATIENCE_MS = 600_000;

// The SDK takes the platform's, and Node 20 has none.
Object.assign(globalThis, { WebSocket });

function say(name: string, value: number, unit: string, versus?: string, ratio?: number): void {
  const round = (figure: number): number => Math.round(figure * 100) / 100;
  const other = versus === undefined || ratio === undefined ? {} : { versus, ratio: round(ratio) };
  console.log(JSON.stringify({ name, value: round(value), unit, ...other }));
}

/** Payments a second of a loop that makes and pays one invoice after the other. */
async function bareLoop(world: World): Promise<number> {
  const payer = new NWCClient({ nostrWalletConnectUrl: world.lightning.of('ana').nwcUri });
  const payee = new NWCClient({ nostrWalletConnectUrl: world.lightning.of('bakery').nwcUri });
  const pay = async (): Promise<void> => {
    const made = await payee.makeInvoice({ amount: 1_000_000, description: 'bench' });
    await payer.payInvoice({ invoice: made.invoice });
  };
  for (let warm = 0; warm < 5; warm += 1) await pay();
  const startMs = performance.now();
  for (let count = 0; count < SDK_PAYMENTS; count += 1) await pay();
  const perSecond = SDK_PAYMENTS / ((performance.now() - startMs) / 1_000);
  payer.close();
  payee.close();
  return perSecond;
}

interface Players {
  readonly ana: Player;
  readonly bakery: Player;
  readonly bank: Player;
}

/** Payments a second of a stream whose ticks are all due; every one proven in the end. */
async function stream(world: World, { ana, bakery, bank }: Players, name: string) {
  const minimum = { minimumTicketUnits: '1000000', minimumTotalUnits: '1000000' };
  const changes = { ...minimum, plan: bulletPlan(3_600) };
  const terms = { identifier: name, ticks: TICKS, streamDays: 1, windowDays: 3_000 };
  await offerShort(world, bank, { ...terms, changes });
  const root = await invest(ana, name, PRINCIPAL_MSAT);
  await ana.session.setPaused(root, true);
  await countersign(root, { investor: ana, bakery, bank });
  const dueMs = (await until('the terms', () => ana.session.ownContract(root))).view.fold.state
    .contract.document.tranches[0];
  const waitMs = ((dueMs?.toSec ?? 0) + 1) * 1_000 - Date.now();
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, waitMs)));
  const startMs = performance.now();
  await ana.session.setPaused(root, false);
  const isPaid = (): boolean => paymentsOf(ana, root, 'disbursement').length === TICKS;
  await until('every part proven', isPaid, PATIENCE_MS);
  const perSecond = TICKS / ((performance.now() - startMs) / 1_000);
  return { root, perSecond };
}

/** Bytes of public and of private events about a contract, for each payment. */
async function weigh(world: World, { ana, bakery }: Players, root: string) {
  await until('acknowledgements', () => {
    const paid = paymentsOf(bakery, root, 'disbursement');
    return paid.every((payment) => payment.class === 'preimage+acknowledgement');
  });
  const url = world.relays[0] ?? '';
  const bytesOf = async (filter: Filter): Promise<number> => {
    const { events } = await ana.parts.relays.query([filter], { urls: [url] });
    return events.reduce<number>((sum, event) => sum + JSON.stringify(event).length, 0);
  };
  const facts = await bytesOf({ kinds: [2_813, 2_814], '#e': [root] });
  const key = ana.session.ownContract(root)?.own.money?.publicKey ?? '';
  const wraps = await bytesOf({ kinds: [1_059], '#p': [key] });
  return { facts: facts / TICKS, wraps: wraps / TICKS };
}

const world = await startScene();
const players = {
  ana: await play(world, 'ana'),
  bakery: await play(world, 'bakery'),
  bank: await play(world, 'bank'),
};
try {
  const before = await bareLoop(world);
  const { root, perSecond } = await stream(world, players, 'bench');
  const after = await bareLoop(world);
  const bare = (before + after) / 2;
  const versus = `NWCClient make + pay, ${bare.toFixed(1)}/s`;
  say('stream', perSecond, 'payments/s', versus, perSecond / bare);
  const { facts, wraps } = await weigh(world, players, root);
  say('stream public events', facts, 'bytes/payment');
  say('stream messages to the payer', wraps, 'bytes/payment');
} finally {
  await Promise.all(Object.values(players).map((player) => player.close()));
  await world.stop();
}
