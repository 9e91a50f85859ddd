/**
 * Who may ask a bank for an invoice at the till it runs, and what a business takes from it.
 * Spec: specs/till.md, "Run by the bank".
 */
import type { MessageOf } from '../conversation.ts';
import { actsFor, hasEnded } from '../contract/draft.ts';
import type { ContractState } from '../contract/state.ts';
import { DUST_MSAT, MAX_TILL_SALE_MSAT } from '../params.ts';
import type { Signed } from './sale.ts';
import type { SaleDocument } from '../kinds/sales.ts';
import { reject, type Reject } from '../result.ts';
import { tillRate } from './rate.ts';

/** Whether a contract's till is run by its bank and takes a share now. */
export function isBanksTill(state: ContractState, asOfSec: number): boolean {
  const isBanks = state.contract.document.tillShare?.runBy === 'bank';
  return isBanks && tillRate(state, asOfSec).reason !== 'none';
}

/** Whether a key may ask the bank for an invoice under a contract. */
export function mayAskForSale(state: ContractState, key: string, asOfSec: number): boolean {
  // TL-29: "A bank MUST answer nobody but a key that acts for the business of a contract in effect
  // the till of which the bank runs, and has not ended…"
  const isTheirs = actsFor(state, key, 'business') && !hasEnded(state, key, 'business', asOfSec);
  const isBanks = state.contract.document.tillShare?.runBy === 'bank';
  return isTheirs && isBanks && state.effectiveAtSec !== undefined;
}

/** Whether an amount may be asked for at a till that a bank runs. */
export function isSaleAmount(amountMsat: bigint): boolean {
  // TL-31: "A bank MUST refuse an amount that is not whole satoshis, less than one or more than
  // 100,000,000 of them…"
  const isWhole = amountMsat > 0n && amountMsat % DUST_MSAT === 0n;
  return isWhole && amountMsat <= MAX_TILL_SALE_MSAT;
}

/**
 * Why a bank's word that a sale was paid is not taken; the last is the receipt it embeds. `served`
 * are all contracts of the business with that bank: a till that serves several has one name, and
 * the bank signs its sales under one of them.
 */
export function salePaidProblem(
  served: readonly ContractState[],
  { paymentHash }: Pick<MessageOf<'salePaid'>, 'paymentHash'>,
  asked: { readonly paymentHash: string | undefined },
  { event, document }: Signed<SaleDocument>,
): Reject | undefined {
  // TL-32: "A till MUST NOT take a sale as paid by another hash than that of the invoice it showed
  // (`INVOICE_HASH_MISMATCH`)…"
  if (paymentHash !== asked.paymentHash) return reject('INVOICE_HASH_MISMATCH');
  // TL-32: "…or by a receipt that no key of the contract's bank signed, be it one of another
  // contract of the same business with it (`AUTHOR_ROLE`)…"
  const isTheirs = served.some((state) => actsFor(state, event.pubkey, 'bank'));
  if (!isTheirs) return reject('AUTHOR_ROLE', 'bank');
  return document.msat === '0' ? reject('CONTENT_TERMS', 'msat') : undefined;
}
