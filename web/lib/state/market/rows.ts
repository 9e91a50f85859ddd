/** Offers as the list filters and sorts them, computed from verified events. */
import { offerAddress, termDaysOf, type ParsedOffer } from '@realyield/protocol';
import type { Catalog, ContractView } from '../../engine/catalog.ts';
import { unitKey } from '../../currencies.ts';
import { foldText } from './fold-text.ts';
import { ledgerOf } from './ledgers.ts';
import type { OfferRow, RecordRow } from './match.ts';
import type { OfferStage } from './query.ts';
import { countryName } from './words.ts';

/** A row with what its card is drawn from. */
export interface MarketRow extends OfferRow {
  readonly offer: ParsedOffer;
  /** The sector as the offer writes it. */
  readonly sectorName: string;
}

function isRunning({ fold }: ContractView): boolean {
  return fold.state.effectiveAtSec !== undefined;
}

/** Principal of all contracts in effect under an offer, msat. */
export function raisedUnder(contracts: readonly ContractView[]): bigint {
  return contracts
    .filter(isRunning)
    .reduce((sum, { fold }) => sum + BigInt(fold.state.contract.document.principalUnits), 0n);
}

/** How the contracts of an offer that takes no more money stand, taken together. */
function stageOfContracts(contracts: readonly ContractView[], atSec: number): OfferStage {
  const ledgers = contracts
    .filter(({ fold }) => fold.state.status === 'effective')
    .map((view) => ledgerOf(view, atSec));
  if (contracts.some(({ fold }) => fold.state.status === 'defaulted')) return 'defaulted';
  if (ledgers.some((ledger) => ledger.daysPastDue > 0)) return 'late';
  if (ledgers.every((ledger) => ledger.repaid)) return 'repaid';
  return ledgers.every((ledger) => ledger.undisbursedUnits === 0n) ? 'repaying' : 'funded';
}

/** Where an offer stands at a time. */
export function stageOf(
  offer: ParsedOffer,
  contracts: readonly ContractView[],
  atSec: number,
): OfferStage {
  const { status, amountSoughtUnits, expiresAtSec } = offer.document;
  const running = contracts.filter(isRunning);
  const isFunded = raisedUnder(running) >= BigInt(amountSoughtUnits);
  if (status === 'open' && !isFunded && expiresAtSec > atSec) return 'open';
  if (running.length > 0) return stageOfContracts(running, atSec);
  return status === 'open' ? 'expired' : status;
}

interface Words {
  readonly bankName: string;
  readonly text: string;
}

const words = new WeakMap<ParsedOffer, Words>();

function searchText(offer: ParsedOffer, bankName: string): string {
  const known = words.get(offer);
  if (known?.bankName === bankName) return known.text;
  const { business, title, purpose } = offer.document;
  const { locality, country } = business.place;
  const parts = [business.name, business.sector, title, purpose, locality, countryName(country)];
  const text = foldText([...parts, bankName].join('\n'));
  words.set(offer, { bankName, text });
  return text;
}

/** One offer as a row. */
function offerRow(
  catalog: Catalog,
  offer: ParsedOffer,
  atSec: number,
  recordOf: (bank: string) => RecordRow | undefined,
): MarketRow {
  const { document, event } = offer;
  const contracts = catalog.contractsOf(offer);
  const left = BigInt(document.amountSoughtUnits) - raisedUnder(contracts);
  const bankName = catalog.bankProfile(event.pubkey)?.document.name ?? '';
  return {
    offer,
    address: offerAddress(event.pubkey, document.identifier),
    text: searchText(offer, bankName),
    country: document.business.place.country,
    sector: foldText(document.business.sector),
    sectorName: document.business.sector,
    plan: document.plan.type,
    stage: stageOf(offer, contracts, atSec),
    rateBps: document.rateBps,
    termDays: termDaysOf(document.plan),
    unit: unitKey(document.denomination),
    leftUnits: left > 0n ? left : 0n,
    publishedAtSec: event.created_at,
    record: recordOf(event.pubkey),
  };
}

/** All offers known, newest first. */
export function offerRows(
  catalog: Catalog,
  atSec: number,
  recordOf: (bank: string) => RecordRow | undefined,
): MarketRow[] {
  const records = new Map<string, RecordRow | undefined>();
  const recordOnce = (bank: string): RecordRow | undefined => {
    if (!records.has(bank)) records.set(bank, recordOf(bank));
    return records.get(bank);
  };
  return catalog.offers().map((offer) => offerRow(catalog, offer, atSec, recordOnce));
}
