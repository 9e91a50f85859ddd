/** The till as its screens show it: takings, sales, and what of them goes to whom. */
import { accruedMsat, ledgerOf, type FiatDenomination } from '@realyield/protocol';
import { BITCOIN, amountText, type AmountUnit } from '../../amount.ts';
import { unitKey } from '../../currencies.ts';
import type { Catalog } from '../../engine/catalog.ts';
import type { SaleSplit, TillSale } from '../../engine/till/sale.ts';
import type { TillDesk } from '../../engine/till/till-desk.ts';
import { titleOf } from './contract.ts';

/** A state as a word and its tone; fits a Tag. */
export interface SaleState {
  readonly text: string;
  readonly tone: 'plain' | 'done' | 'active' | 'waiting' | 'problem';
}

/** What of a sale goes to the lenders of one loan. */
export interface ShareLine {
  readonly title: string;
  readonly lenders: number;
  readonly msat: bigint;
  /** The contract, where there is one only. */
  readonly href: string | undefined;
}

/** What a day, or any other list of sales, came to. */
export interface Takings {
  readonly count: number;
  readonly msat: bigint;
  /** In the currency of the prices, of those sales that had one. */
  readonly units: bigint;
  readonly sharesMsat: bigint;
}

/** What has come together for the lenders of one loan. */
export interface AccountLine {
  readonly title: string;
  readonly lenders: number;
  readonly href: string | undefined;
  readonly comeMsat: bigint;
  readonly handedMsat: bigint;
  readonly waitingMsat: bigint;
  /** Less than this waits, for each lender. */
  readonly thresholdSat: number;
  readonly shareBps: number;
  readonly isPaidBack: boolean;
}

function lineOf(catalog: Catalog | undefined, contract: string) {
  const state = catalog?.contract(contract)?.fold.state;
  const base = state?.contract.document.bases.find(({ as }) => as === 'offer');
  return {
    key: base?.event.id ?? contract,
    title: state ? titleOf(state) : 'A loan that is being read',
    state,
  };
}

/** What of a sale goes to whom, the lenders of one loan together. */
export function shareLines(
  catalog: Catalog | undefined,
  split: readonly SaleSplit[],
): readonly ShareLine[] {
  const lines = new Map<string, ShareLine>();
  for (const { contract, msat } of split) {
    const { key, title } = lineOf(catalog, contract);
    const before = lines.get(key);
    lines.set(key, {
      title,
      lenders: (before?.lenders ?? 0) + 1,
      msat: (before?.msat ?? 0n) + BigInt(msat),
      href: before ? undefined : `/contracts/${contract}`,
    });
  }
  return [...lines.values()];
}

/** What has come together for each loan, and what of it was handed over. */
export function accountLines(till: TillDesk, catalog: Catalog | undefined, nowSec: number) {
  const lines = new Map<string, AccountLine>();
  for (const [contract, account] of till.till.accounts) {
    const { key, title, state } = lineOf(catalog, contract);
    const before = lines.get(key);
    const comeMsat = accruedMsat(account);
    const { tillShare } = state?.contract.document ?? {};
    const isPaidBack = state !== undefined && ledgerOf(state, nowSec).repaid;
    lines.set(key, {
      title,
      lenders: (before?.lenders ?? 0) + 1,
      href: before ? undefined : `/contracts/${contract}`,
      comeMsat: (before?.comeMsat ?? 0n) + comeMsat,
      handedMsat: (before?.handedMsat ?? 0n) + account.handedMsat,
      waitingMsat: (before?.waitingMsat ?? 0n) + (comeMsat - account.handedMsat),
      thresholdSat: tillShare?.thresholdSat ?? 0,
      shareBps: tillShare?.shareBps ?? 0,
      isPaidBack: isPaidBack && (before?.isPaidBack ?? true),
    });
  }
  return [...lines.values()].filter(({ shareBps }) => shareBps > 0);
}

/** What some sales came to. */
export function takingsOf(sales: readonly TillSale[]): Takings {
  let [count, msat, units, sharesMsat] = [0, 0n, 0n, 0n];
  for (const { paid } of sales) {
    if (!paid) continue;
    count += 1;
    msat += BigInt(paid.msat);
    units += BigInt(paid.units ?? 0);
    for (const each of paid.split) sharesMsat += BigInt(each.msat);
  }
  return { count, msat, units, sharesMsat };
}

/** When a sale was, Unix seconds: when it was paid, or else asked for. */
export function timeOfSale({ paid, askedAtMs }: TillSale): number {
  return paid?.atSec ?? Math.floor(askedAtMs / 1_000);
}

/** Where a sale stands, in a word or two. */
export function stateOfSale({ step, paid }: TillSale): SaleState {
  if (paid) {
    if (paid.amount === 'over') return { text: 'paid, too much', tone: 'waiting' };
    if (paid.amount === 'under') return { text: 'paid, too little', tone: 'problem' };
    if (paid.isUnexpected) return { text: 'paid after all', tone: 'waiting' };
    return paid.isLate ? { text: 'paid late', tone: 'waiting' } : { text: 'paid', tone: 'done' };
  }
  if (step === 'shown') return { text: 'waiting', tone: 'waiting' };
  if (step === 'expired') return { text: 'not paid', tone: 'plain' };
  return step === 'cancelled'
    ? { text: 'cancelled', tone: 'plain' }
    : { text: 'not shown', tone: 'plain' };
}

/** What a cashier should know of a payment that was not as asked for; undefined where it was. */
export function oddity({ paid, amountMsat }: TillSale): string | undefined {
  if (!paid) return undefined;
  const difference = BigInt(paid.msat) - BigInt(amountMsat);
  if (paid.amount === 'over') {
    const more = amountText(difference, BITCOIN);
    return `${more} more came than was asked for. Give it back or note it.`;
  }
  if (paid.amount === 'under') {
    return `The wallet reports ${amountText(-difference, BITCOIN)} less than was asked for.`;
  }
  if (paid.isUnexpected) return 'It was paid after you had put it away. It counts as a sale.';
  if (paid.isLate) return 'It was paid after the invoice had expired. It counts as a sale.';
  return undefined;
}

/** The unit in which a sale's price was entered. */
export function unitOfSale({ priced }: TillSale): AmountUnit {
  return priced
    ? { type: 'fiat', currency: priced.currency, minorDigits: priced.minorDigits }
    : BITCOIN;
}

/** What a sale was for, in the unit it was entered in. */
export function unitsOfSale(sale: TillSale): bigint {
  return BigInt(sale.priced?.units ?? sale.amountMsat);
}

/** Currencies that offers name oracles for, by their key, with the one that is chosen. */
export function currenciesKnown(
  catalog: Catalog | undefined,
  chosen: FiatDenomination | undefined,
): ReadonlyMap<string, FiatDenomination> {
  const found = new Map<string, FiatDenomination>();
  if (chosen) found.set(unitKey(chosen), chosen);
  for (const { document } of catalog?.offers() ?? []) {
    const { denomination } = document;
    if (denomination.type !== 'fiat') continue;
    const key = unitKey(denomination);
    if (!found.has(key)) found.set(key, denomination);
  }
  return found;
}
