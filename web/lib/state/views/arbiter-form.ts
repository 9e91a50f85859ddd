/** What an arbiter says of itself: text fields in, a profile or what is wrong with them out. */
import {
  COUNTRIES,
  isCountry,
  type ArbiterProfileDocument,
  type FeePayer,
} from '@realyield/protocol';
import { countryName } from '../../countries.ts';
import { languageName } from './arbiters.ts';
import { FieldReader, type Mistakes } from './read-fields.ts';

/** The fields, as typed. */
export interface ArbiterForm {
  name: string;
  locality: string;
  country: string;
  /** Names or letters of languages, with commas. */
  languages: string;
  /** Names or letters of countries, with commas; empty: everywhere. */
  countries: string;
  about: string;
  scope: string;
  rules: string;
  caseSat: string;
  awardPercent: string;
  paidBy: FeePayer;
  website: string;
}

/** The profile, or a sentence for each field that does not fit. */
export type ArbiterFormResult =
  | { readonly ok: true; readonly document: ArbiterProfileDocument }
  | { readonly ok: false; readonly mistakes: Mistakes };

const MOST_RELAYS = 8;
const IN_SAT = { type: 'msat' } as const;
/** Two-letter codes that the browser has a name for. */
const LETTERS = Array.from('abcdefghijklmnopqrstuvwxyz');

/** The form as it begins: what the arbiter says now, or nothing. */
export function arbiterForm(now: ArbiterProfileDocument | undefined): ArbiterForm {
  const { fee } = now ?? {};
  return {
    name: now?.name ?? '',
    locality: now?.place.locality ?? '',
    country: now?.place.country ?? '',
    languages: (now?.languages ?? []).map(languageName).join(', '),
    countries: (now?.countries ?? []).map(countryName).join(', '),
    about: now?.about ?? '',
    scope: now?.scope ?? '',
    rules: now?.rules ?? '',
    caseSat: fee ? (BigInt(fee.caseMsat) / 1_000n).toString() : '',
    awardPercent: fee ? String(fee.awardBps / 100) : '',
    paidBy: fee?.paidBy ?? 'loser',
    website: now?.website ?? '',
  };
}

const wordsOf = (typed: string): string[] =>
  typed
    .split(/[,;\n]+/)
    .map((word) => word.trim())
    .filter((word) => word !== '');

let codesByName: ReadonlyMap<string, string> | undefined;

/** Every language of two letters by its English name in small letters. */
function languageCodes(): ReadonlyMap<string, string> {
  codesByName ??= new Map(
    LETTERS.flatMap((a) => LETTERS.map((b) => a + b)).flatMap((code) => {
      const name = languageName(code);
      return name === code ? [] : [[name.toLowerCase(), code] as const];
    }),
  );
  return codesByName;
}

function readCodes(
  typed: string,
  codeOf: (word: string) => string | undefined,
  wrong: (word: string) => void,
): string[] {
  const codes = wordsOf(typed).flatMap((word) => {
    const code = codeOf(word);
    if (code === undefined) wrong(word.slice(0, 20));
    return code ?? [];
  });
  return [...new Set(codes)].sort();
}

const languageCode = (word: string): string | undefined =>
  languageCodes().get(word.toLowerCase()) ?? (/^[a-z]{2,3}$/.test(word) ? word : undefined);

function countryCode(word: string): string | undefined {
  const code = word.toUpperCase();
  if (isCountry(code)) return code;
  return COUNTRIES.find((each) => countryName(each).toLowerCase() === word.toLowerCase());
}

/** Reads the form; relays are those the arbiter uses. */
export function readArbiterForm(form: ArbiterForm, relays: readonly string[]): ArbiterFormResult {
  const read = new FieldReader();
  const text = (field: keyof ArbiterForm, most: number, sentence: string): string =>
    read.text(field, form[field], { most, sentence });
  const languages = readCodes(form.languages, languageCode, (word) =>
    read.wrong('languages', `“${word}” is no language known here; write its two letters.`),
  );
  if (languages.length === 0) read.wrong('languages', 'Name at least one language.');
  if (languages.length > 16) read.wrong('languages', 'At most 16 languages.');
  const countries = readCodes(form.countries, countryCode, (word) =>
    read.wrong('countries', `“${word}” is no country known here; write its two letters.`),
  );
  const country = form.country.trim().toUpperCase();
  if (!isCountry(country)) read.wrong('country', 'Choose the country you live in.');
  const website = read.text('website', form.website, { most: 200 });
  if (website !== '' && !/^https:\/\/[^\s]+$/.test(website)) {
    read.wrong('website', 'A website begins with https://.');
  }
  const percent = form.awardPercent.trim();
  const document: ArbiterProfileDocument = {
    v: 1,
    name: text('name', 80, 'Write the name you decide under.'),
    about: text('about', 2_000, 'Say who you are and what you have decided before.'),
    place: { country, locality: text('locality', 80, 'Write the town.') },
    languages,
    countries,
    scope: text('scope', 1_000, 'Say what you decide, and what not.'),
    rules: text('rules', 2_000, 'Say how you proceed, and how long it takes.'),
    fee: {
      caseMsat: read.amountOrNone('caseSat', form.caseSat, IN_SAT, 'Write a fee or 0').toString(),
      awardBps:
        percent === ''
          ? 0
          : read.percent('awardPercent', percent, {
              ...{ least: 0, most: 10_000, sentence: 'Write a share from 0 to 100 per cent.' },
            }),
      paidBy: form.paidBy,
    },
    relays: relays.slice(0, MOST_RELAYS),
    ...(website === '' ? {} : { website }),
  };
  const { mistakes } = read;
  return mistakes ? { ok: false, mistakes } : { ok: true, document };
}
