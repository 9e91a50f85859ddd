/** Arrears and default as a contract's page shows them: what was noticed, what may be, and when. */
import {
  REJECT_SENTENCES,
  type ContractState,
  type Notice,
  type NoticeType,
  type PartyRole,
  type ParsedEvent,
} from '@realyield/protocol';
import type { NoticeView } from '../../components/milestones/models.ts';
import type { Outlook } from '../../engine/notices.ts';
import { formatBps, formatDue, formatPlural, type Calendar } from '../../format.ts';
import type { ContractNow } from './contract.ts';
import type { PersonView } from '../../ui/shell.svelte.ts';
import { personView, type Names } from './people.ts';

/** The calendar a contract's days are read by. */
export function calendarOf(state: ContractState): Calendar {
  const { startAtSec: startSec, daySec } = state.contract.document;
  return { startSec, daySec };
}

/** The last second of the day on which time to cure an arrears notice ends. */
export function cureEndsAtSec(state: ContractState, noticedAtSec: number): number {
  const { daySec, default: terms } = state.contract.document;
  return (Math.floor(noticedAtSec / daySec) + terms.cureDays + 1) * daySec - 1;
}

function isCured({ ledger }: ContractNow, { type, instalment }: Notice): boolean {
  return type === 'arrears' && ledger.instalments[instalment - 1]?.state === 'paid';
}

function sentenceOf(now: ContractNow, notice: Notice): string {
  const { state } = now;
  if (notice.type === 'default') {
    const isPaid = now.ledger.instalments[notice.instalment - 1]?.state === 'paid';
    const since = isPaid ? ' It has been paid since, which does not undo the default.' : '';
    return `The loan is in default: instalment ${notice.instalment} was not paid in time.${since}`;
  }
  if (notice.type === 'acceleration') {
    return 'The loan was called in: everything outstanding fell due that day.';
  }
  if (notice.type === 'writeOff') {
    return 'The bank expects no more and counts the rest as lost. The business still owes it.';
  }
  if (isCured(now, notice)) {
    return `Instalment ${notice.instalment} was late; it has been paid since, which cured it.`;
  }
  const endSec = cureEndsAtSec(state, notice.asOfSec);
  const until = formatDue(endSec, calendarOf(state));
  if (endSec < now.nowSec) {
    return `Instalment ${notice.instalment} is late; the time to cure it ended on ${until}.`;
  }
  return `Instalment ${notice.instalment} is late. Paying it by ${until} cures it.`;
}

/** Who gave a notice: the party it counts for, or who took over from the bank. */
function authorOf(
  names: Names,
  { contract }: ContractState,
  { author }: Notice,
  parsed: ParsedEvent | undefined,
): PersonView {
  const { parties, appointees } = contract.document;
  const servicer = appointees?.backupServicer;
  return servicer !== undefined && parsed?.event.pubkey === servicer
    ? personView(names, servicer, 'backup servicer')
    : personView(names, parties[author].pubkey, author);
}

/** Notices that count, newest first. */
export function noticeViews(
  names: Names,
  now: ContractNow,
  events: readonly ParsedEvent[],
): NoticeView[] {
  const { state } = now;
  const views = state.notices.map((notice) => {
    const parsed = events.find(({ event }) => event.id === notice.id);
    const text = parsed?.name === 'notice' && 'statement' in parsed.document;
    return {
      id: notice.id,
      type: notice.type,
      who: authorOf(names, state, notice, parsed),
      atSec: notice.asOfSec,
      sentence: sentenceOf(now, notice),
      statement: text && 'statement' in parsed.document ? parsed.document.statement : '',
      isContested: notice.contested,
      isCured: isCured(now, notice),
    };
  });
  return views.sort((a, b) => b.atSec - a.atSec);
}

/** The newest arrears notice on an instalment that is late still. */
export function standingArrears({ state, ledger }: ContractNow): Notice | undefined {
  return state.notices.findLast(
    ({ type, instalment }) =>
      type === 'arrears' && ledger.instalments[instalment - 1]?.state === 'late',
  );
}

/** What declaring a default does, each a sentence. */
export function defaultEffects(state: ContractState, role: PartyRole | undefined): string[] {
  const effects = [
    'It is final: no later payment and nobody’s signature takes it back.',
    'Nothing more is paid out. Everything lent and its interest stays owed.',
    'It counts in the record of the bank and of the business for everyone to see.',
  ];
  const { tillShare } = state.contract.document;
  const { shareBps = 0, recoveryBps = 0 } = tillShare ?? {};
  if (tillShare?.runBy !== 'bank' || recoveryBps <= shareBps) return effects;
  const till = role === 'bank' ? 'At the till you run' : 'At the till the bank runs';
  const now = `${formatBps(recoveryBps)} of each sale repays the loan`;
  return [...effects, `${till}, ${now} instead of ${formatBps(shareBps)}, until nothing is late.`];
}

/** Why a notice would not count yet, and from when it would; undefined when it would now. */
export function outlookSentence(
  now: ContractNow,
  type: NoticeType,
  outlook: Outlook,
): string | undefined {
  if (outlook.when === 'now') return undefined;
  const { state } = now;
  const { plan, default: terms } = state.contract.document;
  if (outlook.when === 'later') {
    const day = formatDue(outlook.atSec, calendarOf(state));
    if (type === 'arrears') {
      const grace = formatPlural(plan.graceDays, 'day');
      return `Possible from ${day}: the terms give ${grace} of grace after the due day.`;
    }
    const past = formatPlural(terms.afterDays, 'day');
    const cure = formatPlural(terms.cureDays, 'day');
    return (
      `Possible from ${day} if nothing is paid: the terms ask for ${past} past due, ` +
      `and ${cure} to cure after an arrears notice.`
    );
  }
  if (type === 'default' && !standingArrears(now)) {
    return 'Default rests on an arrears notice of what is late, and there is none yet.';
  }
  return REJECT_SENTENCES[outlook.refused.code];
}
