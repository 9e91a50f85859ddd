/** The control door of a world, as end-to-end tests use it. */
import { finalizeEvent, generateSecretKey } from 'nostr-tools';
import type { SignedEvent } from '@realyield/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EsploraSource } from '../../web/lib/chain/esplora.ts';
import { Player } from '../engine/player.ts';
import { until } from '../engine/until.ts';
import { outputsAt } from './chain-queries.ts';
import { systemClock } from './system-clock.ts';
import { startWorld, type World } from './world.ts';

interface Row {
  readonly direction: string;
  readonly state: string;
}

const DAY_SEC = 86_400;

let world: World;
let ana: Player;

async function control(order: object): Promise<{ ok: boolean; value?: unknown }> {
  const response = await fetch(`${world.url}/control`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(order),
  });
  return (await response.json()) as { ok: boolean; value?: unknown };
}

const sent = async (): Promise<number> => {
  const { value } = await control({ do: 'ledger', persona: 'ana' });
  return (value as Row[]).filter(({ direction }) => direction === 'outgoing').length;
};

beforeAll(async () => {
  world = await startWorld({ httpPort: 0, relayPorts: [0, 0], control: true });
  ana = await Player.open(world.households.ana, { device: 'page' });
});

afterAll(async () => {
  await ana.close();
  await world.stop();
});

it('refuses what it does not understand', async () => {
  expect(await control({ do: 'dance' })).toMatchObject({ ok: false });
  expect(await control({ do: 'ledger', persona: 'eve' })).toMatchObject({ ok: false });
  expect(await control({ do: 'relay', relay: 3, on: false })).toMatchObject({ ok: false });
});

it('stops and starts relays, helpers and the chain', async () => {
  expect(await control({ do: 'relay', relay: 0, on: false })).toEqual({ ok: true, value: null });
  expect(await control({ do: 'dropRelay', relay: 0 })).toMatchObject({ ok: false });
  expect(await control({ do: 'relay', relay: 0, on: true })).toMatchObject({ ok: true });
  expect(await control({ do: 'dropRelay', relay: 0 })).toMatchObject({ ok: true });
  expect(await control({ do: 'helper', persona: 'ben', on: false })).toMatchObject({ ok: true });
  expect(world.households.ben.helper).toBeUndefined();
  const { height } = world.lightning.chain.tip();
  expect(await control({ do: 'mine', blocks: 2 })).toMatchObject({ ok: true });
  expect(world.lightning.chain.tip().height).toBeGreaterThanOrEqual(height + 2);
});

it('pays an address of its own chain to the satoshi, and no other', async () => {
  const address = 'bcrt1qfmwavx6redw8xjhj5pye5udeph9jucel6398pq0lyfcueah7jtuq5342tf';
  const elsewhere = 'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq';
  const { chain } = world.lightning;
  for (const [to, valueSat] of [
    [elsewhere, '250000'],
    ['nowhere', '250000'],
    [address, '0'],
    [address, '1.5'],
  ]) {
    expect(await control({ do: 'pay', address: to, valueSat })).toMatchObject({ ok: false });
  }
  expect(await outputsAt(chain, address)).toEqual([]);
  const order = { do: 'pay', address, valueSat: '250000' };
  expect(await control(order)).toEqual({ ok: true, value: null });
  await until('the payment', async () => (await outputsAt(chain, address)).length === 1);
  expect(await outputsAt(chain, address)).toMatchObject([{ value: 250_000 }]);
  await control({ do: 'mine', blocks: 1 });
  expect(await outputsAt(chain, address)).toMatchObject([
    { value: 250_000, status: { confirmed: true } },
  ]);
});

it('hides events from those who ask, and hands out ones nobody checked', async () => {
  const url = world.relays[0] ?? '';
  const kinds = async (): Promise<unknown> => {
    const { events } = await ana.parts.relays.query([{ kinds: [32_810] }], { urls: [url] });
    return events.length;
  };
  await until('the relay to be back', async () => (await kinds()) === 1);
  await control({ do: 'withhold', relay: 0, kinds: [32_810] });
  expect(await kinds()).toBe(0);
  await control({ do: 'withhold', relay: 0, kinds: [] });
  expect(await kinds()).toBe(1);
  const id = 'a'.repeat(64);
  const event = { id, pubkey: id, created_at: 1, kind: 32_810, tags: [['t', 'realyield']] };
  await control({ do: 'inject', relay: 0, event: { ...event, content: '', sig: 'b'.repeat(128) } });
  await until('the refusal', () => ana.session.catalog.refused().some((entry) => entry.id === id));
});

it('makes the bakery lie once, and wallets fall silent', async () => {
  await until('the page to run', () => ana.session.isRunning);
  const offer = await ana.offer('december-flour');
  const invested = await ana.session.agreements.invest(offer, 300_000_000n);
  if (!invested.ok) throw new Error(invested.code);
  const root = invested.value;
  // Nothing is asked of the honest bakery before the liar has taken its place.
  await ana.session.setPaused(root, true);
  const stateOf = () => ana.session.catalog.contract(root)?.fold.state;
  const parts = (): number => stateOf()?.payments.length ?? 0;
  await until('all signatures', () => stateOf()?.status === 'effective');
  await control({ do: 'lie', as: 'amount' });
  expect(world.households.bakery.helper).toBeUndefined();
  await ana.session.setPaused(root, false);
  await until('the refusal', () => ana.codes(root).includes('INVOICE_AMOUNT_MISMATCH'));
  expect(await sent()).toBe(0);
  await until('the helper to be home', () => world.households.bakery.helper !== undefined);
  await until('a first part', () => parts() > 0);
  await control({ do: 'holdPayAnswers', persona: 'ana' });
  const before = await sent();
  await until('a payment without an answer', async () => (await sent()) > before);
  await control({ do: 'releasePayAnswers', persona: 'ana' });
  const proven = parts();
  await until('more parts', () => parts() > proven + 1);
  await control({ do: 'silenceWallet', persona: 'ana', on: true });
  await until('the silence', () => ana.codes(root).includes('WALLET_SILENT'));
  // Nothing more is paid until it is certain that the wallet never got the last order.
  const whenSilent = await sent();
  await control({ do: 'silenceWallet', persona: 'ana', on: false });
  const { value } = await control({ do: 'balance', persona: 'ana' });
  expect(BigInt((value as { balanceMsat: string }).balanceMsat)).toBeGreaterThan(0n);
  expect(await sent()).toBe(whenSilent);
});

it('leaps ahead, and relays, chain and wallets with it, from where it is', async () => {
  const response = await fetch(`${world.url}/world.json`);
  const { chains } = (await response.json()) as { readonly chains: readonly string[] };
  const explorer = new EsploraSource(chains[0] ?? '', systemClock);
  /** An event of the time it is here; a relay that had stayed behind would refuse the future. */
  const isTaken = async (): Promise<boolean> => {
    const template = { kind: 1, created_at: systemClock.nowSec(), tags: [], content: 'now' };
    const signed = finalizeEvent(template, generateSecretKey());
    const event = JSON.parse(JSON.stringify(signed)) as SignedEvent;
    const [outcome] = await ana.parts.relays.publish(event, [world.relayHouses[2]?.url ?? '']);
    return outcome?.accepted === true;
  };
  const wallNow = Date.now;
  try {
    for (const seconds of [0, -1, 1.5, 366 * DAY_SEC]) {
      expect(await control({ do: 'leap', seconds })).toMatchObject({ ok: false });
    }
    expect(Date.now).toBe(wallNow);
    const beganSec = systemClock.nowSec();
    for (const days of [15, 45]) {
      const seconds = days === 15 ? 15 * DAY_SEC : 30 * DAY_SEC;
      expect(await control({ do: 'leap', seconds })).toEqual({ ok: true, value: null });
      const leaptSec = beganSec + days * DAY_SEC;
      expect(systemClock.nowSec()).toBeGreaterThanOrEqual(leaptSec);
      // Blocks that start a clock count by their median time, which is of now at once.
      const block = await explorer.newestBlock();
      expect(block?.medianTimeSec).toBeGreaterThanOrEqual(leaptSec);
      await until('a relay of the new time', isTaken);
      expect(await control({ do: 'balance', persona: 'ana' })).toMatchObject({ ok: true });
      expect((await ana.parts.wallet.balance()).state).toBe('answered');
    }
  } finally {
    Date.now = wallNow;
  }
});
