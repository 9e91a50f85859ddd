/** Banks beside an offer: what is known of how they were repaid, with what it rests on. */
import type { BankFigures } from '@realyield/protocol';
import type { BankRecordView, BankView } from '../../components/models.ts';
import type { Catalog } from '../../engine/catalog.ts';
import { formatPlural } from '../../format.ts';
import type { RecordRow } from '../market/match.ts';
import { stageOf } from '../market/rows.ts';
import { countryName } from '../market/words.ts';
import { personView, type Names } from './people.ts';

/** The page of a bank. */
export function bankHref(publicKey: string): string {
  return `/banks/${publicKey}`;
}

/** A book's length in words, by its parties' own dates. */
function ageWords({ age }: BankFigures): string {
  if (age.firstPaymentAtSec === undefined) return '';
  return age.months === 0 ? ' in less than a month' : ` over ${formatPlural(age.months, 'month')}`;
}

/** What a bank's figures rest on, in one line. */
export function basisOf(figures: BankFigures): string {
  if (figures.contracts === 0) return 'No contract of this bank is known here; age not proven.';
  const { register } = figures;
  const gaps =
    register.missingCount === 0
      ? ''
      : ` ${formatPlural(register.missingCount, 'contract')} of its register not seen.`;
  const contracts = formatPlural(figures.contracts, 'contract');
  return `${contracts}${ageWords(figures)}; age not proven.${gaps}`;
}

/** The figures of a bank that stand on an offer. */
export function recordView(figures: BankFigures): BankRecordView {
  const { punctuality, par30 } = figures;
  return {
    contractCount: figures.contracts,
    dueCount: punctuality.onTimeByCount.denominator,
    onTimeCount: punctuality.onTimeByCount.numerator,
    inGraceCount: punctuality.inGrace,
    outstandingUnits: par30.denominatorUnits,
    par30Units: par30.numeratorUnits,
  };
}

/** The figures of a bank that lists filter and sort by. */
export function recordRow(figures: BankFigures | undefined): RecordRow | undefined {
  return figures && recordView(figures);
}

/** A bank beside an offer; without figures while its receipts are being read. */
export function bankView(
  names: Names,
  publicKey: string,
  figures: BankFigures | undefined,
): BankView {
  return {
    bank: personView(names, publicKey, 'bank'),
    href: bankHref(publicKey),
    record: figures && recordView(figures),
    basis: figures ? basisOf(figures) : 'Nothing is shown before all of it is here.',
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
