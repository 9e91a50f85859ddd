/**
 * Compares what the contracts say with what the wallets did: every preimage of a receipt is in
 * the payee node's own ledger, and every wallet moved exactly its receipts plus the fees it paid.
 */
import { expect } from '@playwright/test';
import { LEGS, planTicks, type PartyRole, type Payment } from '@realyield/protocol';
import { contractFacts } from './facts.ts';
import type { WorldProcess } from './world-process.ts';

/** One payment in a wallet's own ledger, amounts as decimal msat. */
export interface LedgerRow {
  readonly direction: 'incoming' | 'outgoing';
  readonly paymentHash: string;
  readonly preimage: string | null;
  readonly amountMsat: string;
  readonly feesPaidMsat: string;
  readonly state: string;
}

function rowsOf(world: WorldProcess, persona: string): Promise<LedgerRow[]> {
  return world.control<LedgerRow[]>({ do: 'ledger', persona });
}

/** A person's wallet as the world keeps it, settled rows only. */
export async function settledRows(world: WorldProcess, persona: string): Promise<LedgerRow[]> {
  return (await rowsOf(world, persona)).filter((row) => row.state === 'settled');
}

/** How many payments that a person's wallet was told to make are on their way. */
export async function underWay(world: WorldProcess, persona: string): Promise<number> {
  const rows = await rowsOf(world, persona);
  return rows.filter(({ direction, state }) => direction === 'outgoing' && state === 'pending')
    .length;
}

function sum(rows: readonly bigint[]): bigint {
  return rows.reduce((total, amount) => total + amount, 0n);
}

/** Who pays and is paid in one contract. */
export interface LedgerContract {
  readonly root: string;
  readonly investor: string;
}

/** What a wallet can send, in msat. */
export async function balanceOf(world: WorldProcess, persona: string): Promise<bigint> {
  const { balanceMsat } = await world.control<{ balanceMsat: string }>({ do: 'balance', persona });
  return BigInt(balanceMsat);
}

/** Balances of everybody, to compare with later. */
export async function balances(world: WorldProcess): Promise<ReadonlyMap<string, bigint>> {
  const all = new Map<string, bigint>();
  for (const id of ['ana', 'ben', 'bank', 'bakery']) all.set(id, await balanceOf(world, id));
  return all;
}

const feesOf = (outgoing: readonly LedgerRow[]): bigint =>
  sum(outgoing.map((row) => BigInt(row.feesPaidMsat)));

async function feesOfOthers(world: WorldProcess, personas: readonly string[]): Promise<bigint> {
  const others = personas.filter((persona) => persona !== 'bank');
  const rows = await Promise.all(others.map((persona) => settledRows(world, persona)));
  return feesOf(rows.flat());
}

/** A sale at a till: a payment outside any contract. */
export interface LedgerSale {
  readonly from: string;
  readonly to: string;
  readonly amountMsat: bigint;
}

/**
 * Checks the wallets of everybody in some contracts; no payments but theirs and the sales may have
 * been made. Where one is on its way, or is proven in a moment, it is looked again.
 */
export async function checkLedgers(
  world: WorldProcess,
  contracts: readonly LedgerContract[],
  before: ReadonlyMap<string, bigint>,
  sales: readonly LedgerSale[] = [],
): Promise<void> {
  await expect(() => compareLedgers(world, contracts, before, sales)).toPass({ timeout: 60_000 });
}

async function compareLedgers(
  world: WorldProcess,
  contracts: readonly LedgerContract[],
  before: ReadonlyMap<string, bigint>,
  sales: readonly LedgerSale[],
): Promise<void> {
  type Moved = Pick<Payment, 'amountMsat'> & Partial<Pick<Payment, 'preimage'>>;
  const moved = new Map<string, { out: Moved[]; in: Moved[] }>();
  const of = (persona: string) => {
    const entry = moved.get(persona) ?? { out: [], in: [] };
    moved.set(persona, entry);
    return entry;
  };
  for (const { root, investor } of contracts) {
    const personas: Record<PartyRole, string> = {
      investor,
      business: 'bakery',
      bank: 'bank',
    };
    const { payments } = (await contractFacts(world, root)).fold.state;
    expect(payments.length).toBeGreaterThan(0);
    for (const payment of payments) {
      of(personas[LEGS[payment.leg].payer]).out.push(payment);
      of(personas[LEGS[payment.leg].payee]).in.push(payment);
    }
  }
  for (const { from, to, amountMsat } of sales) {
    of(from).out.push({ amountMsat });
    of(to).in.push({ amountMsat });
  }
  for (const [persona, payments] of moved) {
    const rows = await settledRows(world, persona);
    const incoming = rows.filter((row) => row.direction === 'incoming');
    const outgoing = rows.filter((row) => row.direction === 'outgoing');
    const preimages = new Set(incoming.map((row) => row.preimage));
    for (const { preimage } of payments.in) {
      if (preimage !== undefined) expect(preimages).toContain(preimage);
    }
    const received = sum(incoming.map((row) => BigInt(row.amountMsat)));
    const paid = sum(outgoing.map((row) => BigInt(row.amountMsat)));
    expect(received, `${persona} received`).toBe(sum(payments.in.map((p) => p.amountMsat)));
    expect(paid, `${persona} paid`).toBe(sum(payments.out.map((p) => p.amountMsat)));
    const fees = feesOf(outgoing);
    // All are connected to each other over the bank, which gets what they pay for it.
    const earned = persona === 'bank' ? await feesOfOthers(world, [...moved.keys()]) : 0n;
    const change = (await balanceOf(world, persona)) - (before.get(persona) ?? 0n);
    expect(change, `${persona} balance`).toBe(received - paid - fees + earned);
  }
}

/** Checks that the business got every payment of a contract's stream, each once. */
export async function checkEachPartOnce(world: WorldProcess, root: string): Promise<void> {
  const { state } = (await contractFacts(world, root)).fold;
  const planned = planTicks(state.contract.document).map((tick) => tick.amountUnits.toString());
  const rows = await settledRows(world, 'bakery');
  const incoming = rows.filter((row) => row.direction === 'incoming');
  expect(incoming.map((row) => row.amountMsat).sort()).toEqual([...planned].sort());
  expect(new Set(incoming.map((row) => row.paymentHash)).size).toBe(planned.length);
}
