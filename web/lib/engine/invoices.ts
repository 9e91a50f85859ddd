/** Invoices by the payee's wallet for parts that are asked for, in groups that fit a message. */
import {
  MAX_DELIVERED_INVOICES,
  type Bolt11Invoice,
  type RequestDocument,
} from '@realyield/protocol';
import { readInvoice } from '../wallet/invoices.ts';
import { mapAtMost } from './at-once.ts';
import type { Desk, OwnContract } from './desk.ts';
import { INNER_GRACE_SEC, netMsatOf } from './forwarding/asking.ts';
import type { Wallet } from './ports.ts';
import type { Part, Pricing } from './prices/pricing.ts';
import { sentenceOf } from './words.ts';

/** So many invoices are ordered from the wallet at a time. */
const INVOICES_AT_ONCE = 8;
/** Parts of a request that was asked for; one in advance has as many as a message may. */
const MOST_LIVE_PARTS = 30;
/** Characters a part takes beside its invoice: number, amounts, hash, and its proof later. */
const PART_BYTES = 190;
/** What the parts of one message may take: a rumor holds 28,672 bytes, with heads and the rest. */
const MOST_BYTES = 22_000;
/** A price that is embedded takes as much. */
const PRICE_BYTES = 600;
/** Invoices live this long; those at a price of a currency shorter, since it moves on. */
const INVOICE_SEC = 3_600;
const PRICED_INVOICE_SEC = 300;
/** An invoice outlives its request. */
const OUTLIVES_SEC = 60;

/** How long a request can be paid, seconds. */
export function windowSecOf({ view }: OwnContract): number {
  const { denomination } = view.fold.state.contract.document;
  return denomination.type === 'msat' ? INVOICE_SEC : PRICED_INVOICE_SEC;
}

/** When a request in advance may be paid, Unix seconds. */
export interface BookWindow {
  readonly notBeforeSec: number;
  readonly expiresAtSec: number;
}

/** A part with the invoice for it, of exactly what the payee is to receive. */
export interface MadePart {
  readonly part: Part;
  readonly msat: string;
  /** What the invoice is for where the bank passes the part on: what the payee itself receives. */
  readonly netMsat?: string | undefined;
  readonly invoice: Bolt11Invoice;
}

/**
 * Parts in groups that fit one message each: a wrap holds 28 kB, with the request, its heads, its
 * prices and the proofs that may be added later.
 */
export function deliverable(
  made: readonly MadePart[],
  prices: number,
  isBook = false,
): readonly (readonly MadePart[])[] {
  const mostBytes = MOST_BYTES - prices * PRICE_BYTES;
  const mostParts = isBook ? MAX_DELIVERED_INVOICES : MOST_LIVE_PARTS;
  const groups: MadePart[][] = [];
  let bytes = 0;
  for (const each of made) {
    const group = groups.at(-1);
    const ownBytes = each.invoice.paymentRequest.length + PART_BYTES;
    bytes += ownBytes;
    if (group && group.length < mostParts && bytes <= mostBytes) group.push(each);
    else {
      groups.push([each]);
      bytes = ownBytes;
    }
  }
  return groups;
}

/** An invoice for a part, or a line in the activity log. */
async function makeInvoice(
  desk: Desk,
  contract: OwnContract,
  wallet: Wallet,
  leg: RequestDocument['leg'],
  { part, msat, netMsat }: Omit<MadePart, 'invoice'>,
  lifeSec: number,
): Promise<Bolt11Invoice | undefined> {
  const { root, fold } = contract.view;
  const { denomination, network } = fold.state.contract.document;
  const description = `Real Yield ${root.slice(0, 12)} ${leg} ${part.n}`;
  const amountMsat = BigInt(netMsat ?? msat);
  // At a price of a currency it ends with its request: the next one may be at another price.
  const directSec = denomination.type === 'msat' ? OUTLIVES_SEC : 0;
  const outlivesSec = netMsat === undefined ? directSec : INNER_GRACE_SEC;
  const expirySec = lifeSec + outlivesSec;
  const answer = await wallet.makeInvoice({ amountMsat, description, expirySec });
  const invoice = answer.state === 'answered' ? readInvoice(answer.value.invoice) : undefined;
  const isRight =
    invoice?.ok === true &&
    invoice.value.amountMsat === amountMsat &&
    invoice.value.network === network;
  if (isRight) return invoice.value;
  const code = answer.state === 'answered' ? 'WALLET_ANSWER' : 'WALLET_SILENT';
  const sentence = answer.state === 'answered' ? sentenceOf(code) : answer.sentence;
  desk.activity.add({ contract: root, level: 'problem', code, sentence });
  return undefined;
}

/** What invoices are made for. */
export interface InvoiceOrder {
  readonly leg: RequestDocument['leg'];
  readonly parts: readonly Part[];
  readonly pricing: Pricing;
  /** Whether the parts are asked for by way of the bank. */
  readonly via: 'bank' | undefined;
  /** Of a request in advance. */
  readonly book?: BookWindow | undefined;
}

/** Invoices for all parts at a price; undefined when the wallet does not make them all. */
export async function makeInvoices(
  desk: Desk,
  contract: OwnContract,
  { leg, parts, pricing, via, book }: InvoiceOrder,
): Promise<readonly MadePart[] | undefined> {
  const wallet = desk.wallet();
  if (!wallet) return undefined;
  const gross = parts.map(({ units }) => pricing.msatOf(units));
  const net = via === 'bank' ? netMsatOf(contract, leg, gross) : undefined;
  const lifeSec = book ? book.expiresAtSec - desk.clock.nowSec() : windowSecOf(contract);
  const planned = parts.map((part, at) => {
    return { part, msat: gross[at] ?? '0', netMsat: net?.[at] };
  });
  const made = await mapAtMost(INVOICES_AT_ONCE, planned, async (each) => {
    const invoice = await makeInvoice(desk, contract, wallet, leg, each, lifeSec);
    return invoice && { ...each, invoice };
  });
  const right = made.filter((each) => each !== undefined);
  return right.length === parts.length ? right : undefined;
}
