/**
 * What a client remembers of its private messages: enough to read none twice, and no more. Marks of
 * messages that are not taken in any more are forgotten, the others outlive it.
 * requires: T-24, T-29
 */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Kind, formatMessage, type SignedEvent } from '@realyield/protocol';
import { Mailbox, type Later } from '../web/lib/engine/mailbox.ts';
import type { Outbox } from '../web/lib/engine/outbox.ts';
import type { Relays, Store } from '../web/lib/engine/ports.ts';
import { TAKEN_SEC } from '../web/lib/engine/read-marks.ts';
import { wrap } from '../web/lib/nostr/giftwrap.ts';
import { createInlineVerifier } from '../web/lib/nostr/verifier/inline-verifier.ts';
import { createLocalSigner } from '../web/lib/signer/local-signer.ts';
import { rememberingVerifier } from './fixtures/loan.ts';
import { secretOf } from './fixtures/keys.ts';
import { ProcessClock, Time } from './faults/time.ts';
import { openSqliteStore } from './world/sqlite-store.ts';

const DAY_MS = 86_400_000;
const START_MS = 1_800_000_000_000;

let store: Store;
let time: Time;

beforeEach(() => {
  store = openSqliteStore(':memory:');
  time = new Time(START_MS);
});

afterEach(() => store.close());

/** A relay that keeps everything, whatever dates it is asked for. */
function createRelay() {
  const kept: SignedEvent[] = [];
  const takers = new Set<(event: unknown, url: string) => void>();
  const relays: Pick<Relays, 'subscribe' | 'publish' | 'urls'> = {
    urls: ['ws://127.0.0.1:7001'],
    subscribe(_filters, take, options) {
      takers.add(take);
      for (const event of kept) take(event, '');
      options?.onEndOfStored?.();
      return () => void takers.delete(take);
    },
    publish(event) {
      kept.push(event);
      for (const take of takers) take(event, '');
      return Promise.resolve([]);
    },
  };
  return relays as Relays;
}

/** A reader, and what it was told, by contract. */
async function openReader(relays: Relays, later?: Later) {
  const told: string[] = [];
  const mailbox = new Mailbox(
    {
      ...{ relays, store, verifier: createInlineVerifier(rememberingVerifier) },
      ...{ clock: new ProcessClock(time), outbox: {} as unknown as Outbox },
    },
    ({ message }) => {
      if ('contract' in message) told.push(message.contract);
      return Promise.resolve(later);
    },
    () => undefined,
  );
  await mailbox.tidy();
  mailbox.open(createLocalSigner(secretOf('business')));
  await time.runUntil(() => false, time.nowMs + 1_000);
  return { told, mailbox };
}

/** Sends a message about a contract, dated now. */
async function send(relays: Relays, contract: string): Promise<void> {
  const why = { of: 'parts', code: 'paused', sentence: 'Not now.' } as const;
  const message = { v: 1, type: 'refusal', contract, ...why } as const;
  const content = formatMessage(message);
  const createdAtSec = Math.floor(time.nowMs / 1_000);
  const rumor = { kind: Kind.conversation, created_at: createdAtSec, tags: [], content };
  const to = createLocalSigner(secretOf('business')).publicKey;
  const sealed = await wrap(rumor, createLocalSigner(secretOf('investor')), to);
  await relays.publish(sealed.wrap);
}

/** Lets time pass, and all that is due meanwhile happen. */
async function pass(days: number): Promise<void> {
  const endMs = time.nowMs + days * DAY_MS;
  time.after(days * DAY_MS, () => undefined);
  await time.runUntil(() => time.nowMs >= endMs, endMs);
}

const marks = async (): Promise<number> => (await store.all('messages')).length;

it('reads each message once, over restarts, and forgets the marks of old ones', async () => {
  const relays = createRelay();
  const [first, second] = ['a', 'b'].map((digit) => digit.repeat(64));
  const one = await openReader(relays);
  await send(relays, first ?? '');
  await one.mailbox.stop();
  expect(one.told).toEqual([first]);
  await pass(20);
  const two = await openReader(relays);
  await send(relays, second ?? '');
  await two.mailbox.stop();
  // The relay still has the first; it was read.
  expect(two.told).toEqual([second]);
  expect(await marks()).toBe(2);
  await pass(TAKEN_SEC / 86_400 - 20 + 3);
  const three = await openReader(relays);
  await three.mailbox.stop();
  expect(three.told).toEqual([]);
  expect(await marks()).toBe(1);
});

it('counts marks of an earlier version from now', async () => {
  const ids = Array.from({ length: 1_200 }, (_, at) => at.toString(16).padStart(64, '0'));
  await store.write(
    ids.map((key) => ({ table: 'messages' as const, key, value: { triesLeft: 0 } })),
  );
  const relays = createRelay();
  await (await openReader(relays)).mailbox.stop();
  await pass(30);
  await (await openReader(relays)).mailbox.stop();
  expect(await marks()).toBe(1_200);
  await pass(11);
  await (await openReader(relays)).mailbox.stop();
  expect(await marks()).toBe(0);
});

it('reads again what it died over, and nothing that was dealt with', async () => {
  const relays = createRelay();
  const contract = 'a'.repeat(64);
  let finish = (): void => undefined;
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const one = await openReader(relays, { done });
  await send(relays, contract);
  // Whoever goes does not wait for what it has not done yet.
  await one.mailbox.stop();
  expect([one.told, await marks()]).toEqual([[contract], 0]);
  const two = await openReader(relays, { done });
  expect([two.told, await marks()]).toEqual([[contract], 0]);
  finish();
  expect(await time.runUntil(() => false, time.nowMs + 1_000)).toBe(false);
  expect(await marks()).toBe(1);
  await two.mailbox.stop();
  const three = await openReader(relays);
  await three.mailbox.stop();
  expect(three.told).toEqual([]);
});
