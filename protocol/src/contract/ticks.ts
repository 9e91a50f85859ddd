/** The tick plan of a contract's tranches. Spec: specs/payments.md, "Ticks". */
import { splitEqually } from '../money.ts';
import type { ContractDocument, Tranche } from '../kinds/agreement.ts';

/** One tick: the part of a disbursement due at one moment. */
export interface Tick {
  readonly n: number;
  readonly tranche: number;
  readonly amountMsat: bigint;
  readonly dueAtSec: number;
  readonly lapsesAtSec: number;
}

function tickAmounts(tranche: Tranche): bigint[] {
  return splitEqually(BigInt(tranche.amountMsat), tranche.ticks);
}

/** All ticks of a contract in order; n counts through all tranches from 0. */
export function planTicks(document: ContractDocument): Tick[] {
  const ticks: Tick[] = [];
  for (const [index, tranche] of document.tranches.entries()) {
    const lengthSec = tranche.toSec - tranche.fromSec;
    for (const [place, amountMsat] of tickAmounts(tranche).entries()) {
      ticks.push({
        n: ticks.length,
        tranche: index,
        amountMsat,
        // P-3: "tick i of k is due at from + floor(i × length / k)."
        dueAtSec: tranche.fromSec + Math.floor((place * lengthSec) / tranche.ticks),
        lapsesAtSec: tranche.lapsesAtSec,
      });
    }
  }
  return ticks;
}
