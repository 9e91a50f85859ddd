/**
 * What a bank that runs a business's till hands on beside the shares: what is left of the takings.
 * What was ordered is what the journal has, so that nothing is paid on twice or forgotten.
 * Spec: specs/till.md, "Run by the bank".
 */
import {
  ledgerOf,
  paidOnMsat,
  releaseAccount,
  unitsOf,
  type Leg,
  type PaidParts,
} from '@realyield/protocol';
import type { Desk } from '../desk.ts';
import type { Repayments } from '../repayments.ts';
import { isHeld, type Copy, type OwnDevice } from './devices.ts';
import type { TillBook } from './till-book.ts';
import type { Served } from './till-parts.ts';

/** How long what comes together waits for a payment that is on its way, ms. */
const TOGETHER_MS = 10_000;

/** What is proven of a leg, by number, msat. */
function provenParts(paid: PaidParts | undefined, leg: Leg): ReadonlyMap<number, bigint> {
  const proven = new Map<number, bigint>();
  for (const { leg: of, request, runs } of paid?.requests() ?? []) {
    const { n } = request.document;
    const units = of === leg ? unitsOf(request.document) : [];
    for (const { first, last } of runs) {
      for (let place = first; place <= last && units.length > 0; place += 1) {
        proven.set(n[place] ?? 0, BigInt(units[place] ?? '0'));
      }
    }
  }
  return proven;
}

/**
 * All that is ordered on a leg of a contract under numbers of this device, whatever became of it,
 * msat. What a lost device ordered receipts say, or what of its payments was found.
 */
function orderedMsat(desk: Desk, own: OwnDevice, contract: string, leg: Leg): bigint {
  const paid = own.took.length > 0 ? desk.catalog.contract(contract)?.fold.state.paid : undefined;
  // TL-38: "…what receipts prove under its numbers is paid on…"
  const parts = new Map(provenParts(paid, leg));
  for (const { n, amountUnits } of desk.journal.entries(contract, leg)) {
    if (!parts.has(n)) parts.set(n, BigInt(amountUnits));
  }
  let sum = 0n;
  for (const [n, units] of parts) if (isHeld(own, contract, leg, n)) sum += units;
  return sum;
}

/** Where the numbers begin under which a device orders now. */
export function countsFrom({ firsts }: OwnDevice): number | undefined {
  return firsts.at(-1);
}

/** What was handed on of takings and is proven, msat. */
export interface HandedOn {
  readonly sharesMsat: bigint;
  readonly paidOnMsat: bigint;
  /** By the bank's other devices, of sales that those took. */
  readonly elsewhereMsat: bigint;
}

/** What of the receipts of some contracts is under numbers of a device, and what is not. */
export function handedOn(
  desk: Desk,
  own: Pick<OwnDevice, 'firsts' | 'old'>,
  contracts: Iterable<string>,
): HandedOn {
  const sums = { tillShare: 0n, takings: 0n };
  let elsewhereMsat = 0n;
  for (const root of contracts) {
    const paid = desk.catalog.contract(root)?.fold.state.paid;
    for (const leg of ['tillShare', 'takings'] as const) {
      for (const [n, units] of provenParts(paid, leg)) {
        if (isHeld(own, root, leg, n)) sums[leg] += units;
        else elsewhereMsat += units;
      }
    }
  }
  return { sharesMsat: sums.tillShare, paidOnMsat: sums.takings, elsewhereMsat };
}

/** What another device holds still of what it took, as far as copies and receipts say, msat. */
export function heldThereMsat(
  desk: Desk,
  { firsts, takenMsat }: Pick<Copy, 'firsts' | 'takenMsat'>,
  contracts: Iterable<string>,
): bigint {
  const { sharesMsat, paidOnMsat } = handedOn(desk, { firsts, old: [] }, contracts);
  const heldMsat = BigInt(takenMsat) - sharesMsat - paidOnMsat;
  return heldMsat > 0n ? heldMsat : 0n;
}

/**
 * Whether a part of a leg has just been ordered and is on its way: what comes together meanwhile
 * is paid on with the next, so that twenty sales in a minute are not twenty payments. One that
 * hangs holds nothing up for longer.
 */
export function isJustOrdered({ journal, clock }: Desk, contract: string, leg: Leg): boolean {
  const sinceMs = clock.nowMs() - TOGETHER_MS;
  return journal.unproven(contract, leg).some(({ updatedAtMs }) => updatedAtMs > sinceMs);
}

/**
 * Accounts with what was ordered and was not dropped, and without what nobody is owed any more.
 * An order is dropped where the business has repaid meanwhile.
 */
export async function settleAccounts(desk: Desk, own: OwnDevice, book: TillBook): Promise<void> {
  for (const [contract, account] of book.accounts) {
    const kept = { ...account, handedMsat: orderedMsat(desk, own, contract, 'tillShare') };
    const state = desk.catalog.contract(contract)?.fold.state;
    // TL-28: "…all that waits for a contract under which nothing is outstanding any more becomes
    // the business's…"
    const isOver = state && ledgerOf(state, desk.clock.nowSec()).payoffUnits === 0n;
    const next = isOver ? releaseAccount(kept) : kept;
    const isChanged = next.accrued !== account.accrued || next.handedMsat !== account.handedMsat;
    if (isChanged) await book.change(contract, next);
  }
}

/** Contracts under which takings of this till may have been paid on: they only become more. */
export function contractsOf({
  names,
  sales,
}: Pick<TillBook, 'names' | 'sales'>): ReadonlySet<string> {
  const served = names.flatMap(({ contracts }) => contracts);
  return new Set([...served, ...sales.flatMap(({ asked }) => asked?.contract ?? [])]);
}

/** Pays on what is left of the takings; false where it could not be ordered yet. */
export async function payOn(
  desk: Desk,
  repayments: Repayments,
  { own, served }: { readonly own: OwnDevice; readonly served: readonly Served[] },
  book: TillBook,
): Promise<boolean> {
  const known = contractsOf(book);
  // TL-28: "…What comes together while a payment of the leg is on its way may be paid on with the
  // next."
  if ([...known].some((root) => isJustOrdered(desk, root, 'takings'))) return false;
  const orderedOf = (root: string): bigint => orderedMsat(desk, own, root, 'takings');
  const handedMsat = [...known].reduce((sum, root) => sum + orderedOf(root), 0n);
  const thresholds = served.map(({ thresholdSat }) => thresholdSat);
  const thresholdSat = thresholds.length === 0 ? 1 : Math.min(...thresholds);
  const { takenMsat } = book;
  const msat = paidOnMsat({ takenMsat, handedMsat }, book.accounts.values(), thresholdSat);
  if (msat === 0n) return true;
  // TL-28: "…It is paid under the contract of the earliest effect among those served, then of the
  // least id…"
  const serving = new Set(served.map(({ contract }) => contract));
  const live = [...known].filter((root) => serving.has(root));
  const effectSec = (root: string): number =>
    desk.catalog.contract(root)?.fold.state.effectiveAtSec ?? Infinity;
  const [root] = (live.length > 0 ? live : [...known]).sort(
    (a, b) => effectSec(a) - effectSec(b) || (a < b ? -1 : 1),
  );
  if (root === undefined) return false;
  return (await repayments.handOver(root, 'takings', msat, countsFrom(own))).ok;
}
