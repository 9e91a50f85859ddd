/**
 * What a bond pays of a ruling, computed alike by everybody who is asked to sign it.
 * Spec: specs/bonds.md, "Payout".
 */
import type { DisputeCase, OwedAward } from '../disputes/case.ts';
import { allocate, maximum, minimum } from '../money.ts';
import { ok, reject, type Result } from '../result.ts';
import {
  payoutScript,
  dustSat,
  spendingVirtualBytes,
  type FundedBond,
  type SpendingPlan,
} from './spend.ts';

const SAT_MSAT = 1_000n;

/** Least and most a payout may leave to the miners, satoshis a virtual byte. */
export const PAYOUT_FEE_RATES = { least: 1, most: 500 } as const;

/** What one award gets. */
export interface PayoutLine {
  readonly award: OwedAward['award'];
  readonly address: string;
  readonly valueSat: bigint;
  /** What is owed of it, rounded up to a satoshi. */
  readonly owedSat: bigint;
}

/** Why an award gets nothing from the bond. */
export type UnpaidReason = 'notOwedByBank' | 'noAddress' | 'noShare' | 'dust';

/** A payout, and what of the awards it leaves. */
export interface Payout {
  readonly plan: SpendingPlan;
  readonly lines: readonly PayoutLine[];
  readonly unpaid: readonly { readonly award: OwedAward['award']; readonly reason: UnpaidReason }[];
}

/** What a payout is computed from. */
export interface PayoutOrder {
  /** As it lies on the chain now. */
  readonly bond: FundedBond;
  /** Of the outcome, in its order; of contracts in bitcoin. */
  readonly awards: readonly OwedAward[];
  /** What is left of each contract's share of the bond, satoshis. */
  readonly sharesSat: ReadonlyMap<string, bigint>;
  readonly feeSat: bigint;
}

/** The fee of a payout of so many outputs at a rate, satoshis. */
export function payoutFeeSat(
  bond: FundedBond,
  addresses: readonly string[],
  satPerVirtualByte: number,
): bigint {
  return BigInt(spendingVirtualBytes(bond, 'holders', addresses) * satPerVirtualByte);
}

const roundedUp = (amount: bigint, unit: bigint): bigint => (amount + unit - 1n) / unit;

/** What a case's payouts took of a contract's share, satoshis. */
function takenSat({ outcome }: Pick<DisputeCase, 'outcome'>, contract: string): bigint {
  const awards = outcome?.awards ?? [];
  const fromBond = (own: readonly OwedAward[]): bigint =>
    own.reduce((sum, { fromBondUnits }) => sum + roundedUp(fromBondUnits, SAT_MSAT), 0n);
  const allSat = fromBond(awards);
  const ownSat = fromBond(awards.filter(({ award }) => award.contract === contract));
  // What was paid for rulings before the outcome has left the share too.
  const beforeSat = (outcome?.paidBefore ?? [])
    .filter((each) => each.contract === contract)
    .reduce((sum, { feeSat, units }) => sum + roundedUp(units, SAT_MSAT) + feeSat, 0n);
  if (ownSat === 0n) return beforeSat;
  const feesSat = (outcome?.payouts ?? []).reduce((sum, { feeSat }) => sum + feeSat, 0n);
  return beforeSat + ownSat + roundedUp(feesSat * ownSat, allSat);
}

/** What payouts took of a contract's share of a bond, by all cases it is in, satoshis. */
export function shareTakenSat(
  contract: string,
  cases: readonly Pick<DisputeCase, 'outcome'>[],
): bigint {
  return cases.reduce((sum, each) => sum + takenSat(each, contract), 0n);
}

/** What is left of a contract's share of a bond, by all cases it is in, satoshis. */
export function shareLeftSat(
  shareMsat: bigint,
  contract: string,
  cases: readonly Pick<DisputeCase, 'outcome'>[],
): bigint {
  return maximum(shareMsat / SAT_MSAT - shareTakenSat(contract, cases), 0n);
}

/** Whether an award is one that a bank's bond stands for: what the investor is owed. */
export function isBondsToPay({ leg }: Pick<OwedAward['award'], 'leg'>): boolean {
  // BD-38: "A payout MUST pay nothing of an award on the leg `disbursement`…"
  return leg !== 'disbursement';
}

/** What each award asks for: what is open of it, within its contract's share. */
function dues({ awards, sharesSat }: PayoutOrder) {
  const left = new Map(sharesSat);
  const lines: PayoutLine[] = [];
  const unpaid: { award: OwedAward['award']; reason: UnpaidReason }[] = [];
  for (const { award, outstandingUnits } of awards) {
    if (outstandingUnits === 0n) continue;
    // BD-24: "…each award gets what is open of it, rounded up to a satoshi, and no more than is
    // left of its contract's share of the bond…"
    const owedSat = roundedUp(outstandingUnits, SAT_MSAT);
    const share = left.get(award.contract) ?? 0n;
    const valueSat = minimum(owedSat, share);
    if (!isBondsToPay(award)) unpaid.push({ award, reason: 'notOwedByBank' });
    else if (award.address === undefined) unpaid.push({ award, reason: 'noAddress' });
    else if (valueSat === 0n) unpaid.push({ award, reason: 'noShare' });
    else {
      lines.push({ award, address: award.address, valueSat, owedSat });
      left.set(award.contract, share - valueSat);
    }
  }
  return { lines, unpaid };
}

/** Lines less what the shares and the bond do not hold beside the fee. */
function within(order: PayoutOrder, lines: readonly PayoutLine[]): readonly PayoutLine[] {
  const contracts = new Set(lines.map(({ award }) => award.contract));
  const shares = [...contracts].reduce((sum, id) => sum + (order.sharesSat.get(id) ?? 0n), 0n);
  const most = minimum(shares, order.bond.valueSat);
  const asked = lines.reduce((sum, { valueSat }) => sum + valueSat, 0n);
  // BD-24: "…the fee comes out of the same shares, so that what stands for others is left: what is
  // lacking is taken from the outputs in proportion, by largest remainder…"
  const lacking = asked + order.feeSat - most;
  if (lacking <= 0n) return lines;
  if (lacking >= asked) return [];
  const cuts = allocate(
    lacking,
    lines.map(({ valueSat }) => valueSat),
  );
  return lines.map((line, at) => ({ ...line, valueSat: line.valueSat - (cuts[at] ?? 0n) }));
}

/** The payout of what is open of an outcome; PAYOUT_AMOUNT where nothing can be paid. */
export function planPayout(order: PayoutOrder): Result<Payout> {
  const { bond, feeSat } = order;
  const asked = dues(order);
  const lines: PayoutLine[] = [];
  const unpaid = [...asked.unpaid];
  for (const line of within(order, asked.lines)) {
    // BD-20: "A writer MUST pay only to addresses of the bond's network…"
    const script = payoutScript(line.address, bond.network);
    if (!script.ok) return script;
    // BD-24: "…an output that relays would not pass on is left out."
    if (line.valueSat >= dustSat(script.value)) lines.push(line);
    else unpaid.push({ award: line.award, reason: 'dust' });
  }
  if (lines.length === 0) return reject('PAYOUT_AMOUNT', 'nothing to pay');
  const outputs = lines.map(({ address, valueSat }) => ({ address, valueSat }));
  const bytes = BigInt(spendingVirtualBytes(bond, 'holders', addressesOf(lines)));
  const { least, most } = PAYOUT_FEE_RATES;
  // BD-25: "A key holder MUST sign no payout whose fee is less than 1 or more than 500 satoshis a
  // virtual byte…"
  const isFee = feeSat >= bytes * BigInt(least) && feeSat <= bytes * BigInt(most);
  if (!isFee) return reject('PAYOUT_AMOUNT', 'fee');
  return ok({ plan: { path: 'holders', outputs, feeSat }, lines, unpaid });
}

const addressesOf = (lines: readonly PayoutLine[]): string[] => lines.map(({ address }) => address);
