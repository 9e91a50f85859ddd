/**
 * What a bank that runs a business's till hands on beside the shares: what is left of the takings.
 * What was ordered is what the journal has, so that nothing is paid on twice or forgotten.
 * Spec: specs/till.md, "Run by the bank".
 */
import { ledgerOf, paidOnMsat, releaseAccount, type Leg } from '@realyield/protocol';
import type { Desk } from '../desk.ts';
import type { Repayments } from '../repayments.ts';
import type { TillBook } from './till-book.ts';
import type { Served } from './till-parts.ts';

/** How long what comes together waits for a payment that is on its way, ms. */
const TOGETHER_MS = 10_000;

/** All that is ordered on a leg of a contract, whatever became of it, msat. */
function orderedMsat(desk: Desk, contract: string, leg: Leg): bigint {
  const entries = desk.journal.entries(contract, leg);
  return entries.reduce((sum, { amountUnits }) => sum + BigInt(amountUnits), 0n);
}

/** What was handed on of takings and is proven, msat. */
export interface HandedOn {
  readonly sharesMsat: bigint;
  readonly paidOnMsat: bigint;
  /** By the bank's other devices, of sales that those took. */
  readonly elsewhereMsat: bigint;
}

/** What of the receipts of some contracts is of this device's own journal, and what is not. */
export function handedOn(desk: Desk, contracts: Iterable<string>): HandedOn {
  const sums = { tillShare: 0n, takings: 0n };
  let allMsat = 0n;
  for (const root of contracts) {
    const paid = desk.catalog.contract(root)?.fold.state.paid;
    for (const leg of ['tillShare', 'takings'] as const) {
      const proven = paid?.numbers(leg);
      allMsat += paid?.totalUnits(leg) ?? 0n;
      for (const { n, amountUnits } of desk.journal.entries(root, leg)) {
        if (proven?.has(n)) sums[leg] += BigInt(amountUnits);
      }
    }
  }
  const { tillShare: sharesMsat, takings: paidOnMsat } = sums;
  const elsewhereMsat = allMsat - sharesMsat - paidOnMsat;
  return { sharesMsat, paidOnMsat, elsewhereMsat: elsewhereMsat > 0n ? elsewhereMsat : 0n };
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

/** Accounts without what was ordered and dropped, and without what nobody is owed any more. */
async function settleAccounts(desk: Desk, book: TillBook): Promise<void> {
  for (const [contract, account] of book.accounts) {
    const handedMsat = orderedMsat(desk, contract, 'tillShare');
    // An order is dropped where the business has repaid meanwhile.
    const kept = handedMsat < account.handedMsat ? { ...account, handedMsat } : account;
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
  served: readonly Served[],
  book: TillBook,
): Promise<boolean> {
  await settleAccounts(desk, book);
  const known = contractsOf(book);
  // TL-28: "…What comes together while a payment of the leg is on its way may be paid on with the
  // next."
  if ([...known].some((root) => isJustOrdered(desk, root, 'takings'))) return false;
  const handedMsat = [...known].reduce((sum, root) => sum + orderedMsat(desk, root, 'takings'), 0n);
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
  return root !== undefined && (await repayments.handOver(root, 'takings', msat)).ok;
}
