/** What is typed about a case, read; and what follows from opening one. */
import {
  MAX_ADMITTED,
  RESPONSE_DAYS,
  RULING_DAYS,
  TAKING_DAYS,
  type ContractState,
  type OtherOutcome,
  type PartyRole,
} from '@realyield/protocol';
import { amountText, wholeUnits, type AmountUnit } from '../../amount.ts';
import type { Claimable } from '../../engine/cases/claimable.ts';
import type { CaseView } from '../../engine/cases/case-book.ts';
import { formatDuration, formatLocalTime, formatPlural } from '../../format.ts';
import { hasHidden } from '../../ui/text.ts';
import { dueOf } from './case-due.ts';
import { openerState, unitOf } from './cases.ts';
import { nameOf, type Names } from './people.ts';

/** Longest texts, in UTF-16 units. */
export const CASE_LENGTHS = { statement: 4_000, findings: 7_000, departure: 900 } as const;

const HIDDEN =
  'It holds characters that cannot be seen or that turn the text around. ' +
  'Type it anew without them.';

/** A statement as it is signed. */
export function saidText(typed: string): string {
  return typed.replace(/\r\n?/g, '\n').replace(/\t/g, ' ').trim();
}

/** What is wrong with a statement; undefined when nothing is. */
export function saidMistake(typed: string, lacking: string | undefined): string | undefined {
  const text = saidText(typed);
  if (text === '') return lacking;
  return hasHidden(text.replace(/\n/g, ' ')) ? HIDDEN : undefined;
}

/** What can be claimed, as a claim's form asks for it. */
type Room = Pick<Claimable, 'limitUnits' | 'earlierUnits' | 'mostUnits'>;

/** Whether a claim names an address: a bond pays bitcoin, and nothing that is owed a business. */
export function asksAddress(
  { claimant }: Pick<Claimable, 'claimant'>,
  denomination: Pick<AmountUnit, 'type'>,
): boolean {
  return denomination.type === 'msat' && claimant === 'investor';
}

/** What is wrong with an amount claimed: nothing, or more than can come to be owed. */
export function claimMistake(
  units: bigint | undefined,
  { mostUnits, earlierUnits }: Room,
  denomination: AmountUnit,
): string | undefined {
  if (units === undefined || units === 0n) return 'Say how much you claim.';
  if (units <= mostUnits) return undefined;
  const most = amountText(mostUnits, denomination, true);
  const without = earlierUnits > 0n ? ', without what earlier cases awarded you' : '';
  return `No more than ${most} can come to be owed for this until it is decided${without}.`;
}

/** What can be claimed today, in a sentence or two. */
export function roomWords(
  room: Room & { readonly reason?: string },
  denomination: AmountUnit,
): string {
  const { limitUnits, earlierUnits } = room;
  const text = (units: bigint): string => amountText(units, denomination, true);
  if (room.reason === 'rulingNotComplied') {
    return `What was decided, and not paid in time, is ${text(limitUnits)}.`;
  }
  if (earlierUnits === 0n) {
    return `By the contract’s ledger ${text(limitUnits)} can be owed for this today.`;
  }
  return (
    `By the contract’s ledger ${text(limitUnits + earlierUnits)} is owed for this today. Earlier ` +
    `cases awarded you ${text(earlierUnits)} of it, so ${text(limitUnits)} can still be claimed.`
  );
}

/** What is asked where a claim is above what can be owed today; undefined where it is not. */
export function aboveLimit(
  units: bigint | undefined,
  limitUnits: bigint,
  denomination: AmountUnit,
): { readonly title: string; readonly safe: string } | undefined {
  // Both as they are shown: nobody claims too much by less than what can be paid.
  const shown = (amount: bigint): bigint => wholeUnits({ units: amount, denomination });
  if (units === undefined || shown(units) <= shown(limitUnits)) return undefined;
  const most = amountText(limitUnits, denomination, true);
  return {
    title: `Do you mean to claim more than the ${most} that can be owed today?`,
    safe:
      `You claim ${amountText(units, denomination, true)}. However much a ruling awards, no more ` +
      'is owed than the contract’s ledger then gives, and no other case has awarded. It makes ' +
      'sense where more falls due until then.',
  };
}

/** What a claim's amount begins with: the most that can be owed, in what is paid at least. */
export function suggestedUnits(limitUnits: bigint, state: ContractState): bigint {
  const { denomination } = state.contract.document;
  const whole = wholeUnits({ units: limitUnits, denomination });
  return whole > 0n ? whole : limitUnits;
}

/** What happens once a case is open, each a sentence, with times where the reader is. */
export function openingEffects(
  names: Names,
  state: ContractState,
  claimant: PartyRole,
  claimUnits: bigint | undefined,
  nowSec: number,
): string[] {
  const { daySec, appointees = {}, denomination } = state.contract.document;
  const after = (days: number): string => formatLocalTime(nowSec + days * daySec);
  const arbiter = nameOf(names, appointees.arbiter ?? '');
  const fallback = nameOf(names, appointees.fallbackArbiter ?? '');
  const other = claimant === 'business' ? 'The investor and the bank' : 'The business and the bank';
  const amount =
    claimUnits === undefined || claimUnits === 0n
      ? 'what you claim'
      : amountText(claimUnits, denomination);
  return [
    `Your claim of ${amount} and what you write become public, under your key in this contract.`,
    `${other} can answer until ${after(RESPONSE_DAYS)}.`,
    `${arbiter}, the arbiter you all agreed on, takes the case by ${after(TAKING_DAYS)} ` +
      `and rules within ${formatPlural(RULING_DAYS, 'day')} of that.`,
    `If ${arbiter} stays silent, you can call ${fallback} instead.`,
    'You can settle or withdraw at any time. Nobody loses money because a time passes.',
  ];
}

/** Until when something is to be paid, and the same in words. */
export interface PayTerm {
  readonly bySec: number;
  readonly words: string;
}

/** What days to pay were typed; undefined where they are not some. They are the contract's own. */
export function payTerm(typed: string, view: CaseView, nowSec: number): PayTerm | undefined {
  const days = /^\d{1,3}$/.test(typed.trim()) ? Number(typed.trim()) : 0;
  if (days < 1 || days > 365) return undefined;
  const { daySec } = openerState(view).contract.document;
  const bySec = nowSec + days * daySec;
  const isShort = daySec !== 86_400;
  const short = `, in ${formatDuration(days * daySec)}: a day of this contract lasts `;
  const words = `By ${formatLocalTime(bySec)}${isShort ? short + formatDuration(daySec) : ''}.`;
  return { bySec, words };
}

/** An amount an arbiter awards, as far as it is filled in. */
interface Awarded {
  readonly contract: string;
  readonly units: bigint | undefined;
}

/** Where awards are not what the ledger gives, each a sentence. */
export function departures(
  view: CaseView,
  drafts: readonly Awarded[],
  nowSec: number,
  others: readonly OtherOutcome[],
): string[] {
  return drafts.flatMap(({ contract, units }) => {
    const claim = view.fold.claims.find((each) => each.contract === contract);
    if (!claim || units === undefined) return [];
    const unit = unitOf(view, contract);
    const dueUnits = dueOf(view, claim, nowSec, others);
    // Both as they are shown: nobody departs by less than what can be paid.
    const shown = (amount: bigint): bigint => wholeUnits({ units: amount, denomination: unit });
    if (shown(units) === shown(dueUnits)) return [];
    const ledger = amountText(dueUnits, unit, true);
    return [`By the ledger ${ledger} is owed; awarded is ${amountText(units, unit, true)}.`];
  });
}

/** Steps an arbiter's list has room for beside the opening, which is in every one. */
export const MOST_LISTED = MAX_ADMITTED - 1;

/** What is wrong with a list of what was in time: more than it has room for. */
export function listMistake(ticked: number): string | undefined {
  const over = ticked - MOST_LISTED;
  if (over <= 0) return undefined;
  return `${ticked} are ticked, and there is room for ${MOST_LISTED}: untick ${over} of them.`;
}

/** Findings as they are signed: where they depart from the ledger stands at their end, with why. */
export function findingsText(findings: string, departing: readonly string[], why: string): string {
  const text = saidText(findings);
  return departing.length === 0 ? text : `${text}\n\n${departing.join(' ')} ${saidText(why)}`;
}

/** What an arbiter wrote and did not sign yet, as it was kept. */
export function keptRuling(kept: unknown): { readonly findings: string; readonly why: string } {
  const { findings, why } = (typeof kept === 'object' && kept !== null ? kept : {}) as {
    findings?: unknown;
    why?: unknown;
  };
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return { findings: text(findings), why: text(why) };
}
