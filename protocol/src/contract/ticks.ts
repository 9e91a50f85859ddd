/** The tick plan of a contract's tranches. Spec: specs/payments.md, "Ticks". */
import { originationFee, withheldFee } from './legs.ts';
import { wholeOf } from '../denomination.ts';
import { divideFloor, floorToWhole } from '../money.ts';
import type { ContractDocument, Tranche } from '../kinds/agreement.ts';
import type { ContractState } from './state.ts';

/** One tick: the part of a disbursement due at one moment. */
export interface Tick {
  readonly n: number;
  readonly tranche: number;
  readonly amountUnits: bigint;
  readonly dueAtSec: number;
  readonly lapsesAtSec: number;
  /** Its tranche waits for the approval of a milestone; its due time is what was planned. */
  readonly isHeld: boolean;
}

/** What ticks need to know of a milestone; `Milestone` of a state is one. */
export interface Decision {
  readonly tranche: number;
  readonly status: string;
  readonly decidedAtSec: number | undefined;
}

/** When a tranche streams. */
interface Span {
  /** Amount of every tick but the last, and of the last. */
  readonly shareUnits: bigint;
  readonly lastUnits: bigint;
  readonly fromSec: number;
  readonly toSec: number;
  readonly isHeld: boolean;
}

function spanOf(
  document: ContractDocument,
  tranche: Tranche,
  index: number,
  milestones: readonly Decision[],
  freeAtSec: number,
): Span {
  const { fromSec, toSec, lapsesAtSec, milestone } = tranche;
  const amounts = amountsOf(tranche, document);
  const decided = milestones.find((entry) => entry.tranche === index);
  if (milestone && decided?.status !== 'approved') {
    return { ...amounts, fromSec, toSec, isHeld: true };
  }
  // P-2: "…from the end of the time to withdraw on where that is later, and with a milestone from
  // its approval on where that is later, for as long as was planned, but no longer than until it
  // lapses…"
  const approvedAtSec = milestone ? (decided?.decidedAtSec ?? 0) : 0;
  const startSec = Math.max(fromSec, freeAtSec, approvedAtSec);
  const endSec = Math.min(lapsesAtSec, startSec + (toSec - fromSec));
  return { ...amounts, fromSec: startSec, toSec: Math.max(startSec, endSec), isHeld: false };
}

/** Amount of every tick of a tranche but the last, and of the last. */
function amountsOf(
  tranche: Tranche,
  document: ContractDocument,
): { readonly shareUnits: bigint; readonly lastUnits: bigint } {
  const wholeUnits = BigInt(tranche.amountUnits);
  const totalUnits = wholeUnits - withheldFee(wholeUnits, document);
  // P-1: "Of a tranche with k ticks, what is left of its amount when a fee is withheld (FE-2) being
  // amount, each tick but the last is floor(amount / k) rounded down to a whole satoshi; the last
  // takes the remainder."
  const shareUnits = floorToWhole(
    divideFloor(totalUnits, BigInt(tranche.ticks)),
    wholeOf(document.denomination),
  );
  return { shareUnits, lastUnits: totalUnits - shareUnits * BigInt(tranche.ticks - 1) };
}

function tickOf(tranche: Tranche, index: number, place: number, n: number, span: Span): Tick {
  const isLast = place === tranche.ticks - 1;
  // P-2: "Tick i of k is due at start + floor(i × (end − start) / k), in whole numbers without
  // overflow…"
  const lengthSec = BigInt(span.toSec - span.fromSec);
  const offsetSec = divideFloor(BigInt(place) * lengthSec, BigInt(tranche.ticks));
  return {
    n,
    tranche: index,
    amountUnits: isLast ? span.lastUnits : span.shareUnits,
    dueAtSec: span.fromSec + Number(offsetSec),
    lapsesAtSec: tranche.lapsesAtSec,
    isHeld: span.isHeld,
  };
}

/** The tick with this number as planned, or undefined when the contract has none such. */
export function tickAt(document: ContractDocument, n: number): Tick | undefined {
  let first = 0;
  for (const [index, tranche] of document.tranches.entries()) {
    if (n < first + tranche.ticks) {
      return tickOf(tranche, index, n - first, n, spanOf(document, tranche, index, [], 0));
    }
    first += tranche.ticks;
  }
  return undefined;
}

/** Amounts of a tranche's ticks as documents write them; `after` is the number after its last. */
interface WrittenAmounts {
  readonly after: number;
  readonly share: string;
  readonly last: string;
}

/** Worked out once for each contract: every request for ticks is held against them. */
const written = new WeakMap<ContractDocument, readonly WrittenAmounts[]>();

function writtenAmounts(document: ContractDocument): readonly WrittenAmounts[] {
  const known = written.get(document);
  if (known) return known;
  let after = 0;
  const amounts = document.tranches.map((tranche) => {
    const { shareUnits, lastUnits } = amountsOf(tranche, document);
    after += tranche.ticks;
    return { after, share: shareUnits.toString(), last: lastUnits.toString() };
  });
  written.set(document, amounts);
  return amounts;
}

/** Amounts of ticks as documents write them, undefined where the contract has no such tick. */
export function tickAmounts(
  document: ContractDocument,
  numbers: readonly number[],
): (string | undefined)[] {
  const plans = writtenAmounts(document);
  return numbers.map((n) => {
    const plan = plans.find((each) => n < each.after);
    return n + 1 === plan?.after ? plan.last : plan?.share;
  });
}

/** What of a contract's state its ticks depend on. */
export type Streaming = Pick<
  ContractState,
  'contract' | 'milestones' | 'coolingOffEndsAtSec' | 'versions'
>;

/** All ticks of a contract as its state has them at a time. */
export function ticksOf(state: Streaming, asOfSec: number): Tick[] {
  return planTicks(trancheTerms(state, asOfSec), state.milestones, state.coolingOffEndsAtSec);
}

/** The terms by which tranches stream at a time. */
export function trancheTerms({ versions, contract }: Streaming, asOfSec: number): ContractDocument {
  // V-6: "When tranches lapse is what the last version whose signatures are there says, at once."
  const version = versions.findLast(({ effectiveAtSec }) => effectiveAtSec <= asOfSec);
  return version?.document ?? contract.document;
}

/**
 * All ticks of a contract in order; n counts through all tranches from 0. `milestones` are those
 * of the contract's state: without them every tranche that has one waits. `freeAtSec` is when the
 * time to withdraw ends: no tick is due before.
 */
export function planTicks(
  document: ContractDocument,
  milestones: readonly Decision[] = [],
  freeAtSec = 0,
): Tick[] {
  const ticks: Tick[] = [];
  for (const [index, tranche] of document.tranches.entries()) {
    const span = spanOf(document, tranche, index, milestones, freeAtSec);
    for (let place = 0; place < tranche.ticks; place += 1) {
      ticks.push(tickOf(tranche, index, place, ticks.length, span));
    }
  }
  return ticks;
}

/** The origination fee of one tranche as a part to be paid. */
export interface FeePart {
  /** The tranche's place, counted from 0: the part's number. */
  readonly n: number;
  readonly amountUnits: bigint;
  /** When its tranche begins to stream. */
  readonly dueAtSec: number;
  readonly lapsesAtSec: number;
  readonly isHeld: boolean;
}

/** Origination fees of a contract, one for each tranche that has one. */
export function planFees(
  document: ContractDocument,
  milestones: readonly Decision[] = [],
  freeAtSec = 0,
): FeePart[] {
  return document.tranches.flatMap((tranche, n) => {
    const amountUnits = originationFee(BigInt(tranche.amountUnits), document);
    const { fromSec: dueAtSec, isHeld } = spanOf(document, tranche, n, milestones, freeAtSec);
    const { lapsesAtSec } = tranche;
    return amountUnits === 0n ? [] : [{ n, amountUnits, dueAtSec, lapsesAtSec, isHeld }];
  });
}

/** Origination fees of a contract as its state has them at a time. */
export function feesOf(state: Streaming, asOfSec: number): FeePart[] {
  return planFees(trancheTerms(state, asOfSec), state.milestones, state.coolingOffEndsAtSec);
}
