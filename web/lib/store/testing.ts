/** What every local store must do, as tests that run on each of them. */
import { afterEach, describe, expect, test } from 'vitest';
import type { Store, StoreWrite } from '../engine/ports.ts';

/** How a kind of store is opened; the same name opens the same data again. */
export type OpenStore = (name: string) => Promise<Store>;

const CONTRACT = 'c'.repeat(64);
const OTHER = 'd'.repeat(64);

let stores: Store[] = [];
let count = 0;

/** Describes the contract of the port for one implementation. */
export function describeStore(title: string, openStore: OpenStore): void {
  async function open(name = `store-${(count += 1)}`): Promise<Store> {
    const store = await openStore(name);
    stores.push(store);
    return store;
  }

  afterEach(async () => {
    for (const store of stores) await store.close();
    stores = [];
  });

  describe(title, () => {
    describeValues(open);
    describeWrites(open);
    describeContracts(open);
  });
}

type Open = (name?: string) => Promise<Store>;

function describeValues(open: Open): void {
  test('keeps whatever can be cloned, and forgets what is removed', async () => {
    const store = await open();
    const value = {
      amountUnits: 2n ** 60n,
      bytes: Uint8Array.of(0, 255),
      tags: [['e', '']],
      map: new Map([['a', 1]]),
      none: undefined,
      text: 'ñ 🥐 \u0000',
    };
    await store.write([{ table: 'journal', key: 'k', value }]);
    expect(await store.get('journal', 'k')).toEqual(value);
    await store.write([{ table: 'journal', key: 'k', remove: true }]);
    expect(await store.get('journal', 'k')).toBeUndefined();
    expect(await store.all('journal')).toEqual([]);
  });

  test('returns copies: nobody changes what is kept by changing what was given', async () => {
    const store = await open();
    const value = { count: 1 };
    await store.write([{ table: 'settings', key: 'k', value }]);
    value.count = 2;
    const first = (await store.get('settings', 'k')) as { count: number };
    expect(first).toEqual({ count: 1 });
    first.count = 3;
    expect(await store.get('settings', 'k')).toEqual({ count: 1 });
  });

  test('tells tables apart, and lists by key', async () => {
    const store = await open();
    await store.write([
      { table: 'keys', key: 'b', value: 2 },
      { table: 'keys', key: 'a', value: 1 },
      { table: 'keys', key: '', value: 0 },
      { table: 'settings', key: 'a', value: 'other' },
    ]);
    expect(await store.all('keys')).toEqual([
      { key: '', value: 0 },
      { key: 'a', value: 1 },
      { key: 'b', value: 2 },
    ]);
    expect(await store.get('settings', 'a')).toBe('other');
    expect(await store.get('settings', 'b')).toBeUndefined();
  });

  test('is there again after closing, and answers nothing once closed', async () => {
    const store = await open('reopened');
    await store.write([{ table: 'events', key: 'k', value: 1, contract: CONTRACT }]);
    await store.close();
    await store.close();
    await expect(store.get('events', 'k')).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(store.write([{ table: 'events', key: 'k', remove: true }])).rejects.toMatchObject({
      code: 'CLOSED',
    });
    const again = await open('reopened');
    expect(await again.byContract('events', CONTRACT)).toEqual([1]);
  });
}

function describeWrites(open: Open): void {
  test('a write is whole or not at all', async () => {
    const store = await open();
    await store.write([{ table: 'keys', key: 'old', value: 1 }]);
    const broken: StoreWrite[] = [
      { table: 'journal', key: 'a', value: 1 },
      { table: 'keys', key: 'old', remove: true },
      // A function cannot be cloned.
      { table: 'settings', key: 'b', value: () => 1 },
      { table: 'events', key: 'c', value: 1 },
    ];
    await expect(store.write(broken)).rejects.toThrow();
    expect(await store.all('journal')).toEqual([]);
    expect(await store.all('events')).toEqual([]);
    expect(await store.get('keys', 'old')).toBe(1);
    await store.write([{ table: 'keys', key: 'old', value: 2 }]);
    expect(await store.get('keys', 'old')).toBe(2);
  });

  test('changes of one write are made in order, and none at all is no error', async () => {
    const store = await open();
    await store.write([
      { table: 'settings', key: 'k', value: 1 },
      { table: 'settings', key: 'k', remove: true },
      { table: 'settings', key: 'k', value: 2 },
      { table: 'settings', key: 'gone', remove: true },
    ]);
    await store.write([]);
    expect(await store.all('settings')).toEqual([{ key: 'k', value: 2 }]);
  });

  test('writes at the same time all count, the later over the earlier', async () => {
    const store = await open();
    const writes = Array.from({ length: 50 }, (_, at) =>
      store.write([
        { table: 'journal', key: 'last', value: at },
        { table: 'journal', key: `each ${at}`, value: at },
      ]),
    );
    await Promise.all(writes);
    expect(await store.get('journal', 'last')).toBe(49);
    expect(await store.all('journal')).toHaveLength(51);
  });
}

function describeContracts(open: Open): void {
  test('finds the entries of a contract, and no others', async () => {
    const store = await open();
    await store.write([
      { table: 'events', key: '2', value: 'second', contract: CONTRACT },
      { table: 'events', key: '1', value: 'first', contract: CONTRACT },
      { table: 'events', key: '3', value: 'other', contract: OTHER },
      { table: 'events', key: '4', value: 'none' },
      { table: 'journal', key: '1', value: 'entry', contract: CONTRACT },
    ]);
    expect(await store.byContract('events', CONTRACT)).toEqual(['first', 'second']);
    expect(await store.byContract('journal', CONTRACT)).toEqual(['entry']);
    expect(await store.byContract('messages', CONTRACT)).toEqual([]);
    expect(await store.byContract('events', 'unknown')).toEqual([]);
  });

  test('an entry moves with its contract, and leaves the index when removed', async () => {
    const store = await open();
    await store.write([{ table: 'messages', key: 'k', value: 1, contract: CONTRACT }]);
    await store.write([{ table: 'messages', key: 'k', value: 2, contract: OTHER }]);
    expect(await store.byContract('messages', CONTRACT)).toEqual([]);
    expect(await store.byContract('messages', OTHER)).toEqual([2]);
    await store.write([{ table: 'messages', key: 'k', value: 3 }]);
    expect(await store.byContract('messages', OTHER)).toEqual([]);
    await store.write([{ table: 'messages', key: 'k', value: 4, contract: OTHER }]);
    await store.write([{ table: 'messages', key: 'k', remove: true }]);
    expect(await store.byContract('messages', OTHER)).toEqual([]);
  });
}
