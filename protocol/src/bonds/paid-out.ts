/**
 * A payout that is on the chain, as the step that records it says: everything in it proves itself,
 * so that whoever reads it needs no source. Spec: specs/bonds.md, "Payout".
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import type { PledgeDocument } from '../kinds/bond.ts';
import type { PaidOutDocument } from '../kinds/dispute.ts';
import { ok, reject, type Reject, type Result } from '../result.ts';
import { bondOf } from './check.ts';
import { checkInclusion, readBlockHeader } from './inclusion.ts';
import { placeOf } from './script.ts';
import { finalSigners } from './signing.ts';
import { payoutScript, type FundedBond } from './spend.ts';
import type { OutputReport } from './standing.ts';
import { readTransaction, type ChainOutput, type Outpoint } from './transaction.ts';

/** Holders who must have signed. */
const SIGNERS_NEEDED = 2;

/** The outputs a record says there are: whom it paid, in its order, then what went back. */
function outputsSaid(
  { paid, changeSat }: PaidOutDocument,
  { network }: PledgeDocument,
  bondScript: string,
): readonly ChainOutput[] | undefined {
  const said: ChainOutput[] = [];
  for (const { address, valueSat } of paid) {
    const script = payoutScript(address, network);
    if (!script.ok) return undefined;
    said.push({ valueSat: BigInt(valueSat), scriptPubKey: bytesToHex(script.value) });
  }
  const change = { valueSat: BigInt(changeSat), scriptPubKey: bondScript };
  return changeSat === '0' ? said : [...said, change];
}

function isSame(a: readonly ChainOutput[], b: readonly ChainOutput[]): boolean {
  return (
    a.length === b.length &&
    a.every((each, at) => {
      const other = b[at];
      return each.valueSat === other?.valueSat && each.scriptPubKey === other.scriptPubKey;
    })
  );
}

/** What of a record its transaction, its signatures or its block do not bear out. */
export function checkPaidOut(
  document: PaidOutDocument,
  pledge: PledgeDocument,
  bank: string,
): Reject | undefined {
  const script = bondOf(pledge, bank);
  if (script?.kind !== 'collateral') return reject('EMBEDDED_MISMATCH', 'pledge');
  const read = readTransaction(document.transaction);
  if (!read.ok) return read;
  const { outputs, spends, txid } = read.value;
  const [input] = spends;
  const said = outputsSaid(document, pledge, placeOf(script, pledge.network).scriptPubKey);
  const { spent } = document;
  // BD-27: "A reader MUST refuse a record as `PAYOUT_MISMATCH` whose transaction has another id,
  // spends something else or anything more, or has other outputs than it says…"
  const isIt =
    txid === document.txid &&
    spends.length === 1 &&
    input?.txid === spent.txid &&
    input.vout === spent.vout;
  if (!isIt || !said || !isSame(outputs, said)) return reject('PAYOUT_MISMATCH');
  // BD-27: "…as `PAYOUT_SIGNATURES` where two of the three have not signed it over the value it
  // says was spent…"
  const signers = finalSigners(document.transaction, script, BigInt(spent.valueSat));
  if (signers.length < SIGNERS_NEEDED) return reject('PAYOUT_SIGNATURES');
  const { hashes, header, position } = document.inclusion;
  const block = readBlockHeader(header);
  if (!block.ok) return block;
  // BD-27: "…and with the codes of the chain where it is in no block."
  const proven = checkInclusion(read.value, { position, hashes }, block.value, pledge.network);
  return proven.ok ? undefined : proven;
}

/** What is recorded of a payout, but for whose it is. */
export type PayoutOnChain = Pick<
  PaidOutDocument,
  'spent' | 'txid' | 'paid' | 'changeSat' | 'transaction' | 'inclusion'
>;

/** What to record of a transaction that a source has, with its block. */
export function recordPayout(
  { transaction, block }: OutputReport,
  bond: FundedBond,
  addresses: readonly string[],
): Result<PayoutOnChain> {
  const read = readTransaction(transaction);
  if (!read.ok) return read;
  if (!block) return reject('CHAIN_BLOCK', 'not confirmed');
  const byScript = new Map<string, string>();
  for (const address of addresses) {
    const script = payoutScript(address, bond.network);
    if (script.ok) byScript.set(bytesToHex(script.value), address);
  }
  const { outputs, txid } = read.value;
  const { scriptPubKey } = placeOf(bond.script, bond.network);
  const last = outputs.at(-1);
  const change = last?.scriptPubKey === scriptPubKey ? last.valueSat : 0n;
  const paid = outputs.slice(0, change > 0n ? -1 : undefined).map((output) => ({
    address: byScript.get(output.scriptPubKey) ?? '',
    valueSat: output.valueSat.toString(),
  }));
  if (paid.some(({ address }) => address === '')) return reject('PAYOUT_MISMATCH');
  return ok({
    spent: { ...bond.outpoint, valueSat: bond.valueSat.toString() },
    ...{ txid, paid, changeSat: change.toString(), transaction },
    inclusion: { height: block.height, header: block.header, ...block.branch },
  } as PayoutOnChain);
}

/** Where a pledged bond lies after payouts. */
export interface BondAfter {
  readonly outpoint: Outpoint;
  readonly valueSat: bigint;
  /** What moved it there, in order. */
  readonly payouts: readonly PaidOutDocument[];
}

/**
 * Follows a pledged output through payouts that are recorded under its script: what went back is
 * the bond.
 */
export function followBond(
  pledge: Pick<PledgeDocument, 'outpoint' | 'valueSat'>,
  records: readonly PaidOutDocument[],
): BondAfter {
  const payouts: PaidOutDocument[] = [];
  let outpoint: Outpoint = pledge.outpoint;
  let valueSat = BigInt(pledge.valueSat);
  for (;;) {
    // BD-28: "A client MUST take what a record says went back under the script for the pledged bond
    // from then on…"
    const here = records.filter(({ spent }) => {
      const isHere = spent.txid === outpoint.txid && spent.vout === outpoint.vout;
      return isHere && BigInt(spent.valueSat) === valueSat;
    });
    const [first] = here;
    if (!first) return { outpoint, valueSat, payouts };
    // BD-28: "…of two that spend the same output, one of which a reorganisation undid, all follow
    // the one with the lesser id."
    const next = here.reduce((least, each) => (each.txid < least.txid ? each : least), first);
    payouts.push(next);
    outpoint = { txid: next.txid, vout: next.paid.length };
    valueSat = BigInt(next.changeSat);
  }
}
