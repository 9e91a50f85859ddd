/**
 * A sale at the till, step by step. Each step is on disk before the next is taken.
 * Spec: specs/till.md.
 */
import type { PaymentRecord } from '../ports.ts';

/**
 * Steps of a sale. `asked`: an amount was entered; no invoice is known, so nobody can pay it.
 * `shown`: the customer may pay. `expired`: not paid in time; it may still turn out to be.
 * `paid`: it has a serial.
 */
export type SaleStep = 'asked' | 'shown' | 'expired' | 'paid';

/** What is known of a payment at the till. */
export interface SalePaid {
  /** Its number among the sales of the till, from 1; never used again. */
  readonly serial: number;
  /** What came, decimal. */
  readonly msat: string;
  /** When the till knew of it, Unix seconds: the time of the sale. */
  readonly atSec: number;
  /** Compared with what was asked for. */
  readonly amount: 'exact' | 'over' | 'under';
  /** It came after the invoice had expired. */
  readonly isLate: boolean;
  readonly found: 'notice' | 'lookup';
}

/** One amount that was asked for at the till. */
export interface TillSale {
  /** Its place among all that was asked for, from 1. */
  readonly order: number;
  readonly step: SaleStep;
  readonly amountMsat: string;
  /** Of the receipt: without it nobody can guess the sale. */
  readonly salt: string;
  readonly askedAtMs: number;
  readonly invoice?: string;
  readonly paymentHash?: string;
  readonly expiresAtSec?: number;
  readonly paid?: SalePaid;
}

/** How long after its expiry an invoice is still looked up, seconds. */
export const LOOK_AFTER_SEC = 7 * 86_400;

/** Whether a payment of a sale may still come to light. */
export function isOpen({ step, expiresAtSec = 0 }: TillSale, nowSec: number): boolean {
  const isShown = step === 'shown' || step === 'expired';
  return isShown && nowSec <= expiresAtSec + LOOK_AFTER_SEC;
}

/** A shown sale whose time is over. */
export function lapse(sale: TillSale, nowSec: number): TillSale {
  const isOver = sale.step === 'shown' && nowSec > (sale.expiresAtSec ?? Infinity);
  return isOver ? { ...sale, step: 'expired' } : sale;
}

/** A sale that was paid, by what the wallet says. */
export function pay(
  sale: TillSale,
  record: PaymentRecord,
  at: { readonly serial: number; readonly atSec: number; readonly found: SalePaid['found'] },
): TillSale {
  const asked = BigInt(sale.amountMsat);
  const { amountMsat: came, settledAtSec = at.atSec } = record;
  const amount = came === asked ? 'exact' : came > asked ? 'over' : 'under';
  const isLate = settledAtSec > (sale.expiresAtSec ?? Infinity);
  const paid = { ...at, msat: came.toString(), amount, isLate } as const;
  return { ...sale, step: 'paid', paid };
}
