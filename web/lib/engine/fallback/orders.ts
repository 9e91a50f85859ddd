/**
 * Payments to fallback addresses as the journal keeps them: each is on disk before its person is
 * shown where to pay, and stays there whatever becomes of it.
 */
import { TENDER_LEGS, type SignedEvent } from '@realyield/protocol';
import * as z from 'zod/mini';
import type { Store, StoreWrite } from '../ports.ts';

const PREFIX = 'chain|';

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

/** Whether another device says something of an order that this one does not know. */
export function isNews(known: ChainOrder | undefined, told: ChainOrder): boolean {
  // What is proven is proven by its receipt.
  if (known?.state === 'proven' || told.state === 'proven') return false;
  const isFound = known?.found === undefined && told.found !== undefined;
  return isFound || known?.state !== told.state || known.startedAtSec !== told.startedAtSec;
}

/** All orders of one person. */
export class ChainOrders {
  readonly #store: Store;
  readonly #orders = new Map<string, ChainOrder>();

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

  /** Takes an order whose row is on disk. */
  put(order: ChainOrder): void {
    this.#orders.set(keyOf(order), order);
  }

  /** Writes an order as it stands now. */
  async write(order: ChainOrder): Promise<void> {
    await this.#store.write([orderRow(order)]);
    this.put(order);
  }
}
