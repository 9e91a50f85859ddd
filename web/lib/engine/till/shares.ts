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
    const { plan, denomination } = document;
    const tillShare = document.tillShare?.runBy === 'business' ? document.tillShare : undefined;
    // Sales of a revenue share are reported, whether or not any of it is put by at the till.
    const isServed = tillShare !== undefined || plan.type === 'revenueShare';
    const isRunning = state.status === 'effective' || state.status === 'defaulted';
    // Reports are signed by the main key: a contract under another one cannot be among them.
    const isOwn = own.role === 'business' && own.main.publicKey === desk.person.publicKey;
    if (!isOwn || !isServed || !isRunning || denomination.type !== 'msat') return [];
    const waiting = onItsWay(desk, state.root, (leg) => state.paid.numbers(leg as 'repayment'));
    const { payoffUnits } = ledgerOf(state, nowSec);
    return [
      {
        contract: state.root,
        offer: document.bases.find(({ as }) => as === 'offer')?.event.id ?? state.root,
        shareBps: tillShare ? tillRate(state, nowSec).shareBps : 0,
        ...partOfOffer(document),
        effectiveAtSec: state.effectiveAtSec ?? nowSec,
        thresholdSat: tillShare?.thresholdSat ?? 1,
        owedMsat: payoffUnits > waiting ? payoffUnits - waiting : 0n,
        network: document.network,
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
