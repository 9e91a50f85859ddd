/** A payee that leaves while its wallet makes an invoice ends that answer first. */
import { expect, it, vi } from 'vitest';
import { createLoneLease } from '../fixtures/lease.ts';
import { Loan, offerDocument } from '../fixtures/loan.ts';
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
