/** Banks beside an offer: what is known of how they were repaid, with what it rests on. */
import type { BankFigures } from '@realyield/protocol';
import type { BankRecordView, BankView } from '../../components/models.ts';
import type { Catalog } from '../../engine/catalog.ts';
import { formatCount, formatPlural } from '../../format.ts';
import type { BankAnswer, Books } from '../figures/desk.ts';
import type { RecordRow } from '../market/match.ts';
import { stageOf } from '../market/rows.ts';
import { countryName } from '../market/words.ts';
import { personView, type Names } from './people.ts';

/** The page of a bank. */
export function bankHref(publicKey: string): string {
  return `/banks/${publicKey}`;
}

/** A bank's figures, a book for each denomination. */
export type BankRecord = Books<BankFigures>;

/** The figures of an answer. */
export function recordOf(answer: BankAnswer | undefined): BankRecord | undefined {
  if (!answer) return undefined;
  const [first, ...others] = answer.books;
  return [first.figures, ...others.map(({ figures }) => figures)];
}

/** What may be added whatever the denomination: how many, never how much. */
export interface RecordCounts {
  readonly contracts: number;
  readonly due: number;
  readonly onTime: number;
  readonly inGrace: number;
  readonly months: number;
  readonly hasPayment: boolean;
  /** Whether contract days are a calendar's. */
  readonly isCalendar: boolean;
}

/** Counts over all of a bank's books. */
export function countsOf(books: BankRecord): RecordCounts {
  const sum = (of: (book: BankFigures) => number): number =>
    books.reduce((total, book) => total + of(book), 0);
  return {
    contracts: sum((book) => book.contracts),
    due: sum((book) => book.punctuality.onTimeByCount.denominator),
    onTime: sum((book) => book.punctuality.onTimeByCount.numerator),
    inGrace: sum((book) => book.punctuality.inGrace),
    months: Math.max(...books.map(({ age }) => age.months)),
    isCalendar: books.every(({ network }) => network !== 'regtest'),
    hasPayment: books.some(({ age }) => age.firstPaymentAtSec !== undefined),
  };
}

/**
 * Months of a record in words. They are of contract days, which may be short on a local world's
 * chain alone (L-1): a loan of this morning may be two years old there.
 */
export function monthsWords(months: number, isCalendar: boolean): string {
  const month = isCalendar ? 'month' : 'contract month';
  return months === 0 ? `less than a ${month}` : formatPlural(months, month);
}

/** A book's length in words, by its parties' own dates. */
function ageWords({ hasPayment, months, isCalendar }: RecordCounts): string {
  if (!hasPayment) return '';
  return `${months === 0 ? ' in' : ' over'} ${monthsWords(months, isCalendar)}`;
}

/** What a bank's figures rest on, in one line. */
export function basisOf(books: BankRecord): string {
  const counts = countsOf(books);
  if (counts.contracts === 0) return 'No contract of this bank is known here; age not proven.';
  // The register is the bank's, whatever its contracts are kept in.
  const { missingCount } = books[0].register;
  const gaps =
    missingCount === 0
      ? ''
      : ` ${formatPlural(missingCount, 'contract')} of its register not seen.`;
  const contracts = formatPlural(counts.contracts, 'contract');
  return `${contracts}${ageWords(counts)}; age not proven.${gaps}`;
}

/** The figures of a bank that stand on an offer. */
export function recordView(books: BankRecord): BankRecordView {
  const { contracts, due, onTime, inGrace } = countsOf(books);
  return {
    contractCount: contracts,
    dueCount: due,
    onTimeCount: onTime,
    inGraceCount: inGrace,
    risks: books.map(({ denomination, par30 }) => ({
      denomination,
      outstandingUnits: par30.denominatorUnits,
      par30Units: par30.numeratorUnits,
    })),
  };
}

/** The figures of a bank that lists filter and sort by. */
export function recordRow(books: BankRecord | undefined): RecordRow | undefined {
  return books && recordView(books);
}

/** The cases on a bank's loans in a few words; undefined where there is none. */
export function caseWords({ catalog }: Names, bank: string, atSec: number): string | undefined {
  const { cases, owed, undecided, unpaid, withdrawn } = catalog.cases.recordOfBank(bank, atSec);
  const count = cases - withdrawn;
  if (count === 0) return undefined;
  const of = unpaid === owed ? '' : `${formatCount(unpaid)} of them `;
  const late = unpaid === 0 ? '' : `, ${of}overdue`;
  const parts = [
    { number: undecided, words: 'not decided yet' },
    { number: owed, words: `with money owed${late}` },
  ].filter(({ number }) => number > 0);
  const all = formatPlural(count, 'case');
  const [first, second] = parts;
  if (!first) return `${all}, nothing owed`;
  if (!second && first.number === count) return `${all} ${first.words}`;
  return `${all}: ${parts.map((part) => `${formatCount(part.number)} ${part.words}`).join(', ')}`;
}

/** A bank beside an offer; without figures while its receipts are being read. */
export function bankView(
  names: Names,
  publicKey: string,
  books: BankRecord | undefined,
  atSec: number,
): BankView {
  return {
    bank: personView(names, publicKey, 'bank'),
    href: bankHref(publicKey),
    record: books && recordView(books),
    cases: books && caseWords(names, publicKey, atSec),
    basis: books ? basisOf(books) : 'Nothing is shown before all of it is here.',
  };
}

/** A bank in the list of banks. */
export interface ListedBank {
  readonly publicKey: string;
  readonly place: string | undefined;
  readonly charter: string | undefined;
  readonly openOffers: number;
}

/** Every bank with a profile or an offer, those with most open offers first, then by key. */
export function knownBanks({ catalog }: Names, atSec: number): ListedBank[] {
  const open = new Map<string, number>();
  for (const { event } of catalog.listings.profiles()) open.set(event.pubkey, 0);
  for (const offer of catalog.offers()) {
    const isOpen = stageOf(offer, catalog.contractsOf(offer), atSec) === 'open';
    open.set(offer.event.pubkey, (open.get(offer.event.pubkey) ?? 0) + Number(isOpen));
  }
  return [...open]
    .map(([publicKey, openOffers]) => {
      const document = catalog.bankProfile(publicKey)?.document;
      const place =
        document && `${document.place.locality}, ${countryName(document.place.country)}`;
      return { publicKey, place, charter: document?.charter, openOffers };
    })
    .sort((a, b) => b.openOffers - a.openOffers || (a.publicKey < b.publicKey ? -1 : 1));
}

/** Follows banks, given as one text, until the returned function is called. */
export function watchBanks(catalog: Catalog | undefined, banks: string): () => void {
  const keys = banks.split(',').filter((key) => key !== '');
  const stops = catalog ? keys.map((key) => catalog.banks.watch(key)) : [];
  return () => {
    for (const stop of stops) stop();
  };
}
