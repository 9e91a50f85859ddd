/** Leaving in the middle of something: an answer that is being made, and the very beginning. */
import { expect, it, vi } from 'vitest';
import { createLocalSigner } from '../../web/lib/signer/local-signer.ts';
import { Session } from '../../web/lib/engine/session.ts';
import { createLoneLease } from '../fixtures/lease.ts';
import { Loan, offerDocument, secretOf } from '../fixtures/loan.ts';
import { openSqliteStore } from '../world/sqlite-store.ts';
import { systemClock } from '../world/system-clock.ts';
import { Estate, store } from './estate.ts';
import { Purses } from './purses.ts';
import { until } from './until.ts';

it('keeps the request it is making, and answers nothing once it is gone', async () => {
  const estate = new Estate();
  const told = vi.spyOn(console, 'error');
  try {
    const relay = await estate.relay();
    const urls = [relay.url];
    const { business } = offerDocument();
    const offer = { relays: urls, business: { ...business, relays: urls } };
    const startAtSec = systemClock.nowSec() - 60;
    const loan = new Loan({ startAtSec, offer, investorRelays: urls });
    loan.signAll();
    store(relay, loan.events);

    const purses = new Purses();
    let isAsked = false;
    let make: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      make = resolve;
    });
    const wallet = purses.of('business');
    const kept = openSqliteStore(':memory:');
    const payee = await estate.session('business', urls, systemClock, {
      store: kept,
      lease: createLoneLease(),
    });
    payee.useWallet({
      ...wallet,
      makeInvoice: async (order) => {
        isAsked = true;
        await held;
        return wallet.makeInvoice(order);
      },
    });
    await until('the loan', () => payee.isRunning && payee.ownContract(loan.root));
    const payer = await estate.session('investor', urls, systemClock, { lease: createLoneLease() });
    payer.useWallet(purses.of('investor'));
    await until('a question', () => isAsked);

    const left = payee.stop();
    make();
    await left;
    const rows = await kept.byContract('journal', loan.root);
    const parts = rows.filter((row) => typeof row === 'object' && row && 'paymentHash' in row);
    expect(parts.length).toBeGreaterThan(0);
    expect(parts).toHaveLength(purses.invoices);
    await kept.close();
    expect(told.mock.calls.flat().map(String)).toEqual([]);
  } finally {
    told.mockRestore();
    await estate.close();
  }
});

it('asks a closed store for nothing when it leaves while it begins', async () => {
  const estate = new Estate();
  const kept = openSqliteStore(':memory:');
  let isAsked = false;
  let answer: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  let begun: Promise<void> | undefined;
  try {
    const relay = await estate.relay();
    const session = new Session({
      person: createLocalSigner(secretOf('business')),
      relays: estate.relaysAt([relay.url]),
      verifier: estate.verifier,
      clock: systemClock,
      rank: 'person',
      lease: createLoneLease(),
      store: {
        get: (...asked) => kept.get(...asked),
        byContract: (...asked) => kept.byContract(...asked),
        write: (changes) => kept.write(changes),
        close: () => kept.close(),
        all: async (table) => {
          if (table !== 'journal') return kept.all(table);
          isAsked = true;
          await held;
          return [];
        },
      },
      whenAlone: (run) => {
        begun = run();
        return () => undefined;
      },
    });
    await session.start();
    await until('the journal to be read', () => isAsked);
    await session.stop();
    await kept.close();
    answer();
    await expect(begun).resolves.toBeUndefined();
  } finally {
    await estate.close();
  }
});
