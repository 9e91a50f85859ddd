/**
 * The running account of one contract: principal, exact accrual, and how far repayments have got.
 * Spec: specs/money.md, "The ledger". Repayments go oldest instalment first, so three sums, of
 * late fees, interest and principal paid, say what each instalment has been paid.
 */
import { wholeOf } from '../denomination.ts';
import { accrue, dayOf, daysBetween, interestOf } from '../interest.ts';
import type { ContractDocument } from '../kinds/agreement.ts';
import { maximum, minimum } from '../money.ts';
import { openDisbursement, type Account, type PaidBy } from './accounts.ts';
import { askNext, costWithin, revenueCost, type AskedUpTo, type Standing } from './asking.ts';
import { courseDues, type CourseDue, type LedgerCourse, type LedgerVersion } from './course.ts';
import { LateFeeAccount, type CoveredDays } from './late-fee.ts';

/** An instalment whose due day has come. */
interface Fallen {
  asked: AskedUpTo;
  readonly due: CourseDue;
  readonly fee: LateFeeAccount;
}

const NOTHING: AskedUpTo = { principalUpToUnits: 0n, interestUpToUnits: 0n };
const atLeastZero = (amount: bigint): bigint => maximum(amount, 0n);

/** The running account; days only go forward. */
export class Books {
  #terms: ContractDocument;
  readonly #principal: bigint;
  readonly #course: LedgerCourse;
  readonly dues: readonly CourseDue[];
  /** Instalments whose due day has come, the last one never: it takes all that comes later. */
  readonly #fallen: Fallen[] = [];
  /** What the last instalment asked for on its due day, for its late fee. */
  #last: Fallen | undefined;
  /** The first instalment that is not fully paid, and all late fees of those before it. */
  #oldest = 0;
  #lateFeesBefore = 0n;
  /** Late fees that folded instalments leave to the next one. */
  #carried = 0n;
  #numerator = 0n;
  #cursorDay: number;
  #nextVersion = 0;
  #beforeTerms = 0n;
  readonly paid: PaidBy[] = [];
  disbursed = 0n;
  excess = 0n;
  repaid = 0n;
  principalPaid = 0n;
  interestPaid = 0n;
  lateFeesPaid = 0n;
  unallocated = 0n;

  constructor(document: ContractDocument, firstDay: number, course: LedgerCourse = {}) {
    this.#terms = document;
    // No version changes it (V-2).
    this.#principal = BigInt(document.principalUnits);
    this.#course = course;
    this.dues = courseDues(document, course);
    this.#cursorDay = firstDay;
  }

  get outstanding(): bigint {
    return this.disbursed - this.principalPaid;
  }

  get interest(): bigint {
    const { plan } = this.#terms;
    if (plan.type === 'revenueShare') return revenueCost(plan, this.disbursed);
    return interestOf(this.#numerator);
  }

  /** What can still be disbursed at a time. */
  open(asOfSec: number, terms = this.#terms): bigint {
    const { acceleratedDay = Infinity } = this.#course;
    const isOver = dayOf(asOfSec, terms.daySec) >= acceleratedDay;
    return isOver ? 0n : openDisbursement(terms, this.disbursed, asOfSec);
  }

  /** Principal and interest of an instalment fallen due that are unpaid. */
  #unpaid({ asked }: Fallen, before: AskedUpTo): bigint {
    const principal = maximum(this.principalPaid, before.principalUpToUnits);
    const interest = maximum(this.interestPaid, before.interestUpToUnits);
    return (
      atLeastZero(asked.principalUpToUnits - principal) +
      atLeastZero(asked.interestUpToUnits - interest)
    );
  }

  #charge(index: number, day: number): void {
    const each = this.#fallen[index] ?? this.#last;
    const before = this.#fallen[index - 1]?.asked ?? NOTHING;
    each?.fee.advance(day, this.#unpaid(each, before));
  }

  /** Late fees charged by a day for instalments fallen due, all of them together. */
  lateFees(day: number): bigint {
    let sum = this.#lateFeesBefore;
    for (let index = this.#oldest; index <= this.#fallen.length; index += 1) {
      this.#charge(index, day);
      sum += (this.#fallen[index] ?? this.#last)?.fee.amountUnits ?? 0n;
    }
    return sum;
  }

  /** All late fees charged by a day, those left to the next instalment included. */
  allLateFees(day: number): bigint {
    return this.lateFees(day) + this.#carried;
  }

  /** Owed for instalments whose due day is no later than a day; exact. */
  dueBy(day: number): bigint {
    const fees = atLeastZero(this.lateFees(day) - this.lateFeesPaid);
    if (this.#last) return this.outstanding + this.interest - this.interestPaid + fees;
    const asked = this.#fallen.at(-1)?.asked ?? NOTHING;
    const principal = atLeastZero(asked.principalUpToUnits - this.principalPaid);
    return principal + atLeastZero(asked.interestUpToUnits - this.interestPaid) + fees;
  }

  /** Accrues up to a day; what fell due before it is settled on the way. */
  advance(day: number): void {
    const versions = this.#course.versions ?? [];
    for (let next = versions[this.#nextVersion]; next; next = versions[this.#nextVersion]) {
      if (next.fromDay >= day) break;
      this.settle(next.fromDay);
      this.#accrue(next.fromDay);
      this.#change(next);
      this.#nextVersion += 1;
    }
    this.settle(day - 1);
    this.#accrue(day);
  }

  #accrue(day: number): void {
    if (day <= this.#cursorDay) return;
    const { rateBps, dayCount, denomination } = this.#terms;
    // M-4: "…A principal of less than 1,000 msat bears none."
    const bearing = this.outstanding < wholeOf(denomination) ? 0n : this.outstanding;
    const days = daysBetween(this.#cursorDay, day, dayCount);
    this.#numerator += accrue(bearing, rateBps, days, dayCount);
    this.#cursorDay = day;
  }

  /** New terms from the end of a day on. */
  #change({ document, fromDay, arrears }: LedgerVersion): void {
    // M-20: "…By `fold` what is unpaid at the end of that day of instalments fallen due is asked
    // for by the next one instead, late fees included…"
    // Where none is left there is none to ask.
    if (arrears === 'fold' && !this.#last) {
      const charged = this.allLateFees(fromDay);
      let fees = this.#lateFeesBefore;
      for (const each of this.#fallen.slice(this.#oldest)) {
        const { principalUpToUnits, interestUpToUnits } = each.asked;
        each.asked = {
          principalUpToUnits: minimum(principalUpToUnits, this.principalPaid),
          interestUpToUnits: minimum(interestUpToUnits, this.interestPaid),
        };
        const amount = minimum(each.fee.amountUnits, atLeastZero(this.lateFeesPaid - fees));
        each.fee.freeze(amount);
        fees += amount;
      }
      // Of what an earlier fold left, something may be paid already: it stays charged.
      this.#carried = charged - fees;
    }
    this.#terms = document;
    this.#beforeTerms = this.#fallen.at(-1)?.asked.principalUpToUnits ?? 0n;
  }

  disburse(amount: bigint): void {
    // M-7: "Disbursements, withheld fees among them (FE-2), count as principal up to the contract's
    // principal; what goes beyond is excess: owed back, without interest."
    if (amount === 0n) return;
    const room = atLeastZero(this.#principal - this.disbursed);
    const counted = minimum(amount, room);
    this.disbursed += counted;
    this.excess += amount - counted;
  }

  /** What instalments up to the one at an index ask for, were it due at a time. */
  #ask(index: number, due: CourseDue, before: AskedUpTo, atSec: number): AskedUpTo {
    const standing: Standing = {
      disbursedUnits: this.disbursed,
      openUnits: this.open(atSec, due.terms),
      principalPaidUnits: this.principalPaid,
      interestUnits: this.interest,
      beforeTermsUnits: this.#beforeTerms,
      sales: this.#course.sales ?? [],
    };
    const afterDay = this.dues[index - 1]?.dueDay ?? -Infinity;
    return askNext(due, afterDay, index === this.dues.length - 1, before, standing);
  }

  /** Fixes what the instalments that fall due by a day ask for, each on its day. */
  settle(day: number): void {
    // M-5: "Interest is charged to an instalment up to its due day, after the last due day to the
    // last instalment, as the exact sum so far rounded down to a millisatoshi, less what earlier
    // instalments were charged; the remainder is carried, never dropped."
    while (!this.#last) {
      const index = this.#fallen.length;
      const due = this.dues[index];
      if (!due || due.dueDay > day) return;
      this.#accrue(due.dueDay);
      const before = this.#fallen.at(-1)?.asked ?? NOTHING;
      const asked = this.#ask(index, due, before, due.dueAtSec);
      const askedUnits =
        asked.principalUpToUnits -
        before.principalUpToUnits +
        (asked.interestUpToUnits - before.interestUpToUnits);
      const fee = new LateFeeAccount(due.terms, due.dueDay, askedUnits, this.#carried);
      this.#carried = 0n;
      if (index === this.dues.length - 1) this.#last = { asked, due, fee };
      else this.#fallen.push({ asked, due, fee });
    }
  }

  /** Every instalment as it stands: fallen due, or as planned at a time. */
  accounts(asOfSec: number): Account[] {
    this.lateFees(this.#cursorDay);
    let before = NOTHING;
    let lateFeeUpToUnits = 0n;
    return this.dues.map((due, index) => {
      const fallen = this.#fallen[index];
      const asked = fallen?.asked ?? this.#ask(index, due, before, asOfSec);
      before = asked;
      lateFeeUpToUnits += (fallen ?? this.#last)?.fee.amountUnits ?? 0n;
      if (index === this.#fallen.length) lateFeeUpToUnits += this.#carried;
      const { dueDay, dueAtSec, terms } = due;
      const { graceDays } = terms.plan;
      const covered =
        (fallen ?? (index === this.#fallen.length ? this.#last : undefined))?.fee.covered ?? [];
      return { ...asked, dueDay, dueAtSec, graceDays, lateFeeUpToUnits, covered };
    });
  }

  /** Covers instalments that an amount would pay, oldest first, were it paid on top by a day. */
  cover(amountUnits: bigint, dueAfterDay: number, days: CoveredDays): void {
    // TE-7: "…an instalment that fell due by its day when what is offered, with what is offered on
    // the other leg, leaves less than a whole amount of it and all before it unpaid…"
    let lateFees = this.#lateFeesBefore;
    for (let index = this.#oldest; index <= this.#fallen.length; index += 1) {
      const each = this.#fallen[index] ?? this.#last;
      if (!each) return;
      this.#charge(index, days.fromDay);
      lateFees += each.fee.amountUnits;
      const { principalUpToUnits, interestUpToUnits } = each.asked;
      const owedUnits =
        atLeastZero(principalUpToUnits - this.principalPaid) +
        atLeastZero(interestUpToUnits - this.interestPaid) +
        atLeastZero(lateFees - this.lateFeesPaid);
      if (owedUnits - amountUnits >= wholeOf(this.#terms.denomination)) return;
      if (each.due.dueDay > dueAfterDay) each.fee.cover(days);
    }
  }

  /** Late fees, then interest, then principal, up to what is asked for; what is left over. */
  #use(amount: bigint, asked: AskedUpTo, lateFeesUpTo: bigint): bigint {
    const { plan } = this.#terms;
    const fee = minimum(amount, atLeastZero(lateFeesUpTo - this.lateFeesPaid));
    const interestDue = atLeastZero(asked.interestUpToUnits - this.interestPaid);
    const principalDue = atLeastZero(asked.principalUpToUnits - this.principalPaid);
    const used = minimum(amount - fee, interestDue + principalDue);
    // PL-14: "…of the sum T … floor(T × (`capBps` − 10,000) / `capBps`) is interest, the rest
    // principal…"
    const interest =
      plan.type === 'revenueShare'
        ? costWithin(plan, this.interestPaid + this.principalPaid + used) - this.interestPaid
        : minimum(used, interestDue);
    this.lateFeesPaid += fee;
    this.interestPaid += interest;
    this.principalPaid += used - interest;
    return amount - fee - used;
  }

  /** The waterfall: oldest instalment first, within it late fees, interest, principal. */
  repay(amount: bigint, day: number): void {
    let left = amount;
    this.repaid += amount;
    // M-8: "A repayment is used oldest instalment first, within an instalment for late fees, then
    // for interest charged so far, then for principal…"
    for (let due = this.#fallen[this.#oldest]; due; due = this.#fallen[this.#oldest]) {
      this.#charge(this.#oldest, day);
      const lateFees = this.#lateFeesBefore + due.fee.amountUnits;
      left = this.#use(left, due.asked, lateFees);
      if (left === 0n) break;
      this.#oldest += 1;
      this.#lateFeesBefore = lateFees;
    }
    if (left > 0n) {
      const all = { principalUpToUnits: this.disbursed, interestUpToUnits: this.interest };
      left = this.#use(left, all, this.allLateFees(day));
    }
    // M-9: "What is repaid beyond all that is owed on its day is unallocated…"
    this.unallocated += left;
    const { principalPaid: principalUnits, interestPaid: interestUnits } = this;
    this.paid.push({ day, principalUnits, interestUnits, lateFeeUnits: this.lateFeesPaid });
  }
}
