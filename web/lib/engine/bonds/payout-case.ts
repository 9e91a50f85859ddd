/**
 * What a case's outcome can be paid from: the bonds its contracts pin or are covered by, what is
 * left of each share, and what holders have signed. Spec: specs/bonds.md, "Of a ruling".
 */
import {
  bondOf,
  isBondsToPay,
  KEY_HOLDER_ROLES,
  payableShareMsat,
  psbtTransaction,
  shareLeftSat,
  type ChainTransaction,
  type DisputeOutcome,
  type FundedBond,
  type KeyHolderRole,
  type Outpoint,
  type PayoutDocument,
} from '@realyield/protocol';
import type { CaseBook, CaseView } from '../cases/case-book.ts';
import type { ParsedPledge, Pledges } from './pledge-book.ts';

/** A payout that a holder has signed. */
export interface SignedPayout {
  /** Id of the step. */
  readonly id: string;
  readonly author: string;
  readonly role: KeyHolderRole;
  readonly feeSat: bigint;
  readonly psbt: string;
  readonly txid: string;
}

/** One bond that an outcome can be paid from. */
export interface PayoutPlace {
  readonly pledge: ParsedPledge;
  /** As it lies on the chain now. */
  readonly bond: FundedBond;
  readonly outcome: DisputeOutcome;
  /** What is left of each contract's share, satoshis. */
  readonly sharesSat: ReadonlyMap<string, bigint>;
  /** Payouts of this outcome from this bond that were signed, the first first. */
  readonly signed: readonly SignedPayout[];
}

/** What a pledge's key holder is to it. */
export function holderRole(pledge: ParsedPledge, publicKey: string): KeyHolderRole | undefined {
  const { holders } = pledge.document;
  return holders && KEY_HOLDER_ROLES.find((role) => holders[role].pubkey === publicKey);
}

/** Bonds that contracts of a case pin, and those in force of its bank, each once. */
function pledgesFor({ states }: CaseView, pledges: Pledges): readonly ParsedPledge[] {
  const byId = new Map<string, ParsedPledge>();
  for (const { contract } of states.values()) {
    const { bond, network, parties } = contract.document;
    const pinned = bond && pledges.find(bond.pledge);
    for (const each of pinned ? [pinned] : pledges.ofBank(parties.bank.pubkey)) {
      if (each.document.holders && each.document.network === network) byId.set(each.event.id, each);
    }
  }
  return [...byId.values()];
}

function signedFor({ steps }: CaseView, outcome: string, pledge: ParsedPledge): SignedPayout[] {
  return steps.flatMap(({ document, event }): SignedPayout[] => {
    if (document.type !== 'payout' || !isFor(document, outcome, pledge)) return [];
    const role = holderRole(pledge, event.pubkey);
    const read = psbtTransaction(document.psbt);
    // Of another output it is no payout of this bond, whoever signed it.
    if (!role || !read.ok || !spends(read.value, pledge.document.outpoint)) return [];
    const { feeSat, psbt } = document;
    const { txid } = read.value;
    return [{ id: event.id, author: event.pubkey, role, feeSat: BigInt(feeSat), psbt, txid }];
  });
}

function spends({ spends: inputs }: ChainTransaction, { txid, vout }: Outpoint): boolean {
  const [input] = inputs;
  return inputs.length === 1 && input?.txid === txid && input.vout === vout;
}

function isFor({ outcome, pledge }: PayoutDocument, id: string, { event }: ParsedPledge): boolean {
  return outcome === id && pledge.id === event.id;
}

/** Where an outcome can be paid from; nowhere while there is none. */
export function payoutPlaces(
  view: CaseView,
  pledges: Pledges,
  cases: Pick<CaseBook, 'ofContract'>,
): readonly PayoutPlace[] {
  const { outcome } = view.fold;
  if (!outcome?.awards.some(({ award }) => isBondsToPay(award))) return [];
  return pledgesFor(view, pledges).flatMap((pledge): PayoutPlace[] => {
    const { document, event } = pledge;
    const script = bondOf(document, event.pubkey);
    const sharesSat = new Map<string, bigint>();
    for (const [root, state] of view.states) {
      const share = payableShareMsat(state.contract.document, pledges.asSigned(pledge));
      const folds = cases.ofContract(root).map(({ fold }) => fold);
      if (share !== undefined) sharesSat.set(root, shareLeftSat(share, root, folds));
    }
    if (script?.kind !== 'collateral' || sharesSat.size === 0) return [];
    const { network, outpoint, valueSat } = document;
    const bond = { network, script, outpoint, valueSat: BigInt(valueSat) };
    return [{ pledge, bond, outcome, sharesSat, signed: signedFor(view, outcome.id, pledge) }];
  });
}
