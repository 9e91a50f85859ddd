/**
 * A sale at the till, step by step. Each step is on disk before the next is taken.
 * Spec: specs/till.md.
 */
import { unitsFor } from '@realyield/protocol';
import type { PaymentRecord } from '../ports.ts';

/**
 * Steps of a sale. `asked`: an amount was entered; no invoice is known, so nobody can pay it.
 * `shown`: the customer may pay. `expired`: not paid in time; `cancelled`: put away by the cashier.
 * Either may still turn out to be paid. `paid`: it has a serial.
 */
export type SaleStep = 'asked' | 'shown' | 'expired' | 'cancelled' | 'paid';

/** An amount in the currency the till's prices are in, and what bitcoin cost then. */
export interface SalePrice {
  /** ISO 4217. */
  readonly currency: string;
  readonly minorDigits: number;
  /** In units of a ledger kept in it, decimal. */
  readonly units: string;
  /** Minor units for one bitcoin, decimal. */
  readonly price: string;
}

/** Something of the catalogue that was sold. */
export interface SaleLine {
  readonly title: string;
  readonly count: number;
}

/** What one contract gets of a sale. */
export interface SaleSplit {
  readonly contract: string;
  /** Decimal, rounded down for this one sale; what is handed over is exact over all. */
  readonly msat: string;
}

/** What is known of a payment at the till. */
export interface SalePaid {
  /** The name the till had. */
  readonly till: string;
  /** Its number among the sales under that name, from 1; never used again. */
  readonly serial: number;
  /** What came, decimal. */
  readonly msat: string;
  /** The same in the currency of the prices, decimal. */
  readonly units?: string;
  /** When the till knew of it, Unix seconds: the time of the sale. */
  readonly atSec: number;
  /** Compared with what was asked for. */
  readonly amount: 'exact' | 'over' | 'under';
  /** It came after the invoice had expired. */
  readonly isLate: boolean;
  /** It came although the cashier had put the sale away. */
  readonly isUnexpected: boolean;
  readonly found: 'notice' | 'lookup';
  readonly split: readonly SaleSplit[];
  /** As the wallet said it, where it did. */
  readonly preimage?: string;
}

/** By whom a bank was asked for a sale at the till it runs. */
export interface AskedBy {
  /** The business's own name of the sale, at random. */
  readonly sale: string;
  readonly contract: string;
  /** The key that is told of the payment. */
  readonly key: string;
}

/** One amount that was asked for at the till. */
export interface TillSale {
  /** Its place among all that was asked for, from 1. */
  readonly order: number;
  readonly step: SaleStep;
  readonly amountMsat: string;
  readonly priced?: SalePrice;
  readonly lines?: readonly SaleLine[];
  /** Of the receipt: without it nobody can guess the sale. */
  readonly salt: string;
  readonly askedAtMs: number;
  readonly invoice?: string;
  readonly paymentHash?: string;
  readonly expiresAtSec?: number;
  readonly paid?: SalePaid;
  /** The bank takes it: the contract by which it was asked. */
  readonly bank?: string;
  /** A business asked for it: this is a bank. */
  readonly asked?: AskedBy;
}

/** How long after its expiry an invoice is still looked up, seconds. */
export const LOOK_AFTER_SEC = 7 * 86_400;

/** Whether a payment of a sale may still come to light. */
export function isOpen({ step, expiresAtSec = 0 }: TillSale, nowSec: number): boolean {
  const mayCome = step === 'shown' || step === 'expired' || step === 'cancelled';
  return mayCome && nowSec <= expiresAtSec + LOOK_AFTER_SEC;
}

/** A shown sale whose time is over. */
export function lapse(sale: TillSale, nowSec: number): TillSale {
  const isOver = sale.step === 'shown' && nowSec > (sale.expiresAtSec ?? Infinity);
  return isOver ? { ...sale, step: 'expired' } : sale;
}

/** The currency of a sale's price. */
export function currencyOf({
  priced,
}: TillSale): Pick<SalePrice, 'currency' | 'minorDigits'> | undefined {
  return priced && { currency: priced.currency, minorDigits: priced.minorDigits };
}

/** What came, in the currency of the till's prices: exactly what was asked where that came. */
function unitsOf({ amountMsat, priced }: TillSale, came: bigint): bigint | undefined {
  if (!priced) return undefined;
  return came === BigInt(amountMsat) ? BigInt(priced.units) : unitsFor(came, BigInt(priced.price));
}

/** A sale that was paid, by what the wallet says. */
export function pay(
  sale: TillSale,
  record: PaymentRecord,
  at: Pick<SalePaid, 'till' | 'serial' | 'atSec' | 'found' | 'split'>,
): TillSale {
  const asked = BigInt(sale.amountMsat);
  const { amountMsat: came, settledAtSec = at.atSec, preimage } = record;
  const amount = came === asked ? 'exact' : came > asked ? 'over' : 'under';
  const isLate = settledAtSec > (sale.expiresAtSec ?? Infinity);
  const isUnexpected = sale.step === 'cancelled';
  const units = unitsOf(sale, came);
  const paid: SalePaid = {
    ...{ ...at, msat: came.toString(), amount, isLate, isUnexpected },
    ...(units === undefined ? {} : { units: units.toString() }),
    ...(preimage === undefined ? {} : { preimage }),
  };
  return { ...sale, step: 'paid', paid };
}
