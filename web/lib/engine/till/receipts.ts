/**
 * What a customer gets: the sale, signed. Nothing of it is published. Spec: specs/till.md, "Sales".
 */
import {
  buildSales,
  leafOf,
  type SaleDocument,
  type SignedEvent,
  type TreeNode,
} from '@realyield/protocol';
import { getEventHash } from 'nostr-tools/pure';
import { signerOf, type Desk } from '../desk.ts';
import type { SalePaid, TillSale } from './sale.ts';
import type { TillName } from './till-book.ts';

const PREFIX = 'till|receipt|';

/** A sale that was paid. */
export type PaidTillSale = TillSale & { readonly paid: SalePaid };

/** Whether a sale was paid. */
export function isPaid(sale: TillSale): sale is PaidTillSale {
  return sale.paid !== undefined;
}

function documentOf({ paid, priced, salt }: PaidTillSale): SaleDocument {
  const { till, serial, msat, units } = paid;
  const inCurrency = priced &&
    units !== undefined && {
      priced: { currency: priced.currency, minorDigits: priced.minorDigits, units },
    };
  return { v: 1, type: 'sale', till, serial, msat, ...(inCurrency ?? {}), salt };
}

/** The leaf of a sale: its event's id is known before it is signed. */
export function leafOfSale(sale: PaidTillSale, { key }: TillName): TreeNode {
  const document = documentOf(sale);
  const { kind, created_at, tags, content } = buildSales(document, sale.paid.atSec);
  const copied = tags.map((tag) => [...tag]);
  const id = getEventHash({ pubkey: key, kind, created_at, tags: copied, content });
  const { serial, msat, priced } = document;
  return leafOf({ id, serial, msat: BigInt(msat), units: BigInt(priced?.units ?? 0) });
}

/** A receipt, or why there is none, in words. */
export type SignedReceipt =
  | { readonly ok: true; readonly event: SignedEvent }
  | { readonly ok: false; readonly sentence: string };

/** The receipts of a till. */
export class Receipts {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** The receipt of a sale: signed when it is first asked for, the same ever after. */
  async of(sale: PaidTillSale, name: TillName): Promise<SignedReceipt> {
    const rowKey = `${PREFIX}${name.till}|${sale.paid.serial}`;
    const kept = await this.#desk.store.get('journal', rowKey);
    if (kept !== undefined) return { ok: true, event: kept as SignedEvent };
    const signer = signerOf(this.#desk, name.key);
    if (!signer) {
      return { ok: false, sentence: 'The key this sale was taken under is not on this device.' };
    }
    try {
      const event = await signer.sign(buildSales(documentOf(sale), sale.paid.atSec));
      await this.#desk.store.write([{ table: 'journal', key: rowKey, value: event }]);
      return { ok: true, event };
    } catch (error) {
      return { ok: false, sentence: error instanceof Error ? error.message : 'It was not signed.' };
    }
  }
}
