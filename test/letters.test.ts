/** Letters on what was signed: sent by the next window where the first closed too soon. */
import { expect, it } from 'vitest';
import type { Catalog } from '../web/lib/engine/catalog.ts';
import { keepAndTell, sendLeftLetters, type Letter } from '../web/lib/engine/agreement/letters.ts';
import type { Keyring } from '../web/lib/engine/keyring.ts';
import type { Mailbox } from '../web/lib/engine/mailbox.ts';
import type { Signer, Store, StoreWrite } from '../web/lib/engine/ports.ts';
import { Loan, sparedSigning } from './fixtures/loan.ts';

/** A store in memory, as far as letters go. */
function memory() {
  const rows = new Map<string, unknown>();
  const write = (changes: readonly StoreWrite[]) => {
    for (const change of changes) {
      if ('remove' in change) rows.delete(change.key);
      else rows.set(change.key, change.value);
    }
    return Promise.resolve();
  };
  const all = () => Promise.resolve([...rows].map(([key, value]) => ({ key, value })));
  return { rows, store: { write, all } as unknown as Store };
}

function deskOn(store: Store, take: (to: string) => boolean) {
  const read: string[] = [];
  const send = (...[, , to]: Parameters<Mailbox['send']>) => {
    if (!take(to)) return Promise.reject(new Error('the window closed'));
    read.push(to);
    return Promise.resolve(true);
  };
  const desk = {
    person: { publicKey: 'me' } as Signer,
    keyring: { find: () => undefined } as unknown as Keyring,
    mailbox: { send } as unknown as Mailbox,
    catalog: { add: () => Promise.resolve() } as unknown as Catalog,
    store,
  };
  return { desk, read };
}

it('what was signed is told by the next window, whoever was told before', async () => {
  const { event } = new Loan({ signing: sparedSigning }).contract;
  const refusal = { v: 1, type: 'refusal', contract: event.id, of: 'proposal' } as const;
  const message: Letter['message'] = { ...refusal, code: 'declined', sentence: '' };
  const letters = ['bank', 'business'].map((to) => ({ message, from: 'me', to, urls: [] }));
  const { rows, store } = memory();
  const first = deskOn(store, (to) => to === 'bank');
  await expect(keepAndTell(first.desk, event.id, [event], letters)).rejects.toThrow('closed');
  expect([first.read, rows.size]).toEqual([['bank'], 2]);
  const next = deskOn(store, () => true);
  await sendLeftLetters(next.desk);
  expect(next.read).toEqual(['bank', 'business']);
  expect([...rows.keys()]).toEqual([event.id]);
  await sendLeftLetters(next.desk);
  expect(next.read).toHaveLength(2);
});
