/**
 * Books of repayments: requests that an investor signs in advance, so that a business can repay
 * what falls due while its investor is away. Pure. Spec: specs/payments.md, "Books of repayments".
 */
import { bookHorizonSec, type BookChunk, type BookReach } from './book.ts';
import { expectedDues, ledgerOf } from './contract/standing.ts';
import type { ContractState } from './contract/state.ts';
import { wholeOf } from './denomination.ts';
import { dayOf } from './interest.ts';
import { inParts, lockstepParts } from './obligation.ts';
import { minimum } from './money.ts';
import { MAX_BOOK_WINDOW_SEC } from './params.ts';

/** A request of a book can be paid for so many contract days. */
const MOST_DAYS = 7;

/** One part that an investor has asked for, in a book or not. */
export interface AskedPart {
  readonly n: number;
  readonly amountUnits: bigint;
  readonly notBeforeSec: number;
  readonly expiresAtSec: number;
}

/** What is to be asked for in advance of one instalment, and by when it can be paid. */
interface Planned {
  readonly dueAtSec: number;
  /** Due if no tick is paid any more, and what is added if all are. */
  readonly amounts: readonly [bigint, bigint];
  readonly notBeforeSec: number;
  readonly expiresAtSec: number;
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((a, b) => a + b, 0n);

function plannedBy(state: ContractState, asOfSec: number): readonly Planned[] {
  const { daySec } = state.contract.document;
  const untilSec = bookHorizonSec(asOfSec);
  // Under a contract in default nothing is paid out any more.
  const all = expectedDues(state, asOfSec, untilSec, state.status === 'effective');
  const least = expectedDues(state, asOfSec, untilSec, false);
  return all.flatMap(({ dueAtSec, repaymentUnits }, place) => {
    // P-37: "…It opens as the day on which the instalment falls due begins, and ends seven contract
    // days later, at most 35 days after it was signed…"
    const notBeforeSec = Math.max(asOfSec, dayOf(dueAtSec, daySec) * daySec);
    const lastSec = asOfSec + MAX_BOOK_WINDOW_SEC;
    const expiresAtSec = Math.min(notBeforeSec + MOST_DAYS * daySec, lastSec);
    const firstUnits = minimum(repaymentUnits, least[place]?.repaymentUnits ?? 0n);
    const amounts = [firstUnits, repaymentUnits - firstUnits] as const;
    const isOpen = expiresAtSec > notBeforeSec && repaymentUnits > 0n;
    return isOpen ? [{ dueAtSec, amounts, notBeforeSec, expiresAtSec }] : [];
  });
}

/** What of an instalment nothing asks for yet: whole, or what is left of it. */
interface Lacking extends Planned {
  readonly lackingUnits: bigint;
}

function lackingBy(
  state: ContractState,
  asked: readonly AskedPart[],
  asOfSec: number,
): readonly Lacking[] {
  const proven = state.paid.numbers('repayment');
  const free = new Map(
    asked.filter(({ n }) => !proven.has(n)).map((part) => [part, part.amountUnits]),
  );
  return plannedBy(state, asOfSec).map((planned) => {
    let lackingUnits = sum(planned.amounts);
    // P-36: "…what falls due less what requests ask for that can be paid as its window opens…"
    for (const [part, units] of free) {
      const { notBeforeSec, expiresAtSec } = part;
      if (notBeforeSec > planned.notBeforeSec || expiresAtSec <= planned.notBeforeSec) continue;
      const used = minimum(units, lackingUnits);
      lackingUnits -= used;
      free.set(part, units - used);
    }
    return { ...planned, lackingUnits };
  });
}

/** Amounts of the parts of one instalment. */
function amountsOf(state: ContractState, { amounts, lackingUnits }: Lacking): readonly bigint[] {
  const whole = wholeOf(state.contract.document.denomination);
  const isShared = (state.cohort?.contracts.length ?? 0) > 1;
  const [firstUnits, laterUnits] = amounts;
  const isWhole = lackingUnits === firstUnits + laterUnits && firstUnits > 0n;
  const mainUnits = isWhole ? firstUnits : lackingUnits;
  // P-37: "…An instalment is one part, under a contract of a cohort as many as P-25 pays of it…"
  const parts = isShared
    ? inParts(mainUnits, lockstepParts([mainUnits], whole), whole)
    : [mainUnits];
  return [...parts, isWhole ? laterUnits : 0n].filter((amount) => amount > 0n);
}

/**
 * The requests that fill a book of repayments. `asked` are all parts that were ever asked for;
 * `taken` are numbers that mean something else.
 */
export function planRepaymentBook(
  state: ContractState,
  asked: readonly AskedPart[],
  taken: Iterable<number>,
  asOfSec: number,
): readonly BookChunk[] {
  const isRunning = state.status === 'effective' || state.status === 'defaulted';
  if (!isRunning || state.contract.document.denomination.type !== 'msat') return [];
  const numbers = [...state.paid.numbers('repayment'), ...asked.map(({ n }) => n), ...taken];
  let next = numbers.reduce((most, n) => Math.max(most, n + 1), 0);
  return lackingBy(state, asked, asOfSec).flatMap((lacking) => {
    const { notBeforeSec, expiresAtSec } = lacking;
    return amountsOf(state, lacking).map((amountUnits) => {
      const part = { leg: 'repayment' as const, n: next, amountUnits };
      next += 1;
      return { parts: [part], notBeforeSec, expiresAtSec };
    });
  });
}

/** How far a book of repayments reaches. */
export function repaymentReach(
  state: ContractState,
  asked: readonly AskedPart[],
  asOfSec: number,
): BookReach {
  const proven = state.paid.numbers('repayment');
  const open = asked.filter(({ n, expiresAtSec }) => !proven.has(n) && expiresAtSec > asOfSec);
  const { denomination } = state.contract.document;
  const isMsat = denomination.type === 'msat';
  const lacking = isMsat ? lackingBy(state, asked, asOfSec) : [];
  const short = lacking.find(({ lackingUnits }) => lackingUnits > 0n);
  const afterSec = isMsat ? bookHorizonSec(asOfSec) : asOfSec;
  const later = ledgerOf(state, asOfSec).instalments.find(
    ({ dueAtSec, unpaidUnits }) => dueAtSec > afterSec && unpaidUnits >= wholeOf(denomination),
  );
  const untilSec = short?.dueAtSec ?? later?.dueAtSec;
  return { parts: open.length, untilSec, isWhole: open.length > 0 && untilSec === undefined };
}

/** One order to repay, or a part of one, as its payer's journal has it. */
export interface OrderedPart {
  readonly n: number;
  readonly amountUnits: bigint;
  /** Its place among the parts of one order, from 0. */
  readonly round: number;
}

/** What of a book is paid in the place of an order. */
export interface Booked<T> {
  readonly parts: readonly { readonly part: T; readonly round: number }[];
  /** The order's parts that are still to be asked for, in their amounts. */
  readonly left: readonly OrderedPart[];
}

/** The first round by which so much was ordered. */
function roundBy(order: readonly OrderedPart[], units: bigint): number {
  let ordered = 0n;
  for (const { amountUnits, round } of order) {
    ordered += amountUnits;
    if (ordered >= units) return round;
  }
  return order.at(-1)?.round ?? 0;
}

/** Takes so much from an order, its first parts first. */
export function cutOrder(order: readonly OrderedPart[], units: bigint): readonly OrderedPart[] {
  let cut = units;
  return order.flatMap((part) => {
    const taken = minimum(cut, part.amountUnits);
    cut -= taken;
    const amountUnits = part.amountUnits - taken;
    return amountUnits > 0n ? [{ ...part, amountUnits }] : [];
  });
}

/** Parts of a book that are paid in the place of one order, whose parts are in their order. */
export function useBook<T extends Pick<AskedPart, 'n' | 'amountUnits'>>(
  order: readonly OrderedPart[],
  booked: readonly T[],
): Booked<T> {
  // P-38: "…It takes the largest parts that are no more than what is left of the order, and asks
  // for the rest…"
  let leftUnits = sum(order.map(({ amountUnits }) => amountUnits));
  const used: T[] = [];
  const bySize = (a: T, b: T): number =>
    a.amountUnits === b.amountUnits ? a.n - b.n : a.amountUnits < b.amountUnits ? 1 : -1;
  for (const part of [...booked].sort(bySize)) {
    if (part.amountUnits > leftUnits) continue;
    used.push(part);
    leftUnits -= part.amountUnits;
  }
  if (used.length === 0) return { parts: [], left: order };
  let paid = 0n;
  const parts = used.reverse().map((part) => {
    paid += part.amountUnits;
    // P-38: "…each takes the place of the first part of the order by which so much was ordered…"
    return { part, round: roundBy(order, paid) };
  });
  const last = order.at(-1);
  const left = last && leftUnits > 0n ? [{ ...last, amountUnits: leftUnits }] : [];
  return { parts, left };
}
