/** What a payer asks for next, or why it asks for nothing. Spec: specs/payments.md, "Planning". */
import {
  isStreamed,
  planStreamed,
  type ContractState,
  type Leg,
  type Pace,
  type Plan,
} from '@realyield/protocol';
import type { Desk, OwnContract } from './desk.ts';
import { wantedEntries, type JournalEntry } from './journal.ts';
import { withinLimits, type PayerOrders } from './payer-orders.ts';
import { isPriced, liveEntries } from './ticks-due.ts';
import { statusOf, waitingStatus, type PayerStatus } from './words.ts';

const ASK_AGAIN_MS = 6_000;
const IDLE_MS = 30_000;

/** Parts asked for ahead of their time, and of those that are due after a sleep. */
const PARTS_AHEAD = 10;
const MOST_PARTS = 30;
const AHEAD_SEC = 600;
/** At a price of a currency only so much ahead: the price is to be that of the payment. */
const PRICED_AHEAD_SEC = 30;

/**
 * The next set of parts to ask for: many where many are due, so that few events prove them, and
 * else a few ahead of their time.
 */
function planSet(
  state: ContractState,
  leg: Leg,
  inHand: ReadonlySet<number>,
  { nowSec, pace }: { readonly nowSec: number; readonly pace: Pace | undefined },
): Plan {
  const due = planStreamed(state, leg, inHand, nowSec, MOST_PARTS, { pace });
  const isMany = due.action === 'pay' && due.parts.length > PARTS_AHEAD;
  const isPriced = state.contract.document.denomination.type !== 'msat';
  const aheadSec = isPriced ? PRICED_AHEAD_SEC : AHEAD_SEC;
  return isMany ? due : planStreamed(state, leg, inHand, nowSec, PARTS_AHEAD, { aheadSec, pace });
}

/**
 * Whether to ask for another set: for one at a time, so that a silent payee costs nothing, and for
 * one beyond what is being paid, so that an empty wallet does not gather requests.
 */
function mayAskMore(live: readonly JournalEntry[]): boolean {
  const open = live.filter(({ step }) => step === 'checked' || step === 'failed');
  return open.length <= MOST_PARTS && !live.some(({ step }) => step === 'wanted');
}

/** What follows from a plan. */
interface PlannedStep {
  /** Parts that are wanted from now on. */
  readonly wanted: readonly JournalEntry[];
  /** How it stands, where nothing is on its way. */
  readonly status?: PayerStatus;
  /** When to look again, ms from now. */
  readonly waitMs: number;
}

/** The next step on a leg, by the plan, the journal and the person's limits. */
export function planStep(
  desk: Desk,
  contract: OwnContract,
  leg: Leg,
  { limitOn, pace }: Pick<PayerOrders, 'limitOn' | 'pace'>,
): PlannedStep {
  const { root, fold } = contract.view;
  const { state } = fold;
  if (!isStreamed(state, leg) || state.status === 'closed') {
    const code = state.status === 'closed' ? 'complete' : 'nothingDue';
    return { wanted: [], status: statusOf('done', code), waitMs: IDLE_MS };
  }
  const nowSec = desk.clock.nowSec();
  const inHand = new Set(desk.journal.entries(root, leg).map((entry) => entry.n));
  const planned = planSet(state, leg, inHand, { nowSec, pace: pace() });
  // A limit counts msat, and a part in a currency has no amount in msat before it is asked for.
  const plan = isPriced(contract) ? planned : withinLimits(planned, limitOn);
  if (plan.action === 'pay') {
    if (!mayAskMore(liveEntries(desk, contract, leg))) return { wanted: [], waitMs: ASK_AGAIN_MS };
    return { wanted: wantedEntries(root, plan.parts, desk.clock.nowMs()), waitMs: IDLE_MS };
  }
  const level = plan.reason === 'complete' || plan.reason === 'lapsed' ? 'done' : 'waiting';
  const waitMs = plan.untilSec === undefined ? IDLE_MS : (plan.untilSec - nowSec) * 1_000;
  return { wanted: [], status: waitingStatus(level, plan), waitMs };
}
