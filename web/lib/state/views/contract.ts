/** One contract as its page shows it. */
import {
  disbursementProgress,
  pacedTicks,
  ticksOf,
  type ContractState,
  type Ledger,
  type Pace,
  type Tick,
} from '@realyield/protocol';
import type { BalancesView, ContractHeadView } from '../../components/models.ts';
import type { StreamModel } from '../../components/payment-models.ts';
import type { ContractView } from '../../engine/catalog.ts';
import type { JournalEntry } from '../../engine/journal.ts';
import { sideStatus } from '../../engine/payer-orders.ts';
import type { Session } from '../../engine/session.ts';
import type { PayerStatus } from '../../engine/words.ts';
import { offerOf } from '../../engine/cases/claimable.ts';
import { ledgerOf } from '../market/ledgers.ts';
import { bankHref } from './banks.ts';
import {
  awaitedFunding,
  coolingUntil,
  isCooling,
  sentenceOfContract,
  statusView,
} from './contract-sentence.ts';
import { heldTitles } from './milestones.ts';
import { personView, type Names } from './people.ts';
import { standingStill } from './standing-still.ts';
import { costNameOf } from './terms-plan.ts';

/** A contract's state with its balances at the reader's time. */
export interface ContractNow {
  readonly state: ContractState;
  readonly ledger: Ledger;
  readonly nowSec: number;
  /** Whether a relay has sent all it had of it; what is not here before is not missing. */
  readonly isRead: boolean;
}

/** Balances now. */
export function contractNow(view: ContractView, nowSec: number, isRead = true): ContractNow {
  const { state } = view.fold;
  return { state, ledger: ledgerOf(view, nowSec), nowSec, isRead };
}

/** The offer's title, from the version the contract embeds. */
export function titleOf(state: ContractState): string {
  const offer = state.contract.document.bases.find((base) => base.as === 'offer');
  const title = offer?.event.content['title'];
  return typeof title === 'string' ? title : 'Loan';
}

/** Where more is said of a party: the bank's page, the business's prospectus. */
export function partyHref(state: ContractState, role: 'bank' | 'business'): string {
  if (role === 'bank') return bankHref(state.contract.document.parties.bank.pubkey);
  return `/offers/${encodeURIComponent(offerOf(state))}`;
}

/** The head of a contract's page. */
export function headView(names: Names, now: ContractNow): ContractHeadView {
  const { state } = now;
  const { parties } = state.contract.document;
  return {
    id: state.root,
    title: titleOf(state),
    status: statusView(now),
    sentence: sentenceOfContract(now),
    parties: (['investor', 'business', 'bank'] as const).map((role) =>
      personView(names, parties[role].pubkey, role),
    ),
  };
}

/** Balances now. */
export function balancesView({ state, ledger, nowSec }: ContractNow): BalancesView {
  return {
    denomination: state.contract.document.denomination,
    principalUnits: BigInt(state.contract.document.principalUnits),
    disbursedUnits: ledger.disbursedUnits,
    outstandingUnits: ledger.outstandingUnits,
    accruedInterestUnits: ledger.interestOwedUnits,
    repaidUnits: ledger.repaidUnits,
    daysPastDue: ledger.daysPastDue,
    asOfSec: nowSec,
    ...costNameOf(state.contract.document),
  };
}

/** What the page says above the stream, with what is safe and what can be done. */
const SAID_ABOVE: ReadonlySet<PayerStatus['code']> = new Set<PayerStatus['code']>([
  'ELSEWHERE',
  'WALLET_SILENT',
  'NOT_ARRIVED',
  'WALLET_MISSING',
]);

/** While a payer waits for one of these nothing flows, though nothing is wrong. */
const STANDING: ReadonlySet<PayerStatus['code']> = new Set<PayerStatus['code']>([
  'BEGINNING',
  'ELSEWHERE',
  'PAYEE_REFUSED',
  'NO_LOOKUP',
  'budget',
  'paused',
  'cohortBehind',
  'coolingOff',
  'fundingNotReached',
]);

/** What a payer says that has nothing to do yet. */
const BEFORE_IT_BEGINS: ReadonlySet<PayerStatus['code']> = new Set<PayerStatus['code']>([
  'BEGINNING',
  'coolingOff',
]);

function streamState(
  now: ContractNow,
  payer: PayerStatus | undefined,
  entries: readonly JournalEntry[],
  pace: Pace | undefined,
): Pick<StreamModel, 'state' | 'reason' | 'isOver'> {
  const { state, nowSec } = now;
  const progress = disbursementProgress(state, nowSec);
  if (progress.paidTicks === progress.ticks) return { state: 'done' };
  if (state.status === 'defaulted') {
    const reason = 'The loan is in default; nothing more is paid out.';
    return { state: 'stopped', isOver: true, reason };
  }
  if (progress.next === undefined && progress.heldTicks > 0) {
    const titles = heldTitles(state, nowSec).map((title) => `“${title}”`);
    return { state: 'waiting', reason: `It waits for the milestone ${titles.join(', ')}.` };
  }
  if (progress.next === undefined) {
    const reason = 'The window has closed; what was not paid has lapsed.';
    return { state: 'stopped', isOver: true, reason };
  }
  const funding = awaitedFunding(now);
  if (funding === 'failed') {
    const reason = 'Funding failed; nothing more is paid out.';
    return { state: 'stopped', isOver: true, reason };
  }
  if (isCooling(now) && (payer === undefined || BEFORE_IT_BEGINS.has(payer.code))) {
    const who = payer === undefined ? 'The investor' : 'You';
    const reason = `${who} may withdraw until ${coolingUntil(state)}; the stream begins then.`;
    return { state: 'waiting', reason };
  }
  if (payer === undefined) {
    if (funding === 'open') return { state: 'waiting', reason: 'It waits for enough investors.' };
    const isLate = progress.next.dueAtSec + 30 < nowSec;
    return isLate
      ? { state: 'waiting', reason: 'No payment for a while; the investor may have paused.' }
      : { state: 'flowing' };
  }
  if (payer.level === 'paused') return { state: 'paused', reason: payer.sentence };
  // The page says so above the stream, with what can be done.
  if (SAID_ABOVE.has(payer.code)) return { state: 'waiting' };
  if (payer.level === 'problem') return { state: 'stopped', reason: payer.sentence };
  if (STANDING.has(payer.code)) return { state: 'waiting', reason: payer.sentence };
  const [{ dueAtSec } = progress.next] = pacedTicks(state, [progress.next], pace);
  if (dueAtSec > nowSec && progress.paidTicks === 0) {
    return { state: 'waiting', reason: 'The stream has not begun.' };
  }
  const reason = standingStill(entries, payer, dueAtSec, nowSec);
  return reason === undefined ? { state: 'flowing' } : { state: 'waiting', reason };
}

type StreamSession = Pick<Session, 'payerStatus' | 'isRunning'> & {
  readonly pauses: Pick<Session['pauses'], 'isPaused'>;
};

/** How this person's own payer of a stream stands; a pause holds whichever window pays. */
export function streamPayer(session: StreamSession, root: string): PayerStatus | undefined {
  return !session.isRunning && session.pauses.isPaused(root)
    ? sideStatus('paused', { isPaused: true })
    : session.payerStatus(root, 'disbursement');
}

/** What the payer's client knows of a stream beside the contract. */
export interface PayerKnows {
  /** Its journal of the disbursement. */
  readonly entries?: readonly JournalEntry[];
  readonly pace?: Pace | undefined;
}

/** When a stream's last payment is made, at the payer's pace and as agreed. */
function endsOf(
  ticks: readonly Tick[],
  paced: readonly Tick[],
): Pick<StreamModel, 'endsAtSec' | 'agreedEndsAtSec'> {
  return { endsAtSec: paced.at(-1)?.dueAtSec, agreedEndsAtSec: ticks.at(-1)?.dueAtSec };
}

/** The stream of a disbursement. */
export function streamModel(
  names: Names,
  now: ContractNow,
  payer: PayerStatus | undefined,
  { entries = [], pace }: PayerKnows = {},
): StreamModel {
  const { state, nowSec } = now;
  const { document } = state.contract;
  const progress = disbursementProgress(state, nowSec);
  const ticks = ticksOf(state, nowSec);
  const paced = pacedTicks(state, ticks, pace);
  const first = document.tranches[0];
  const tickSec = first ? (first.toSec - first.fromSec) / first.ticks : 1;
  return {
    from: personView(names, document.parties.investor.pubkey, 'investor'),
    to: personView(names, document.parties.business.pubkey, 'business'),
    denomination: document.denomination,
    tickUnits: progress.next?.amountUnits ?? ticks[0]?.amountUnits ?? 0n,
    tickSec: Math.max(1, Math.round(tickSec)),
    paidUnits: progress.paidUnits,
    totalUnits: ticks.reduce((sum, tick) => sum + tick.amountUnits, 0n),
    ticksPaid: progress.paidTicks,
    ticksTotal: progress.ticks,
    nextTickAtSec: paced.find(({ n }) => n === progress.next?.n)?.dueAtSec,
    pacePercent: pace?.percent,
    ...endsOf(ticks, paced),
    ...streamState(now, payer, entries, pace),
  };
}

/** The stream as a device without a network sees it: it does not know that anything flows. */
export function offlineStream(stream: StreamModel, isOnline: boolean): StreamModel {
  if (isOnline || stream.state !== 'flowing') return stream;
  const reason = 'This device is offline: nothing moves here until it is back.';
  return { ...stream, state: 'waiting', reason };
}
