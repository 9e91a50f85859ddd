/**
 * Balances of a contract as a pure function of its terms, its proven payments and a time.
 * Spec: specs/money.md, "Ledger". Several payments of one day are one day's total, so the order
 * of payments within a day, and whether a payment was split, change nothing.
 */
import { dayOf } from '../interest.ts';
import type { ContractDocument } from '../kinds/agreement.ts';
import type { Leg } from '../kinds/fields.ts';
import { wholeOf } from '../denomination.ts';
import { floorToWhole } from '../money.ts';
import type { PaidBy } from './accounts.ts';
import { Books } from './books.ts';
import { courseBy, courseDues, type LedgerCourse } from './course.ts';
import { viewInstalments, type Instalment } from './instalments.ts';
import { isDisbursed } from './legs.ts';
import { ServicingAccount, type DueShares } from './servicing.ts';

export type { LedgerCourse, LedgerTender, LedgerVersion, ReportedSales } from './course.ts';
export type { Instalment } from './instalments.ts';

/** What the ledger needs to know of a payment. */
export interface LedgerPayment {
  readonly leg: Leg;
  readonly amountUnits: bigint;
  readonly settledAtSec: number;
}

/**
 * Balances at one time. Conserved: repaid = principal, interest and late fees paid + unallocated.
 */
export interface Ledger {
  readonly asOfSec: number;
  readonly disbursedUnits: bigint;
  /** Disbursed beyond the contract's principal: owed back, bears no interest. */
  readonly excessDisbursedUnits: bigint;
  /** At most this much can still be disbursed: tranches that have not lapsed. */
  readonly undisbursedUnits: bigint;
  readonly repaidUnits: bigint;
  readonly principalPaidUnits: bigint;
  readonly interestPaidUnits: bigint;
  readonly lateFeesPaidUnits: bigint;
  /** Repaid beyond everything owed on its day: owed back to the payer. */
  readonly unallocatedUnits: bigint;
  readonly outstandingUnits: bigint;
  readonly interestAccruedUnits: bigint;
  /** Accrued and unpaid. */
  readonly interestOwedUnits: bigint;
  readonly lateFeesChargedUnits: bigint;
  /** Charged and unpaid. */
  readonly lateFeesOwedUnits: bigint;
  readonly instalments: readonly Instalment[];
  /** Whole satoshis payable for what has fallen due by the end of this day. */
  readonly dueNowUnits: bigint;
  /** Whole satoshis that repay everything today. */
  readonly payoffUnits: bigint;
  /** What of the two is payable to whom, where the bank has a share of repayments. */
  readonly dueNow: DueShares;
  readonly payoff: DueShares;
  /** Servicing paid beyond the bank's share: owed back. */
  readonly excessServicingUnits: bigint;
  readonly daysPastDue: number;
  /** Nothing more can be disbursed and less than one satoshi is owed. */
  readonly repaid: boolean;
}

interface DayTotals {
  disbursed: bigint;
  repaid: bigint;
  serviced: bigint;
  recovered: bigint;
}

const NO_MONEY: DayTotals = { disbursed: 0n, repaid: 0n, serviced: 0n, recovered: 0n };

/** Where a leg's payments are added up; undefined where they change no debt. */
function totalOf(document: ContractDocument, leg: Leg): keyof DayTotals | undefined {
  if (isDisbursed(document, leg)) return 'disbursed';
  if (leg === 'repayment') return 'repaid';
  // FE-7: "A payment of `recovery` or of `tillShare` counts as repaid by the business, one of
  // `guarantee`, of `handedOn`, of `takings` or of an origination fee on top does not…"
  if (leg === 'recovery' || leg === 'tillShare') return 'recovered';
  return leg === 'servicing' ? 'serviced' : undefined;
}

function totalsByDay(
  { document, payments }: Pick<LedgerInput, 'document' | 'payments'>,
  asOfDay: number,
): Map<number, DayTotals> {
  const days = new Map<number, DayTotals>();
  for (const { leg, amountUnits, settledAtSec } of payments) {
    const day = dayOf(settledAtSec, document.daySec);
    const name = totalOf(document, leg);
    if (day > asOfDay || name === undefined) continue;
    const totals = days.get(day) ?? { ...NO_MONEY };
    totals[name] += amountUnits;
    days.set(day, totals);
  }
  return days;
}

/** What a ledger is of. */
interface LedgerInput {
  readonly document: ContractDocument;
  readonly payments: readonly LedgerPayment[];
  readonly course: LedgerCourse;
}

/** Lets the tenders of a day cover what they offer, with those of the other leg that still do. */
function coverBy(
  books: Books,
  servicing: ServicingAccount,
  { tenders = [] }: LedgerCourse,
  day: number,
): void {
  for (const { leg, units, dueAfterDay, fromDay, toDay } of tenders) {
    if (fromDay !== day || toDay < day) continue;
    // What the bank was paid too early counts as its investor is repaid.
    const offeredUnits = units + servicing.excessUnits;
    books.cover(offeredUnits, dueAfterDay, { fromDay, toDay });
    const beside = tenders.findLast((other) => {
      return other.leg !== leg && other.fromDay <= day && day <= other.toDay;
    });
    if (!beside) continue;
    const afterDay = Math.max(dueAfterDay, beside.dueAfterDay);
    const both = { fromDay, toDay: Math.min(toDay, beside.toDay) };
    books.cover(offeredUnits + beside.units, afterDay, both);
  }
}

/**
 * The account of a contract at the end of a day; from `expectFromDay` on, whatever is due is
 * taken as repaid on the spot.
 */
function runBooks(
  { document, payments, course }: LedgerInput,
  asOfDay: number,
  expectFromDay = Infinity,
): { readonly books: Books; readonly servicing: ServicingAccount } {
  const totals = totalsByDay({ document, payments }, asOfDay);
  let first = asOfDay;
  for (const day of totals.keys()) if (day < first) first = day;
  const whole = wholeOf(document.denomination);
  const books = new Books(document, first, courseBy(course, asOfDay));
  const servicing = new ServicingAccount(document.fees.servicingBps, whole);
  for (const { fromDay } of course.tenders ?? []) {
    if (fromDay <= asOfDay && !totals.has(fromDay)) totals.set(fromDay, NO_MONEY);
  }
  if (expectFromDay <= asOfDay) {
    for (const day of [expectFromDay, ...books.dues.map(({ dueDay }) => dueDay)]) {
      const isWithin = day >= expectFromDay && day <= asOfDay;
      if (isWithin && !totals.has(day)) totals.set(day, NO_MONEY);
    }
  }
  for (const [day, total] of [...totals].sort(([a], [b]) => a - b)) {
    const { disbursed, repaid, serviced, recovered } = total;
    // M-6: "…on each day interest is accrued first, then disbursements count, then repayments…"
    books.advance(day);
    books.disburse(disbursed);
    books.settle(day);
    const counted = servicing.count(repaid, serviced) + repaid + recovered;
    if (counted > 0n) books.repay(counted, day);
    coverBy(books, servicing, course, day);
    if (day >= expectFromDay) books.repay(floorToWhole(books.dueBy(day), whole), day);
  }
  books.advance(asOfDay);
  books.settle(asOfDay);
  return { books, servicing };
}

/** What repayments had come to by the end of each day on which there was one, rising. */
export function repaidByDay(
  document: ContractDocument,
  payments: readonly LedgerPayment[],
  asOfSec: number,
  course: LedgerCourse = {},
): readonly PaidBy[] {
  return runBooks({ document, payments, course }, dayOf(asOfSec, document.daySec)).books.paid;
}

function viewOf(
  books: Books,
  whole: bigint,
  asOfSec: number,
  asOfDay: number,
): Pick<Ledger, 'undisbursedUnits' | 'instalments' | 'repaid'> {
  const undisbursedUnits = books.open(asOfSec);
  const lateFeesOwed = books.allLateFees(asOfDay) - books.lateFeesPaid;
  const owedUnits = books.outstanding + books.interest - books.interestPaid + lateFeesOwed;
  // M-13: "A contract is repaid when something was disbursed, nothing more can be, and less than
  // 1,000 msat of principal, interest and late fees are owed."
  const repaid = books.disbursed > 0n && undisbursedUnits === 0n && owedUnits < whole;
  const accounts = books.accounts(asOfSec);
  const instalments = viewInstalments({ accounts, paid: books.paid, asOfDay, whole, repaid });
  return { undisbursedUnits, instalments, repaid };
}

/** Balances at a time, and what repayments had come to by the end of each day with any, rising. */
export interface LedgerWithDays {
  readonly ledger: Ledger;
  readonly repaid: readonly PaidBy[];
}

/** Balances of a contract at a time, from the payments settled by the end of that day. */
export function computeLedger(
  document: ContractDocument,
  payments: readonly LedgerPayment[],
  asOfSec: number,
  course: LedgerCourse = {},
): Ledger {
  return computeLedgerWithDays(document, payments, asOfSec, course).ledger;
}

/** The same, and how it came about: one run for both. */
export function computeLedgerWithDays(
  document: ContractDocument,
  payments: readonly LedgerPayment[],
  asOfSec: number,
  course: LedgerCourse,
): LedgerWithDays {
  const asOfDay = dayOf(asOfSec, document.daySec);
  const { books, servicing } = runBooks({ document, payments, course }, asOfDay);
  const whole = wholeOf(document.denomination);
  return { ledger: ledgerOf(books, servicing, whole, asOfSec, asOfDay), repaid: books.paid };
}

function ledgerOf(
  books: Books,
  servicing: ServicingAccount,
  whole: bigint,
  asOfSec: number,
  asOfDay: number,
): Ledger {
  const { undisbursedUnits, instalments, repaid } = viewOf(books, whole, asOfSec, asOfDay);
  const interestOwedUnits = books.interest - books.interestPaid;
  const lateFeesChargedUnits = books.allLateFees(asOfDay);
  const lateFeesOwedUnits = lateFeesChargedUnits - books.lateFeesPaid;
  const dueNow = servicing.share(books.dueBy(asOfDay));
  const payoff = servicing.share(books.outstanding + interestOwedUnits + lateFeesOwedUnits);
  let daysPastDue = 0;
  for (const each of instalments) daysPastDue = Math.max(daysPastDue, each.daysPastDue);
  return {
    asOfSec,
    disbursedUnits: books.disbursed + books.excess,
    excessDisbursedUnits: books.excess,
    undisbursedUnits,
    repaidUnits: books.repaid,
    principalPaidUnits: books.principalPaid,
    interestPaidUnits: books.interestPaid,
    lateFeesPaidUnits: books.lateFeesPaid,
    unallocatedUnits: books.unallocated,
    outstandingUnits: books.outstanding,
    interestAccruedUnits: books.interest,
    interestOwedUnits,
    lateFeesChargedUnits,
    lateFeesOwedUnits,
    instalments,
    // M-12: "Payable amounts are whole satoshis, rounded down."
    dueNowUnits: dueNow.repaymentUnits + dueNow.servicingUnits,
    payoffUnits: payoff.repaymentUnits + payoff.servicingUnits,
    dueNow,
    payoff,
    excessServicingUnits: servicing.excessUnits,
    daysPastDue,
    repaid,
  };
}

/**
 * Every instalment on the last due day, or at the as-of time if that is later, were nothing else
 * ever disbursed and whatever is due from the as-of day on repaid on the spot.
 */
export function expectInstalments(
  document: ContractDocument,
  payments: readonly LedgerPayment[],
  asOfSec: number,
  course: LedgerCourse = {},
): readonly Instalment[] {
  const asOfDay = dayOf(asOfSec, document.daySec);
  const known = courseBy(course, asOfDay);
  const endSec = Math.max(asOfSec, courseDues(document, known).at(-1)?.dueAtSec ?? 0);
  const endDay = dayOf(endSec, document.daySec);
  const { books } = runBooks({ document, payments, course: known }, endDay, asOfDay);
  return viewOf(books, wholeOf(document.denomination), endSec, endDay).instalments;
}
