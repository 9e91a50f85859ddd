/**
 * The running account of one contract: principal, exact accrual, and how far repayments have got.
 * Spec: specs/money.md, "The ledger". Repayments go oldest instalment first, so two sums, of
 * principal and of interest paid, say what each instalment has been paid; nothing is kept twice.
 */
import { accrue, dayOf, interestOf } from '../interest.ts';
import type { ContractDocument } from '../kinds/agreement.ts';
import { floorToSat, minimum } from '../money.ts';
import { DUST_MSAT } from '../params.ts';
import { dueDates } from './plan.ts';

/** One instalment; both sums include all instalments before it. */
export interface Account {
  readonly dueDay: number;
  readonly dueAtSec: number;
  readonly principalUpToMsat: bigint;
  readonly interestUpToMsat: bigint;
}

/** How much was repaid by the end of a day. */
export interface PaidBy {
  readonly day: number;
  readonly principalMsat: bigint;
  readonly interestMsat: bigint;
}

/** At most what open tranches may still bring, and never more than the principal lacks. */
export function openDisbursement(
  document: ContractDocument,
  disbursedMsat: bigint,
  asOfSec: number,
): bigint {
  // M-10: "What can still be disbursed is at most the sum of the tranches that have not lapsed at
  // the as-of time, and at most what the principal lacks."
  const open = document.tranches
    .filter((tranche) => tranche.lapsesAtSec > asOfSec)
    .reduce((sum, tranche) => sum + BigInt(tranche.amountMsat), 0n);
  return minimum(open, BigInt(document.principalMsat) - disbursedMsat);
}

/** The running account; days only go forward. */
export class Books {
  readonly #document: ContractDocument;
  readonly #principalCap: bigint;
  readonly #dues: readonly { readonly dueDay: number; readonly dueAtSec: number }[];
  /** Instalments whose due day has come, the last one never: it takes all that comes later. */
  readonly #fallen: Account[] = [];
  /** The first instalment that is not fully paid. */
  #oldest = 0;
  #numerator = 0n;
  #cursorDay: number;
  readonly paid: PaidBy[] = [];
  disbursed = 0n;
  excess = 0n;
  repaid = 0n;
  principalPaid = 0n;
  interestPaid = 0n;
  unallocated = 0n;

  constructor(document: ContractDocument, firstDay: number) {
    this.#document = document;
    this.#principalCap = BigInt(document.principalMsat);
    this.#cursorDay = firstDay;
    this.#dues = dueDates(document).map((dueAtSec) => ({
      dueAtSec,
      dueDay: dayOf(dueAtSec, document.daySec),
    }));
  }

  get outstanding(): bigint {
    return this.disbursed - this.principalPaid;
  }

  get interest(): bigint {
    return interestOf(this.#numerator);
  }

  /** Owed for instalments whose due day is no later than a day; exact. */
  dueBy(day: number): bigint {
    const last = this.#dues.at(-1);
    if (last && last.dueDay <= day) return this.outstanding + this.interest - this.interestPaid;
    const due = this.#fallen.at(-1);
    if (!due) return 0n;
    const principal = due.principalUpToMsat - this.principalPaid;
    return (principal > 0n ? principal : 0n) + this.#unpaidInterest(due);
  }

  #unpaidInterest(account: Account): bigint {
    const unpaid = account.interestUpToMsat - this.interestPaid;
    return unpaid > 0n ? unpaid : 0n;
  }

  /** Accrues up to a day; what fell due before it is settled on the way. */
  advance(day: number): void {
    this.settle(day - 1);
    this.#accrue(day);
  }

  #accrue(day: number): void {
    if (day <= this.#cursorDay) return;
    // M-4: "…A principal of less than 1,000 msat bears none."
    const bearing = this.outstanding < DUST_MSAT ? 0n : this.outstanding;
    this.#numerator += accrue(bearing, this.#document.rateBps, day - this.#cursorDay);
    this.#cursorDay = day;
  }

  disburse(amount: bigint): void {
    // M-7: "Disbursements count as principal up to the contract's principal; what goes beyond is
    // excess: owed back, without interest."
    const counted = minimum(amount, this.#principalCap - this.disbursed);
    this.disbursed += counted;
    this.excess += amount - counted;
  }

  /** The account of the next instalment, from what was disbursed and what still can be. */
  #next(before: Account | undefined, openMsat: bigint, index: number): Account | undefined {
    const due = this.#dues[index];
    if (!due) return undefined;
    const asked = before?.principalUpToMsat ?? 0n;
    // M-15: "…an equal share, rounded down to a whole satoshi, of what was disbursed or can still
    // be disbursed, less what earlier instalments ask for, but no more than was disbursed and is
    // not asked for by them…"
    const left = BigInt(this.#dues.length - index);
    const share = floorToSat((this.disbursed + openMsat - asked) / left);
    const isLast = left === 1n;
    const principalUpToMsat = isLast ? this.disbursed : minimum(asked + share, this.disbursed);
    return { ...due, principalUpToMsat, interestUpToMsat: this.interest };
  }

  /** Fixes what the instalments that fall due by a day ask for, each on its day. */
  settle(day: number): void {
    // M-5: "Interest is charged to an instalment up to its due day, after the last due day to the
    // last instalment, as the exact sum so far rounded down to a millisatoshi, less what earlier
    // instalments were charged; the remainder is carried, never dropped."
    for (let index = this.#fallen.length; index < this.#dues.length - 1; index += 1) {
      const due = this.#dues[index];
      if (!due || due.dueDay > day) return;
      this.#accrue(due.dueDay);
      const openMsat = openDisbursement(this.#document, this.disbursed, due.dueAtSec);
      const account = this.#next(this.#fallen.at(-1), openMsat, index);
      if (account) this.#fallen.push(account);
    }
  }

  /** Every instalment as it stands: fallen due, or as planned at a time. */
  accounts(asOfSec: number): Account[] {
    const accounts = [...this.#fallen];
    const openMsat = openDisbursement(this.#document, this.disbursed, asOfSec);
    for (let index = accounts.length; index < this.#dues.length; index += 1) {
      const account = this.#next(accounts.at(-1), openMsat, index);
      if (account) accounts.push(account);
    }
    return accounts;
  }

  /** The waterfall: oldest instalment first, within it interest, then principal. */
  repay(amount: bigint, day: number): void {
    let left = amount;
    const use = (interestDue: bigint, principalDue: bigint): boolean => {
      const interest = minimum(left, interestDue > 0n ? interestDue : 0n);
      const principal = minimum(left - interest, principalDue > 0n ? principalDue : 0n);
      this.interestPaid += interest;
      this.principalPaid += principal;
      left -= interest + principal;
      return left > 0n;
    };
    this.repaid += amount;
    // M-8: "A repayment is used oldest instalment first, within an instalment for interest charged
    // so far, then for principal…"
    for (let due = this.#fallen[this.#oldest]; due; due = this.#fallen[this.#oldest]) {
      const interest = due.interestUpToMsat - this.interestPaid;
      if (!use(interest, due.principalUpToMsat - this.principalPaid)) break;
      this.#oldest += 1;
    }
    use(this.interest - this.interestPaid, this.outstanding);
    // M-9: "What is repaid beyond all that is owed on its day is unallocated…"
    this.unallocated += left;
    const { principalPaid: principalMsat, interestPaid: interestMsat } = this;
    this.paid.push({ day, principalMsat, interestMsat });
  }
}
