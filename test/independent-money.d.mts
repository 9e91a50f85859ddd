/** What a second ledger, from specs/ alone, makes of a contract's terms and payments. */
export interface SecondLedger {
  /** The contract day. */
  readonly today: number;
  /** Unpaid of each instalment whose time has begun, late fees included, msat. */
  readonly owed: readonly bigint[];
  /** By how many days each of them is late. */
  readonly daysLate: readonly number[];
  readonly isRepaid: boolean;
  /** Principal and interest each asks for or has accrued, of a revenue share as one sum, msat. */
  readonly asks: readonly (readonly [principal: bigint, interest: bigint])[];
}
/** What a second ledger takes beside terms, payments and a time. */
export interface SecondCourse {
  readonly sales?: readonly {
    readonly day: number;
    readonly msat: string;
  }[];
  /** From when on whatever is due is paid at once. */
  readonly expectSec?: number;
}
/** One payment. */
export interface SecondPayment {
  readonly leg: string;
  readonly msat: string;
  readonly atSec: number;
}
/** The origination fee of a tranche under a 2810's content, msat. */
export function originationFee(terms: unknown, amountUnits: string): bigint;
/** The second ledger of a 2810's content. */
export function ledgerAt(
  terms: unknown,
  payments: readonly SecondPayment[],
  atSec: number,
  course?: SecondCourse,
): SecondLedger;
/** Due times of a 2810's content, Unix seconds. */
export function duesOf(terms: unknown): readonly number[];
