/**
 * The world is killed (kill -9) in the middle of a payment and started again where it lives: the
 * same nodes, channels, addresses and contracts. One investor's client was open all the time and
 * goes on. The other's agent (`npm run agent`) was killed with a payment on its way, and is started
 * again. Every part was paid once, and no money has come or gone.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planTicks } from '@realyield/protocol';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import {
  agentStatus,
  startAgentProcess,
  writeAgentConfig,
  type AgentProcess,
} from '../e2e/agent-process.ts';
import { contractFacts } from '../e2e/facts.ts';
import { startWorldProcess, type WorldProcess } from '../e2e/world-process.ts';
import { offerShort } from '../engine/scene.ts';
import { STANDS_MS, until, untilCount } from '../engine/until.ts';
import type { ledgerOf } from './control.ts';
import { loadPersonaKeys } from './personas.ts';
import { openVisitor, type Visitor } from './visitor.ts';

type Row = ReturnType<typeof ledgerOf>[number];

const TICKS = 10;
const PRINCIPAL_MSAT = 20_000_000n;

/** Both streams may stand, one after the other and more than once on a busy machine. */
const WHOLE_MS = 6 * STANDS_MS;

let folder = '';
let world: WorldProcess;
let ana: Visitor;
let bank: Visitor;
let agent: AgentProcess | undefined;

const personaOf = (id: string) => world.personas.find((persona) => persona.id === id);
/** Ticks proven, as Ana's client sees it. */
const paidIn = (root: string): number =>
  ana.session.catalog.contract(root)?.fold.state.paid.numbers('disbursement').size ?? 0;
/** Ticks her client has paid, proven or not. */
const paidByAna = (root: string): number =>
  ana.session
    .journalEntries(root, 'disbursement')
    .filter(({ step }) => step === 'paid' || step === 'receipted').length;

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

async function isPaying(persona = 'ana'): Promise<boolean> {
  const rows = await world.control<Row[]>({ do: 'ledger', persona });
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
  vi.restoreAllMocks();
  await Promise.all([ana.close(), bank.close(), agent?.kill()]);
  await world.stop();
  rmSync(folder, { recursive: true });
});

/** Invests in the short offer. */
async function invest({ session }: Visitor): Promise<string> {
  const offer = await until('the offer', () =>
    session.catalog.offers().find(({ document }) => document.identifier === 'short'),
  );
  await until('the client to run', () => session.isRunning);
  const invested = await session.agreements.invest(offer, PRINCIPAL_MSAT);
  if (!invested.ok) throw new Error(invested.code);
  return invested.value;
}

/** Ben invests in a client that he then closes; his agent knows nothing but his key. */
async function employAgent(): Promise<{ root: string; config: string }> {
  const ben = await openVisitor(personaOf('ben'), world.relays);
  const root = await invest(ben);
  await until('three signatures', () => {
    return ben.session.catalog.contract(root)?.fold.state.status === 'effective';
  });
  await ben.close();
  await world.control({ do: 'helper', persona: 'ben', on: false });
  const { secretKey } = loadPersonaKeys(join(folder, 'world', 'data'))('ben');
  const walletUri = personaOf('ben')?.walletUri ?? '';
  const owner = { secretKey, walletUri, relays: world.relays };
  const config = writeAgentConfig(join(folder, 'agent'), owner);
  return { root, config };
}

/** Kills the agent when its wallet has paid and it has not been told. */
async function killInMidPayment(root: string): Promise<void> {
  const paid = async (): Promise<number> =>
    (await settled('ben')).filter(({ direction }) => direction === 'outgoing').length;
  await untilCount('parts paid by the agent', () => paidIn(root), 2);
  await world.control({ do: 'holdPayAnswers', persona: 'ben' });
  const before = await paid();
  await until('a payment nobody hears of', async () => (await paid()) > before);
  await agent?.kill();
}

/** Kills the world in the middle of Ana's stream, however long it takes until the agent is dead. */
async function killInMidStream(root: string, agentDead: Promise<void>): Promise<void> {
  await until('parts', () => paidByAna(root) > 2);
  await ana.session.setPaused(root, true);
  await agentDead;
  await ana.session.setPaused(root, false);
  await until('a payment on its way', () => isPaying());
  await world.kill();
}

/** Each part was received once, and the receipts on relays prove exactly that. */
async function expectEachPartOnce(root: string, investor: string): Promise<void> {
  const { state } = (await contractFacts(world, root)).fold;
  const planned = planTicks(state.contract.document).map(({ amountUnits }) => String(amountUnits));
  const paid = (await settled(investor)).filter(({ direction }) => direction === 'outgoing');
  expect(paid.map(({ amountMsat }) => amountMsat).sort()).toEqual(planned.sort());
  const hashes = new Set(paid.map(({ paymentHash }) => paymentHash));
  const incoming = (await settled('bakery')).filter(({ direction }) => direction === 'incoming');
  const received = incoming.filter(({ paymentHash }) => hashes.has(paymentHash));
  expect(received).toHaveLength(TICKS);
  const proven = state.payments.filter(({ leg }) => leg === 'disbursement');
  expect(proven.map(({ preimage }) => preimage).sort()).toEqual(
    received.map(({ preimage }) => preimage).sort(),
  );
}

/** Every wallet has moved what its ledger says, and the bank has earned the fees. */
async function expectLedgersAgree(before: ReadonlyMap<string, bigint>): Promise<void> {
  const after = await balances();
  const changeOf = (id: string): bigint => (after.get(id) ?? 0n) - (before.get(id) ?? 0n);
  let feesMsat = 0n;
  for (const id of ['ana', 'ben', 'bakery']) {
    const rows = await settled(id);
    const moved = (direction: Row['direction']): bigint =>
      sum(rows.filter((row) => row.direction === direction).map((row) => BigInt(row.amountMsat)));
    const fees = sum(rows.map((row) => BigInt(row.feesPaidMsat)));
    expect(changeOf(id)).toBe(moved('incoming') - moved('outgoing') - fees);
    feesMsat += fees;
  }
  expect(changeOf('bank')).toBe(feesMsat);
  expect(sum(after.values())).toBe(sum(before.values()));
}

it('goes on after kill -9, with each part paid once', { timeout: WHOLE_MS }, async () => {
  // The client complains while nobody answers.
  vi.spyOn(console, 'error').mockReturnValue();
  const before = { nodes: await nodes(), balances: await balances(), addresses: addresses() };
  await offerShort(world, bank, { identifier: 'short', ticks: TICKS });
  await bank.close();
  const roots = { ben: await employAgent(), ana: await invest(ana) };
  agent = await startAgentProcess(roots.ben.config);
  ana.session.catalog.watch(roots.ben.root);
  await killInMidStream(roots.ana, killInMidPayment(roots.ben.root));
  world = await start();
  expect(await nodes()).toEqual(before.nodes);
  expect(addresses()).toEqual(before.addresses);
  await world.control({ do: 'helper', persona: 'ben', on: false });
  agent = await startAgentProcess(roots.ben.config);
  for (const root of [roots.ana, roots.ben.root]) {
    await untilCount('parts', () => paidIn(root), TICKS);
  }
  // What it has begun to repay is paid; it begins nothing more while we count.
  await world.control({ do: 'helper', persona: 'bakery', on: false });
  await until('nothing on its way', async () => !(await isPaying('bakery')));
  await until('receipts', () =>
    ana.session.journalEntries(roots.ana, 'disbursement').every(({ step }) => step === 'receipted'),
  );
  const status = await agentStatus(roots.ben.config);
  expect(status.code).toBe(0);
  expect(status.text).toContain('Everything is paid.');
  expect(await agent.stop()).toBe(0);
  expect(agent.lines.at(-1)).toMatchObject({ event: 'stopped' });
  expect(agent.text()).not.toMatch(/secret=|nsec1|ncryptsec1/);

  await expectEachPartOnce(roots.ana, 'ana');
  await expectEachPartOnce(roots.ben.root, 'ben');
  await expectLedgersAgree(before.balances);
});
