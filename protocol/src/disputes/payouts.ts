/** What of an outcome a bank's bond has paid. Spec: specs/disputes.md, "Paid from the bond". */
import type { ContractState } from '../contract/state.ts';
import { bondSchema, type PledgeDocument } from '../kinds/bond.ts';
import type { EmbeddedEvent } from '../kinds/fields.ts';
import type { PaidOutDocument, PayoutDocument } from '../kinds/dispute.ts';
import { minimum } from '../money.ts';
import { reject, type Reject } from '../result.ts';
import { readDocument } from '../schema.ts';
import type { OwedAward, PaidBefore, RecordedPayout } from './case.ts';
import type { Claim } from './draft.ts';
import type { DisputeStep } from './steps.ts';

const SAT_MSAT = 1_000n;

/** A pledge that was read where it is embedded. */
function pledgeIn({ content }: EmbeddedEvent): PledgeDocument | undefined {
  const read = readDocument(bondSchema, content);
  return read.ok && read.document.type === 'pledge' ? read.document : undefined;
}

/** Why a payout does not count in a case; undefined where it does. */
export function payoutRefusal(
  { author }: Pick<DisputeStep, 'author'>,
  { contract }: ContractState,
  { pledge }: PayoutDocument | PaidOutDocument,
): Reject | undefined {
  const { network, parties } = contract.document;
  const document = pledgeIn(pledge);
  // DI-31: "A payout or a record of one is refused as `CONTRACT_MISMATCH` whose pledge is not of
  // the contract's bank on its network…"
  const isBanks = pledge.pubkey === parties.bank.pubkey && document?.network === network;
  if (!isBanks) return reject('CONTRACT_MISMATCH', 'pledge');
  // DI-31: "…as `AUTHOR_ROLE` where its author is none of the pledge's three holders…"
  const holders = Object.values(document.holders ?? {});
  return holders.some(({ pubkey }) => pubkey === author) ? undefined : reject('AUTHOR_ROLE');
}

/** A record of a payout, and what it says it paid. */
export interface PayoutRecord {
  /** Id of the decision it was recorded for. */
  readonly outcome: string;
  readonly payout: RecordedPayout;
  readonly paid: PaidOutDocument['paid'];
}

/** Payouts of these decisions that are on the chain, each transaction once. */
export function recordedPayouts(
  steps: readonly DisputeStep[],
  decisions: ReadonlySet<string>,
): readonly PayoutRecord[] {
  const byTransaction = new Map<string, PayoutRecord>();
  for (const { document, id } of steps) {
    if (document.type !== 'paidOut' || !decisions.has(document.outcome)) continue;
    // DI-32: "…one transaction once, however often it is recorded."
    if (byTransaction.has(document.txid)) continue;
    const { changeSat, inclusion, paid, pledge, spent, txid } = document;
    const paidSat = paid.reduce((sum, { valueSat }) => sum + BigInt(valueSat), 0n);
    const feeSat = BigInt(spent.valueSat) - paidSat - BigInt(changeSat);
    const payout = { id, pledge: pledge.id, txid, height: inclusion.height, paidSat, feeSat };
    byTransaction.set(txid, { outcome: document.outcome, payout, paid });
  }
  return [...byTransaction.values()];
}

/** What the bond paid to claims' addresses, by contract; of one address to the first claims. */
export function paidBefore(
  claims: readonly Pick<Claim, 'address' | 'claimUnits' | 'state'>[],
  records: readonly PayoutRecord[],
): PaidBefore[] {
  const pool = paidTo(records);
  const own = claims.flatMap(({ address = '', claimUnits, state }) => {
    if (state.contract.document.denomination.type !== 'msat') return [];
    const there = pool.get(address) ?? 0n;
    const units = minimum(claimUnits, there);
    pool.set(address, there - units);
    return units > 0n ? [{ contract: state.root, units }] : [];
  });
  const all = own.reduce((sum, { units }) => sum + units, 0n);
  const feesSat = records.reduce((sum, { payout }) => sum + payout.feeSat, 0n);
  const feeOf = (units: bigint): bigint => (feesSat * units + all - 1n) / all;
  return own.map((each) => ({ ...each, feeSat: feeOf(each.units) }));
}

/** What records paid to each address, msat. */
function paidTo(records: readonly PayoutRecord[]): Map<string, bigint> {
  const pool = new Map<string, bigint>();
  for (const { address, valueSat } of records.flatMap(({ paid }) => paid)) {
    pool.set(address, (pool.get(address) ?? 0n) + BigInt(valueSat) * SAT_MSAT);
  }
  return pool;
}

/** Awards with what the bond paid of them. */
export function withBond(
  awards: readonly Omit<OwedAward, 'fromBondUnits'>[],
  records: readonly PayoutRecord[],
  states: ReadonlyMap<string, ContractState>,
): OwedAward[] {
  const pool = paidTo(records);
  return awards.map((each) => {
    const { award, outstandingUnits } = each;
    const unit = states.get(award.contract)?.contract.document.denomination.type;
    // DI-32: "What a recorded payout paid to the address of an award of a contract in bitcoin
    // counts as paid of it, of several awards with one address in their order…"
    const there = unit === 'msat' ? (pool.get(award.address ?? '') ?? 0n) : 0n;
    const fromBondUnits = minimum(outstandingUnits, there);
    if (fromBondUnits > 0n) pool.set(award.address ?? '', there - fromBondUnits);
    return { ...each, fromBondUnits, outstandingUnits: outstandingUnits - fromBondUnits };
  });
}
