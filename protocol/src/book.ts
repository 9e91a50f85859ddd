/**
 * Books: requests that a payee signs in advance, so that ticks stream while it is away. Pure, from
 * contract state and time. Spec: specs/payments.md, "Books".
 */
import type { ContractState } from './contract/state.ts';
import { ticksOf } from './contract/ticks.ts';
import { MAX_BOOK_AHEAD_SEC, MAX_BOOK_WINDOW_SEC, MAX_DELIVERED_PARTS } from './params.ts';
import type { PlannedPart } from './planner.ts';
import { payableTicks } from './stream.ts';

/** So long before the first of its ticks is due a request of a book opens, seconds. */
const OPENS_EARLY_SEC = 600;
/** A request of a book covers the ticks of so many contract days at most. */
const MOST_DAYS = 7;

/** One request of a book, before it has invoices. */
export interface BookChunk {
  readonly parts: readonly PlannedPart[];
  readonly notBeforeSec: number;
  readonly expiresAtSec: number;
}

/** The latest due time of ticks that a book filled at a time may have, Unix seconds. */
export function bookHorizonSec(asOfSec: number): number {
  return asOfSec + MAX_BOOK_AHEAD_SEC;
}

/** The requests that fill a book, of ticks that none of `booked` is. */
export function planBook(
  state: ContractState,
  booked: ReadonlySet<number>,
  asOfSec: number,
): readonly BookChunk[] {
  // P-30: "A payee puts into a book only ticks that can still be paid, are not held by a milestone
  // and are due within 34 days…"
  if (state.status !== 'effective' || state.contract.document.denomination.type !== 'msat')
    return [];
  const { daySec } = state.contract.document;
  const open = payableTicks(state, ticksOf(state, asOfSec), asOfSec).filter(
    (tick) => !tick.isHeld && !booked.has(tick.n) && tick.dueAtSec <= bookHorizonSec(asOfSec),
  );
  const groups: (typeof open)[] = [];
  for (const tick of open) {
    const group = groups.at(-1);
    const [first] = group ?? [];
    const isNear = first && tick.dueAtSec <= first.dueAtSec + MOST_DAYS * daySec;
    const isAlike = first?.lapsesAtSec === tick.lapsesAtSec;
    if (group && isNear && isAlike && group.length < MAX_DELIVERED_PARTS) group.push(tick);
    else groups.push([tick]);
  }
  return groups.flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    // P-31: "…it opens ten minutes before the first of its ticks is due, and ends when they lapse,
    // at most 35 days after it opens…"
    const notBeforeSec = Math.max(asOfSec, first.dueAtSec - OPENS_EARLY_SEC);
    const expiresAtSec = Math.min(first.lapsesAtSec, asOfSec + MAX_BOOK_WINDOW_SEC);
    if (expiresAtSec <= notBeforeSec) return [];
    const parts = group.map(({ n, amountUnits }) => ({
      leg: 'disbursement' as const,
      n,
      amountUnits,
    }));
    return [{ parts, notBeforeSec, expiresAtSec }];
  });
}

/** How far a book reaches. */
export interface BookReach {
  /** Parts in it that can still be paid. */
  readonly parts: number;
  /** When the first tick is due that is not in it; undefined: the stream ends first. */
  readonly untilSec: number | undefined;
  /** Whether every tick that can still be paid is in it. */
  readonly isWhole: boolean;
}

/** How far a book reaches; `booked` are the parts with an open request, and when each ends. */
export function bookReach(
  state: ContractState,
  booked: ReadonlyMap<number, number>,
  asOfSec: number,
): BookReach {
  const payable = payableTicks(state, ticksOf(state, asOfSec), asOfSec);
  const isIn = ({ n, dueAtSec }: (typeof payable)[number]): boolean =>
    (booked.get(n) ?? 0) > Math.max(dueAtSec, asOfSec);
  const first = payable.find((tick) => !isIn(tick));
  return {
    parts: payable.filter(isIn).length,
    untilSec: first?.dueAtSec,
    isWhole: payable.length > 0 && first === undefined,
  };
}
