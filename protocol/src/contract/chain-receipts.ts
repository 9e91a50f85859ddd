/**
 * Payments on the chain to the address that a contract names for a silent payee.
 * Spec: specs/tenders.md, "Chain receipt".
 */
import { isWorked, readBlockHeader } from '../bonds/inclusion.ts';
import type { ParsedChainReceipt, ParsedEvent } from '../events.ts';
import { scriptOfAddress } from '../fallback/address.ts';
import { outputOf } from '../fallback/check.ts';
import type { ContractDocument } from '../kinds/agreement.ts';
import type { Leg } from '../kinds/fields.ts';
import { tenderSchema, type TenderDocument } from '../kinds/tender.ts';
import { DUST_MSAT, FALLBACK_SILENCE_DAYS } from '../params.ts';
import { reject, type Reject } from '../result.ts';
import { readDocument } from '../schema.ts';
import { actsFor, type Draft } from './draft.ts';
import type { ChainPaid } from './paid.ts';
import { LEGS } from './state.ts';

/** The address a contract names for who is owed on a leg, where it names one. */
export function fallbackAddressOf({ parties }: ContractDocument, leg: Leg): string | undefined {
  // TE-24: "Only an investor names a fallback address, and only in a contract…"
  return LEGS[leg].payee === 'investor' ? parties.investor.fallbackAddress : undefined;
}

/** When a payee that does not answer a tender may be paid on the chain, Unix seconds. */
export function silenceEndsAtSec(tenderedAtSec: number, daySec: number): number {
  return tenderedAtSec + FALLBACK_SILENCE_DAYS * daySec;
}

/** The place of a tender in a receipt, read already when the receipt was. */
function tenderOf({ document }: ParsedChainReceipt): TenderDocument | undefined {
  const read = readDocument(tenderSchema, document.tender.content);
  return read.ok ? read.document : undefined;
}

/** A debtor proves that it paid on the chain. */
export function applyChainReceipt(draft: Draft, parsed: ParsedEvent): Reject | undefined {
  const receipt = parsed as ParsedChainReceipt;
  const { document, event } = receipt;
  const { document: terms } = draft.contract;
  const tender = tenderOf(receipt);
  const output = outputOf(document);
  if (!tender || !output.ok) return reject('EMBEDDED_MISMATCH', 'tender');
  // TE-17: "A chain receipt counts only from a key of the debtor, and with a tender by one;
  // otherwise it is refused as `AUTHOR_ROLE`."
  const isDebtors = actsFor(draft, document.tender.pubkey, LEGS[tender.leg].payer);
  if (!isDebtors) return reject('AUTHOR_ROLE', LEGS[tender.leg].payer);
  const { txid, vout, scriptPubKey, valueSat } = output.value;
  const outpoint = `${txid}:${vout}`;
  // TE-18: "It counts only when its output pays to the payee's fallback address, otherwise it is
  // refused as `FALLBACK_ADDRESS`…"
  const address = fallbackAddressOf(terms, tender.leg);
  const agreed = address === undefined ? undefined : scriptOfAddress(address, terms.network);
  if (!agreed?.ok || agreed.value !== scriptPubKey) return reject('FALLBACK_ADDRESS', address);
  const headers = document.headers.map(readBlockHeader);
  const [own] = headers;
  // TE-18: "…when each of its blocks is of the least work of the contract's network (BD-12),
  // otherwise as `CHAIN_BLOCK`…"
  const isPlausible = headers.every((each) => each.ok && isWorked(each.value, terms.network));
  if (!own?.ok || !isPlausible) return reject('CHAIN_BLOCK', 'work');
  // TE-18: "…and when its block is dated fourteen contract days after its tender or later,
  // otherwise as `FALLBACK_EARLY`."
  const { timeSec: settledAtSec } = own.value;
  const fromSec = silenceEndsAtSec(document.tender.created_at, terms.daySec);
  if (settledAtSec < fromSec) return reject('FALLBACK_EARLY', String(fromSec));
  const { leg, n } = tender;
  // TE-19: "It is one payment of all parts of its tender, of class `chain`, of what its output
  // pays, and settles at the time its block's header says…"
  const amountUnits = valueSat * DUST_MSAT;
  const paid: ChainPaid = { receipt: event.id, leg, n, outpoint, amountUnits, settledAtSec };
  // A notice may rest on the second of two, so both are kept: the first of a list counts.
  const isCounted = draft.chainPaid.some((each) => each.outpoint === outpoint);
  draft.chainPaid.push(paid);
  // TE-20: "Of several chain receipts on one output the first by (`created_at`, id) counts; the
  // others are refused as `OUTPUT_COUNTED`."
  return isCounted ? reject('OUTPUT_COUNTED', outpoint) : undefined;
}
