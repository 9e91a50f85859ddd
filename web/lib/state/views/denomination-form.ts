/** What an offer is kept in, as typed: bitcoin, or a currency with the oracles who price it. */
import { MAX_ORACLES, type Denomination, type ParsedOffer } from '@realyield/protocol';
import { BITCOIN, type AmountUnit } from '../../amount.ts';
import { minorDigitsOf } from '../../currencies.ts';
import { parsePublicKey } from '../../nostr/public-key.ts';
import type { FieldReader } from './read-fields.ts';

/** A denomination, as typed. */
export interface DenominationForm {
  /** ISO 4217; empty: bitcoin. */
  currency: string;
  /** Public keys, one a line. */
  oracles: string;
  /** How many of them must have given a price; empty: more than half. */
  quorum: string;
}

/** A form in bitcoin. */
export function emptyDenominationForm(): DenominationForm {
  return { currency: '', oracles: '', quorum: '' };
}

/** What amounts in the form are typed in. */
export function unitOfForm({ currency }: DenominationForm): AmountUnit {
  const isCurrency = /^[A-Z]{3}$/.test(currency);
  return isCurrency ? { type: 'fiat', currency, minorDigits: minorDigitsOf(currency) } : BITCOIN;
}

/** The least number of oracles that is more than half of them. */
export function leastQuorum(oracles: number): number {
  return Math.floor(oracles / 2) + 1;
}

/** Keys as typed, apart by spaces, commas or new lines; undefined for what is no key. */
export function oracleKeys(typed: string): readonly (string | undefined)[] {
  const words = typed.split(/[\s,;]+/).filter((word) => word !== '');
  return words.map((word) => parsePublicKey(word));
}

/** An oracle that offers in a currency go by, and how many banks name it. */
export interface NamedOracle {
  readonly publicKey: string;
  readonly banks: number;
}

/** Oracles of offers in a currency, those that most banks name first. */
export function oraclesNamed(
  offers: readonly ParsedOffer[],
  currency: string,
): readonly NamedOracle[] {
  const banks = new Map<string, Set<string>>();
  for (const { document, event } of offers) {
    const { denomination } = document;
    if (denomination.type !== 'fiat' || denomination.currency !== currency) continue;
    for (const oracle of denomination.oracles) {
      banks.set(oracle, (banks.get(oracle) ?? new Set()).add(event.pubkey));
    }
  }
  const named = [...banks].map(([publicKey, { size }]) => ({ publicKey, banks: size }));
  return named.sort((a, b) => b.banks - a.banks || (a.publicKey < b.publicKey ? -1 : 1));
}

function readOracles(
  { oracles: typed }: DenominationForm,
  parties: readonly string[],
  read: FieldReader,
): string[] {
  const path = 'denomination.oracles';
  const found = oracleKeys(typed);
  const keys = found.filter((key) => key !== undefined);
  const wrongAt = found.findIndex((key) => key === undefined);
  if (wrongAt >= 0) {
    read.wrong(path, `Key ${wrongAt + 1} is no public key. It begins with npub1.`);
  }
  if (found.length === 0) {
    read.wrong(path, 'Name who signs prices: paste at least one public key, better three.');
  }
  if (keys.length > MAX_ORACLES) read.wrong(path, `Name at most ${MAX_ORACLES}.`);
  if (new Set(keys).size < keys.length) read.wrong(path, 'Name each of them once.');
  if (keys.some((key) => parties.includes(key))) {
    read.wrong(path, 'Neither the bank nor the business may name the price they pay or get.');
  }
  return keys.sort((a, b) => (a < b ? -1 : 1));
}

/** Reads what the offer is kept in. */
export function readDenomination(
  form: DenominationForm,
  parties: readonly string[],
  read: FieldReader,
): Denomination {
  const unit = unitOfForm(form);
  if (unit.type === 'msat') return unit;
  const oracles = readOracles(form, parties, read);
  const least = leastQuorum(oracles.length);
  const quorum =
    form.quorum.trim() === ''
      ? least
      : read.count('denomination.quorum', form.quorum, {
          least,
          most: Math.max(1, oracles.length),
          sentence:
            oracles.length <= 1
              ? 'With one oracle its price is needed: write 1, or name more.'
              : `Write more than half of them and at most all: ${least} to ${oracles.length}.`,
        });
  const { type, currency, minorDigits } = unit;
  return { type, currency, minorDigits, oracles, quorum };
}
