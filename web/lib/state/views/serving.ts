/** Who serves a contract, and the backup servicer's taking over from a silent bank, in words. */
import {
  APPOINTEE_ROLES,
  type AppointeeRole,
  type ContractState,
  type ParsedEvent,
  type PartyRole,
} from '@realyield/protocol';
import type { DeskRow } from '../../components/models.ts';
import { silenceOf, type Served, type Silence } from '../../engine/agreement/serving.ts';
import { formatDate, formatDateTime, formatDue, formatPlural } from '../../format.ts';
import type { Fact } from '../../ui/facts.ts';
import { isUnread, statusView } from './contract-sentence.ts';
import { contractNow, titleOf, type ContractNow } from './contract.ts';
import { calendarOf } from './notices.ts';
import { nameOf, type Names } from './people.ts';
import { APPOINTEE_NAMES } from './undertakings.ts';

/** What an appointee of a contract does, in a clause. */
const TASKS: Readonly<Record<AppointeeRole, string>> = {
  arbiter: 'decides where the parties cannot agree',
  fallbackArbiter: 'decides where the arbiter does not',
  trustee: 'holds what secures the loan, for those it is owed to',
  backupServicer: 'does the bank’s work once the bank has been silent',
};

/** When an appointee accepted, Unix seconds, by the word the contract embeds. */
function acceptedAtSec({ contract }: ContractState, role: AppointeeRole): number | undefined {
  const words = contract.document.bases.filter(({ as }) => as === 'appointment');
  return words.find(({ event }) => event.content['role'] === role)?.event.created_at;
}

/** Everybody a contract appoints: who, since when, and what they do. */
export function appointeeFacts(names: Names, { state }: ContractNow): Fact[] {
  const { appointees = {} } = state.contract.document;
  return APPOINTEE_ROLES.flatMap((role): Fact[] => {
    const key = appointees[role];
    if (key === undefined) return [];
    const atSec = acceptedAtSec(state, role);
    const since = atSec === undefined ? 'not accepted' : `accepted on ${formatDate(atSec)}`;
    const note = `${since}; ${TASKS[role]}`;
    return [{ label: APPOINTEE_NAMES[role], text: nameOf(names, key), note }];
  });
}

/** A time in a contract's own days, or by the clock where these are shorter than a day. */
function timeOf(state: ContractState, atSec: number): string {
  const { daySec } = state.contract.document;
  return daySec === 86_400 ? formatDate(atSec) : formatDateTime(atSec);
}

function servicerOf(names: Names, { contract }: ContractState): string {
  const key = contract.document.appointees?.backupServicer;
  return key === undefined ? 'the backup servicer' : nameOf(names, key);
}

/** How long the bank has been silent and what follows; undefined where it no longer matters. */
export function silenceSentence(
  names: Names,
  { state, nowSec }: ContractNow,
  { lastSec, endsAtSec }: Silence,
): string | undefined {
  const isRunning = state.status === 'effective' || state.status === 'defaulted';
  if (!isRunning || state.takeover !== undefined) return undefined;
  const days = formatPlural(state.contract.document.silenceDays ?? 0, 'day');
  const last = timeOf(state, lastSec);
  const until = timeOf(state, endsAtSec);
  const key = state.contract.document.appointees?.backupServicer ?? '';
  const who = names.own.has(key) ? 'you' : servicerOf(names, state);
  return nowSec >= endsAtSec
    ? `The bank has signed nothing here since ${last}. The terms let ${who} take over after ` +
        `${days} of silence, which ended on ${until}.`
    : `The bank last signed something here on ${last}. If it stays silent for ${days}, ` +
        `${who} may take over from ${until}.`;
}

/** A takeover as everybody is told of it. */
export interface TakeoverView {
  readonly title: string;
  readonly safe: string;
  readonly todo: string;
  readonly statement: string;
  readonly isContested: boolean;
}

const FOR: Readonly<Record<PartyRole, string>> = {
  investor: 'Nothing changes in what you lend or are owed, nor in whom you pay.',
  business: 'You owe what you owed, to whom you owed it, and pay as before.',
  bank: 'Your powers are as they were. The next thing you sign here contests it.',
};

/** What a takeover means to its reader; undefined while there is none. */
export function takeoverView(
  names: Names,
  { state }: ContractNow,
  events: readonly ParsedEvent[],
  role: PartyRole | undefined,
): TakeoverView | undefined {
  const { takeover } = state;
  if (!takeover) return undefined;
  const parsed = events.find(({ event }) => event.id === takeover.id);
  const isTakeover = parsed?.name === 'notice' && parsed.document.type === 'takeover';
  const key = state.contract.document.appointees?.backupServicer ?? '';
  const isOwn = names.own.has(key);
  const who = isOwn ? 'You' : servicerOf(names, state);
  const when = formatDue(takeover.atSec, calendarOf(state));
  const may =
    `${who} may now decide on milestones, sign changes of the terms, give notices and close the ` +
    'loan for the bank.';
  return {
    title: takeover.contested
      ? `${who} took over from the bank on ${when}, and the bank is heard of`
      : `${who} took over from the bank on ${when}`,
    safe: takeover.contested
      ? 'The bank has signed something within or after the silence: until people have settled ' +
        'who was right, no milestone counts that only the backup servicer confirms.'
      : may,
    todo:
      role === undefined && isOwn
        ? 'No money passes through you. The bank keeps its powers, should it come back.'
        : role === undefined
          ? 'The bank keeps its powers. Nobody’s money changes hands by it.'
          : FOR[role],
    statement: isTakeover && 'statement' in parsed.document ? parsed.document.statement : '',
    isContested: takeover.contested,
  };
}

/** What taking over does, each a sentence. */
export function takeoverEffects(state: ContractState, { lastSec }: Silence): string[] {
  return [
    `You say in public that the bank has signed nothing here since ${timeOf(state, lastSec)}.`,
    'You may then decide on milestones, sign changes of the terms, give notices and close the ' +
      'loan in the bank’s place. No money passes through you.',
    'The bank keeps its powers. If it signs again, or had signed what you do not know of, your ' +
      'takeover shows as contested, and no milestone counts that you confirm.',
    'It is final: it cannot be taken back.',
  ];
}

function nextOf(now: ContractNow, roles: Served['roles'], silence: Silence | undefined) {
  const { state, nowSec } = now;
  if (isUnread(now)) return { text: 'wait a moment', tone: 'plain', order: 7 } as const;
  const isServicer = roles.includes('backupServicer');
  const isRunning = state.status === 'effective' || state.status === 'defaulted';
  if (!isRunning) return { text: 'nothing to do', tone: 'done', order: 9 } as const;
  if (isServicer && state.takeover) {
    const isClaimed = state.milestones.some(({ status }) => status === 'claimed');
    if (now.ledger.repaid) return { text: 'close', tone: 'waiting', order: 1 } as const;
    if (isClaimed) return { text: 'decide on the milestone', tone: 'waiting', order: 0 } as const;
    if (now.ledger.daysPastDue > 0) {
      return { text: 'see why it is late', tone: 'problem', order: 1 } as const;
    }
    return { text: 'you act for the bank', tone: 'active', order: 4 } as const;
  }
  if (!isServicer || !silence) return { text: 'look on', tone: 'plain', order: 8 } as const;
  if (nowSec >= silence.endsAtSec) {
    return { text: 'take over from the bank', tone: 'waiting', order: 2 } as const;
  }
  const day = timeOf(state, silence.endsAtSec);
  return { text: `stand by until ${day}`, tone: 'plain', order: 6 } as const;
}

/**
 * A contract that somebody serves as a row of their desk, the next step first; `isRead`: a relay
 * has sent all it had of it.
 */
export function servedRow(
  names: Names,
  { view, roles }: Served,
  events: readonly ParsedEvent[],
  nowSec: number,
  isRead = true,
): DeskRow {
  const now = contractNow(view, nowSec, isRead);
  const { state } = now;
  const silence = silenceOf(view, events);
  const { parties, principalUnits, denomination } = state.contract.document;
  const { bank } = parties;
  const text = (said: string) => ({ kind: 'text' as const, text: said });
  return {
    id: view.root,
    href: `/contracts/${view.root}`,
    next: nextOf(now, roles, silence),
    cells: {
      title: text(titleOf(state)),
      role: text(roles.map((role) => APPOINTEE_NAMES[role]).join(', ')),
      principal: { kind: 'money', amountUnits: BigInt(principalUnits), denomination },
      bank: text(nameOf(names, bank.pubkey)),
      heard: text(silence ? timeOf(state, silence.lastSec) : ''),
      status: { kind: 'status', status: statusView(now) },
    },
  };
}
