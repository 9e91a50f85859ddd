/** Reads a repayment plan as typed; every field that does not fit gets a sentence. */
import {
  MAX_LISTED_DATES,
  MAX_TERM_DAYS,
  MAX_TERM_MONTHS,
  type LateFee,
  type OfferDue,
  type OfferPlan,
} from '@realyield/protocol';
import type { AmountUnit } from '../../amount.ts';
import { DAYS_OF, type PlanForm } from './plan-fields.ts';
import type { FieldReader } from './read-fields.ts';

const path = (field: keyof PlanForm): string => `plan.${field}`;

const UNITS = { days: 'days', weeks: 'weeks', months: 'months' } as const;

/** How many instalments are typed; one for a plan that has no more. */
export function readCount(form: PlanForm, read: FieldReader): number {
  if (form.type === 'bullet') return 1;
  const least = form.type === 'interestOnly' ? 2 : 1;
  return read.count(path('count'), form.count, {
    least,
    most: 600,
    sentence: `Write the number of instalments, ${least} to 600.`,
  });
}

/** Numbers apart by spaces, commas or new lines. */
function readDays(form: PlanForm, read: FieldReader): number[] {
  const words = form.list.split(/[\s,;]+/).filter((word) => word !== '');
  const days = words.map((word) => (/^\d{1,5}$/.test(word) ? Number(word) : -1));
  const isGood = days.every((day, at) => day > (days[at - 1] ?? 0) && day <= MAX_TERM_DAYS);
  if (days.length === 0 || days.length > MAX_LISTED_DATES || !isGood) {
    read.wrong(
      path('list'),
      `Write the due days of the contract, each later than the one before, like 30 75 120; ` +
        `at most ${MAX_LISTED_DATES}.`,
    );
  }
  return days;
}

/** The day of the month that is kept; undefined: that of the start. */
export function readAnchor(form: PlanForm, read: FieldReader): number | undefined {
  if (form.anchorDay.trim() === '') return undefined;
  return read.count(path('anchorDay'), form.anchorDay, {
    least: 1,
    most: 31,
    sentence: 'Write a day of the month, 1 to 31, or leave it empty for the day of the start.',
  });
}

/** The rule that holds: a loan with one due day has no list of them. */
function ruleOf({ type, rule }: PlanForm): PlanForm['rule'] {
  return type === 'bullet' && rule === 'list' ? 'days' : rule;
}

/** Steps from one due day to the next, in days or months. */
export function readEvery(form: PlanForm, read: FieldReader): number {
  if (form.type === 'bullet') return 1;
  const rule = ruleOf(form);
  const scale = rule === 'weeks' ? DAYS_OF.weeks : 1;
  const most = rule === 'months' ? MAX_TERM_MONTHS : Math.floor(MAX_TERM_DAYS / scale);
  const unit = rule === 'list' ? UNITS.days : UNITS[rule];
  const sentence = `Write how many ${unit} lie between two due days.`;
  return scale * read.count(path('every'), form.every, { least: 1, most, sentence });
}

function readDue(form: PlanForm, read: FieldReader): OfferDue {
  const rule = ruleOf(form);
  if (rule === 'list') return { rule, days: readDays(form, read) };
  const scale = rule === 'weeks' ? DAYS_OF.weeks : 1;
  const most = rule === 'months' ? MAX_TERM_MONTHS : Math.floor(MAX_TERM_DAYS / scale);
  const first = read.count(path('first'), form.first, {
    least: 1,
    most,
    sentence:
      form.type === 'bullet'
        ? `Write after how many ${UNITS[rule]} it is repaid.`
        : `Write after how many ${UNITS[rule]} the first instalment is due.`,
  });
  const count = readCount(form, read);
  const every = readEvery(form, read);
  if (rule !== 'months') {
    return { rule: 'days', firstDay: first * scale, everyDays: every, count };
  }
  const anchorDay = readAnchor(form, read);
  const due = { rule, firstMonth: first, everyMonths: every, count } as const;
  return anchorDay === undefined ? due : { ...due, anchorDay };
}

function readLateFee(form: PlanForm, read: FieldReader, unit: AmountUnit): LateFee {
  const flatUnits = read.amountOrNone(
    path('lateFlat'),
    form.lateFlat,
    unit,
    'Write the fee, or 0 for none',
  );
  const rateBps = read.percent(path('latePercent'), form.latePercent, {
    least: 0,
    most: 100_000,
    sentence: 'Write the yearly rate on what is late, like 5; 0 for none.',
  });
  const isFree = flatUnits === 0n && rateBps === 0;
  const capBps = isFree
    ? 0
    : read.percent(path('lateCapPercent'), form.lateCapPercent, {
        least: 1,
        most: 10_000,
        sentence: 'Write the most a late instalment may cost, as a share of it, like 10.',
      });
  return { flatUnits: flatUnits.toString(), rateBps, capBps };
}

/** Instalments at the beginning that ask for less, fewer than there are. */
function readMoratorium(
  field: 'principalMoratorium' | 'interestMoratorium',
  form: PlanForm,
  read: FieldReader,
): number {
  return read.count(path(field), form[field], {
    most: 599,
    sentence: 'Write how many of the first instalments, fewer than there are; 0 for none.',
  });
}

function readShares(form: PlanForm, read: FieldReader) {
  const shareBps = read.percent(path('sharePercent'), form.sharePercent, {
    least: 0,
    most: 10_000,
    sentence: 'Write the share of sales that is paid, like 5.',
  });
  const capBps = read.multiple(path('capMultiple'), form.capMultiple, {
    least: 10_000,
    most: 50_000,
    sentence: 'Write how many times the loan comes back in all, 1 to 5, like 1.3.',
  });
  const floorBps = read.percent(path('floorPercent'), form.floorPercent, {
    least: 0,
    most: 10_000,
    sentence: 'Write the least of an instalment as a share of the loan, like 2; 0 for none.',
  });
  return { shareBps, capBps, floorBps };
}

/** All of a plan but its due days, the same in offer and contract. */
export function readPlanTerms<Due>(form: PlanForm, due: Due, read: FieldReader, unit: AmountUnit) {
  const graceDays = read.count(path('graceDays'), form.graceDays, {
    most: 365,
    sentence: 'Write the days of grace, 0 to 365.',
  });
  const common = { due, graceDays, lateFee: readLateFee(form, read, unit) };
  const { type, prepayment } = form;
  switch (type) {
    case 'bullet':
      return { type, ...common };
    case 'interestOnly':
      return { type, ...common, prepayment };
    case 'annuity': {
      const principalMoratorium = readMoratorium('principalMoratorium', form, read);
      return { type, ...common, prepayment, principalMoratorium };
    }
    case 'equalPrincipal': {
      const principalMoratorium = readMoratorium('principalMoratorium', form, read);
      const interestMoratorium = readMoratorium('interestMoratorium', form, read);
      return { type, ...common, prepayment, principalMoratorium, interestMoratorium };
    }
    case 'revenueShare':
      return { type, ...common, ...readShares(form, read) };
  }
}

/** An offer's plan. */
export function readOfferPlan(form: PlanForm, read: FieldReader, unit: AmountUnit): OfferPlan {
  return readPlanTerms(form, readDue(form, read), read, unit);
}

/** The yearly rate; a revenue share has none. */
export function readRate(typed: string, form: PlanForm, read: FieldReader): number {
  if (form.type === 'revenueShare') return 0;
  return read.percent('ratePercent', typed, {
    least: 0,
    most: 100_000,
    sentence: 'Write the yearly rate like 9.5.',
  });
}
