/**
 * `npm run bench till`: sales a second taken at a till that splits each among twenty contracts,
 * with its journal, receipts' serials and shares, against a bare loop of the usual SDK's client
 * (make an invoice, pay it) on the same wallets, nodes and relays in the same run; rounds of one
 * stand between rounds of the other, and medians count. And how long after the customer has told
 * their wallet to pay the till knows: 50 and 95 of a hundred sales.
 */
import { NWCClient } from '@getalby/sdk/nwc';
import { WebSocket } from 'ws';
import { invest, countersign, offerShort, play, startScene, stateOf } from '../engine/scene.ts';
import { until } from '../engine/until.ts';
import { bulletPlan, NO_FEES } from '../fixtures/plans.ts';
import type { Player } from '../engine/player.ts';
import type { World } from '../world/world.ts';

const CONTRACTS = 20;
const ROUNDS = 4;
const SALES = 20;
const SALE_MSAT = 21_000_000n;
const LENT_MSAT = 10_000_000n;
const PATIENCE_MS = 120_000;
/** Shares wait in the journal for this: what is measured is taking and splitting. */
const THRESHOLD_SAT = 1_000_000;

// The SDK takes the platform's, and Node 20 has none.
Object.assign(globalThis, { WebSocket });

function say(name: string, value: number, unit: string, versus?: string, ratio?: number): void {
  const round = (figure: number): number => Math.round(figure * 100) / 100;
  const other = versus === undefined || ratio === undefined ? {} : { versus, ratio: round(ratio) };
  console.log(JSON.stringify({ name, value: round(value), unit, ...other }));
}

/** The value below which so many of a hundred lie. */
function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? Number.NaN;
}

interface Players {
  readonly ana: Player;
  readonly ben: Player;
  readonly bakery: Player;
  readonly bank: Player;
}

/** Contracts of two investors under one offer, paid out, that the bakery's till serves. */
async function lend(world: World, players: Players): Promise<void> {
  const { bakery, bank } = players;
  await offerShort(world, bank, {
    identifier: 'till',
    ticks: 1,
    windowDays: 3_000,
    changes: {
      amountSoughtUnits: (BigInt(CONTRACTS) * LENT_MSAT).toString(),
      plan: bulletPlan(3_600),
      fees: NO_FEES,
      tillShare: {
        runBy: 'business',
        shareBps: 700,
        recoveryBps: 700,
        thresholdSat: THRESHOLD_SAT,
      },
    },
  });
  for (let made = 0; made < CONTRACTS; made += 1) {
    const investor = made % 2 === 0 ? players.ana : players.ben;
    const root = await invest(investor, 'till', LENT_MSAT);
    await countersign(root, { investor, bakery, bank });
    await until(
      `contract ${made + 1} to be paid out`,
      () => stateOf(bakery, root)?.payments.length === 1,
      PATIENCE_MS,
    );
  }
}

/** One sale after the other; and how long the till took to know. */
async function sell({ bakery, bank }: Players): Promise<{ perSec: number; lagsMs: number[] }> {
  const { till } = bakery.session;
  const lagsMs: number[] = [];
  const startMs = performance.now();
  for (let done = 0; done < SALES; done += 1) {
    const asked = await till.ask({ msat: SALE_MSAT });
    if (!asked.ok) throw new Error(asked.sentence);
    const { order, invoice = '' } = asked.sale;
    let stop: () => void = () => undefined;
    const known = new Promise<number>((resolve) => {
      stop = till.changed.add(() => {
        if (till.sale(order)?.step === 'paid') resolve(performance.now());
      });
    });
    const pressedMs = performance.now();
    const paid = await bank.parts.wallet.pay(invoice);
    if (paid.state !== 'answered') throw new Error('the customer could not pay');
    lagsMs.push((await known) - pressedMs);
    stop();
  }
  return { perSec: SALES / ((performance.now() - startMs) / 1_000), lagsMs };
}

/** Payments a second of a loop of the SDK that makes and pays one invoice after the other. */
async function measureLoop(payer: NWCClient, payee: NWCClient): Promise<number> {
  const startMs = performance.now();
  for (let done = 0; done < SALES; done += 1) {
    const made = await payee.makeInvoice({ amount: Number(SALE_MSAT), description: 'bench' });
    await payer.payInvoice({ invoice: made.invoice });
  }
  return SALES / ((performance.now() - startMs) / 1_000);
}

async function measure(world: World, players: Players): Promise<void> {
  await lend(world, players);
  const clients = (['bank', 'bakery'] as const).map(
    (id) => new NWCClient({ nostrWalletConnectUrl: world.lightning.of(id).nwcUri }),
  );
  const [payer, payee] = clients as [NWCClient, NWCClient];
  await sell(players);
  const bare = [await measureLoop(payer, payee)];
  const rates: number[] = [];
  const ratios: number[] = [];
  const lags: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { perSec, lagsMs } = await sell(players);
    rates.push(perSec);
    lags.push(...lagsMs);
    bare.push(await measureLoop(payer, payee));
    // Against the loop just before and just after: whatever else the machine does then.
    ratios.push((2 * perSec) / bare.slice(-2).reduce((sum, each) => sum + each, 0));
  }
  for (const client of clients) client.close();
  const versus = `NWCClient make + pay, ${percentile(bare, 50).toFixed(1)}/s`;
  say('till', percentile(rates, 50), 'sales/s', versus, percentile(ratios, 50));
  say('till known as paid after the customer pressed pay, p50', percentile(lags, 50), 'ms');
  say('till known as paid after the customer pressed pay, p95', percentile(lags, 95), 'ms');
  const { accounts } = players.bakery.session.till.till;
  if (accounts.size !== CONTRACTS) throw new Error(`the till served ${accounts.size} contracts`);
}

const world = await startScene();
const players = {
  ana: await play(world, 'ana'),
  ben: await play(world, 'ben'),
  bakery: await play(world, 'bakery'),
  bank: await play(world, 'bank'),
};
try {
  await measure(world, players);
} finally {
  await Promise.all(Object.values(players).map((player) => player.close()));
  await world.stop();
}
