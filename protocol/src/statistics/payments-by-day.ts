/**
 * A contract's payments by contract day and by proof, in one pass.
 * Spec: specs/figures.md, "One contract".
 */
import type { LedgerPayment } from '../contract/ledger.ts';
import type { ContractState, Payment } from '../contract/state.ts';
import { dayOf } from '../interest.ts';
import type { Leg } from '../kinds/fields.ts';

/** How many payments there are of one proof, and their sum. */
export interface ProofTotal {
  readonly count: number;
  readonly amountMsat: bigint;
}

/** What the payments of a contract come to by the end of a day. */
export interface CountedPayments {
  /** One payment for each leg and day: the ledger does not tell them from several (M-6). */
  readonly daily: readonly LedgerPayment[];
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

interface Sum {
  count: number;
  amountMsat: bigint;
}

interface DaySum extends LedgerPayment {
  readonly day: number;
  amountMsat: bigint;
}

/** Adds up the payments of a contract that settled by the end of a contract day. */
export function countPayments(
  state: ContractState,
  asOfDay: number,
  reused: ReadonlySet<string>,
): CountedPayments {
  const { daySec } = state.contract.document;
  const daily: DaySum[] = [];
  const open: Partial<Record<Leg, DaySum>> = {};
  const [acknowledged, preimageOnly, notCounted] = [0, 1, 2].map((): Sum => ({
    count: 0,
    amountMsat: 0n,
  })) as [Sum, Sum, Sum];
  let contestedTimes = 0;
  // Payments come by settled time, so those of one leg and day stand together.
  for (const payment of state.payments) {
    const { leg, amountMsat, settledAtSec } = payment;
    const day = dayOf(settledAtSec, daySec);
    // F-2: "Every figure is of an as-of time: payments settled on later contract days do not
    // count…"
    if (day > asOfDay) break;
    const isLeftOut = reused.size > 0 && reused.has(partOf(payment));
    // F-24: "Payments that the payee acknowledged are counted and summed apart from those that
    // rest on a preimage alone."
    const isAcknowledged = payment.class === 'preimage+acknowledgement';
    const total = isLeftOut ? notCounted : isAcknowledged ? acknowledged : preimageOnly;
    total.count += 1;
    total.amountMsat += amountMsat;
    if (isLeftOut) continue;
    if (payment.timeContested) contestedTimes += 1;
    const known = open[leg];
    if (known?.day === day) known.amountMsat += amountMsat;
    else daily.push((open[leg] = { leg, day, amountMsat, settledAtSec }));
  }
  const firstPaymentAtSec = daily[0]?.settledAtSec;
  return { daily, firstPaymentAtSec, acknowledged, preimageOnly, contestedTimes, notCounted };
}
