/**
 * Payments to fallback addresses as the journal keeps them: each is on disk before its person is
 * shown where to pay, and stays there whatever becomes of it.
 */
import { TENDER_LEGS, type SignedEvent } from '@realyield/protocol';
import * as z from 'zod/mini';
import type { Store, StoreWrite } from '../ports.ts';

const PREFIX = 'chain|';
/** More outputs than an address of one loan should ever have. */
const MOST_BEFORE = 200;
/** So long after its parts were freed an order is still looked for, seconds. */
const RELEASED_SEC = 30 * 86_400;

const hex = z.string().check(z.regex(/^[0-9a-f]{64}$/));
const amount = z.string().check(z.regex(/^[1-9][0-9]{0,15}$/));
const count = z.int().check(z.gte(0));
/** An order on disk, or as another device of its person says it. */
export const orderSchema = z.object({
  contract: hex,
  leg: z.enum(TENDER_LEGS),
  n: z.array(count).check(z.minLength(1)),
  tender: z.looseObject({ id: hex, pubkey: hex, created_at: count, content: z.string() }),
  address: z.string(),
  valueSat: amount,
  startedAtSec: count,
  before: z.array(z.string()),
  state: z.enum(['open', 'released', 'proven']),
  /** A relay carries it to the other devices of its person. */
  isTold: z.optional(z.boolean()),
  found: z.optional(
    z.object({ outpoint: z.string(), valueSat: amount, height: z.optional(count) }),
  ),
  other: z.optional(z.object({ outpoint: z.string(), valueSat: amount })),
  tipHeight: z.optional(count),
  askedAtSec: z.optional(count),
  receipt: z.optional(hex),
});

/** Who is shown where to pay, what for, and what was seen of it. */
export type ChainOrder = Omit<z.infer<typeof orderSchema>, 'tender'> & {
  /** What was offered in vain. */
  readonly tender: SignedEvent;
};

const keyOf = ({ tender }: ChainOrder): string => `${PREFIX}${tender.id}`;

/** The row of an order, to be written with whatever must be true at the same moment. */
export function orderRow(order: ChainOrder): StoreWrite {
  return { table: 'journal', key: keyOf(order), value: order, contract: order.contract };
}

/** Whether its person may see where to pay, or what became of it. */
export function isShown({ state, isTold }: ChainOrder): boolean {
  return state !== 'open' || isTold === true;
}

/** The last showing of an order holds, and of that its person's word that they did not pay. */
function isLater(word: ChainOrder, than: ChainOrder | undefined): boolean {
  // What no other device was told nobody has acted on.
  if (than?.isTold !== true) return true;
  if (word.startedAtSec !== than.startedAtSec) return word.startedAtSec > than.startedAtSec;
  return word.state === 'released' && than.state === 'open';
}

// TE-23: "…Of two words on one order the one of its last showing holds, whenever it was sent, and
// of one showing that it was not paid; an output that was not there before one of them pays it…"
/** An order with what another device says of it; undefined where that is nothing new. */
export function withWord(known: ChainOrder | undefined, told: ChainOrder): ChainOrder | undefined {
  // What is proven is proven by its receipt.
  if (known?.state === 'proven' || told.state === 'proven') return undefined;
  if (!known) return { ...told, isTold: true };
  const isLast = isLater(told, known);
  const found = known.found ?? told.found;
  const isCut = told.before.length >= MOST_BEFORE;
  const before = known.before.filter((each) => isCut || told.before.includes(each));
  const isNews = isLast || found !== known.found || before.length < known.before.length;
  const order = { ...known, ...(isLast ? told : {}), before, isTold: true };
  return isNews ? { ...order, ...(found ? { found } : {}) } : undefined;
}

/** Whether somebody does not know of what other devices were told. */
export function isBehind(told: readonly ChainOrder[], known: readonly ChainOrder[]): boolean {
  const shown = known.filter(({ state, isTold }) => state !== 'proven' && isTold === true);
  return shown.some((order) => {
    const word = told.find(({ tender }) => tender.id === order.tender.id);
    return word ? isLater(order, { ...word, isTold: true }) : order.state === 'open';
  });
}

/** An order as its person's other devices are told of it. */
export function wordOf(order: ChainOrder): ChainOrder {
  const { tipHeight: _tip, askedAtSec: _asked, other: _other, ...word } = order;
  return { ...word, before: order.before.slice(0, MOST_BEFORE) };
}

/** All orders of one person. */
export class ChainOrders {
  readonly #store: Store;
  readonly #orders = new Map<string, ChainOrder>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Reads what is kept; must resolve before anything is paid. */
  async load(): Promise<void> {
    for (const { key, value } of await this.#store.all('journal')) {
      if (!key.startsWith(PREFIX)) continue;
      const read = orderSchema.safeParse(value);
      if (read.success) this.#orders.set(key, value as ChainOrder);
    }
  }

  /** All of them, in no order. */
  all(): readonly ChainOrder[] {
    return [...this.#orders.values()];
  }

  /** The order of a tender. */
  of(tender: string): ChainOrder | undefined {
    return this.#orders.get(`${PREFIX}${tender}`);
  }

  /** Those of which something can come, of one contract or all. */
  awaited(nowSec: number, root?: string): readonly ChainOrder[] {
    const sinceSec = nowSec - RELEASED_SEC;
    return this.all().filter(({ contract, state, startedAtSec }) => {
      const isOpen = state === 'open' || (state === 'released' && startedAtSec > sinceSec);
      return isOpen && (root ?? contract) === contract;
    });
  }

  /** Whether nothing has become of an order since it was read. */
  isLatest(order: ChainOrder): boolean {
    return this.of(order.tender.id) === order;
  }

  /** Changes come one after the other: each is made of what is known then. */
  inTurn<T>(run: () => Promise<T>): Promise<T> {
    const next = this.#turn.then(run);
    this.#turn = next.catch(() => undefined);
    return next;
  }

  /** Takes an order whose row is on disk. */
  put(order: ChainOrder): void {
    this.#orders.set(keyOf(order), order);
  }

  /** Forgets an order nobody was shown; what there was before holds again. */
  async takeBack({ tender }: ChainOrder, known: ChainOrder | undefined): Promise<void> {
    if (known) return this.write(known);
    const key = `${PREFIX}${tender.id}`;
    await this.#store.write([{ table: 'journal', key, remove: true }]);
    this.#orders.delete(key);
  }

  /** Writes an order as it stands now. */
  async write(order: ChainOrder): Promise<void> {
    await this.#store.write([orderRow(order)]);
    this.put(order);
  }
}
