/**
 * The world is killed (kill -9) in the middle of a payment and started again where it lives: the
 * same nodes, channels, addresses and contract; the client that pays was open all the time and
 * goes on; every part was paid once, and no money has come or gone.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planTicks } from '@realyield/protocol';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { contractFacts } from '../e2e/facts.ts';
import { startWorldProcess, type WorldProcess } from '../e2e/world-process.ts';
import { offerShort } from '../engine/scene.ts';
import { until } from '../engine/until.ts';
import type { ledgerOf } from './control.ts';
import { openVisitor, type Visitor } from './visitor.ts';

type Row = ReturnType<typeof ledgerOf>[number];

const TICKS = 10;
const PRINCIPAL_MSAT = 20_000_000n;

/** A wallet that knows of no payment is believed only after a while. */
const PATIENCE_MS = 120_000;

let folder = '';
let world: WorldProcess;
let ana: Visitor;
let bank: Visitor;

const personaOf = (id: string) => world.personas.find((persona) => persona.id === id);
const stateOf = (root: string) => ana.session.catalog.contract(root)?.fold.state;

async function start(): Promise<WorldProcess> {
  const client = join(folder, 'client');
  return startWorldProcess(['--folder', join(folder, 'world'), '--client', client]);
}

/** Node ids and channels of everybody, and what each can send, msat. */
async function nodes() {
  const found = [];
  for (const { id } of world.personas) {
    found.push({ id, ...(await world.control<object>({ do: 'node', persona: id })) });
  }
  return found;
}

/** Where everything is reached. */
function addresses() {
  const { url, relays, personas } = world;
  return { url, relays, personas };
}

async function balances(): Promise<ReadonlyMap<string, bigint>> {
  const found = new Map<string, bigint>();
  for (const { id } of world.personas) {
    const { balanceMsat } = await world.control<{ balanceMsat: string }>({
      do: 'balance',
      persona: id,
    });
    found.set(id, BigInt(balanceMsat));
  }
  return found;
}

const sum = (amounts: Iterable<bigint>): bigint =>
  [...amounts].reduce((total, amount) => total + amount, 0n);

async function isPaying(): Promise<boolean> {
  const rows = await world.control<Row[]>({ do: 'ledger', persona: 'ana' });
  return rows.some(({ direction, state }) => direction === 'outgoing' && state === 'pending');
}

async function settled(persona: string): Promise<readonly Row[]> {
  const rows = await world.control<Row[]>({ do: 'ledger', persona });
  return rows.filter(({ state }) => state === 'settled');
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'real-yield-kill-'));
  mkdirSync(join(folder, 'client'));
  writeFileSync(join(folder, 'client', '200.html'), '');
  world = await start();
  ana = await openVisitor(personaOf('ana'), world.relays);
  bank = await openVisitor(personaOf('bank'), world.relays);
});

afterAll(async () => {
  await Promise.all([ana.close(), bank.close()]);
  await world.stop();
  rmSync(folder, { recursive: true });
});

it('goes on after kill -9, with each part paid once', { timeout: 300_000 }, async () => {
  // The client complains while nobody answers.
  vi.spyOn(console, 'error').mockReturnValue();
  const before = { nodes: await nodes(), balances: await balances(), addresses: addresses() };
  await offerShort(world, bank, { identifier: 'short', ticks: TICKS });
  await bank.close();
  const offer = await until('the offer', () =>
    ana.session.catalog.offers().find(({ document }) => document.identifier === 'short'),
  );
  await until('the client to run', () => ana.session.isRunning);
  const invested = await ana.session.agreements.invest(offer, PRINCIPAL_MSAT);
  if (!invested.ok) throw new Error(invested.code);
  const root = invested.value;
  await until('parts', () => (stateOf(root)?.payments.length ?? 0) > 2, PATIENCE_MS);
  await until('a payment on its way', isPaying);
  await world.kill();
  world = await start();
  expect(await nodes()).toEqual(before.nodes);
  expect(addresses()).toEqual(before.addresses);
  const state = await until(
    'every part',
    () => stateOf(root)?.payments.length === TICKS && stateOf(root),
    PATIENCE_MS,
  );
  // Before the first repayment, so that only the stream has moved money.
  await world.control({ do: 'helper', persona: 'bakery', on: false });
  await until('receipts', () =>
    ana.session.journalEntries(root, 'disbursement').every(({ step }) => step === 'receipted'),
  );

  const planned = planTicks(state.contract.document).map(({ amountUnits }) => String(amountUnits));
  const received = (await settled('bakery')).filter(({ direction }) => direction === 'incoming');
  expect(received.map(({ amountMsat }) => amountMsat).sort()).toEqual(planned.sort());
  expect(new Set(received.map(({ paymentHash }) => paymentHash)).size).toBe(TICKS);
  const facts = await contractFacts(world, root);
  const preimages = facts.fold.state.payments.map(({ preimage }) => preimage);
  expect(preimages.sort()).toEqual(received.map(({ preimage }) => preimage).sort());

  const paid = (await settled('ana')).filter(({ direction }) => direction === 'outgoing');
  const after = await balances();
  const changeOf = (id: string): bigint => (after.get(id) ?? 0n) - (before.balances.get(id) ?? 0n);
  const feesMsat = sum(paid.map((row) => BigInt(row.feesPaidMsat)));
  expect(paid).toHaveLength(TICKS);
  expect(changeOf('ana')).toBe(-PRINCIPAL_MSAT - feesMsat);
  expect(changeOf('bakery')).toBe(PRINCIPAL_MSAT);
  expect(changeOf('bank')).toBe(feesMsat);
  expect(sum(after.values())).toBe(sum(before.balances.values()));
});
