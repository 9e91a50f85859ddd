/**
 * A payee that is silent for good is paid on the chain: a real regtest chain with its explorer, the
 * real engine, wallets in memory. Whatever dies in between, it is paid once and proven once.
 * requires: TE-21, TE-22, TE-23, TE-26
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import { ledgerOf, planTicks, scriptOfAddress, type BitcoinNetwork } from '@realyield/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { RelayHandle } from '../../relay-rules/src/relay/server.ts';
import { EsploraSource } from '../../web/lib/chain/esplora.ts';
import type { AddressSource } from '../../web/lib/engine/fallback/ports.ts';
import { allUnanswered } from '../../web/lib/engine/fallback/standing.ts';
import type { Store } from '../../web/lib/engine/ports.ts';
import type { Session } from '../../web/lib/engine/session.ts';
import { createLoneLease } from '../fixtures/lease.ts';
import { addressFor } from '../fixtures/fallback.ts';
import { inThree, Loan, offerDocument } from '../fixtures/loan.ts';
import { RegtestChain } from '../world/chain.ts';
import { serveEsplora, type EsploraHandle } from '../world/esplora.ts';
import { openSqliteStore } from '../world/sqlite-store.ts';
import { systemClock } from '../world/system-clock.ts';
import { Estate, movedClock, store } from './estate.ts';
import { Purses } from './purses.ts';
import { until } from './until.ts';

const DAY = 60;
let chain: RegtestChain;
let explorer: EsploraHandle;
const clock = movedClock();
let estate: Estate;
let relay: RelayHandle;
let purses: Purses;
let loan: Loan;
let business: Session;
let disk: Store;
let sources: readonly AddressSource[];
/** About whose chains sources were asked for. */
const networks = new Set<BitcoinNetwork>();
let run = 0;
let address = '';

beforeAll(async () => {
  chain = await RegtestChain.open();
  explorer = await serveEsplora(chain);
  // The median time of the chain is of now.
  await chain.mine(11);
});

afterAll(async () => {
  await explorer.stop();
  await chain.stop();
});

/** A loan whose first instalment fell due sixteen days ago and was tendered then, in vain. */
beforeEach(async () => {
  run += 1;
  address = addressFor(`investor ${run}`);
  clock.aheadSec = -16 * DAY - (systemClock.nowSec() % DAY);
  estate = new Estate();
  relay = await estate.relay({ nowSec: () => systemClock.nowSec() + DAY });
  purses = new Purses(clock);
  disk = openSqliteStore(':memory:');
  sources = [new EsploraSource(explorer.url, systemClock)];
  const urls = [relay.url];
  loan = new Loan({
    startAtSec: clock.nowSec() - 30 * DAY,
    fallbackAddress: address,
    offer: {
      ...{ ...inThree, daySec: DAY, relays: urls },
      business: { ...offerDocument().business, relays: urls },
    },
    investorRelays: urls,
  });
  loan.signAll();
  loan.pay('disbursement', planTicks(loan.contract.document), loan.startAtSec + 20);
  store(relay, loan.events);
  business = await open('business');
  const owed = await until('what is due', () => dueUnits() > 0n && dueUnits());
  expect(await business.repayments.repay(loan.root, owed)).toMatchObject({ value: 0 });
  await until('a question', () => entry()?.askedAtMs);
  clock.aheadSec += DAY / 4;
  await until('a tender', () => state().tenders.length > 0);
});

afterEach(async () => {
  await estate.close();
  await disk.close();
});

async function open(name: string, device?: Store): Promise<Session> {
  const lease = createLoneLease();
  const own = name === 'business' ? { store: device ?? disk } : {};
  const addressSources = (network: BitcoinNetwork) => {
    networks.add(network);
    return Promise.resolve(sources);
  };
  const session = await estate.session(name, [relay.url], clock, { lease, addressSources, ...own });
  session.useWallet(purses.of(name));
  await until('the loan', () => session.isRunning && session.ownContract(loan.root));
  return session;
}

const state = () => {
  const view = business.ownContract(loan.root)?.view;
  if (!view) throw new Error('the contract is not known');
  return view.fold.state;
};
const dueUnits = () => ledgerOf(state(), clock.nowSec()).dueNow.repaymentUnits;
const entry = () => business.journalEntries(loan.root, 'repayment')[0];
const order = () => business.fallback.of(loan.root)[0];
const onChain = () => state().payments.filter((payment) => payment.class === 'chain');

/** The days of silence pass. */
function passSilence(): void {
  clock.aheadSec = 0;
}

/** What a wallet of the person's own does. */
async function sendSat(valueSat: bigint): Promise<void> {
  const script = scriptOfAddress(address, 'regtest');
  if (!script.ok) throw new Error(script.code);
  await chain.broadcast(await chain.fundScript(hexToBytes(script.value), valueSat));
}

async function begun(): Promise<bigint> {
  passSilence();
  const begin = await business.fallback.begin(loan.root, 'repayment');
  if (!begin.ok) throw new Error(`${begin.code} ${begin.detail ?? ''}`);
  return BigInt(begin.value.valueSat);
}

async function untilProven(): Promise<void> {
  await until('the receipt', async () => {
    await business.fallback.lookNow();
    return onChain().length > 0;
  });
}

it('is offered once the silence is over by the chain’s own clock, and not before', async () => {
  const [offered] = allUnanswered(state(), clock.nowSec());
  expect(offered).toMatchObject({ leg: 'repayment', n: [0], address });
  expect(await business.fallback.begin(loan.root, 'repayment')).toMatchObject({ ok: false });
  expect(entry()?.step).toBe('wanted');
  passSilence();
  sources = [];
  const unknown = await business.fallback.begin(loan.root, 'repayment');
  expect(unknown).toMatchObject({ code: 'BLOCK_UNKNOWN', detail: 'regtest' });
  const { fromSec = 0 } = offered ?? {};
  const early = { newestBlock: () => Promise.resolve({ ...tip, medianTimeSec: fromSec - 1 }) };
  sources = [{ ...early, outputsTo: () => Promise.resolve([]), prove: () => nothing }];
  const slow = await business.fallback.begin(loan.root, 'repayment');
  expect(slow).toMatchObject({ code: 'FALLBACK_EARLY' });
  expect(entry()?.step).toBe('wanted');
  expect([...networks]).toEqual(['regtest']);
});

const tip = { height: 500, hash: '00'.repeat(32) };
const nothing = Promise.resolve(undefined);

it('is held in the journal, seen, proven with six blocks, and paid no other way', async () => {
  const before = dueUnits();
  const valueSat = await begun();
  expect(valueSat).toBe(before / 1_000n);
  expect(entry()).toMatchObject({ step: 'chain' });
  await until('the status', () => {
    return business.payerStatus(loan.root, 'repayment')?.code === 'ON_CHAIN';
  });
  // Nothing is ordered beside it either.
  const again = await business.repayments.repay(loan.root, 1_000n);
  expect(again).toMatchObject({ code: 'STATE_FORBIDS' });
  // The payee comes back, and its client answers the tender: nothing is paid over Lightning.
  const investor = await open('investor');
  await until('the tender there', () => {
    return investor.ownContract(loan.root)?.view.fold.state.tenders.length;
  });
  await sendSat(valueSat);
  await business.fallback.lookNow();
  expect(order()).toMatchObject({ state: 'open', found: { valueSat: valueSat.toString() } });
  expect(await business.fallback.release(order()?.tender.id ?? '')).toMatchObject({ ok: false });
  await chain.mine(5);
  await business.fallback.lookNow();
  expect(order()?.state).toBe('open');
  expect(onChain()).toEqual([]);
  await chain.mine(1);
  await untilProven();
  expect(order()?.state).toBe('proven');
  expect(entry()).toMatchObject({ step: 'receipted' });
  await until('the payment at the payee', () => {
    const theirs = investor.ownContract(loan.root)?.view.fold.state.payments ?? [];
    return theirs.some((payment) => payment.class === 'chain');
  });
  expect(dueUnits()).toBe(0n);
  expect(purses.moved).toEqual([]);
});

it('is freed by who did not pay, and proven all the same when it shows later', async () => {
  const valueSat = await begun();
  const tender = order()?.tender.id ?? '';
  expect(await business.fallback.release(tender)).toMatchObject({ ok: true });
  expect(entry()?.step).not.toBe('chain');
  await sendSat(valueSat);
  await chain.mine(6);
  await untilProven();
  expect(onChain()).toHaveLength(1);
});

it('takes another amount only when the person says that it is theirs', async () => {
  const valueSat = await begun();
  await sendSat(valueSat - 1_000n);
  await chain.mine(6);
  await business.fallback.lookNow();
  expect(order()).toMatchObject({ state: 'open', other: { valueSat: String(valueSat - 1_000n) } });
  expect(onChain()).toEqual([]);
  expect(await business.fallback.claim(order()?.tender.id ?? '')).toMatchObject({ ok: true });
  await untilProven();
  expect(dueUnits()).toBe(1_000_000n);
});

it.each(['before it was paid', 'before it was seen', 'with five blocks', 'with six'])(
  'is not forgotten by who dies %s',
  async (when) => {
    const valueSat = await begun();
    if (when !== 'before it was paid') await sendSat(valueSat);
    if (when === 'with five blocks') await chain.mine(5);
    if (when === 'with six') await chain.mine(6);
    // Killed: nothing more is written, and another life of it reads the same disk.
    await business.stop();
    business = await open('business');
    await until('the journal', () => entry()?.step === 'chain' && order()?.state === 'open');
    if (when === 'before it was paid') await sendSat(valueSat);
    await chain.mine(6);
    await untilProven();
    await business.fallback.lookNow();
    expect(onChain()).toHaveLength(1);
    expect(state().paid.chain).toHaveLength(1);
    expect(dueUnits()).toBe(0n);
    expect(purses.moved).toEqual([]);
  },
);

/** Another device of the business, with a journal of its own and the same wallet. */
async function openOther(): Promise<Session> {
  const other = await open('business', openSqliteStore(':memory:'));
  await until('what the first has begun', () => other.fallback.of(loan.root).length > 0);
  return other;
}

const entryAt = (session: Session) => session.journalEntries(loan.root, 'repayment')[0];

it('is known to another device, which pays nothing beside it and proves it', async () => {
  const owed = dueUnits();
  const valueSat = await begun();
  const tender = order()?.tender.id;
  const other = await openOther();
  expect(other.fallback.of(loan.root)).toMatchObject([{ state: 'open', tender: { id: tender } }]);
  expect(entryAt(other)).toMatchObject({ n: 0, step: 'chain' });
  const inFlight = { code: 'STATE_FORBIDS' };
  expect(await other.repayments.repay(loan.root, owed)).toMatchObject(inFlight);
  expect(await other.fallback.begin(loan.root, 'repayment')).toMatchObject(inFlight);
  // The payee comes back; the first device is lost, and what it began is paid all the same.
  await open('investor');
  await business.stop();
  business = other;
  await sendSat(valueSat);
  await chain.mine(6);
  await untilProven();
  expect(dueUnits()).toBe(0n);
  expect(purses.moved).toEqual([]);
});

it('is held where it is ordered too, and free again when its person did not pay', async () => {
  const other = await open('business', openSqliteStore(':memory:'));
  await until('an order there', async () => {
    const ordered = await other.repayments.repay(loan.root, dueUnits());
    return ordered.ok;
  });
  expect(entryAt(other)).toMatchObject({ n: 0, step: 'wanted' });
  await begun();
  await until('the order there', () => entryAt(other)?.step === 'chain');
  const status = () => other.payerStatus(loan.root, 'repayment')?.code;
  await until('the status there', () => status() === 'ON_CHAIN');
  const released = await business.fallback.release(order()?.tender.id ?? '');
  expect(released).toMatchObject({ ok: true });
  await until('its end there', () => entryAt(other)?.step === 'wanted');
  expect(other.fallback.of(loan.root)).toMatchObject([{ state: 'released' }]);
});

it('is not shown while no relay carries it to the other devices', async () => {
  passSilence();
  await relay.stop();
  const begin = await business.fallback.begin(loan.root, 'repayment');
  expect(begin).toMatchObject({ code: 'STATE_FORBIDS', detail: 'untold' });
  expect(entry()?.step).toBe('wanted');
  // Nobody was shown anything, so nothing is kept of it.
  expect(order()).toBeUndefined();
});
