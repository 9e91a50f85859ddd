/** Arbiters in words: what they say of themselves, and what they did with the cases they had. */
import type { ArbiterProfileDocument, ArbiterRecord, FeePayer } from '@realyield/protocol';
import { countryNames } from '../../countries.ts';
import { formatBps, formatPlural, satText } from '../../format.ts';
import type { Fact } from '../../ui/facts.ts';

const languages = new Intl.DisplayNames('en', { type: 'language', fallback: 'code' });

/** A language's name in English, or its letters. */
export function languageName(code: string): string {
  return languages.of(code) ?? code;
}

const PAID_BY: Readonly<Record<FeePayer, string>> = {
  claimant: 'paid by who opens the case',
  halves: 'each side pays half',
  loser: 'paid by the side that loses',
  bank: 'paid by the bank',
};

/** Who pays a fee, for a list to choose from. */
export const FEE_PAYER_OPTIONS: readonly { readonly value: FeePayer; readonly label: string }[] = [
  { value: 'loser', label: 'The side that loses, as I rule' },
  { value: 'halves', label: 'Each side half' },
  { value: 'claimant', label: 'Who opens the case' },
  { value: 'bank', label: 'The bank' },
];

/** What an arbiter asks, in a clause. */
export function feeWords({ caseMsat, awardBps, paidBy }: ArbiterProfileDocument['fee']): string {
  const forCase = BigInt(caseMsat) > 0n ? `${satText(BigInt(caseMsat))} a case` : '';
  const ofAward = awardBps > 0 ? `${formatBps(awardBps)} of what is awarded` : '';
  const asked = [forCase, ofAward].filter((part) => part !== '').join(' and ');
  return asked === '' ? 'no fee' : `${asked}, ${PAID_BY[paidBy]}`;
}

/** Whose loans an arbiter takes. */
export function whereWords({ countries }: ArbiterProfileDocument): string {
  return countries.length === 0
    ? 'loans anywhere'
    : `loans in ${countryNames(countries).join(', ')}`;
}

const languageList = (codes: readonly string[]): string => codes.map(languageName).join(', ');

/** What an arbiter says of itself, in a line; by nobody else's word. */
export function profileLine(document: ArbiterProfileDocument | undefined): string {
  // L-20: "A client shows where an arbiter is named that it has no profile, if it has none…"
  if (!document) return 'No profile of this arbiter is known here.';
  const fee = feeWords(document.fee);
  return `${languageList(document.languages)}; ${whereWords(document)}. Asks ${fee}.`;
}

/** The same as facts, for the arbiter's own page. */
export function arbiterFacts(document: ArbiterProfileDocument): Fact[] {
  return [
    { label: 'Hears and writes', text: languageList(document.languages) },
    { label: 'Takes', text: whereWords(document) },
    {
      label: 'Asks',
      text: feeWords(document.fee),
      note: 'agreed and paid between them; no part of a contract or an award',
    },
  ];
}

const EVEN = [
  ['silent', 'silent until the fallback arbiter was called'],
  ['overdue', 'overdue now'],
  ['overruled', 'decided otherwise by the fallback arbiter'],
  ['contradicted', 'with two rulings that contradict each other'],
] as const;

/** How soon after taking a case an arbiter rules, by the middle one of the cases. */
function paceWords(ruled: number, days: number): string {
  const soon =
    days === 0 ? 'on the day it was taken' : `${formatPlural(days, 'day')} after it was taken`;
  return ruled === 1 ? `It was decided ${soon}.` : `A case is typically decided ${soon}.`;
}

/** What an arbiter did, in a sentence or two. */
export function arbiterSentence(record: ArbiterRecord): string {
  const { cases, taken, ruled, ruledInTime, daysToRuling } = record;
  if (cases === 0) return 'No case known here was theirs to decide.';
  const punctual = ruledInTime === ruled ? (ruled === 1 ? '' : 'all ') : `${ruledInTime} `;
  const inTime = ruled === 0 ? '' : ruledInTime === 0 ? ', late' : `, ${punctual}in time`;
  const had = formatPlural(cases, 'case');
  const when = daysToRuling === undefined ? '' : ` ${paceWords(ruled, daysToRuling)}`;
  const first = `Had ${had} to decide, took ${taken}, ruled on ${ruled}${inTime}.${when}`;
  const others = EVEN.flatMap(([name, words]) =>
    record[name] > 0 ? `${record[name]} ${words}` : [],
  );
  return others.length === 0 ? first : `${first} ${others.join('; ')}.`;
}

/** What an arbiter did, as facts with how each is counted. */
export function arbiterRecordFacts(record: ArbiterRecord): Fact[] {
  const { cases, taken, ruled, ruledInTime, silent, overdue, overruled, contradicted } = record;
  const count = (label: string, number: number, note?: string): Fact => ({
    ...{ label, text: String(number), note },
  });
  const days = record.daysToRuling;
  return [
    count('Cases to decide', cases, 'first, or as fallback when called'),
    count('Taken', taken),
    count(
      'Ruled on',
      ruled,
      ruled === 0 ? undefined : `${ruledInTime} within 60 days of taking it`,
    ),
    {
      label: 'From taking to ruling',
      text:
        days === undefined
          ? 'no ruling yet'
          : days === 0
            ? 'the same day'
            : formatPlural(days, 'day'),
      note:
        days === undefined || ruled === 1
          ? undefined
          : 'half of the cases took no longer; in the days of their contracts',
    },
    count('Silent', silent, 'the fallback was called instead'),
    count('Overdue now', overdue),
    count('Decided otherwise', overruled, 'by the fallback, after their ruling'),
    ...(contradicted > 0 ? [count('Contradicting rulings', contradicted)] : []),
  ];
}
