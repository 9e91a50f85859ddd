/**
 * One obligation to several investors of an offer: what each gets, in how many parts, and that
 * nobody is paid ahead of the others. Spec: specs/payments.md, "One obligation to many".
 */
import { allocate, floorToWhole, minimum } from './money.ts';

/** Parts of each investor's share. */
export const LOCKSTEP_PARTS = 4;
/** How long a part waits for parts of others, seconds. */
export const LOCKSTEP_WAIT_SEC = 60;

/** Shares of an amount among what is due to each, whole amounts, in the order of contract ids. */
export function shareAmong(
  amountUnits: bigint,
  dueUnits: readonly bigint[],
  whole: bigint,
): bigint[] {
  // P-24: "What a business pays at once to several investors under one offer is shared among them
  // in proportion to what is due to each, in whole satoshis, by largest remainder (M-2), in the
  // order of contract ids…"
  return allocate(amountUnits / whole, dueUnits).map((share) => share * whole);
}

/** In how many parts shares are paid: the same for all, none of less than a whole amount. */
export function lockstepParts(shareUnits: readonly bigint[], whole: bigint): number {
  const shares = shareUnits.filter((share) => share > 0n);
  const least = shares.reduce((least, share) => minimum(least, share), shares[0] ?? whole);
  return Math.max(1, Number(minimum(least / whole, BigInt(LOCKSTEP_PARTS))));
}

/** A share in parts: whole amounts, the last takes the remainder. */
export function inParts(shareUnits: bigint, count: number, whole: bigint): bigint[] {
  const partUnits = floorToWhole(shareUnits / BigInt(count), whole);
  const lastUnits = shareUnits - partUnits * BigInt(count - 1);
  return Array.from({ length: count }, (_, place) => (place < count - 1 ? partUnits : lastUnits));
}

/** One part of an obligation to several, as its payer's journal has it. */
export interface LockstepPart {
  readonly contract: string;
  /** Its place among the parts of its share, from 0. */
  readonly round: number;
  readonly isPaid: boolean;
  /** When the wallet was told to pay it, ms; without meaning until then. */
  readonly paidAtMs: number;
}

/** Whether a part waits; `sinceMs` is when the payer began to ask. */
export function isAheadOfOthers(
  part: LockstepPart,
  parts: readonly LockstepPart[],
  sinceMs: number,
  nowMs: number,
): boolean {
  const earlier = parts.filter(({ round }) => round < part.round);
  const own = earlier.filter(({ contract }) => contract === part.contract);
  if (own.some(({ isPaid }) => !isPaid)) return true;
  // P-25: "It pays no part before all earlier parts of the others, but waits for them no longer
  // than 60 seconds from its last part to that investor, or from when it began to ask: so an
  // investor who does not answer holds up nobody for long…"
  if (earlier.every(({ isPaid }) => isPaid)) return false;
  const fromMs = own.reduce((latest, { paidAtMs }) => Math.max(latest, paidAtMs), sinceMs);
  return nowMs < fromMs + LOCKSTEP_WAIT_SEC * 1_000;
}
