/** Shapes of vectors of bonds, and the implementation's answers. */
import {
  buildSpending,
  checkBondScript,
  checkInclusion,
  descriptorOf,
  finaliseSpending,
  followBond,
  placeOf,
  readBlockHeader,
  readTransaction,
  spendingVirtualBytes,
  type BitcoinNetwork,
  type BondScript,
  type FundedBond,
  type MerkleBranch,
  type PaidOutDocument,
  type ParsedEvent,
  type PledgeDocument,
  type Reject,
  type SignedEvent,
  type SpendingPlan,
} from '@realyield/protocol';
import type { Named } from './vector.ts';

/** A bond's keys and time: its script, address and descriptor. */
export interface PlaceVector extends Named {
  readonly script: BondScript;
  readonly network: BitcoinNetwork;
}

/** A transaction, its branch and the header of its block. */
export interface ChainVector extends Named {
  readonly transaction: string;
  readonly branch: MerkleBranch;
  readonly header: string;
  readonly network: BitcoinNetwork;
}

/** A spending as it is planned, and as others signed it; amounts as decimal strings. */
export interface PayoutVector extends Named {
  readonly funded: Omit<FundedBond, 'valueSat'> & { readonly valueSat: string };
  readonly plan: Pick<SpendingPlan, 'path'> & {
    readonly feeSat: string;
    readonly outputs: readonly { readonly address: string; readonly valueSat: string }[];
  };
  readonly psbts?: readonly string[];
}

/** A pledge, and records of payouts in whatever order they are known. */
export interface AfterVector extends Named {
  readonly pledge: SignedEvent;
  readonly records: readonly SignedEvent[];
}

const refusal = ({ code }: Reject): object => ({ rejectCode: code });

/** Where a bond lies. */
export function placeAnswer({ script, network }: PlaceVector): object {
  const checked = checkBondScript(script);
  if (!checked.ok) return refusal(checked);
  const descriptor = script.kind === 'collateral' ? { descriptor: descriptorOf(script) } : {};
  return { ...placeOf(script, network), ...descriptor };
}

/** What a transaction, branch and header prove together. */
export function chainAnswer({ transaction, branch, header, network }: ChainVector): object {
  const read = readTransaction(transaction);
  if (!read.ok) return refusal(read);
  const block = readBlockHeader(header);
  if (!block.ok) return refusal(block);
  const proven = checkInclusion(read.value, branch, block.value, network);
  return proven.ok ? { txid: read.value.txid, block: block.value.hash } : refusal(proven);
}

/** The PSBT of a plan, or the transaction that the signed ones make. */
export function payoutAnswer({ funded, plan, psbts }: PayoutVector): object {
  const bond = { ...funded, valueSat: BigInt(funded.valueSat) };
  const spending: SpendingPlan = {
    path: plan.path,
    feeSat: BigInt(plan.feeSat),
    outputs: plan.outputs.map(({ address, valueSat }) => ({ address, valueSat: BigInt(valueSat) })),
  };
  if (psbts) {
    const final = finaliseSpending(psbts, bond, spending);
    return final.ok ? { transaction: final.value } : refusal(final);
  }
  const built = buildSpending(bond, spending);
  if (!built.ok) return refusal(built);
  const addresses = plan.outputs.map(({ address }) => address);
  const virtualBytes = spendingVirtualBytes(bond, plan.path, addresses);
  return { psbt: built.value, virtualBytes };
}

/** Where a pledged bond lies after what is recorded. */
export function afterAnswer(
  { pledge, records }: AfterVector,
  readAll: (events: readonly unknown[]) => ParsedEvent[],
): object {
  const [pledged, ...paid] = [pledge, ...records].map((event) => readAll([event]).at(-1)?.document);
  const { outpoint, valueSat, payouts } = followBond(
    pledged as PledgeDocument,
    paid as PaidOutDocument[],
  );
  return { outpoint, valueSat, payouts: payouts.map(({ txid }) => txid) };
}
