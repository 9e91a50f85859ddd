/** Ticks that can still be paid. Spec: specs/payments.md, "Planning". */
import { withheldFee } from './contract/legs.ts';
import type { ContractState } from './contract/state.ts';
import type { Tick } from './contract/ticks.ts';
import type { ContractDocument } from './kinds/agreement.ts';

/** Ticks from the first on, as long as an amount covers them. */
export function ticksWithin(ticks: readonly Tick[], roomUnits: bigint): Tick[] {
  let leftUnits = roomUnits;
  const end = ticks.findIndex((tick) => {
    leftUnits -= tick.amountUnits;
    return leftUnits < 0n;
  });
  return end < 0 ? [...ticks] : ticks.slice(0, end);
}

/** What ticks may come to in all, in ledger units. */
export function tickTotal(document: ContractDocument): bigint {
  // P-17: "…Of the principal the fees withheld (FE-2) are left out."
  return document.tranches.reduce(
    (sum, { amountUnits }) => sum - withheldFee(BigInt(amountUnits), document),
    BigInt(document.principalUnits),
  );
}

/** Of these ticks those neither paid nor lapsed, as far as the principal covers them. */
export function payableTicks(
  state: ContractState,
  ticks: readonly Tick[],
  asOfSec: number,
): Tick[] {
  const paid = state.paid.numbers('disbursement');
  const open = ticks.filter((tick) => !paid.has(tick.n) && tick.lapsesAtSec > asOfSec);
  return ticksWithin(
    open,
    tickTotal(state.contract.document) - state.paid.totalUnits('disbursement'),
  );
}
