/** The tick plan of a contract's tranches. Spec: specs/payments.md, "Ticks". */
import { divideFloor, floorToSat } from '../money.ts';
import type { ContractDocument, Tranche } from '../kinds/agreement.ts';

/** One tick: the part of a disbursement due at one moment. */
export interface Tick {
  readonly n: number;
  readonly tranche: number;
  readonly amountMsat: bigint;
  readonly dueAtSec: number;
  readonly lapsesAtSec: number;
}

/** Amount of every tick of a tranche but the last, and of the last. */
function amountsOf(tranche: Tranche): { readonly shareMsat: bigint; readonly lastMsat: bigint } {
  const totalMsat = BigInt(tranche.amountMsat);
  // P-1: "Of a tranche with k ticks each tick but the last is floor(amount / k) rounded down to a
  // whole satoshi; the last takes the remainder."
  const shareMsat = floorToSat(divideFloor(totalMsat, BigInt(tranche.ticks)));
  return { shareMsat, lastMsat: totalMsat - shareMsat * BigInt(tranche.ticks - 1) };
}

function tickOf(tranche: Tranche, index: number, place: number, n: number): Tick {
  const { shareMsat, lastMsat } = amountsOf(tranche);
  const isLast = place === tranche.ticks - 1;
  // P-2: "Tick i of k is due at `fromSec` + floor(i × (`toSec` − `fromSec`) / k), in whole numbers
  // without overflow…"
  const lengthSec = BigInt(tranche.toSec - tranche.fromSec);
  const offsetSec = divideFloor(BigInt(place) * lengthSec, BigInt(tranche.ticks));
  return {
    n,
    tranche: index,
    amountMsat: isLast ? lastMsat : shareMsat,
    dueAtSec: tranche.fromSec + Number(offsetSec),
    lapsesAtSec: tranche.lapsesAtSec,
  };
}

/** The tick with this number, or undefined when the contract has none such. */
export function tickAt(document: ContractDocument, n: number): Tick | undefined {
  let first = 0;
  for (const [index, tranche] of document.tranches.entries()) {
    if (n < first + tranche.ticks) return tickOf(tranche, index, n - first, n);
    first += tranche.ticks;
  }
  return undefined;
}

/** Index of the tranche a tick belongs to, or undefined when the contract has none such. */
export function trancheAt(document: ContractDocument, n: number): number | undefined {
  let after = 0;
  const index = document.tranches.findIndex((tranche) => n < (after += tranche.ticks));
  return index < 0 ? undefined : index;
}

/** Amounts of ticks as documents write them, undefined where the contract has no such tick. */
export function tickAmounts(
  document: ContractDocument,
  numbers: readonly number[],
): (string | undefined)[] {
  let after = 0;
  const plans = document.tranches.map((tranche) => {
    const { shareMsat, lastMsat } = amountsOf(tranche);
    after += tranche.ticks;
    return { after, share: shareMsat.toString(), last: lastMsat.toString() };
  });
  return numbers.map((n) => {
    const plan = plans.find((each) => n < each.after);
    return n + 1 === plan?.after ? plan.last : plan?.share;
  });
}

/** All ticks of a contract in order; n counts through all tranches from 0. */
export function planTicks(document: ContractDocument): Tick[] {
  const ticks: Tick[] = [];
  for (const [index, tranche] of document.tranches.entries()) {
    for (let place = 0; place < tranche.ticks; place += 1) {
      ticks.push(tickOf(tranche, index, place, ticks.length));
    }
  }
  return ticks;
}
