/** What benchmarks of a till have in common: twenty contracts, sales, and the bare loop beside. */
import { NWCClient } from '@getalby/sdk/nwc';
import type { TillShare } from '@realyield/protocol';
import { WebSocket } from 'ws';
import type { Wallet } from '../../../web/lib/engine/ports.ts';
import type { Player } from '../../engine/player.ts';
import { countersign, invest, offerShort, stateOf } from '../../engine/scene.ts';
import { until } from '../../engine/until.ts';
import { bulletPlan, NO_FEES } from '../../fixtures/plans.ts';
import type { PersonaId } from '../../world/personas.ts';
import type { World } from '../../world/world.ts';

export const CONTRACTS = 20;
/** Sales of one round. */
export const SALES = 20;
export const SALE_MSAT = 21_000_000n;
const LENT_MSAT = 10_000_000n;
const ROUNDS = 4;
const PATIENCE_MS = 120_000;

// The SDK takes the platform's, and Node 20 has none.
Object.assign(globalThis, { WebSocket });

/** Prints one figure, and what it is compared with. */
export function say(
  name: string,
  value: number,
  unit: string,
  versus?: string,
  ratio?: number,
): void {
  const round = (figure: number): number => Math.round(figure * 100) / 100;
  const other = versus === undefined || ratio === undefined ? {} : { versus, ratio: round(ratio) };
  console.log(JSON.stringify({ name, value: round(value), unit, ...other }));
}

/** The value below which so many of a hundred lie. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? Number.NaN;
}

/** Who is in it. */
export interface Players {
  readonly ana: Player;
  readonly ben: Player;
  readonly bakery: Player;
  readonly bank: Player;
}

/** Contracts of two investors under one offer, paid out, that the bakery's till serves. */
export async function lend(
  world: World,
  players: Players,
  identifier: string,
  tillShare: TillShare,
): Promise<readonly string[]> {
  const { bakery, bank } = players;
  await offerShort(world, bank, {
    identifier,
    ticks: 1,
    windowDays: 3_000,
    changes: {
      amountSoughtUnits: (BigInt(CONTRACTS) * LENT_MSAT).toString(),
      plan: bulletPlan(3_600),
      fees: NO_FEES,
      tillShare,
    },
  });
  const roots: string[] = [];
  while (roots.length < CONTRACTS) {
    const investor = roots.length % 2 === 0 ? players.ana : players.ben;
    const root = await invest(investor, identifier, LENT_MSAT);
    await countersign(root, { investor, bakery, bank });
    roots.push(root);
  }
  // Each begins days after it was signed: all at once are waited for.
  for (const player of [bakery, bank]) {
    const isPaidOut = (root: string): boolean => stateOf(player, root)?.payments.length === 1;
    await until('all contracts to be paid out', () => roots.every(isPaidOut), PATIENCE_MS);
  }
  return roots;
}

/** Sales of one round: how many a second, and how long after each press the till knew. */
export interface Sold {
  readonly perSec: number;
  readonly lagsMs: readonly number[];
}

/** One sale after the other at the bakery's till. */
export async function sell({ bakery }: Players, customer: Pick<Wallet, 'pay'>): Promise<Sold> {
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
    const paid = await customer.pay(invoice);
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

/**
 * Rounds of sales between rounds of the bare loop from one wallet to another, and what came of
 * them: medians, each round against the loop just before and just after it, whatever else the
 * machine did then.
 */
export async function compare(
  world: World,
  name: string,
  [from, to]: readonly [PersonaId, PersonaId],
  round: () => Promise<Sold>,
): Promise<void> {
  const clientOf = (id: PersonaId) =>
    new NWCClient({ nostrWalletConnectUrl: world.lightning.of(id).nwcUri });
  const [payer, payee] = [clientOf(from), clientOf(to)];
  await round();
  const bare = [await measureLoop(payer, payee)];
  const [rates, ratios, lags]: [number[], number[], number[]] = [[], [], []];
  for (let done = 0; done < ROUNDS; done += 1) {
    const { perSec, lagsMs } = await round();
    rates.push(perSec);
    lags.push(...lagsMs);
    bare.push(await measureLoop(payer, payee));
    ratios.push((2 * perSec) / bare.slice(-2).reduce((sum, each) => sum + each, 0));
  }
  for (const client of [payer, payee]) client.close();
  const versus = `NWCClient make + pay, ${percentile(bare, 50).toFixed(1)}/s`;
  say(name, percentile(rates, 50), 'sales/s', versus, percentile(ratios, 50));
  for (const percent of [50, 95]) {
    const known = `${name}: known as paid after the customer pressed pay, p${percent}`;
    say(known, percentile(lags, percent), 'ms');
  }
}
