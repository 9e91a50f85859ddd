/**
 * A contract's payments by contract day and by proof, in one pass.
 * Spec: specs/figures.md, "One contract".
 */
import type { DayTotal } from '../contract/paid.ts';
import type { ContractState, Payment } from '../contract/state.ts';
import { dayOf } from '../interest.ts';

/** How many payments there are of one proof, and their sum. */
export interface ProofTotal {
  readonly count: number;
  readonly amountUnits: bigint;
}

/** What the payments of a contract come to by the end of a day. */
export interface CountedPayments {
  /** One total for each leg and day: the ledger does not tell it from several payments (M-6). */
  readonly daily: readonly DayTotal[];
  readonly firstPaymentAtSec: number | undefined;
  readonly acknowledged: ProofTotal;
  readonly preimageOnly: ProofTotal;
  readonly contestedTimes: number;
  /** Payments left out because their hash counts under another contract. */
  readonly notCounted: ProofTotal;
}

/** No part at all. */
export const NO_PARTS: ReadonlySet<string> = new Set();

/** A payment's part as one word: what `findReusedHashes` names. */
export function partOf(payment: Pick<Payment, 'request' | 'n'>): string {
  return `${payment.request}:${payment.n}`;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

const NO_PAYMENTS = {
  ...{ amountUnits: 0n, parts: 0, receivedParts: 0, receivedUnits: 0n, contestedTimes: 0 },
};

const NOTHING: ProofTotal = { count: 0, amountUnits: 0n };

/** Days with all their payments, as the fold keeps them. */
function countDays(days: readonly DayTotal[]): CountedPayments {
  let [parts, receivedParts, contestedTimes] = [0, 0, 0];
  let [amountUnits, receivedUnits] = [0n, 0n];
  for (const day of days) {
    parts += day.parts;
    receivedParts += day.receivedParts;
    contestedTimes += day.contestedTimes;
    amountUnits += day.amountUnits;
    receivedUnits += day.receivedUnits;
  }
  return {
    daily: days,
    firstPaymentAtSec: firstOf(days),
    // F-24: "Payments that the payee acknowledged are counted and summed apart from those that
    // rest on a preimage alone…"
    acknowledged: { count: receivedParts, amountUnits: receivedUnits },
    preimageOnly: { count: parts - receivedParts, amountUnits: amountUnits - receivedUnits },
    contestedTimes,
    notCounted: NOTHING,
  };
}

function firstOf(days: readonly DayTotal[]): number | undefined {
  const first = days.filter(({ day }) => day === days[0]?.day);
  return first.length === 0 ? undefined : Math.min(...first.map((each) => each.settledAtSec));
}

/** The days without the parts that are left out, and those. */
function leaveOut(state: ContractState, asOfDay: number, reused: ReadonlySet<string>) {
  const { daySec } = state.contract.document;
  const notCounted = { count: 0, amountUnits: 0n };
  const days = new Map<string, Writable<DayTotal>>();
  for (const payment of state.payments) {
    const { leg, amountUnits, settledAtSec } = payment;
    const day = dayOf(settledAtSec, daySec);
    if (day > asOfDay) break;
    if (reused.has(partOf(payment))) {
      notCounted.count += 1;
      notCounted.amountUnits += amountUnits;
      continue;
    }
    const key = `${day} ${leg}`;
    const total = days.get(key) ?? { leg, day, settledAtSec, ...NO_PAYMENTS };
    const isReceived = payment.class === 'preimage+acknowledgement';
    total.amountUnits += amountUnits;
    total.parts += 1;
    total.receivedParts += isReceived ? 1 : 0;
    total.receivedUnits += isReceived ? amountUnits : 0n;
    total.contestedTimes += payment.timeContested ? 1 : 0;
    days.set(key, total);
  }
  return { days: [...days.values()], notCounted };
}

/** Adds up the payments of a contract that settled by the end of a contract day. */
export function countPayments(
  state: ContractState,
  asOfDay: number,
  reused: ReadonlySet<string>,
): CountedPayments {
  if (reused.size > 0) {
    const { days, notCounted } = leaveOut(state, asOfDay, reused);
    return { ...countDays(days), notCounted };
  }
  // F-2: "Every figure is of an as-of time: payments settled on later contract days do not
  // count…"
  const { daily } = state.paid;
  const isLater = daily.findIndex(({ day }) => day > asOfDay);
  return countDays(isLater < 0 ? daily : daily.slice(0, isLater));
}
