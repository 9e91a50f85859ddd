/** Hundreds of contracts followed over a relay that allows a dozen subscriptions. */
import { finalizeEvent, generateSecretKey } from 'nostr-tools';
import { afterEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { SignedEvent } from '@realyield/protocol';
import { startRelay, type RelayHandle } from '../relay-rules/src/relay/server.ts';
import { MOST_KEYS, WatchGroups } from '../web/lib/engine/watch-groups.ts';
import { createRelays } from '../web/lib/nostr/relays.ts';
import { systemClock } from './world/system-clock.ts';

const webSocket = WebSocket as unknown as typeof globalThis.WebSocket;
const timings = { connectMs: 10_000, publishMs: 10_000, firstRetryMs: 20, lastRetryMs: 100 };
const PATIENCE = { timeout: 30_000 };
const NOW_SEC = Math.floor(Date.now() / 1_000);
const author = generateSecretKey();
const ends: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function rootOf(n: number): string {
  return n.toString(16).padStart(64, '0');
}

let serial = 0;

/** An event of a contract; long ago, as evidence that is published again is. */
function eventOf(root: string, content = ''): SignedEvent {
  const tags = [['e', root, '', 'root']];
  const created_at = NOW_SEC - 864_000 + (serial += 1);
  const template = { kind: 2_813, content, tags, created_at };
  return JSON.parse(JSON.stringify(finalizeEvent(template, author))) as SignedEvent;
}

async function scene(stored: readonly SignedEvent[]) {
  const relay: RelayHandle = await startRelay({ maxSubscriptions: 12, maxFilters: 4 });
  const relays = createRelays({ urls: [relay.url], webSocket, timings });
  ends.push(
    () => relay.stop(),
    () => {
      relays.close();
    },
  );
  for (const event of stored) relay.injectUnchecked(event);
  const seen: string[] = [];
  const listed = new Set<string>();
  const groups = new WatchGroups(
    { relays, clock: systemClock },
    {
      filtersOf: (roots) => [{ '#e': roots }, { ids: roots }],
      onEvent: (raw) => seen.push((raw as SignedEvent).id),
      onRelay: (roots, _, phase) => {
        for (const root of roots) if (phase === 'listed') listed.add(root);
      },
    },
  );
  return { relay, relays, groups, seen, listed };
}

test('300 contracts take three subscriptions, and every event comes', async () => {
  const roots = Array.from({ length: 300 }, (_, n) => rootOf(n));
  const stored = roots.map((root) => eventOf(root));
  const { relay, groups, seen, listed } = await scene(stored);
  for (const root of roots) groups.add(root);
  await vi.waitUntil(() => listed.size === 300, PATIENCE);
  expect(new Set(seen)).toEqual(new Set(stored.map(({ id }) => id)));
  // The questions for older pages end after their answers; what is left are the subscriptions.
  await vi.waitUntil(() => relay.statistics().subscriptions === 300 / MOST_KEYS, PATIENCE);

  const live = eventOf(rootOf(217), 'live');
  relay.injectUnchecked(live);
  await vi.waitUntil(() => seen.includes(live.id), PATIENCE);

  const before = seen.length;
  const joining = [eventOf(rootOf(300)), eventOf(rootOf(300), 'two')];
  for (const event of joining) relay.injectUnchecked(event);
  groups.add(rootOf(300));
  await vi.waitUntil(() => listed.has(rootOf(300)), PATIENCE);
  expect(seen.slice(before).sort()).toEqual(joining.map(({ id }) => id).sort());

  for (const root of roots.slice(0, MOST_KEYS)) groups.remove(root);
  await vi.waitUntil(() => relay.statistics().subscriptions === 3, PATIENCE);
});

test('contracts that come one by one are joined, and a lost connection asks for all', async () => {
  const roots = Array.from({ length: 20 }, (_, n) => rootOf(n));
  const stored = roots.map((root) => eventOf(root));
  const { relay, groups, seen, listed } = await scene(stored);
  for (const root of roots) {
    groups.add(root);
    await vi.waitUntil(() => listed.has(root), PATIENCE);
  }
  await vi.waitUntil(() => relay.statistics().subscriptions < 8, PATIENCE);
  // Each was sent when it joined, and again when its group was joined with others: twice here.
  expect(seen.length).toBeLessThanOrEqual(3 * roots.length);
  seen.length = 0;
  relay.dropConnections();
  await vi.waitUntil(() => new Set(seen).size === stored.length, PATIENCE);
  groups.stop();
  await vi.waitUntil(() => relay.statistics().subscriptions === 0, PATIENCE);
});
