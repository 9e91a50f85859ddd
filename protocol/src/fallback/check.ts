/**
 * What can be checked of a fallback address and of receipts for what was paid to them, before
 * anything else of their contract is known. Spec: specs/tenders.md, "Fallback address".
 */
import { readBlockHeader, checkBranch } from '../bonds/inclusion.ts';
import { Kind } from '../kinds.ts';
import type { ContractDocument } from '../kinds/agreement.ts';
import type { ChainReceiptDocument } from '../kinds/chain-receipt.ts';
import { tenderSchema } from '../kinds/tender.ts';
import { ok, reject, type Reject, type Result } from '../result.ts';
import { readDocument } from '../schema.ts';
import { scriptOfAddress } from './address.ts';
import { readRawTransaction } from './raw-transaction.ts';

/** What is wrong with a contract's fallback address; undefined where nothing is. */
export function badFallback({
  network,
  denomination,
  parties,
}: ContractDocument): Reject | undefined {
  const { fallbackAddress } = parties.investor;
  if (fallbackAddress === undefined) return undefined;
  // TE-14: "A reader MUST refuse a contract as `CONTENT_TERMS` in which the fallback address is
  // none of its network, or is named although amounts are kept in a currency…"
  const isRight = scriptOfAddress(fallbackAddress, network).ok && denomination.type === 'msat';
  return isRight ? undefined : reject('CONTENT_TERMS', 'fallbackAddress');
}

/** The output a receipt is about: its script and what it pays, and the transaction's id. */
function paidOutput({ transaction: hex, vout, valueSat }: ChainReceiptDocument) {
  const transaction = readRawTransaction(hex);
  if (!transaction.ok) return transaction;
  const { plainHex, outputs } = transaction.value;
  const output = outputs[vout];
  // TE-16: "…as `CHAIN_TRANSACTION` one whose transaction is none, has witnesses, is of 64 bytes
  // or has no such output…"
  const isPair = plainHex.length === 128;
  if (plainHex !== hex || isPair || !output) return reject('CHAIN_TRANSACTION', String(vout));
  // TE-16: "…as `CHAIN_AMOUNT` one whose output is not of `valueSat`, or of nothing…"
  const isStated = output.valueSat.toString() === valueSat && output.valueSat > 0n;
  return isStated ? ok({ ...output, ...transaction.value }) : reject('CHAIN_AMOUNT', valueSat);
}

/** A receipt's block and those after it: each of the work it says, each on the one before. */
function checkHeaders(receipt: ChainReceiptDocument, txid: string): Reject | undefined {
  const [own, ...later] = receipt.headers.map(readBlockHeader);
  // TE-16: "…as `CHAIN_BLOCK` one a header of which does not hold (BD-12) or does not name the one
  // before it…"
  if (!own?.ok) return reject('CHAIN_BLOCK');
  // TE-16: "…as `CHAIN_BRANCH` one whose branch does not lead to its block (BD-10)…"
  if (!checkBranch(txid, receipt.branch, own.value)) return reject('CHAIN_BRANCH');
  let { hash } = own.value;
  for (const header of later) {
    if (!header.ok || header.value.previousHash !== hash) return reject('CHAIN_BLOCK');
    ({ hash } = header.value);
  }
  return undefined;
}

/** What is wrong with a chain receipt by itself. */
export function checkChainReceipt(receipt: ChainReceiptDocument): Reject | undefined {
  const { tender, contract } = receipt;
  const offered = readDocument(tenderSchema, tender.content);
  // TE-15: "A reader MUST refuse a chain receipt that embeds something else than a tender as
  // `EMBEDDED_MISMATCH`, and one that embeds a tender of another contract as
  // `CONTRACT_MISMATCH`."
  if (tender.kind !== Kind.tender || !offered.ok) return reject('EMBEDDED_MISMATCH', 'tender');
  if (offered.document.contract !== contract) return reject('CONTRACT_MISMATCH', 'tender');
  const output = paidOutput(receipt);
  return output.ok ? checkHeaders(receipt, output.value.txid) : output;
}

/** What a chain receipt that was read says was paid. */
export interface ChainPayment {
  readonly txid: string;
  readonly vout: number;
  readonly scriptPubKey: string;
  readonly valueSat: bigint;
}

/** The output a checked chain receipt is about. */
export function outputOf(receipt: ChainReceiptDocument): Result<ChainPayment> {
  const output = paidOutput(receipt);
  if (!output.ok) return output;
  const { txid, scriptPubKey, valueSat } = output.value;
  return ok({ txid, vout: receipt.vout, scriptPubKey, valueSat });
}
