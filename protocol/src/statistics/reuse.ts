/**
 * Payment hashes that stand in several contracts. Spec: specs/figures.md, "Reused hashes".
 */
import { LEGS, type ContractState } from '../contract/state.ts';
import type { Leg } from '../kinds/fields.ts';
import { distinct } from './distinct.ts';
import { partOf } from './payments-by-day.ts';

/** What reuse of hashes across contracts takes out of figures, and what it only reports. */
export interface HashReuse {
  /** For each contract the repayments (partOf) that count under another contract. */
  readonly notCounted: ReadonlyMap<string, ReadonlySet<string>>;
  /** Hashes of repayments one payee signed for in several contracts, in order. */
  readonly reusedRepayments: readonly string[];
  /** Hashes of disbursements one payee signed for in several contracts, in order. */
  readonly reusedDisbursements: readonly string[];
  /** Hashes that several payees claim in several contracts, in order: copies, or a loop. */
  readonly shared: readonly string[];
}

interface Claim {
  readonly root: string;
  readonly leg: Leg;
  readonly request: string;
  readonly part: string;
  readonly payee: string;
}

/** Hashes claimed more than once, with every claim. */
function claimedTwice(states: Iterable<ContractState>): [string, Claim[]][] {
  const first = new Map<string, Claim>();
  const further = new Map<string, Claim[]>();
  for (const { root, contract, payments } of distinct(states)) {
    const { parties, network } = contract.document;
    for (const payment of payments) {
      const { paymentHash, request, leg } = payment;
      // No payment is on two networks, so none there is the same.
      // F-20: "…Of a payment on the chain the output is the hash, and whoever is paid by it one
      // payee."
      const isOnChain = payment.class === 'chain';
      const payee = `${network} ${isOnChain ? 'chain' : parties[LEGS[leg].payee].pubkey}`;
      const claim = { root, leg, request, part: partOf(payment), payee };
      const known = first.get(paymentHash);
      if (!known) first.set(paymentHash, claim);
      else if (!further.get(paymentHash)?.push(claim)) further.set(paymentHash, [known, claim]);
    }
  }
  return [...further];
}

function byPayee(claims: readonly Claim[]): Map<string, Claim[]> {
  const groups = new Map<string, Claim[]>();
  for (const claim of claims) {
    const key = `${claim.leg} ${claim.payee}`;
    const known = groups.get(key);
    if (known) known.push(claim);
    else groups.set(key, [claim]);
  }
  return groups;
}

/** Looks for payment hashes that several contracts claim; linear in their payments. */
export function findReusedHashes(states: Iterable<ContractState>): HashReuse {
  const notCounted = new Map<string, Set<string>>();
  const reused = new Map<Leg, string[]>();
  const shared: string[] = [];
  for (const [hash, claims] of claimedTwice(states)) {
    // F-22: "The same hash under two payees of several contracts is reported as shared and takes
    // nothing out."
    const isApart = claims.some(({ root }) => root !== claims[0]?.root);
    if (isApart && new Set(claims.map(({ payee }) => payee)).size > 1) shared.push(hash);
    for (const own of byPayee(claims).values()) {
      const [least, ...others] = own.sort((a, b) => (a.request < b.request ? -1 : 1));
      if (!least || others.length === 0) continue;
      reused.set(least.leg, [...(reused.get(least.leg) ?? []), hash]);
      // F-21: "A reused disbursement counts in every contract and is reported."
      if (least.leg === 'disbursement' || least.leg === 'originationFee') continue;
      // F-20: "A repayment whose hash one payee, by main key, signed for in several contracts
      // counts once: under the request with the lowest id…"
      for (const { root, part } of others) {
        notCounted.set(root, (notCounted.get(root) ?? new Set()).add(part));
      }
    }
  }
  return {
    notCounted,
    reusedRepayments: [...new Set(reused.get('repayment'))].sort(),
    reusedDisbursements: [...new Set(reused.get('disbursement'))].sort(),
    shared: shared.sort(),
  };
}
