/** Where a contract stands, as a word and as one sentence. */
import { disbursementProgress, scheduleOf, type ContractState } from '@realyield/protocol';
import type { StatusView } from '../../components/models.ts';
import { amountText } from '../../amount.ts';
import { formatDateTime, formatDue, formatPlural } from '../../format.ts';
import type { ContractNow } from './contract.ts';
import { heldTitles, isHeldBack } from './milestones.ts';
import { calendarOf } from './notices.ts';
import { paidInstalments, scheduleView } from './schedule.ts';

/** Whether money waits because the investor may still withdraw; not where all of it has lapsed. */
export function isCooling({ state, ledger, nowSec }: ContractNow): boolean {
  const { coolingOffEndsAtSec = 0 } = state;
  return ledger.undisbursedUnits > 0n && nowSec < coolingOffEndsAtSec;
}

/** Until when the investor may withdraw, as text. */
export function coolingUntil(state: ContractState): string {
  return formatDue(state.coolingOffEndsAtSec ?? 0, calendarOf(state));
}

/** What the bank said of funding, where money still waits for it; undefined where none does. */
export function awaitedFunding({ state, ledger }: ContractNow): 'open' | 'failed' | undefined {
  const { funding } = state;
  if (ledger.undisbursedUnits === 0n) return undefined;
  return funding === 'open' || funding === 'failed' ? funding : undefined;
}

function fundingSentence(now: ContractNow, stands: 'open' | 'failed'): string {
  if (stands === 'open') {
    const { deadlineAtSec } = now.state.contract.document.funding;
    return deadlineAtSec === undefined
      ? 'Agreed. Nothing is paid before the bank says that enough investors are there.'
      : `Agreed. The bank has until ${formatDateTime(deadlineAtSec)} to say that enough ` +
          'investors are there; nothing is paid before.';
  }
  return now.ledger.disbursedUnits === 0n
    ? 'Funding failed: nothing was paid out, and nothing is owed.'
    : `Funding failed; no more is paid out. ${repayingSentence(now)}`;
}

/** Writes amounts of a contract as text. */
function textOf({ contract }: ContractState): (units: bigint, whole?: boolean) => string {
  return (units, whole = false) => amountText(units, contract.document.denomination, whole);
}

function waitingFor(state: ContractState): string {
  const missing = (['investor', 'business', 'bank'] as const).filter(
    (role) => state.signatures[role] === undefined,
  );
  return missing.map((role) => `the ${role}`).join(' and ');
}

function withdrawnSentence({ withdrawnBy, signedAtSec }: ContractState): string {
  const who = withdrawnBy.map((role) => `the ${role}`).join(' and ');
  const when =
    signedAtSec === undefined ? 'before all had signed' : 'in the time there was to withdraw';
  return `Withdrawn by ${who} ${when}. Nothing was paid and nothing is owed.`;
}

/**
 * Whether what would be said rests on what has not come yet: signatures and payments are on their
 * way from the relays, and nothing is called unsigned, unpaid or late before they were heard.
 */
export function isUnread({ state, ledger, isRead }: ContractNow): boolean {
  if (isRead) return false;
  if (state.status === 'proposed') return true;
  return state.status === 'effective' && (ledger.disbursedUnits === 0n || ledger.daysPastDue > 0);
}

/** Whether it waited so long for signatures that nothing could be paid out under it any more. */
export function isTooLate({ state, ledger }: ContractNow): boolean {
  return state.status === 'proposed' && ledger.undisbursedUnits === 0n;
}

/** The status as a word. */
export function statusView(now: ContractNow): StatusView {
  const { state, ledger, nowSec } = now;
  if (isUnread(now)) return { text: 'being read', tone: 'plain' };
  if (state.status === 'proposed') {
    const isExpired = nowSec > state.contract.document.expiresAtSec;
    return isExpired ? { text: 'expired', tone: 'plain' } : { text: 'proposed', tone: 'waiting' };
  }
  if (state.status === 'withdrawn') return { text: 'withdrawn', tone: 'plain' };
  if (state.status === 'defaulted') return { text: 'in default', tone: 'problem' };
  if (state.status === 'closed') {
    const isAfterDefault = state.notices.some(({ type }) => type === 'default');
    return isAfterDefault
      ? { text: 'repaid after default', tone: 'waiting' }
      : { text: 'repaid and closed', tone: 'done' };
  }
  if (ledger.daysPastDue > 0) return { text: 'late', tone: 'problem' };
  if (ledger.repaid) return { text: 'repaid', tone: 'done' };
  if (isHeldBack(now)) return { text: 'waits for a milestone', tone: 'waiting' };
  if (isCooling(now)) {
    return { text: 'agreed, may be withdrawn', tone: 'waiting' };
  }
  const funding = awaitedFunding(now);
  if (funding === 'open') return { text: 'waits for investors', tone: 'waiting' };
  if (funding === 'failed' && ledger.disbursedUnits === 0n) {
    return { text: 'funding failed', tone: 'plain' };
  }
  if (ledger.undisbursedUnits > 0n && funding === undefined) {
    return { text: 'being paid out', tone: 'active' };
  }
  if (ledger.disbursedUnits === 0n) return { text: 'never paid out', tone: 'plain' };
  return { text: 'repaying', tone: 'active' };
}

/** The next instalment that asks for anything still, and what it is expected to ask for. */
export function nextInstalment({
  state,
  ledger,
  nowSec,
}: ContractNow):
  { readonly number: number; readonly dueAtSec: number; readonly amountUnits: bigint } | undefined {
  const planned = scheduleOf(state, nowSec);
  // Less than a sat of what counts as paid is asked for with the next.
  let carriedUnits = 0n;
  const open = ledger.instalments.flatMap((entry, index) => {
    const { number, dueAtSec, paidPrincipalUnits, paidInterestUnits } = entry;
    const paidUnits = paidPrincipalUnits + paidInterestUnits;
    const ownUnits = (planned[index]?.totalUnits ?? paidUnits) - paidUnits;
    if (entry.state === 'paid') {
      carriedUnits += ownUnits;
      return [];
    }
    const leftUnits = ownUnits + carriedUnits;
    return [{ number, dueAtSec, amountUnits: leftUnits > 0n ? leftUnits : 0n }];
  });
  // One without interest yet, or paid ahead of its day, is nobody's next.
  return open.find(({ amountUnits }) => amountUnits > 0n) ?? open[0];
}

function lateSentence({ state, ledger }: ContractNow): string {
  const text = textOf(state);
  const oldest = ledger.instalments.find((each) => each.state === 'late');
  const since = formatDue(oldest?.dueAtSec ?? 0, calendarOf(state));
  const days = formatPlural(ledger.daysPastDue, 'day');
  return `Late since ${since}, ${days} past due: ${text(ledger.dueNowUnits)} is owed by now.`;
}

/** What is due and offered while nobody asks for it; undefined where nothing is. */
function tenderedSentence({ state, ledger }: ContractNow): string | undefined {
  const oldest = ledger.instalments.find((each) => each.state === 'tendered');
  if (!oldest) return undefined;
  const due = formatDue(oldest.dueAtSec, calendarOf(state));
  const text = textOf(state);
  const isDenied = state.tenders.some(({ answer }) => answer && answer.atSec === undefined);
  const denial = isDenied ? ' The payee says that it did ask.' : '';
  return (
    `${text(ledger.dueNowUnits)} fell due ${due} and is offered in public, because the payee ` +
    `does not ask for it: not late meanwhile.${denial}`
  );
}

function defaultSentence({ state, ledger }: ContractNow): string {
  const text = textOf(state);
  const notice = state.notices.find(({ type }) => type === 'default');
  const since = formatDue(notice?.asOfSec ?? 0, calendarOf(state));
  if (ledger.repaid || ledger.payoffUnits === 0n) {
    return `In default since ${since}; everything has been repaid after it.`;
  }
  const cured = ledger.daysPastDue === 0 ? '; nothing is late now' : '';
  return `In default since ${since}${cured}. ${text(ledger.payoffUnits)} is owed.`;
}

function milestoneSentence({ state, ledger, nowSec }: ContractNow): string {
  const text = textOf(state);
  const titles = heldTitles(state, nowSec);
  const what = titles.map((title) => `“${title}”`).join(', ');
  const waiting = `${text(ledger.undisbursedUnits, true)} has not left the investor.`;
  return `Waiting for the milestone${titles.length === 1 ? '' : 's'} ${what}. ${waiting}`;
}

function repayingSentence(now: ContractNow): string {
  const tendered = tenderedSentence(now);
  if (tendered !== undefined) return tendered;
  const { state, ledger } = now;
  const text = textOf(state);
  const next = nextInstalment(now);
  const due = next ? formatDue(next.dueAtSec, calendarOf(state)) : '';
  if (ledger.instalments.length > 1 && next) {
    const { paid, asked } = paidInstalments(scheduleView(now));
    return `Repaying, ${paid} of ${asked}. Next ${text(next.amountUnits, true)} due ${due}.`;
  }
  const owed = `${text(ledger.payoffUnits)} owed today, due ${due}`;
  return ledger.repaidUnits > 0n
    ? `Repaying: ${text(ledger.repaidUnits)} came back so far, ${owed}.`
    : `Paid out. ${owed}.`;
}

/** Where a contract stands in one sentence. */
export function sentenceOfContract(now: ContractNow): string {
  const { state, ledger, nowSec } = now;
  if (isUnread(now)) return 'Still being read: the relays have not sent all of it yet.';
  if (state.status === 'proposed') {
    return nowSec > state.contract.document.expiresAtSec
      ? `Expired before ${waitingFor(state)} signed. Nothing is owed.`
      : `Waiting for ${waitingFor(state)} to sign.`;
  }
  if (state.status === 'withdrawn') return withdrawnSentence(state);
  if (state.status === 'closed') {
    return `Repaid and closed: ${textOf(state)(ledger.repaidUnits)} came back.`;
  }
  if (state.status === 'defaulted') return defaultSentence(now);
  if (ledger.repaid) return 'Everything is repaid. The bank has yet to close the contract.';
  if (ledger.daysPastDue > 0) return lateSentence(now);
  if (isHeldBack(now)) return milestoneSentence(now);
  if (isCooling(now)) {
    const until = coolingUntil(state);
    return `Agreed. The investor may withdraw until ${until}; nothing is paid before that.`;
  }
  const funding = awaitedFunding(now);
  if (funding !== undefined) return fundingSentence(now, funding);
  if (ledger.undisbursedUnits > 0n) {
    const progress = disbursementProgress(state, nowSec);
    return `Being paid out, ${progress.paidTicks} of ${progress.ticks} payments.`;
  }
  if (ledger.disbursedUnits === 0n) return 'Nothing was paid out before the window closed.';
  return repayingSentence(now);
}
