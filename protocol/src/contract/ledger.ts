/**
 * Balances of a contract as a pure function of its terms, its proven payments and a time.
 * Spec: specs/money.md, "Ledger". Several payments of one day are one day's total, so the order
 * of payments within a day, and whether a payment was split, change nothing.
 */
import { accrue, dayOf, interestOf } from '../interest.ts';
import type { ContractDocument } from '../kinds/agreement.ts';
import type { Leg } from '../kinds/fields.ts';
import { floorToSat, minimum } from '../money.ts';
import { DUST_MSAT } from '../params.ts';

/** What the ledger needs to know of a payment. */
export interface LedgerPayment {
  readonly leg: Leg;
  readonly amountMsat: bigint;
  readonly settledAtSec: number;
}

/** How one instalment stands. */
export interface Instalment {
  readonly number: number;
  readonly dueAtSec: number;
  /** Principal this instalment must repay, of what was disbursed so far. */
  readonly principalMsat: bigint;
  /** Interest charged to it so far. */
  readonly interestMsat: bigint;
  readonly paidPrincipalMsat: bigint;
  readonly paidInterestMsat: bigint;
  /** Not yet paid of the two, exact. */
  readonly unpaidMsat: bigint;
  /** Contract days since the due day, 0 unless late. */
  readonly daysPastDue: number;
  readonly state: 'planned' | 'due' | 'paid' | 'late';
}

/** Balances at one time. Conserved: repaid = principal paid + interest paid + unallocated. */
export interface Ledger {
  readonly asOfSec: number;
  readonly disbursedMsat: bigint;
  /** Disbursed beyond the contract's principal: owed back, bears no interest. */
  readonly excessDisbursedMsat: bigint;
  /** At most this much can still be disbursed: tranches that have not lapsed. */
  readonly undisbursedMsat: bigint;
  readonly repaidMsat: bigint;
  readonly principalPaidMsat: bigint;
  readonly interestPaidMsat: bigint;
  /** Repaid beyond everything owed on its day: owed back to the payer. */
  readonly unallocatedMsat: bigint;
  readonly outstandingMsat: bigint;
  readonly interestAccruedMsat: bigint;
  /** Accrued and unpaid. */
  readonly interestOwedMsat: bigint;
  readonly instalments: readonly Instalment[];
  /** Whole satoshis payable for what has fallen due by the end of this day. */
  readonly dueNowMsat: bigint;
  /** Whole satoshis that repay everything today. */
  readonly payoffMsat: bigint;
  readonly daysPastDue: number;
  /** Nothing more can be disbursed and less than one satoshi is owed. */
  readonly repaid: boolean;
}

interface Account {
  readonly dueDay: number;
  readonly dueAtSec: number;
  chargedMsat: bigint;
  paidInterestMsat: bigint;
  paidPrincipalMsat: bigint;
}

interface DayTotals {
  disbursed: bigint;
  repaid: bigint;
}

/** The running account: principal, exact accrual, and what each instalment has been paid. */
class Books {
  readonly #rateBps: number;
  readonly #principalCap: bigint;
  readonly accounts: Account[];
  numerator = 0n;
  cursorDay = 0;
  disbursed = 0n;
  excess = 0n;
  repaid = 0n;
  principalPaid = 0n;
  interestPaid = 0n;
  unallocated = 0n;

  constructor(document: ContractDocument) {
    this.#rateBps = document.rateBps;
    this.#principalCap = BigInt(document.principalMsat);
    this.accounts = dueDates(document).map((dueAtSec) => ({
      dueAtSec,
      dueDay: dayOf(dueAtSec, document.daySec),
      chargedMsat: 0n,
      paidInterestMsat: 0n,
      paidPrincipalMsat: 0n,
    }));
  }

  get outstanding(): bigint {
    return this.disbursed - this.principalPaid;
  }

  /** Principal that bears interest; what no whole satoshi repays would become late by itself. */
  get bearing(): bigint {
    // M-4: "…A principal of less than 1,000 msat bears none."
    return this.outstanding < DUST_MSAT ? 0n : this.outstanding;
  }

  /** Accrues up to a day; interest up to a due day is that instalment's, the rest the last's. */
  advance(day: number): void {
    const last = this.accounts.length - 1;
    for (const [index, account] of this.accounts.entries()) {
      const upTo = index === last ? day : Math.min(day, account.dueDay);
      if (upTo > this.cursorDay) {
        const days = upTo - this.cursorDay;
        this.numerator += accrue(this.bearing, this.#rateBps, days);
        this.cursorDay = upTo;
        // M-5: "Interest is charged to an instalment up to its due day, after the last due day to
        // the last instalment, as the exact sum so far rounded down to a millisatoshi, less what
        // earlier instalments were charged; the remainder is carried, never dropped."
        const charged = this.accounts.slice(0, index).reduce((sum, a) => sum + a.chargedMsat, 0n);
        account.chargedMsat = interestOf(this.numerator) - charged;
      }
    }
    this.cursorDay = Math.max(this.cursorDay, day);
  }

  disburse(amount: bigint): void {
    // M-7: "Disbursements count as principal up to the contract's principal; what goes beyond is
    // excess: owed back, without interest."
    const counted = minimum(amount, this.#principalCap - this.disbursed);
    this.disbursed += counted;
    this.excess += amount - counted;
  }

  principalOf(account: Account): bigint {
    // Bullet: the single instalment repays all principal disbursed.
    return account === this.accounts[this.accounts.length - 1] ? this.disbursed : 0n;
  }

  /** The waterfall: oldest instalment first, within it interest, then principal. */
  repay(amount: bigint): void {
    let left = amount;
    this.repaid += amount;
    // M-8: "A repayment is used oldest instalment first, within an instalment for interest, then
    // for principal…"
    for (const account of this.accounts) {
      const interest = minimum(left, account.chargedMsat - account.paidInterestMsat);
      account.paidInterestMsat += interest;
      this.interestPaid += interest;
      left -= interest;
      const principal = minimum(left, this.principalOf(account) - account.paidPrincipalMsat);
      account.paidPrincipalMsat += principal;
      this.principalPaid += principal;
      left -= principal;
    }
    // M-9: "What is repaid beyond all that is owed on its day is unallocated…"
    this.unallocated += left;
  }
}

/** Due dates of a plan, in order. */
export function dueDates(document: ContractDocument): number[] {
  return [document.plan.dueAtSec];
}

function totalsByDay(
  payments: readonly LedgerPayment[],
  daySec: number,
  asOfDay: number,
): [number, DayTotals][] {
  const days = new Map<number, DayTotals>();
  for (const payment of payments) {
    const day = dayOf(payment.settledAtSec, daySec);
    if (day > asOfDay) continue;
    const totals = days.get(day) ?? { disbursed: 0n, repaid: 0n };
    if (payment.leg === 'disbursement') totals.disbursed += payment.amountMsat;
    else totals.repaid += payment.amountMsat;
    days.set(day, totals);
  }
  return [...days].sort(([a], [b]) => a - b);
}

function viewInstalment(
  books: Books,
  account: Account,
  index: number,
  asOfDay: number,
  openMsat: bigint,
): Instalment {
  const principalMsat = books.principalOf(account);
  const unpaidMsat =
    principalMsat + account.chargedMsat - account.paidPrincipalMsat - account.paidInterestMsat;
  // M-11: "An instalment is late when the as-of day is after its due day and at least 1,000 msat
  // of it are unpaid…"
  const owed = unpaidMsat >= DUST_MSAT;
  const isLate = owed && asOfDay > account.dueDay;
  const nothingYet = openMsat > 0n || (books.disbursed === 0n && asOfDay <= account.dueDay);
  const state = isLate
    ? 'late'
    : owed
      ? asOfDay === account.dueDay
        ? 'due'
        : 'planned'
      : nothingYet
        ? 'planned'
        : 'paid';
  return {
    number: index + 1,
    dueAtSec: account.dueAtSec,
    principalMsat,
    interestMsat: account.chargedMsat,
    paidPrincipalMsat: account.paidPrincipalMsat,
    paidInterestMsat: account.paidInterestMsat,
    unpaidMsat,
    daysPastDue: isLate ? asOfDay - account.dueDay : 0,
    state,
  };
}

/** At most what open tranches may still bring, and never more than the principal lacks. */
function openDisbursement(document: ContractDocument, disbursed: bigint, asOfSec: number): bigint {
  // M-10: "What can still be disbursed is at most the sum of the tranches that have not lapsed at
  // the as-of time, and at most what the principal lacks."
  const open = document.tranches
    .filter((tranche) => tranche.lapsesAtSec > asOfSec)
    .reduce((sum, tranche) => sum + BigInt(tranche.amountMsat), 0n);
  return minimum(open, BigInt(document.principalMsat) - disbursed);
}

/** Balances of a contract at a time, from the payments settled by the end of that day. */
export function computeLedger(
  document: ContractDocument,
  payments: readonly LedgerPayment[],
  asOfSec: number,
): Ledger {
  const asOfDay = dayOf(asOfSec, document.daySec);
  const books = new Books(document);
  const days = totalsByDay(payments, document.daySec, asOfDay);
  books.cursorDay = days[0]?.[0] ?? asOfDay;
  for (const [day, totals] of days) {
    // M-6: "…on each day interest is accrued first, then disbursements count, then repayments…"
    books.advance(day);
    books.disburse(totals.disbursed);
    if (totals.repaid > 0n) books.repay(totals.repaid);
  }
  books.advance(asOfDay);
  const undisbursedMsat = openDisbursement(document, books.disbursed, asOfSec);
  const instalments = books.accounts.map((account, index) =>
    viewInstalment(books, account, index, asOfDay, undisbursedMsat),
  );
  const interestAccruedMsat = interestOf(books.numerator);
  const interestOwedMsat = interestAccruedMsat - books.interestPaid;
  const owedMsat = books.outstanding + interestOwedMsat;
  const dueMsat = instalments
    .filter((instalment) => dayOf(instalment.dueAtSec, document.daySec) <= asOfDay)
    .reduce((sum, instalment) => sum + instalment.unpaidMsat, 0n);
  return {
    asOfSec,
    disbursedMsat: books.disbursed + books.excess,
    excessDisbursedMsat: books.excess,
    undisbursedMsat,
    repaidMsat: books.repaid,
    principalPaidMsat: books.principalPaid,
    interestPaidMsat: books.interestPaid,
    unallocatedMsat: books.unallocated,
    outstandingMsat: books.outstanding,
    interestAccruedMsat,
    interestOwedMsat,
    instalments,
    // M-12: "Payable amounts are whole satoshis, rounded down."
    dueNowMsat: floorToSat(dueMsat),
    payoffMsat: floorToSat(owedMsat),
    daysPastDue: Math.max(0, ...instalments.map((instalment) => instalment.daysPastDue)),
    // M-13: "A contract is repaid when something was disbursed, nothing more can be, and less than
    // 1,000 msat of principal and interest are owed."
    repaid: books.disbursed > 0n && undisbursedMsat === 0n && owedMsat < DUST_MSAT,
  };
}
