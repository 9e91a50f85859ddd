/** What other terms change, line by line: before and after, each in the same words. */
import { dayOf, dueDates, type ContractDocument, type ContractState } from '@realyield/protocol';
import type { TermChange } from '../../components/agreement/models.ts';
import { amountText } from '../../amount.ts';
import { formatBps, formatDue, formatPlural, formatTimes } from '../../format.ts';
import { plannedSchedule } from './offers.ts';
import { backHow, backMore, lateFeeWords } from './terms-plan.ts';

const REPAID = {
  bullet: 'all at the end',
  interestOnly: 'interest as it goes, the loan at the end',
  equalPrincipal: 'in equal parts of the loan',
  annuity: 'the same amount each time',
  revenueShare: 'a share of sales',
} as const;

type Line = readonly [label: string, text: string];

function planLines(document: ContractDocument): Line[] {
  const { plan, rateBps } = document;
  const { instalments } = plannedSchedule(document);
  const calendar = { startSec: document.startAtSec, daySec: document.daySec };
  const due = dueDates(document);
  const backUnits = instalments.reduce((sum, { totalUnits }) => sum + totalUnits, 0n);
  const backText = amountText(backUnits, document.denomination, true);
  return [
    ['Interest', plan.type === 'revenueShare' ? 'none' : `${formatBps(rateBps)} a year`],
    ...(plan.type === 'revenueShare'
      ? [['Repaid in all', `${formatTimes(plan.capBps)} what is paid out`] as const]
      : []),
    ['Repaid', REPAID[plan.type]],
    ['How', backHow(document, instalments)],
    ['Instalments', formatPlural(due.length, 'instalment')],
    ['First due', formatDue(due[0] ?? 0, calendar)],
    ['Last due', formatDue(due.at(-1) ?? 0, calendar)],
    ['Comes back in all', `${backText}, if everything is paid out and on time`],
    ['Also', backMore(document).join(' ')],
  ];
}

function lateLines({ plan, default: terms, tranches, ...document }: ContractDocument): Line[] {
  const calendar = { startSec: document.startAtSec, daySec: document.daySec };
  const lapses = tranches.map(({ lapsesAtSec }) => formatDue(lapsesAtSec, calendar));
  return [
    ['Grace', plan.graceDays === 0 ? 'none' : formatPlural(plan.graceDays, 'day')],
    ['Late fee', lateFeeWords(plan.lateFee, document.denomination).trim() || 'none'],
    ['In default after', `${formatPlural(terms.afterDays, 'day')} past due`],
    ['Time to cure', formatPlural(terms.cureDays, 'day')],
    ['What is not paid out lapses', lapses.join(', ')],
  ];
}

/** What differs between two documents, of all that this client lets change. */
export function termChanges(before: ContractDocument, after: ContractDocument): TermChange[] {
  const was = new Map([...planLines(before), ...lateLines(before)]);
  return [...planLines(after), ...lateLines(after)]
    .map(([label, text]) => ({ label, before: was.get(label) || 'none', after: text || 'none' }))
    .filter((line) => line.before !== line.after);
}

/** The terms all three signed last. */
export function termsInForce({ contract, versions }: ContractState): ContractDocument {
  return versions.at(-1)?.document ?? contract.document;
}

/** When terms signed now would begin to ask: after what falls due then, Unix seconds. */
export function effectSec(state: ContractState, nowSec: number): number | undefined {
  return dueDates(termsInForce(state)).find((dueAtSec) => dueAtSec >= nowSec);
}

/** The day from which an amendment signed now would ask; it comes after instalments due by then. */
export function effectDay(state: ContractState, nowSec: number): string {
  const { startAtSec: startSec, daySec } = termsInForce(state);
  const next = effectSec(state, nowSec);
  const isPast = next === undefined;
  return isPast ? 'the day of the last signature' : formatDue(next, { startSec, daySec });
}

/** Why new terms signed today would never ask for anything; undefined where they would. */
export function effectProblem(
  state: ContractState,
  edited: ContractDocument,
  nowSec: number,
): string | undefined {
  const { daySec } = termsInForce(state);
  const today = dayOf(nowSec, daySec);
  if (dueDates(edited).some((dueAtSec) => dayOf(dueAtSec, daySec) > today)) return undefined;
  return 'What falls due until today is asked for as agreed so far. Write due days after it.';
}
