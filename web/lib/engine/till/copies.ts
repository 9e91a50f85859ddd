/**
 * Copies of what a till sold, on relays: encrypted by the key that signs its sales to itself
 * (NIP-78), so that the owner's other devices have the takings and can give receipts. A copy is
 * only read: each device sells under names of its own, or serials would be used twice.
 */
import * as z from 'zod/mini';
import type { Desk } from '../desk.ts';
import { APPLICATION_DATA_KIND } from '../key-record.ts';
import type { HeldKey } from '../keyring.ts';
import { mapAtMost } from '../at-once.ts';
import type { PaidTillSale } from './receipts.ts';
import type { TillSale } from './sale.ts';
import type { TillName } from './till-book.ts';

const PREFIX = 'till|copy|';
const NAME = 'till|';
/** What is encrypted takes at most so many characters: relays refuse events above 60,000 bytes. */
const MOST_TEXT = 36_000;
const AT_ONCE = 4;

const hex32 = z.string().check(z.regex(/^[0-9a-f]{64}$/));
const decimal = z.string().check(z.regex(/^(0|[1-9]\d{0,18})$/));
const whole = z.int().check(z.gte(0));
const text = z.string().check(z.maxLength(100));

const currencySchema = z.object({ currency: text, minorDigits: whole });
const nameSchema = z.object({
  ...{ till: hex32, order: whole, contracts: z.array(hex32), key: hex32, sinceSec: whole },
  currency: z.optional(currencySchema),
});
const saleSchema = z.object({
  ...{ order: whole, step: z.literal('paid'), amountMsat: decimal, salt: hex32, askedAtMs: whole },
  priced: z.optional(
    z.object({ currency: text, minorDigits: whole, units: decimal, price: decimal }),
  ),
  lines: z.optional(z.array(z.object({ title: text, count: whole }))),
  paymentHash: z.optional(hex32),
  paid: z.object({
    ...{ till: hex32, serial: whole, msat: decimal, units: z.optional(decimal), atSec: whole },
    ...{ amount: z.enum(['exact', 'over', 'under']), isLate: z.boolean() },
    ...{ isUnexpected: z.boolean(), found: z.enum(['notice', 'lookup']) },
    split: z.array(z.object({ contract: hex32, msat: decimal })),
  }),
});
const copySchema = z.object({ v: z.literal(1), name: nameSchema, sales: z.array(saleSchema) });

type Copy = z.infer<typeof copySchema>;

/** A sale as it is copied: the invoice has done its work. */
function trimmed({ invoice: _invoice, expiresAtSec: _expires, ...sale }: PaidTillSale): unknown {
  return sale;
}

/** Sales in groups that fit an event each. */
function groupsOf(sales: readonly PaidTillSale[]): readonly (readonly PaidTillSale[])[] {
  const groups: PaidTillSale[][] = [];
  let length = 0;
  for (const sale of sales) {
    const own = JSON.stringify(trimmed(sale)).length + 1;
    const group = groups.at(-1);
    if (group && length + own <= MOST_TEXT) {
      group.push(sale);
      length += own;
    } else {
      groups.push([sale]);
      length = own;
    }
  }
  return groups;
}

/** Copies of one person's tills. */
export class TillCopies {
  readonly #desk: Desk;
  readonly #copies = new Map<string, Copy>();
  #sales: readonly TillSale[] | undefined;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Reads what was found before. */
  async load(): Promise<void> {
    for (const { key, value } of await this.#desk.store.all('journal')) {
      const copy = key.startsWith(PREFIX) ? copySchema.safeParse(value) : undefined;
      if (copy?.success) this.#put(key, copy.data);
    }
  }

  /** Sales of the owner's other devices; their places are below 0. */
  get sales(): readonly TillSale[] {
    this.#sales ??= [...this.#copies.values()]
      .flatMap(({ sales }) => sales as readonly TillSale[])
      .map((sale, at) => ({ ...sale, order: -1 - at }));
    return this.#sales;
  }

  /** The names they were made under. */
  get names(): readonly TillName[] {
    return [...this.#copies.values()].map(({ name }) => name as TillName);
  }

  /** Sends copies of sales that were just reported, where the key needs no person to sign. */
  async publish(name: TillName, sales: readonly PaidTillSale[]): Promise<void> {
    const signer = this.#desk.keyring.find(name.key)?.signer;
    if (signer?.kind !== 'local') return;
    const { untilSec: _until, ...kept } = name;
    for (const group of groupsOf(sales)) {
      const content = JSON.stringify({ v: 1, name: kept, sales: group.map(trimmed) });
      const [first] = group;
      const event = await signer.sign({
        kind: APPLICATION_DATA_KIND,
        created_at: this.#desk.clock.nowSec(),
        tags: [['d', `${NAME}${name.till}|${first?.paid.serial ?? 0}`]],
        content: await signer.encrypt(signer.publicKey, content),
      });
      void this.#desk.outbox.send(event);
    }
  }

  /** Takes up what another device sold under a key; true where that was news. */
  async recall({ signer, relays, use }: HeldKey, own: ReadonlySet<string>): Promise<boolean> {
    if (use !== 'delegate') return false;
    const { publicKey } = signer;
    const filter = { kinds: [APPLICATION_DATA_KIND], authors: [publicKey] };
    const urls = [...new Set([...this.#desk.relays.urls, ...relays])];
    const { events } = await this.#desk.relays.query([filter], { urls });
    const verified = await this.#desk.verifier.verifyBatch(events);
    const named = verified.flatMap((answer) => {
      const event = answer.ok ? answer.value : undefined;
      const name = event?.tags.find(([tag]) => tag === 'd')?.[1];
      const isOurs = event?.pubkey === publicKey && event.kind === APPLICATION_DATA_KIND;
      return isOurs && name?.startsWith(NAME) ? [{ key: `${PREFIX}${name}`, event }] : [];
    });
    const fresh = named.filter(({ key }) => !this.#copies.has(key));
    const found = await mapAtMost(AT_ONCE, fresh, async ({ key, event }) => {
      const copy = await this.#read(signer, event.content);
      if (!copy || copy.name.key !== publicKey || own.has(copy.name.till)) return false;
      await this.#desk.store.write([{ table: 'journal', key, value: copy }]);
      this.#put(key, copy);
      return true;
    });
    return found.includes(true);
  }

  async #read(signer: HeldKey['signer'], content: string): Promise<Copy | undefined> {
    try {
      const decrypted = await signer.decrypt(signer.publicKey, content);
      const copy = copySchema.safeParse(JSON.parse(decrypted));
      return copy.success ? copy.data : undefined;
    } catch {
      // Written by no client of ours.
      return undefined;
    }
  }

  #put(key: string, copy: Copy): void {
    this.#copies.set(key, copy);
    this.#sales = undefined;
  }
}
