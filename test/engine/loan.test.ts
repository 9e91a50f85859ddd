/**
 * One loan in bitcoin and one in dollars from the first signature to the last, at once, with the
 * engine of every party on real relays and real Lightning: what the events say is what the wallets
 * hold, to the msat.
 */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { msatFor, priceOf, type Payment } from '@realyield/protocol';
import { ledgerOf } from '../world/control.ts';
import { worldPrice } from '../world/oracles.ts';
import type { PersonaId } from '../world/personas.ts';
import type { World } from '../world/world.ts';
import type { Player } from './player.ts';
import {
  countersign,
  invest,
  offerShort,
  paymentsOf,
  play,
  repayAll,
  startScene,
  stateOf,
  untilPaid,
} from './scene.ts';
import { until } from './until.ts';

const TICKS = 6;
/** Msat, and millionths of a cent. */
const INVESTED = { ana: 90_000_000n, ben: 6_001_000_000n };
const OFFERS = { ana: 'short', ben: 'short-dollars' } as const;

type Investor = keyof typeof INVESTED;
const INVESTORS: readonly Investor[] = ['ana', 'ben'];
const EVERYBODY = ['ana', 'ben', 'bakery', 'bank'] as const satisfies readonly PersonaId[];

let world: World;
const players = {} as Record<PersonaId, Player>;
const balancesBefore = {} as Record<PersonaId, bigint>;
const roots = {} as Record<Investor, string>;

const balanceOf = (id: PersonaId): bigint => world.lightning.of(id).node.balanceMsat();
const sum = (amounts: readonly (bigint | string)[]): bigint =>
  amounts.reduce<bigint>((total, amount) => total + BigInt(amount), 0n);
const holdersOf = (investor: Investor): readonly Player[] => [
  players[investor],
  players.bakery,
  players.bank,
];

beforeAll(async () => {
  world = await startScene();
  for (const id of EVERYBODY) {
    players[id] = await play(world, id);
    balancesBefore[id] = balanceOf(id);
  }
  await offerShort(world, players.bank, { identifier: OFFERS.ana, ticks: TICKS });
  const changes = {
    denomination: world.oracles.denomination('USD'),
    amountSoughtUnits: '100000000000',
    minimumTicketUnits: '1000000000',
    minimumTotalUnits: '1000000000',
  };
  await offerShort(world, players.bank, { identifier: OFFERS.ben, ticks: TICKS, changes });
});

afterAll(async () => {
  await Promise.all(Object.values(players).map((player) => player.close()));
  await world.stop();
});

describe('loans of two investors', () => {
  it('takes effect with three signatures each, the bank’s in one register', async () => {
    for (const id of INVESTORS) {
      roots[id] = await invest(players[id], OFFERS[id], INVESTED[id]);
    }
    for (const id of INVESTORS) {
      await countersign(roots[id], { ...players, investor: players[id] });
    }
    const serials = INVESTORS.map((id) => {
      const register = stateOf(players.bank, roots[id])?.signatures.bank?.register;
      return register?.serial;
    });
    expect(serials).toEqual([1, 2]);
  });

  it('streams to the last tick, each part once', async () => {
    for (const id of INVESTORS) {
      await untilPaid(players[id], roots[id], TICKS);
      const numbers = paymentsOf(players[id], roots[id], 'disbursement').map(({ n }) => n);
      expect(numbers.sort((a, b) => a - b)).toEqual([...Array(TICKS).keys()]);
    }
    const paid = ledgerOf(world.lightning, 'ana').filter((entry) => entry.state === 'settled');
    expect(paid).toHaveLength(TICKS);
  });

  it('is repaid, acknowledged and closed', async () => {
    await Promise.all(INVESTORS.map((id) => repayAll(players.bakery, roots[id])));
    for (const id of INVESTORS) {
      const root = roots[id];
      await until('every payment acknowledged', () =>
        holdersOf(id).every((player) =>
          stateOf(player, root)?.payments.every(
            (payment) => payment.class === 'preimage+acknowledgement',
          ),
        ),
      );
      const closed = await until('a closure that holds', async () => {
        const result = await players.bank.session.agreements.close(root);
        return result.ok && result.value;
      });
      expect(closed).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it('ends with the same state hash in every client that holds it', async () => {
    for (const id of INVESTORS) {
      const hashes = await until('one state hash', () => {
        const found = holdersOf(id).map((player) => player.stateHash(roots[id]));
        return new Set(found).size === 1 && found;
      });
      expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
      const fold = players[id].session.catalog.contract(roots[id])?.fold;
      expect(fold?.state.status).toBe('closed');
      expect(fold?.rejects).toEqual([]);
      expect(fold?.missing).toEqual([]);
      expect(fold?.state.equivocations).toEqual([]);
    }
  });
});

describe('the wallets', () => {
  const paymentsWith = (id: PersonaId, side: 'incoming' | 'outgoing'): readonly Payment[] =>
    INVESTORS.flatMap((investor) => {
      const isInvestor = id === investor;
      if (!isInvestor && id !== 'bakery') return [];
      const pays = isInvestor ? 'disbursement' : 'repayment';
      const isPaid = isInvestor ? 'repayment' : 'disbursement';
      return paymentsOf(players.bank, roots[investor], side === 'outgoing' ? pays : isPaid);
    });

  it('hold every preimage of the receipts in the payee’s own ledger', () => {
    for (const id of [...INVESTORS, 'bakery'] as const) {
      const received = new Map(
        ledgerOf(world.lightning, id)
          .filter((entry) => entry.direction === 'incoming' && entry.state === 'settled')
          .map((entry) => [entry.paymentHash, entry]),
      );
      const proven = paymentsWith(id, 'incoming');
      expect(proven.length).toBeGreaterThan(0);
      expect(received.size).toBe(proven.length);
      for (const { paymentHash, preimage, amountMsat } of proven) {
        expect(createHash('sha256').update(preimage, 'hex').digest('hex')).toBe(paymentHash);
        expect(received.get(paymentHash)).toMatchObject({
          preimage,
          amountMsat: amountMsat.toString(),
        });
      }
    }
  });

  it('have spent the receipts plus fees, and received the receipts, to the msat', () => {
    for (const id of [...INVESTORS, 'bakery'] as const) {
      const settled = ledgerOf(world.lightning, id).filter(({ state }) => state === 'settled');
      const out = settled.filter(({ direction }) => direction === 'outgoing');
      const into = settled.filter(({ direction }) => direction === 'incoming');
      const spentMsat = sum(out.map((entry) => entry.amountMsat));
      const feesMsat = sum(out.map((entry) => entry.feesPaidMsat));
      const receivedMsat = sum(into.map((entry) => entry.amountMsat));
      const proven = (side: 'incoming' | 'outgoing'): bigint =>
        sum(paymentsWith(id, side).map(({ amountMsat }) => amountMsat));
      expect(spentMsat).toBe(proven('outgoing'));
      expect(receivedMsat).toBe(proven('incoming'));
      expect(balanceOf(id) - balancesBefore[id]).toBe(receivedMsat - spentMsat - feesMsat);
      const journalled = INVESTORS.flatMap((investor) =>
        players[id].session.journalEntries(
          roots[investor],
          id === 'bakery' ? 'repayment' : 'disbursement',
        ),
      );
      expect(sum(journalled.map((entry) => entry.feesPaidMsat ?? '0'))).toBe(feesMsat);
    }
  });

  it('have moved what was invested, and more back', () => {
    for (const id of INVESTORS) {
      const units = (leg: 'disbursement' | 'repayment'): bigint =>
        sum(paymentsOf(players[id], roots[id], leg).map(({ amountUnits }) => amountUnits));
      const [out, back] = [units('disbursement'), units('repayment')];
      expect(out).toBe(INVESTED[id]);
      expect(back).toBeGreaterThan(out);
    }
  });
});

describe('the loan in dollars', () => {
  it('was paid both ways at the price of the oracles, each part of its units', () => {
    for (const player of [players.ben, players.bakery, players.bank]) {
      const state = stateOf(player, roots.ben);
      const { denomination } = state?.contract.document ?? {};
      if (!state || denomination?.type !== 'fiat') throw new Error('it is not in dollars');
      expect(state.unprovenPrices).toEqual([]);
      expect(new Set(state.payments.map(({ leg }) => leg)).size).toBe(2);
      for (const { request } of state.paid.requests()) {
        const { priced, msat } = request.document;
        const price = priceOf(priced?.prices ?? [], denomination) ?? 0n;
        // Of all three or of the two that came first.
        const [least, most] = [2, 1].map((at) => worldPrice('USD', priced?.minute ?? 0, at));
        expect(price >= (least ?? 0n) && price <= (most ?? 0n)).toBe(true);
        const expected = priced?.units.map((units) => msatFor(BigInt(units), price).toString());
        expect(msat).toEqual(expected);
      }
    }
  });
});

describe('the relays', () => {
  it('both hold every event of both contracts, and each alone gives the same state', async () => {
    for (const id of INVESTORS) {
      const { catalog } = players.bank.session;
      const known = catalog.eventsOf(roots[id]).filter(({ name }) => name !== 'request');
      const ids = known.map(({ event }) => event.id).sort();
      for (const url of world.relays) {
        await until(`all events on ${url}`, async () => {
          const { events } = await players.ben.parts.relays.query([{ ids }], { urls: [url] });
          return events.length === ids.length;
        });
      }
    }
  });

  it('say the same to somebody who was never there', async () => {
    const fresh = await play(world, 'ana', { device: 'visitor' });
    for (const id of INVESTORS) {
      const stop = fresh.session.catalog.watch(roots[id]);
      await until('the visitor’s state hash', () => {
        const hash = fresh.stateHash(roots[id]);
        return hash !== undefined && hash === players.bank.stateHash(roots[id]);
      });
      stop();
    }
    await fresh.close();
  });
});
