/** Contracts a till serves, and how their shares are repaid. Spec: specs/till.md. */
import { ledgerOf, partOfOffer, tillRate, type ContractState, type Leg } from '@realyield/protocol';
import { ownContracts, type Desk, type OwnContract } from '../desk.ts';
import type { Repayments } from '../repayments.ts';
import type { Served, TillParts } from './till.ts';

const REPAYING = ['repayment', 'servicing'] as const;

/** What of a contract is ordered on some legs and not proven yet, msat. */
function onItsWay(desk: Desk, state: ContractState, legs: readonly Leg[]): bigint {
  const open = legs.flatMap((leg) => {
    const proven = state.paid.numbers(leg);
    return desk.journal.entries(state.root, leg).filter(({ n }) => !proven.has(n));
  });
  return open.reduce((sum, { amountUnits }) => sum + BigInt(amountUnits), 0n);
}

/** A contract as a till serves it; undefined where it is over, or kept in a currency. */
function servedAs(desk: Desk, state: ContractState, legs: readonly Leg[]): Served | undefined {
  const nowSec = desk.clock.nowSec();
  const { document } = state.contract;
  const { tillShare, denomination } = document;
  const isRunning = state.status === 'effective' || state.status === 'defaulted';
  if (!isRunning || denomination.type !== 'msat') return undefined;
  const waiting = onItsWay(desk, state, legs);
  const { payoffUnits } = ledgerOf(state, nowSec);
  return {
    contract: state.root,
    offer: document.bases.find(({ as }) => as === 'offer')?.event.id ?? state.root,
    shareBps: tillRate(state, nowSec).shareBps,
    ...partOfOffer(document),
    effectiveAtSec: state.effectiveAtSec ?? nowSec,
    thresholdSat: tillShare?.thresholdSat ?? 1,
    owedMsat: payoffUnits > waiting ? payoffUnits - waiting : 0n,
    network: document.network,
  };
}

/** The contracts this business's own till serves now; those in a currency are paid when due. */
export function servedBy(desk: Desk): Served[] {
  return ownContracts(desk).flatMap(({ view, own }): Served[] => {
    const { state } = view.fold;
    const { plan, tillShare } = state.contract.document;
    const isBanks = tillShare?.runBy === 'bank';
    // Sales of a revenue share are reported, whether or not any of it is put by at the till.
    // TL-35: "A business's till MUST NOT report what the bank's till took: sales would count
    // twice."
    const isServed = !isBanks && (tillShare !== undefined || plan.type === 'revenueShare');
    // Reports are signed by the main key: a contract under another one cannot be among them.
    const isOwn = own.role === 'business' && own.main.publicKey === desk.person.publicKey;
    const served = isOwn && isServed ? servedAs(desk, state, REPAYING) : undefined;
    return served ? [served] : [];
  });
}

/** The business of a contract the till of which this bank runs; undefined for every other one. */
export function hostedBusiness({ view, own }: OwnContract): string | undefined {
  const { tillShare, parties } = view.fold.state.contract.document;
  const isBanks = own.role === 'bank' && tillShare?.runBy === 'bank';
  return isBanks ? parties.business.pubkey : undefined;
}

/** The contracts that a business's till serves which this bank runs. */
export function hostedFor(desk: Desk, business: string): Served[] {
  return ownContracts(desk).flatMap((contract) => {
    if (hostedBusiness(contract) !== business) return [];
    return servedAs(desk, contract.view.fold.state, ['tillShare']) ?? [];
  });
}

/** What a till takes from the engine: contracts, and repayments by the journal they share. */
export function sharesOf(desk: Desk, repayments: Repayments): Pick<TillParts, 'served' | 'order'> {
  return {
    served: () => servedBy(desk),
    order: async (contract, msat, also) => (await repayments.repay(contract, msat, also)).ok,
  };
}

/** The contracts of this business with the bank of one of them, which signs sales under any. */
export function servedWith(desk: Desk, { contract }: ContractState): readonly ContractState[] {
  const { pubkey } = contract.document.parties.bank;
  return ownContracts(desk)
    .filter(({ own }) => own.role === 'business')
    .map(({ view }) => view.fold.state)
    .filter((state) => state.contract.document.parties.bank.pubkey === pubkey);
}
