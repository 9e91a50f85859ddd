/**
 * The terms of a contract that may be changed, as typed: for counter-proposals and amendments. What
 * comes out is the whole document, with what was not touched as it was.
 */
import {
  contractContradiction,
  dayOf,
  endOfDaySec,
  type ContractDocument,
  type ContractPlan,
} from '@realyield/protocol';
import { amountOf, formatAmount } from '../../amount.ts';
import { LATE_FEE } from './offer-mistakes.ts';
import { emptyPlanForm, type PlanForm } from './plan-fields.ts';
import { readAnchor, readCount, readEvery, readPlanTerms, readRate } from './plan-form.ts';
import { FieldReader, type Mistakes } from './read-fields.ts';

type ContractDue = ContractPlan['due'];

/** Changeable terms, as typed. */
export interface ContractTermsForm {
  ratePercent: string;
  plan: PlanForm;
  afterDays: string;
  cureDays: string;
}

/** The changed document, or a sentence for each field that does not fit. */
export type ContractTermsResult =
  | { readonly ok: true; readonly document: ContractDocument }
  | { readonly ok: false; readonly mistakes: Mistakes };

const percent = (bps: number): string => `${bps / 100}`;

/** The day a time falls on: a date, or its number where days are shorter than 24 hours. */
function dayText(atSec: number, { daySec, startAtSec }: ContractDocument): string {
  if (daySec !== 86_400) return `${dayOf(atSec, daySec) - dayOf(startAtSec, daySec)}`;
  return new Date(atSec * 1_000).toISOString().slice(0, 10);
}

/** Last second of a day as `dayText` writes it; undefined for what is no such day. */
function daySecOf(typed: string, { daySec, startAtSec }: ContractDocument): number | undefined {
  const text = typed.trim();
  if (daySec !== 86_400) {
    const isNumber = /^\d{1,5}$/.test(text);
    return isNumber ? endOfDaySec(dayOf(startAtSec, daySec) + Number(text), daySec) : undefined;
  }
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const ms = Date.parse(`${text}T00:00:00Z`);
  const isDay = Number.isFinite(ms) && new Date(ms).toISOString().startsWith(text);
  return isDay ? endOfDaySec(ms / 86_400_000, daySec) : undefined;
}

function dueFields(document: ContractDocument): Partial<PlanForm> {
  const { due } = document.plan;
  if (due.rule === 'list') {
    return { rule: 'list', list: due.atSec.map((atSec) => dayText(atSec, document)).join(' ') };
  }
  const firstDate = dayText(due.firstAtSec, document);
  const count = `${due.count}`;
  if (due.rule === 'days') return { rule: 'days', firstDate, every: `${due.everyDays}`, count };
  const { everyMonths, anchorDay } = due;
  return { rule: 'months', firstDate, every: `${everyMonths}`, anchorDay: `${anchorDay}`, count };
}

/** A contract's changeable terms as its form begins. */
export function contractTermsForm(document: ContractDocument): ContractTermsForm {
  const { plan, rateBps, dayCount, default: terms } = document;
  const { graceDays, lateFee } = plan;
  const form: PlanForm = {
    ...emptyPlanForm(),
    ...dueFields(document),
    type: plan.type,
    dayCount,
    graceDays: `${graceDays}`,
    lateFlat: formatAmount(
      amountOf(BigInt(lateFee.flatUnits), document.denomination),
      'sat',
      undefined,
      true,
    ).number,
    latePercent: percent(lateFee.rateBps),
    lateCapPercent: percent(lateFee.capBps),
  };
  if ('prepayment' in plan) form.prepayment = plan.prepayment;
  if ('principalMoratorium' in plan) form.principalMoratorium = `${plan.principalMoratorium}`;
  if ('interestMoratorium' in plan) form.interestMoratorium = `${plan.interestMoratorium}`;
  if (plan.type === 'revenueShare') {
    form.sharePercent = percent(plan.shareBps);
    form.capMultiple = `${plan.capBps / 10_000}`;
    form.floorPercent = percent(plan.floorBps);
  }
  const { afterDays, cureDays } = terms;
  const days = { afterDays: `${afterDays}`, cureDays: `${cureDays}` };
  return { ratePercent: percent(rateBps), plan: form, ...days };
}

function readList(form: PlanForm, document: ContractDocument, read: FieldReader): number[] {
  const words = form.list.split(/[\s,;]+/).filter((word) => word !== '');
  const days = words.map((word) => daySecOf(word, document) ?? 0);
  const isRising = days.every((atSec, at) => atSec > (days[at - 1] ?? document.startAtSec));
  if (days.length === 0 || days.length > 240 || !isRising) {
    const like = dayText(document.startAtSec + 90 * document.daySec, document);
    read.wrong('plan.list', `Write due dates, each later than the one before, like ${like}.`);
  }
  return days;
}

function readDue(form: PlanForm, document: ContractDocument, read: FieldReader): ContractDue {
  const isBullet = form.type === 'bullet';
  if (form.rule === 'list' && !isBullet) {
    return { rule: 'list', atSec: readList(form, document, read) };
  }
  const firstAtSec = daySecOf(form.firstDate, document);
  if (firstAtSec === undefined || firstAtSec <= document.startAtSec) {
    const like = dayText(document.startAtSec + 90 * document.daySec, document);
    read.wrong('plan.firstDate', `Write a day after the start of the contract, like ${like}.`);
  }
  const first = firstAtSec ?? 0;
  const count = readCount(form, read);
  const every = readEvery(form, read);
  if (isBullet || form.rule !== 'months') {
    return { rule: 'days', firstAtSec: first, everyDays: every, count };
  }
  const anchorDay = readAnchor(form, read) ?? new Date(first * 1_000).getUTCDate();
  return { rule: 'months', firstAtSec: first, everyMonths: every, anchorDay, count };
}

const FIELDS: Readonly<Record<string, string>> = {
  due: 'plan.firstDate',
  plan: 'plan.every',
  dayCount: 'plan.dayCount',
  lateFee: 'plan.lateFlat',
  principalMoratorium: 'plan.principalMoratorium',
  interestMoratorium: 'plan.interestMoratorium',
  lapsesAtSec: 'plan.firstDate',
};

const SENTENCES: Readonly<Record<string, string>> = {
  due: 'The first due day must be the day of the month that is kept, where months are counted.',
  plan: 'The due days must come after the start, and within forty years of it.',
  principalMoratorium: 'The last instalment at least must ask for principal: write fewer.',
  interestMoratorium: 'The last instalment at least must ask for interest: write fewer.',
  lateFee: LATE_FEE,
  lapsesAtSec: 'The last due day must not come before the money has been paid out or lapsed.',
};

/** Reads the form into the contract with those terms. */
export function readContractTerms(
  document: ContractDocument,
  form: ContractTermsForm,
): ContractTermsResult {
  const read = new FieldReader();
  const rateBps = readRate(form.ratePercent, form.plan, read);
  const plan: ContractPlan = readPlanTerms(
    form.plan,
    readDue(form.plan, document, read),
    read,
    document.denomination,
  );
  const afterDays = read.count('afterDays', form.afterDays, {
    least: 1,
    most: 3_650,
    sentence: 'Write after how many days past due the loan may be called in default.',
  });
  const cureDays = read.count('cureDays', form.cureDays, {
    most: 365,
    sentence: 'Write how many days the business has after an arrears notice, 0 to 365.',
  });
  if (read.mistakes) return { ok: false, mistakes: read.mistakes };
  const { dayCount } = form.plan;
  const next = { ...document, rateBps, plan, dayCount, default: { afterDays, cureDays } };
  const detail = contractContradiction(next)?.detail;
  if (detail === undefined) return { ok: true, document: next };
  const sentence = SENTENCES[detail] ?? `These terms contradict each other (${detail}).`;
  return { ok: false, mistakes: { [FIELDS[detail] ?? 'ratePercent']: sentence } };
}
