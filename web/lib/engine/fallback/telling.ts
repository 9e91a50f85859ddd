/**
 * What the devices of one debtor tell each other of payments on the chain: an encrypted event of
 * the key that pays (NIP-78). The journal is each device's own, and no payee stands between two of
 * them here, as it does over Lightning. Spec: specs/tenders.md, "Clients".
 */
import { fallbackAddressOf, TENDER_LEGS } from '@realyield/protocol';
import * as z from 'zod/mini';
import { ownContract, type Desk, type OwnContract } from '../desk.ts';
import { APPLICATION_DATA_KIND } from '../key-record.ts';
import type { Filter, Signer } from '../ports.ts';
import { orderSchema, wordOf, type ChainOrder } from './orders.ts';

/** How long relays are waited for that do not say what they have, ms. */
const ASKED_MS = 5_000;

const contentSchema = z.strictObject({
  v: z.literal(1),
  contract: z.string(),
  orders: z.array(orderSchema),
});

/** What was heard last under one contract. */
interface Heard {
  readonly stop: () => void;
  latest: { readonly atSec: number; readonly id: string } | undefined;
  /** What this device has told since it started. */
  readonly own: Set<string>;
  taking: Promise<void>;
  asked: { readonly sinceMs: number; isDone: boolean; readonly done: Promise<void> } | undefined;
}

/** What telling needs of whoever keeps the orders. */
export interface TellingOrders {
  /** Since when nobody else paid for this person, ms. */
  readonly heldSinceMs: () => number;
  /** Takes another device's order as it stands there; whether that was news. */
  readonly take: (order: ChainOrder) => Promise<boolean>;
  /** What relays say is known; `hasGone`: what was told before may not be there any more. */
  readonly heard: (root: string, told: readonly ChainOrder[], hasGone: boolean) => void;
  /** Everything that relays have is known. */
  readonly told: (root: string) => void;
}

/** Tells one person's other devices, and hears from them. */
export class Telling {
  readonly #desk: Desk;
  readonly #orders: TellingOrders;
  readonly #heard = new Map<string, Heard>();

  constructor(desk: Desk, orders: TellingOrders) {
    this.#desk = desk;
    this.#orders = orders;
  }

  /** Listens, where something could be paid on the chain. */
  watch(contract: OwnContract): void {
    const { own, view } = contract;
    const { root } = view;
    const { document } = view.fold.state.contract;
    const isNamed = TENDER_LEGS.some((leg) => fallbackAddressOf(document, leg) !== undefined);
    if (own.role !== 'business' || !own.money || !isNamed || this.#heard.has(root)) return;
    const { relays } = this.#desk;
    const filter = filterOf(root, own.money);
    const urls = this.#urls(contract);
    const stop = relays.subscribe([filter], (raw) => void this.#take(root, raw), { urls });
    const nothing = { latest: undefined, own: new Set<string>(), asked: undefined };
    this.#heard.set(root, { ...nothing, stop, taking: Promise.resolve() });
    void this.ask(root);
  }

  /** Whether all is known that other devices said before this one began to pay. */
  isTold(root: string): boolean {
    const heard = this.#heard.get(root);
    if (!heard) return true;
    void this.ask(root);
    return heard.asked?.isDone === true;
  }

  /** Resolves when that is known, or relays have not said for seconds. */
  async ask(root: string): Promise<void> {
    const heard = this.#heard.get(root);
    if (!heard) return;
    const { asked } = heard;
    if (asked && asked.sinceMs >= this.#orders.heldSinceMs()) return asked.done;
    const done = this.hear(root).then(() => undefined);
    const next = { sinceMs: this.#desk.clock.nowMs(), isDone: false, done };
    heard.asked = next;
    await next.done;
    next.isDone = true;
    this.#orders.told(root);
  }

  /** Says how all orders under a contract stand; whether a relay has taken it. */
  async tell(contract: OwnContract, orders: readonly ChainOrder[]): Promise<boolean> {
    const { own, view } = contract;
    const { root } = view;
    const heard = this.#heard.get(root);
    if (!own.money || !heard) return false;
    const text = JSON.stringify({ v: 1, contract: root, orders: orders.map(wordOf) });
    const atSec = Math.max(this.#desk.clock.nowSec(), (heard.latest?.atSec ?? 0) + 1);
    const event = await own.money.sign({
      kind: APPLICATION_DATA_KIND,
      created_at: atSec,
      tags: [['d', nameOf(root)]],
      content: await own.money.encrypt(own.money.publicKey, text),
    });
    heard.latest = { atSec, id: event.id };
    heard.own.add(event.id);
    const outcomes = await this.#desk.outbox.send(event, this.#urls(contract));
    return outcomes.some(({ accepted }) => accepted);
  }

  /** Listens no more. */
  stop(): void {
    for (const { stop } of this.#heard.values()) stop();
  }

  #urls({ view }: OwnContract): readonly string[] {
    return this.#desk.directory.deliveryUrls(view.fold.state);
  }

  /** Asks relays what they have now, and takes it in; whether one of them has said it. */
  async hear(root: string): Promise<boolean> {
    const contract = ownContract(this.#desk, root);
    if (!contract?.own.money) return false;
    const urls = this.#urls(contract);
    const filter = filterOf(root, contract.own.money);
    const asked = { urls, timeoutMs: ASKED_MS };
    const { events, complete } = await this.#desk.relays.query([filter], asked);
    for (const raw of events) await this.#take(root, raw);
    return complete.length > 0;
  }

  /** Takes events in one after the other, so that the last said holds. */
  #take(root: string, raw: unknown): Promise<void> {
    const heard = this.#heard.get(root);
    if (!heard) return Promise.resolve();
    heard.taking = heard.taking
      .then(() => this.#read(root, heard, raw))
      .catch((error: unknown) => {
        console.error(error);
      });
    return heard.taking;
  }

  async #read(root: string, heard: Heard, raw: unknown): Promise<void> {
    const signer = ownContract(this.#desk, root)?.own.money;
    const [verified] = await this.#desk.verifier.verifyBatch([raw]);
    if (!signer || !verified?.ok) return;
    const { id, pubkey, kind, tags, created_at: atSec, content } = verified.value;
    const isOurs = pubkey === signer.publicKey && kind === APPLICATION_DATA_KIND;
    if (!isOurs || tags[0]?.[1] !== nameOf(root)) return;
    const { latest } = heard;
    if (heard.own.has(id)) return;
    const isOld = latest && (atSec < latest.atSec || (atSec === latest.atSec && id >= latest.id));
    const orders = await readOrders(root, signer, content);
    if (!isOld) heard.latest = { atSec, id };
    let isNews = false;
    for (const order of orders) isNews = (await this.#orders.take(order)) || isNews;
    this.#orders.heard(root, orders, isNews || !isOld);
  }
}

function nameOf(root: string): string {
  return `realyield-chain-${root.slice(0, 16)}`;
}

function filterOf(root: string, { publicKey }: Signer): Filter {
  return { kinds: [APPLICATION_DATA_KIND], authors: [publicKey], '#d': [nameOf(root)] };
}

async function readOrders(
  root: string,
  signer: Signer,
  content: string,
): Promise<readonly ChainOrder[]> {
  try {
    const text = await signer.decrypt(signer.publicKey, content);
    const read = contentSchema.safeParse(JSON.parse(text));
    if (!read.success || read.data.contract !== root) return [];
    const orders = read.data.orders as readonly unknown[] as readonly ChainOrder[];
    return orders.filter(({ contract }) => contract === root);
  } catch {
    // Written by no client of ours.
    return [];
  }
}
