/**
 * Balances of contracts, computed once a contract day. A ledger changes with the payments, which
 * bring a new view of the contract, and with the clock: at the end of its day, and when a tranche
 * lapses. In between it is the same one, so that a page of a thousand contracts stays quick.
 */
import {
  ledgerOf as computeLedgerOf,
  type ContractDocument,
  type Ledger,
} from '@realyield/protocol';
import type { ContractView } from '../../engine/catalog.ts';

interface Kept {
  readonly ledger: Ledger;
  readonly fromSec: number;
  /** From here on it may be another. */
  readonly untilSec: number;
}

const kept = new WeakMap<ContractView, Kept>();

/** When the ledger of this moment may change without a payment, Unix seconds. */
function validUntilSec(document: ContractDocument, atSec: number): number {
  const { daySec } = document;
  const dayEndsSec = (Math.floor(atSec / daySec) + 1) * daySec;
  const lapses = document.tranches
    .map((tranche) => tranche.lapsesAtSec)
    .filter((lapsesAtSec) => lapsesAtSec > atSec);
  return Math.min(dayEndsSec, ...lapses);
}

/** A contract's balances at a time; the same object until they may differ. */
export function ledgerOf(view: ContractView, atSec: number): Ledger {
  const known = kept.get(view);
  if (known && atSec >= known.fromSec && atSec < known.untilSec) return known.ledger;
  const { contract } = view.fold.state;
  const ledger = computeLedgerOf(view.fold.state, atSec);
  kept.set(view, { ledger, fromSec: atSec, untilSec: validUntilSec(contract.document, atSec) });
  return ledger;
}
