/**
 * Control of a running world by end-to-end tests, over HTTP. POST /control takes one JSON
 * document and answers {"ok": true, "value": …} or {"ok": false, "sentence": …}. Amounts are
 * decimal strings of msat. There is no /control unless the world was started with it.
 *
 *   {"do": "holdPayAnswers", "persona": "ana"}     the wallet pays, its answers are held back
 *   {"do": "releasePayAnswers", "persona": "ana"}  held answers go out; the fault ends
 *   {"do": "silenceWallet", "persona": "ana", "on": true}   neither executes nor answers
 *   {"do": "dropWallet", "persona": "ana"}         its connection to the relay is cut once
 *   {"do": "restartWallet", "persona": "ana"}      begins anew from what it has on disk
 *   {"do": "ledger", "persona": "ana"}             all payments that are not unpaid invoices:
 *        [{direction, paymentHash, preimage, amountMsat, feesPaidMsat, state}], oldest first
 *   {"do": "balance", "persona": "ana"}            {"balanceMsat": "…"}: what can be sent
 *   {"do": "node", "persona": "ana"}               {"nodeId": "…", "channels": ["…"]} of Lightning
 *   {"do": "helper", "persona": "bank", "on": false}        stops or starts the helper
 *   {"do": "lie", "as": "amount"}                  the bakery's next delivery has a wrong invoice:
 *        "amount", "hash", "network" or "expired"; its helper steps aside until it is delivered
 *   {"do": "dropRelay", "relay": 0}                cuts every connection of a relay; 0 and 1 are
 *        the public ones, 2 is the one of wallets and signers
 *   {"do": "relay", "relay": 0, "on": false}       stops a relay, or starts it again
 *   {"do": "withhold", "relay": 0, "kinds": [2813]}         hides events; [] ends it
 *   {"do": "inject", "relay": 0, "event": {…}}     stores and sends an event nobody checked
 *   {"do": "mine", "blocks": 1}
 *   {"do": "pay", "address": "bcrt1…", "valueSat": "250000"}   pays an address; not yet in a block
 *   {"do": "leap", "seconds": 1296000}             sets the time of everything here ahead, and the
 *        chain's with it; browsers have clocks of their own
 */
import { payoutScript } from '@realyield/protocol';
import * as z from 'zod';
import type { Household, Households } from './household.ts';
import type { ControlAnswer } from './http-server.ts';
import type { LightningWorld } from './lightning-world.ts';
import { leapAhead } from './leap.ts';
import { lieOnce } from './lying-payee.ts';
import { PERSONA_IDS, type PersonaId } from './personas.ts';
import type { RelayHouse } from './relay-house.ts';

/** The parts of a world that can be controlled. */
export interface Controlled {
  readonly households: Households;
  readonly lightning: LightningWorld;
  readonly relayHouses: readonly RelayHouse[];
}

const persona = z.enum(PERSONA_IDS);
const relay = z.int().min(0).max(2);
const event = z.object({
  id: z.string(),
  pubkey: z.string(),
  created_at: z.number(),
  kind: z.number(),
  tags: z.array(z.array(z.string())),
  content: z.string(),
  sig: z.string(),
});

const orderSchema = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('holdPayAnswers'), persona }),
  z.strictObject({ do: z.literal('releasePayAnswers'), persona }),
  z.strictObject({ do: z.literal('silenceWallet'), persona, on: z.boolean() }),
  z.strictObject({ do: z.literal('dropWallet'), persona }),
  z.strictObject({ do: z.literal('restartWallet'), persona }),
  z.strictObject({ do: z.literal('ledger'), persona }),
  z.strictObject({ do: z.literal('balance'), persona }),
  z.strictObject({ do: z.literal('node'), persona }),
  z.strictObject({ do: z.literal('helper'), persona, on: z.boolean() }),
  z.strictObject({ do: z.literal('lie'), as: z.enum(['amount', 'hash', 'network', 'expired']) }),
  z.strictObject({ do: z.literal('dropRelay'), relay }),
  z.strictObject({ do: z.literal('relay'), relay, on: z.boolean() }),
  z.strictObject({ do: z.literal('withhold'), relay, kinds: z.array(z.int()) }),
  z.strictObject({ do: z.literal('inject'), relay, event }),
  z.strictObject({ do: z.literal('mine'), blocks: z.int().min(1).max(500) }),
  z.strictObject({
    do: z.literal('pay'),
    address: z.string(),
    valueSat: z.string().regex(/^[1-9][0-9]{0,9}$/),
  }),
  z.strictObject({ do: z.literal('leap'), seconds: z.int().min(1).max(31_536_000) }),
]);

/** The median time of a block is that of the eleven up to it: so many of now, and it is now. */
const MEDIAN_BLOCKS = 6;

type Order = z.infer<typeof orderSchema>;
type OrderOf<Do extends Order['do']> = Extract<Order, { do: Do }>;

/** Payments of a wallet as tests compare them with receipts; unpaid invoices are left out. */
export function ledgerOf(lightning: LightningWorld, id: PersonaId) {
  const { entries } = lightning.of(id).ledger.list({
    fromSec: 0,
    untilSec: Number.MAX_SAFE_INTEGER,
    direction: undefined,
    unsettled: ['outgoing'],
    limit: 100_000,
    offset: 0,
  });
  return [...entries].reverse().map((entry) => ({
    direction: entry.direction,
    paymentHash: entry.paymentHash,
    preimage: entry.preimage,
    amountMsat: entry.amountMsat.toString(),
    feesPaidMsat: entry.feesPaidMsat.toString(),
    state: entry.state,
  }));
}

class Control {
  readonly #world: Controlled;
  /** How to end the faults that are on, by what they are. */
  readonly #faults = new Map<string, () => void>();

  constructor(world: Controlled) {
    this.#world = world;
  }

  async obey(order: Order): Promise<unknown> {
    switch (order.do) {
      case 'holdPayAnswers':
      case 'releasePayAnswers':
      case 'silenceWallet':
      case 'dropWallet':
        this.#troubleWallet(order);
        return undefined;
      case 'restartWallet':
        return this.#world.lightning.of(order.persona).restart();
      case 'ledger':
        return ledgerOf(this.#world.lightning, order.persona);
      case 'balance': {
        const { node } = this.#world.lightning.of(order.persona);
        return { balanceMsat: node.balanceMsat().toString() };
      }
      case 'node': {
        const { node } = this.#world.lightning.of(order.persona);
        return { nodeId: node.nodeId, channels: node.channelIds() };
      }
      case 'helper':
        return this.#home(order.persona).setHelper(order.on);
      case 'lie':
        return this.#lie(order);
      case 'mine':
        return this.#world.lightning.chain.mine(order.blocks);
      case 'pay':
        return this.#pay(order);
      case 'leap':
        leapAhead(order.seconds);
        return this.#world.lightning.chain.mine(MEDIAN_BLOCKS);
      default:
        return this.#troubleRelay(order);
    }
  }

  async #pay({ address, valueSat }: OrderOf<'pay'>): Promise<void> {
    const { chain } = this.#world.lightning;
    const script = payoutScript(address, 'regtest');
    if (!script.ok) throw new Error('This is not an address of this chain.');
    await chain.broadcast(await chain.fundScript(script.value, BigInt(valueSat)));
  }

  #troubleWallet(
    order: OrderOf<'holdPayAnswers' | 'releasePayAnswers' | 'silenceWallet' | 'dropWallet'>,
  ): void {
    const { wallet } = this.#world.lightning.of(order.persona);
    const held = `hold ${order.persona}`;
    const silenced = `silence ${order.persona}`;
    if (order.do === 'dropWallet') wallet.faultDropConnection();
    else if (order.do === 'holdPayAnswers') {
      this.#begin(held, () => wallet.faultHoldPayAnswers());
    } else if (order.do === 'releasePayAnswers') this.#end(held);
    else if (order.on) this.#begin(silenced, () => wallet.faultSilence());
    else this.#end(silenced);
  }

  #begin(name: string, start: () => () => void): void {
    if (!this.#faults.has(name)) this.#faults.set(name, start());
  }

  #end(name: string): void {
    this.#faults.get(name)?.();
    this.#faults.delete(name);
  }

  async #troubleRelay(
    order: OrderOf<'dropRelay' | 'relay' | 'withhold' | 'inject'>,
  ): Promise<void> {
    const house = this.#world.relayHouses[order.relay];
    if (!house) throw new Error('There is no such relay.');
    if (order.do === 'relay') {
      await (order.on ? house.start() : house.stop());
      return;
    }
    if (!house.relay) throw new Error('This relay is stopped.');
    if (order.do === 'dropRelay') house.relay.dropConnections();
    else if (order.do === 'inject') house.relay.injectUnchecked(order.event);
    else {
      const { kinds } = order;
      house.relay.setWithhold(kinds.length === 0 ? null : ({ kind }) => kinds.includes(kind));
    }
  }

  #home(id: PersonaId): Household {
    const home = this.#world.households[id];
    if (!home) throw new Error(`There is no persona "${id}".`);
    return home;
  }

  /** Resolves when the helper has stepped aside; it returns by itself after the lie. */
  async #lie({ as }: OrderOf<'lie'>): Promise<void> {
    const home = this.#world.households.bakery;
    const wasOn = home.helper !== undefined;
    await home.setHelper(false);
    const parts = home.openParts();
    void lieOnce(parts, as)
      .catch((error: unknown) => {
        console.error(error);
      })
      .finally(() => {
        parts.wallet.close();
        parts.relays.close();
        void parts.store.close().then(() => home.setHelper(wasOn));
      });
  }
}

/** What answers `/control`. */
export function createControl(world: Controlled): (body: unknown) => Promise<ControlAnswer> {
  const control = new Control(world);
  return async (body) => {
    const order = orderSchema.safeParse(body);
    if (!order.success) return { ok: false, sentence: z.prettifyError(order.error) };
    try {
      return { ok: true, value: (await control.obey(order.data)) ?? null };
    } catch (error) {
      return { ok: false, sentence: error instanceof Error ? error.message : String(error) };
    }
  };
}
