/** What a leg's plan and proofs say about the payer's journal. */
import {
  feesOf,
  isSerial,
  owedOn,
  pacedTicks,
  payeeKeyProblem,
  ticksOf,
  type Leg,
  type Pace,
  type PaidParts,
  type RequestDocument,
} from '@realyield/protocol';
import type { Desk, OwnContract } from './desk.ts';
import { isThroughBank, provenEntry, type JournalEntry, type JournalStep } from './journal.ts';
import { priceProblem } from './prices/price-check.ts';
import { sentenceOf, type StatusCode } from './words.ts';

/** When a part may be paid, and when no more, Unix seconds. */
export interface DueTimes {
  readonly dueAtSec: number;
  readonly lapsesAtSec: number;
}

/** Times by part: its tick's at the payer's pace, its tranche's, or at once. */
export function dueTimesOf(
  contract: OwnContract,
  leg: Leg,
  nowSec: number,
  pace?: Pace,
): (n: number) => DueTimes {
  if (isSerial(leg)) return () => ({ dueAtSec: 0, lapsesAtSec: Infinity });
  const { state } = contract.view.fold;
  const parts =
    leg === 'disbursement'
      ? pacedTicks(state, ticksOf(state, nowSec), pace)
      : feesOf(state, nowSec);
  const byNumber = new Map(parts.map((part) => [part.n, part]));
  return (n) => {
    const tick = byNumber.get(n);
    if (!tick) return { dueAtSec: 0, lapsesAtSec: 0 };
    // What waits for an approval is not due before it lapses, whatever was asked for already.
    return tick.isHeld ? { ...tick, dueAtSec: tick.lapsesAtSec } : tick;
  };
}

const UNPAID: readonly JournalStep[] = ['wanted', 'checked', 'failed'];

/** Whether what is owed is not msat, so that a price says what is paid. */
export function isPriced({ view }: OwnContract): boolean {
  return view.fold.state.contract.document.denomination.type !== 'msat';
}

/** Parts that another device has paid and proven are done here too. */
export async function settleElsewhere(desk: Desk, contract: OwnContract, leg: Leg): Promise<void> {
  const proven = contract.view.fold.state.paid.numbers(leg);
  // A part that is held for the chain and was proven, by whichever way, is held no more.
  const isOpen = ({ step }: JournalEntry): boolean => UNPAID.includes(step) || step === 'chain';
  const done = desk.journal
    .unproven(contract.view.root, leg)
    .filter((entry) => proven.has(entry.n) && isOpen(entry));
  if (done.length === 0) return;
  const nowMs = desk.clock.nowMs();
  const { paid } = contract.view.fold.state;
  const written = done.map((entry) => {
    const amountMsat = provenMsat(paid, leg, entry.n) ?? entry.amountMsat;
    const proven = provenEntry(entry, nowMs);
    return amountMsat === undefined ? proven : { ...proven, amountMsat };
  });
  // What was told a wallet since is looked up.
  await desk.journal.change(written, (current, entry) =>
    current && isOpen(current) ? entry : undefined,
  );
}

/** What a proven part was paid by, msat. */
function provenMsat(paid: PaidParts, leg: Leg, n: number): string | undefined {
  for (const { leg: of, request, runs } of paid.requests()) {
    const place = of === leg ? request.document.n.indexOf(n) : -1;
    const isPaid = runs.some(({ first, last }) => first <= place && place <= last);
    if (place >= 0 && isPaid) return request.document.msat[place];
  }
  return undefined;
}

/** Entries that something can still come of: not proven, and of parts that have not lapsed. */
export function liveEntries(desk: Desk, contract: OwnContract, leg: Leg): readonly JournalEntry[] {
  const nowSec = desk.clock.nowSec();
  const timesOf = dueTimesOf(contract, leg, nowSec);
  return desk.journal
    .unproven(contract.view.root, leg)
    .filter((entry) => !UNPAID.includes(entry.step) || timesOf(entry.n).lapsesAtSec > nowSec);
}

/** Whether relays have sent what they had stored of a contract and of its payer's mail. */
export function isListed({ catalog, mailbox }: Desk, { own, view }: OwnContract): boolean {
  return (
    catalog.isWatchListed(view.root) &&
    own.money !== undefined &&
    mailbox.isCaughtUp(own.money.publicKey)
  );
}

/** So much before its end a request is not paid any more, seconds. */
const MARGIN_SEC = 5;

/**
 * Why a part that was checked is not paid as it is: its request ran out, its key has ended, or its
 * price does not hold any more.
 */
export function whyStale(
  desk: Desk,
  contract: OwnContract,
  entry: JournalEntry,
): StatusCode | undefined {
  const nowSec = desk.clock.nowSec();
  // FW-15: "…where a payment by way of the bank has definitely failed, it asks for the part anew…"
  const isVoid = entry.step === 'failed' && isThroughBank(entry);
  if (isVoid || (entry.expiresAtSec ?? 0) <= nowSec + MARGIN_SEC) return 'INVOICE_EXPIRED';
  const { state } = contract.view.fold;
  const { document } = state.contract;
  const ended = payeeKeyProblem(state, entry.leg, entry.request?.pubkey ?? '')?.code;
  if (ended || document.denomination.type === 'msat' || !entry.request) return ended;
  // Checked when it came; what the clock and the oracles say may be another thing by now.
  const request = JSON.parse(entry.request.content) as RequestDocument;
  return priceProblem(desk.prices, document, request, nowSec);
}

/** Whether parts are on their way over Lightning, or asked for. */
export function isBusy(desk: Desk, contract: OwnContract, leg: Leg): boolean {
  return liveEntries(desk, contract, leg).some(({ step }) => step !== 'chain');
}

/** Whether the person was shown where to pay parts on the chain, and what came of it is open. */
export function isHeldForChain({ journal }: Desk, root: string, leg: Leg): boolean {
  return journal.unproven(root, leg).some(({ step }) => step === 'chain');
}

/**
 * Drops what was ordered beyond what is owed on a leg: another device of the same person has paid
 * meanwhile, and paying this too would be a gift.
 */
export async function dropExcessOrders(desk: Desk, contract: OwnContract, leg: Leg): Promise<void> {
  const { root, fold } = contract.view;
  const { state } = fold;
  // What is owed of takings the till's book says, not the contract.
  if (!isSerial(leg) || leg === 'takings') return;
  const proven = state.paid.numbers(leg);
  const open = desk.journal.entries(root, leg).filter(({ n }) => !proven.has(n));
  if (!open.some(({ step }) => UNPAID.includes(step))) return;
  let leftUnits = owedOn(state, leg, desk.clock.nowSec());
  for (const entry of open) {
    const amountUnits = BigInt(entry.amountUnits);
    const isExcess = UNPAID.includes(entry.step) && amountUnits > leftUnits;
    if (!isExcess) leftUnits -= amountUnits;
    if (!isExcess) continue;
    if (!(await desk.journal.drop(entry))) continue;
    const code = 'ORDER_DROPPED';
    desk.activity.add({ contract: root, level: 'problem', code, sentence: sentenceOf(code) });
  }
}
