/** Contracts a business's till serves, and how their shares are repaid. Spec: specs/till.md. */
import { ledgerOf, partOfOffer, tillRate } from '@realyield/protocol';
import { ownContracts, type Desk } from '../desk.ts';
import type { Repayments } from '../repayments.ts';
import type { Served, TillParts } from './till.ts';

const REPAYING = ['repayment', 'servicing'] as const;

/** What of a contract is ordered to be repaid and not proven yet, msat. */
function onItsWay(desk: Desk, contract: string, proven: (leg: string) => ReadonlySet<number>) {
  const open = REPAYING.flatMap((leg) =>
    desk.journal.entries(contract, leg).filter(({ n }) => !proven(leg).has(n)),
  );
  return open.reduce((sum, { amountUnits }) => sum + BigInt(amountUnits), 0n);
}

/** The contracts this business's own till serves now; those in a currency are paid when due. */
export function servedBy(desk: Desk): Served[] {
  const nowSec = desk.clock.nowSec();
  return ownContracts(desk).flatMap(({ view, own }): Served[] => {
    const { state } = view.fold;
    const { document } = state.contract;
    const { tillShare, denomination } = document;
    const isServed = own.role === 'business' && tillShare?.runBy === 'business';
    if (!isServed || denomination.type !== 'msat') return [];
    const waiting = onItsWay(desk, state.root, (leg) => state.paid.numbers(leg as 'repayment'));
    const { payoffUnits } = ledgerOf(state, nowSec);
    return [
      {
        contract: state.root,
        offer: document.bases.find(({ as }) => as === 'offer')?.event.id ?? state.root,
        shareBps: tillRate(state, nowSec).shareBps,
        ...partOfOffer(document),
        effectiveAtSec: state.effectiveAtSec ?? nowSec,
        thresholdSat: tillShare.thresholdSat,
        owedMsat: payoffUnits > waiting ? payoffUnits - waiting : 0n,
      },
    ];
  });
}

/** What a till takes from the engine: contracts, and repayments by the journal they share. */
export function sharesOf(desk: Desk, repayments: Repayments): Pick<TillParts, 'served' | 'order'> {
  return {
    served: () => servedBy(desk),
    order: async (contract, msat, also) => (await repayments.repay(contract, msat, also)).ok,
  };
}
