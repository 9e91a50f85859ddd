/** How a loan comes back, in plain words, for every plan. */
import type { ContractDocument, LateFee, OfferDocument } from '@realyield/protocol';
import type { InstalmentView, ScheduleView } from '../../components/models.ts';
import { amountText, type AmountUnit } from '../../amount.ts';
import { formatBps, formatPlural, formatTimes } from '../../format.ts';
import type { Fact } from '../../ui/facts.ts';
import { wholeText } from './rates.ts';

type Plan = ContractDocument['plan'];

/** What is agreed of an offer or a contract on what lending costs. */
interface Priced {
  readonly plan: Plan | OfferDocument['plan'];
  readonly rateBps: number;
  readonly dayCount: ContractDocument['dayCount'];
}

/** Parts that differ by less than a two-hundredth are about the same. */
const ALIKE = 200n;
const EARLY = 'earlier if the business repays early';

type Write = (units: bigint) => string;

/** `of about 41 sat`, or the first that asks for anything and the last. */
function partsText(instalments: readonly InstalmentView[], text: Write): string {
  const idle = instalments.findIndex(({ totalUnits }) => totalUnits > 0n);
  const first = instalments[idle];
  const last = instalments.at(-1);
  if (!first || !last) return 'none asks for anything';
  const apartUnits = first.totalUnits - last.totalUnits;
  const sizeUnits = apartUnits < 0n ? -apartUnits : apartUnits;
  if (idle === 0 && sizeUnits * ALIKE <= first.totalUnits)
    return `of about ${text(first.totalUnits)}`;
  const none = idle === 1 ? 'the first asks for nothing' : `the first ${idle} ask for nothing`;
  const begins = idle === 0 ? 'the first' : `${none}, the next`;
  return `${begins} ${text(first.totalUnits)}, the last ${text(last.totalUnits)}`;
}

/** `every 30 days`, `every month`. */
function everyWords(due: Plan['due']): string {
  if (due.rule === 'list') return 'on the days listed';
  const count = due.rule === 'months' ? due.everyMonths : due.everyDays;
  const unit = due.rule === 'months' ? 'month' : 'day';
  if (due.rule === 'days' && count === 7) return 'every week';
  return `every ${count === 1 ? unit : formatPlural(count, unit)}`;
}

function oneEvery(due: Plan['due']): string {
  return due.rule === 'list' ? everyWords(due) : `one ${everyWords(due)}`;
}

/** Day counts in words. */
const DAY_COUNTS = {
  'ACT/365F': 'actual days over 365',
  'ACT/360': 'actual days over 360',
  '30E/360': 'months of 30 days over 360',
} as const;

/** What lending brings by the contract: interest a year, or a multiple of what was paid out. */
export function priceFact({ plan, rateBps, dayCount }: Priced): Fact {
  if (plan.type === 'revenueShare') {
    return {
      label: 'Repaid in all',
      text: `${formatTimes(plan.capBps)} what is paid out`,
      note: `by ${formatBps(plan.shareBps)} of sales; no interest, the cost is fixed`,
    };
  }
  return {
    label: 'Interest',
    text: `${formatBps(rateBps)} a year`,
    note: `on what is outstanding, ${DAY_COUNTS[dayCount]}`,
  };
}

/** What a schedule's second part is called where it is not interest. */
export function costNameOf({ plan }: Pick<Priced, 'plan'>): Pick<ScheduleView, 'costName'> {
  return plan.type === 'revenueShare' ? { costName: 'Cost' } : {};
}

/** On which payments a yearly rate rests. */
export function rateNote({ plan }: Pick<Priced, 'plan'>, otherwise: string): string {
  return plan.type === 'revenueShare'
    ? 'if no sales were reported; with sales it is repaid sooner, and the rate is higher'
    : otherwise;
}

function revenueWords(
  plan: Extract<Plan, { type: 'revenueShare' }>,
  principalUnits: bigint,
  text: Write,
): string {
  const leastUnits = (principalUnits * BigInt(plan.floorBps)) / 10_000n;
  const least = leastUnits === 0n ? '' : `, at least ${text(leastUnits)} each time`;
  return (
    `${formatBps(plan.shareBps)} of the sales it reports, for the whole loan, ` +
    `${everyWords(plan.due)}${least}, until ${formatTimes(plan.capBps)} what was paid out ` +
    'is repaid; what is left then is due with the last'
  );
}

/** How it comes back, in one sentence. */
export function backHow(
  { plan, principalUnits, denomination }: ContractDocument,
  instalments: readonly InstalmentView[],
): string {
  const text = wholeText(denomination);
  const [first] = instalments;
  if (!first) return '';
  if (plan.type === 'revenueShare') return revenueWords(plan, BigInt(principalUnits), text);
  if (instalments.length === 1) return `principal and interest at the end; ${EARLY}`;
  const count = formatPlural(instalments.length, 'instalment');
  // While it is still being paid out, the first ones ask for less.
  const usual = instalments[Math.floor((instalments.length - 1) / 2)] ?? first;
  if (plan.type === 'annuity') {
    const size = text(usual.totalUnits);
    return `in ${count} of about ${size}, ${oneEvery(plan.due)}; ${EARLY}`;
  }
  if (plan.type === 'interestOnly') {
    const interest = text(usual.totalUnits);
    return (
      `in ${count}, ${oneEvery(plan.due)}: only interest, about ${interest}, and with the last ` +
      `the whole loan; ${EARLY}`
    );
  }
  const parts = partsText(instalments, text);
  const joined = parts.startsWith('of') ? `${count} ${parts}` : `${count}: ${parts}`;
  return `in ${joined}, ${oneEvery(plan.due)}; ${EARLY}`;
}

const AHEAD = {
  nextDue: 'What is paid ahead pays the next instalments.',
  shorten: 'What is paid ahead makes the loan end sooner; instalments stay as they are.',
  reduce: 'What is paid ahead lowers the instalments that are left.',
} as const;

const COUNTS = {
  'ACT/365F': undefined,
  'ACT/360': 'Interest is counted by actual days over 360, a little more than over 365.',
  '30E/360': 'Interest is counted as if every month had 30 days.',
} as const;

function slowStart(plan: Plan): string[] {
  const principal = 'principalMoratorium' in plan ? plan.principalMoratorium : 0;
  const interest = 'interestMoratorium' in plan ? plan.interestMoratorium : 0;
  const which = (count: number): string =>
    count === 1 ? 'The first instalment asks' : `The first ${count} instalments ask`;
  return [
    ...(principal > 0 ? [`${which(principal)} for no principal.`] : []),
    ...(interest > 0
      ? [`${which(interest)} for no interest; it accrues, and the next asks for it.`]
      : []),
  ];
}

/** What else the plan says. */
export function backMore({ plan, dayCount }: ContractDocument): string[] {
  const counted = plan.type === 'revenueShare' ? undefined : COUNTS[dayCount];
  return [
    ...slowStart(plan),
    ...(counted === undefined ? [] : [counted]),
    ...('prepayment' in plan ? [AHEAD[plan.prepayment]] : []),
    ...(plan.type === 'revenueShare'
      ? ['There is no interest: what it costs is fixed, however long it takes.']
      : []),
  ];
}

/** What lateness costs, as a sentence that goes on; empty where it costs nothing. */
export function lateFeeWords(
  { flatUnits, rateBps, capBps }: LateFee,
  denomination: AmountUnit,
): string {
  const parts = [
    ...(flatUnits === '0' ? [] : [`${amountText(BigInt(flatUnits), denomination)} once`]),
    ...(rateBps === 0 ? [] : [`${formatBps(rateBps)} a year on what is late`]),
  ];
  if (parts.length === 0) return '';
  return (
    ` It then costs the business ${parts.join(' and ')}, at most ${formatBps(capBps)} of the ` +
    'instalment.'
  );
}
