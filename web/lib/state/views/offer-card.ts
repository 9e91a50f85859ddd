/** An offer as its card shows it. */
import { offerAddress, termDaysOf, type ParsedOffer } from '@realyield/protocol';
import type { BankView, OfferCardView, StatusView } from '../../components/models.ts';
import { formatPlural, formatTimes } from '../../format.ts';
import { raisedUnder, stageOf } from '../market/rows.ts';
import { countryName, PLAN_WORDS, STAGE_TONES, STAGE_WORDS } from '../market/words.ts';
import { claimedName, personView, type Names } from './people.ts';

/** The page of an offer. */
export function offerHref(offer: ParsedOffer): string {
  const address = offerAddress(offer.event.pubkey, offer.document.identifier);
  return `/offers/${encodeURIComponent(address)}`;
}

/** Where a business is, in words. */
export function placeOf(offer: ParsedOffer): string {
  const { place } = offer.document.business;
  return `${place.locality}, ${countryName(place.country)}`;
}

/** The stage of an offer as a status; none while it is simply open. */
function stageStatus(names: Names, offer: ParsedOffer, atSec: number): StatusView | undefined {
  const stage = stageOf(offer, names.catalog.contractsOf(offer), atSec);
  return stage === 'open' ? undefined : { text: STAGE_WORDS[stage], tone: STAGE_TONES[stage] };
}

/** Stages that only receipts can tell: before they are read, a default looks like a good loan. */
const BY_RECEIPTS: ReadonlySet<string> = new Set(
  (['repaying', 'late', 'repaid', 'defaulted'] as const).map((stage) => STAGE_WORDS[stage]),
);

/** Where an offer stands beside its bank; not while its receipts are being read. */
export function shownStatus(
  names: Names,
  offer: ParsedOffer,
  bank: BankView,
  atSec: number,
): StatusView | undefined {
  const status = stageStatus(names, offer, atSec);
  const isKnown = bank.record !== undefined || !BY_RECEIPTS.has(status?.text ?? '');
  return isKnown ? status : undefined;
}

/** An offer in a list, with its bank as `views/banks.ts` shows it, its bond in words. */
export function offerCard(
  names: Names,
  offer: ParsedOffer,
  bank: BankView,
  atSec: number,
  bond: string,
): OfferCardView {
  const { document } = offer;
  return {
    href: offerHref(offer),
    business: {
      ...personView(names, document.business.pubkey),
      name: claimedName(document.business.name),
    },
    place: placeOf(offer),
    purpose: document.purpose,
    denomination: document.denomination,
    soughtUnits: BigInt(document.amountSoughtUnits),
    raisedUnits: raisedUnder(names.catalog.contractsOf(offer)),
    rateBps: document.rateBps,
    ...(document.plan.type === 'revenueShare' ? { times: formatTimes(document.plan.capBps) } : {}),
    term: formatPlural(termDaysOf(document.plan), 'day'),
    plan: PLAN_WORDS[document.plan.type],
    bank,
    bond,
    status: shownStatus(names, offer, bank, atSec),
  };
}
