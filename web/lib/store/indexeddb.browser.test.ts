/** The store in a real browser's IndexedDB: the contract of every store, and what tabs do. */
import { deleteDB, openDB } from 'idb';
import { expect, onTestFinished, test, vi } from 'vitest';
import { cdp } from 'vitest/browser';
import { openIndexedDbStore } from './indexeddb.ts';
import { describeStore } from './testing.ts';

// The first, because Chromium remembers for a while how much room there was.
test('a full disk is told, and nothing of the write is kept', async () => {
  const setQuota = (quotaSize?: number): Promise<unknown> =>
    cdp().send('Storage.overrideQuotaForOrigin', {
      origin: location.origin,
      ...(quotaSize === undefined ? {} : { quotaSize }),
    });
  onTestFinished(async () => {
    await setQuota();
  });
  await setQuota(1_000_000);
  const store = await openIndexedDbStore('full');
  await store.write([{ table: 'keys', key: 'old', value: 1 }]);
  const write = store.write([
    { table: 'keys', key: 'old', remove: true },
    { table: 'journal', key: 'a', value: 1 },
    { table: 'events', key: 'b', value: crypto.getRandomValues(new Uint8Array(65_536)).join() },
    { table: 'events', key: 'c', value: new Uint8Array(8_000_000) },
  ]);
  await expect(write).rejects.toMatchObject({ name: 'StoreError', code: 'FULL' });
  await setQuota();
  expect(await store.all('journal')).toEqual([]);
  expect(await store.get('keys', 'old')).toBe(1);
  await store.write([{ table: 'keys', key: 'old', value: 2 }]);
  expect(await store.get('keys', 'old')).toBe(2);
  await store.close();
});

describeStore('the store on IndexedDB', (name) => openIndexedDbStore(name));

test('a tab that erases or renews the data goes first; the page is told to reload', async () => {
  const store = await openIndexedDbStore('erased');
  await store.write([{ table: 'settings', key: 'k', value: 1 }]);
  await deleteDB('erased');
  const refusal = { name: 'StoreError', code: 'CLOSED' };
  await expect(store.get('settings', 'k')).rejects.toMatchObject(refusal);
  // Above all it must not go on in an empty database as if nothing had been paid yet.
  await expect(store.write([{ table: 'settings', key: 'k', value: 2 }])).rejects.toMatchObject(
    refusal,
  );
});

test('data of a newer client is left alone', async () => {
  const newer = await openDB('newer', 7);
  newer.close();
  await expect(openIndexedDbStore('newer')).rejects.toMatchObject({ code: 'OUTDATED' });
});

test('a tab that holds on to older data for too long is named as the reason', async () => {
  // A deletion waits for a tab that does not let go; opening waits for the deletion.
  const holder = await openDB('held', 1);
  const deletion = deleteDB('held');
  await expect(openIndexedDbStore('held', 300)).rejects.toMatchObject({ code: 'BLOCKED' });
  holder.close();
  await deletion;
  const store = await openIndexedDbStore('held');
  await store.close();
});

test('a database the browser refuses is refused with a sentence', async () => {
  // Only a broken profile or a private window of some browsers does this; it is staged here.
  const open = vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(() => {
    throw new DOMException('denied', 'SecurityError');
  });
  await expect(openIndexedDbStore('denied')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  open.mockRestore();
});

test('a write is strictly durable, and still quick enough to journal every payment', async () => {
  const store = await openIndexedDbStore('durable');
  const startMs = performance.now();
  for (let at = 0; at < 20; at += 1) {
    await store.write([{ table: 'journal', key: `${at}`, value: { at } }]);
  }
  const eachMs = (performance.now() - startMs) / 20;
  expect(eachMs).toBeLessThan(500);
  await store.close();
});
