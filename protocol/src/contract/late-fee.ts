/**
 * What a late instalment costs beside its interest. Spec: specs/plans.md, "Late fee". It grows on
 * what is unpaid of what the instalment asked for on its due day, and bears nothing itself.
 */
import { wholeOf } from '../denomination.ts';
import { accrue, daysBetween, interestOf } from '../interest.ts';
import type { ContractDocument } from '../kinds/agreement.ts';
import { minimum } from '../money.ts';
import { BPS } from '../params.ts';

/** Days from one to another, both included. */
export interface CoveredDays {
  readonly fromDay: number;
  readonly toDay: number;
}

/** The late fee of one instalment that fell due. */
export class LateFeeAccount {
  readonly #terms: Pick<ContractDocument, 'plan' | 'dayCount' | 'denomination'>;
  readonly #dueDay: number;
  readonly #capUnits: bigint;
  #throughDay: number;
  #numerator = 0n;
  #isCharged = false;
  /** Days on which what is unpaid is tendered, in order. */
  readonly covered: CoveredDays[] = [];
  readonly #carriedUnits: bigint;
  #frozenUnits: bigint | undefined;

  constructor(
    terms: Pick<ContractDocument, 'plan' | 'dayCount' | 'denomination'>,
    dueDay: number,
    askedUnits: bigint,
    carriedUnits: bigint,
  ) {
    this.#terms = terms;
    this.#dueDay = dueDay;
    this.#throughDay = dueDay;
    this.#carriedUnits = carriedUnits;
    // PL-12: "…both together at most `capBps` of the principal and interest it asked for on its
    // due day, rounded down to a millisatoshi…"
    this.#capUnits = (askedUnits * BigInt(terms.plan.lateFee.capBps)) / BPS;
  }

  /** Lets nothing be charged for the days after one, up to another: what is unpaid was tendered. */
  cover(days: CoveredDays): void {
    this.covered.push(days);
  }

  /** Charges up to a day, before its payments, for what was unpaid since it last did. */
  advance(day: number, unpaidUnits: bigint): void {
    // TE-7: "…nothing is charged for its being late for the days after the tender's first…"
    for (const { fromDay, toDay } of this.covered) {
      if (toDay <= this.#throughDay) continue;
      this.#charge(Math.min(day, fromDay), unpaidUnits);
      this.#throughDay = Math.max(this.#throughDay, Math.min(day, toDay));
    }
    this.#charge(day, unpaidUnits);
  }

  #charge(day: number, unpaidUnits: bigint): void {
    if (day <= this.#throughDay) return;
    const { plan, dayCount, denomination } = this.#terms;
    // PL-11: "…A late fee is charged from the first day on, after the days of grace, at the
    // beginning of which at least 1,000 msat of the instalment are unpaid…"
    if (unpaidUnits >= wholeOf(denomination)) {
      const days = daysBetween(this.#throughDay, day, dayCount);
      this.#numerator += accrue(unpaidUnits, plan.lateFee.rateBps, days, dayCount);
      this.#isCharged ||= day > this.#dueDay + plan.graceDays;
    }
    this.#throughDay = day;
  }

  /** Lets it grow no more: other terms took the instalment over. */
  freeze(amountUnits: bigint): void {
    this.#frozenUnits = amountUnits;
  }

  /** Charged so far with what other instalments left to this one, msat. */
  get amountUnits(): bigint {
    if (this.#frozenUnits !== undefined) return this.#frozenUnits;
    if (!this.#isCharged) return this.#carriedUnits;
    const ownUnits = BigInt(this.#terms.plan.lateFee.flatUnits) + interestOf(this.#numerator);
    return this.#carriedUnits + minimum(ownUnits, this.#capUnits);
  }
}
