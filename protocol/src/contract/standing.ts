/**
 * The ledger of a folded contract, and what the bank owes its investor after a default.
 * Spec: specs/money.md, "The course of a contract"; specs/losses.md.
 */
import { wholeOf } from '../denomination.ts';
import { dayOf, endOfDaySec } from '../interest.ts';
import { bondShareOf } from './bond-share.ts';
import { tendersOf, type LedgerCourse } from './course.ts';
import { guaranteeStanding, type GuaranteeStanding } from './guarantee.ts';
import {
  computeLedger,
  computeLedgerWithDays,
  type Ledger,
  type LedgerPayment,
  type LedgerWithDays,
} from './ledger.ts';
import { projectSchedule, withRemainingTicks, type ExpectedInstalment } from './schedule.ts';
import type { ContractState } from './state.ts';
import { trancheTerms } from './ticks.ts';
import { termsAt, versionsAfter } from './versions.ts';
import { BPS } from '../params.ts';

/** What happened to a contract's terms, as its ledger takes it. */
export function courseOf({
  contract,
  acceleratedAtSec,
  versions,
  sales,
  tenders,
}: Pick<
  ContractState,
  'contract' | 'acceleratedAtSec' | 'versions' | 'sales' | 'tenders'
>): LedgerCourse {
  const later = {
    ...(versions.length > 1 ? { versions: versionsAfter(versions) } : {}),
    ...(tenders.length > 0 ? { tenders: tendersOf(tenders) } : {}),
    sales,
  };
  if (acceleratedAtSec === undefined) return later;
  return { ...later, acceleratedDay: dayOf(acceleratedAtSec, contract.document.daySec) };
}

/** Balances of a folded contract at a time, by all its payments unless others are given. */
export function ledgerOf(
  state: ContractState,
  asOfSec: number,
  payments: readonly LedgerPayment[] = state.paid.daily,
): Ledger {
  return computeLedger(state.contract.document, payments, asOfSec, courseOf(state));
}

/** The same with how it came about, by the payments given. */
export function ledgerWithDaysOf(
  state: ContractState,
  asOfSec: number,
  payments: readonly LedgerPayment[],
): LedgerWithDays {
  return computeLedgerWithDays(state.contract.document, payments, asOfSec, courseOf(state));
}

/** The expected schedule of a folded contract (M-14), by all its payments or those given. */
export function scheduleOf(
  state: ContractState,
  asOfSec: number,
  payments: readonly (LedgerPayment & { readonly n: number })[] = state.payments,
): ExpectedInstalment[] {
  const { contract, milestones, coolingOffEndsAtSec: freeAtSec } = state;
  const lapsing = trancheTerms(state, asOfSec);
  const outlook = { milestones, course: courseOf(state), freeAtSec, lapsing };
  return projectSchedule(contract.document, payments, asOfSec, outlook);
}

/** What will be payable to the investor as an instalment falls due, in whole amounts. */
export interface ExpectedDue {
  /** The last second of its day is the last on which it is in time, Unix seconds. */
  readonly dueAtSec: number;
  readonly repaymentUnits: bigint;
}

/**
 * What is payable now and on each due day to a time, were whatever is due repaid on its day, and
 * every tick that can still be paid paid in time; or none of them.
 */
export function expectedDues(
  state: ContractState,
  asOfSec: number,
  untilSec: number,
  hasTicks: boolean,
): ExpectedDue[] {
  const { contract, milestones, coolingOffEndsAtSec: freeAtSec } = state;
  const { document } = contract;
  const { daySec } = document;
  const course = courseOf(state);
  const outlook = { milestones, course, freeAtSec, lapsing: trancheTerms(state, asOfSec) };
  const payments: LedgerPayment[] = hasTicks
    ? [...withRemainingTicks(document, state.payments, asOfSec, outlook)]
    : [...state.paid.daily];
  const days = ledgerOf(state, asOfSec).instalments.map(({ dueAtSec }) => dueAtSec);
  const today = dayOf(asOfSec, daySec);
  const later = days.filter((sec) => dayOf(sec, daySec) > today && sec <= untilSec);
  return [asOfSec, ...later].map((dueAtSec) => {
    const { dueNow } = computeLedger(document, payments, dueAtSec, course);
    const { repaymentUnits, servicingUnits } = dueNow;
    const settled = { settledAtSec: dueAtSec };
    payments.push(
      { leg: 'repayment', amountUnits: repaymentUnits, ...settled },
      { leg: 'servicing', amountUnits: servicingUnits, ...settled },
    );
    return { dueAtSec, repaymentUnits };
  });
}

/** Legs of money that an investor gets for a loan, beside the guarantee. */
const RECEIVED = ['repayment', 'recovery', 'tillShare'];

/** Sum of what settled on some legs after one day and by the end of another, msat. */
export function sumOfLegs(
  payments: readonly LedgerPayment[],
  legs: readonly string[],
  within: { readonly daySec: number; readonly afterDay: number; readonly toDay: number },
): bigint {
  return payments.reduce((sum, { leg, amountUnits, settledAtSec }) => {
    const day = dayOf(settledAtSec, within.daySec);
    const isWithin = day > within.afterDay && day <= within.toDay && legs.includes(leg);
    return isWithin ? sum + amountUnits : sum;
  }, 0n);
}

/** When a default that nothing contests was first judged, by the end of a day; Unix seconds. */
export function defaultedAtSec(
  { notices, contract }: Pick<ContractState, 'notices' | 'contract'>,
  asOfSec: number,
): number | undefined {
  const { daySec } = contract.document;
  const times = notices
    .filter(({ type, contested }) => type === 'default' && !contested)
    .map((notice) => notice.asOfSec)
    .filter((sec) => dayOf(sec, daySec) <= dayOf(asOfSec, daySec));
  return times.length === 0 ? undefined : Math.min(...times);
}

/** A guarantee that was called. Amounts in msat. */
export interface CalledGuarantee extends GuaranteeStanding {
  /** When the default was judged, Unix seconds. */
  readonly calledAtSec: number;
  /** Last second of the day by which the bank pays. */
  readonly dueAtSec: number;
  readonly paidUnits: bigint;
  readonly handedOnUnits: bigint;
  /** Contract days since the due day, 0 unless something is unpaid. */
  readonly daysPastDue: number;
}

/** How a bank's guarantee stands; undefined without one, or while nothing calls it. */
export function guaranteeOf(state: ContractState, asOfSec: number): CalledGuarantee | undefined {
  const { document } = state.contract;
  const { daySec } = document;
  const calledAtSec = defaultedAtSec(state, asOfSec);
  if (calledAtSec === undefined) return undefined;
  // D-12: "The guarantee is that of the last terms all three had signed by the time at which the
  // default was judged…"
  const { guarantee } = termsAt(state.versions, calledAtSec) ?? document;
  if (guarantee.type === 'none') return undefined;
  const afterDay = dayOf(calledAtSec, daySec);
  const toDay = dayOf(asOfSec, daySec);
  const known = state.payments.filter(({ afterFinal }) => !afterFinal);
  const atDefault = computeLedger(document, known, calledAtSec, courseOf(state));
  const now = computeLedger(document, known, asOfSec, courseOf(state));
  const sum = (legs: readonly string[], from: number): bigint =>
    sumOfLegs(known, legs, { daySec, afterDay: from, toDay });
  // What moves under a guarantee follows the default, be it on the same day.
  const [paidUnits, handedOnUnits] = [sum(['guarantee'], -1), sum(['handedOn'], -1)];
  // D-11: "Of both the investor's own part counts, floor(amount × (10,000 − `servicingBps`) /
  // 10,000)…"
  const ownBps = BPS - BigInt(document.fees.servicingBps);
  const own = (amountUnits: bigint): bigint => (amountUnits * ownBps) / BPS;
  const owedBackUnits = now.unallocatedUnits - atDefault.unallocatedUnits;
  const standing = guaranteeStanding(
    guarantee,
    {
      disbursedUnits: atDefault.disbursedUnits - atDefault.excessDisbursedUnits,
      outstandingUnits: own(atDefault.outstandingUnits),
      interestOwedUnits: own(atDefault.interestOwedUnits),
      bondShareUnits: bondShareOf(document) ?? 0n,
    },
    { receivedUnits: sum(RECEIVED, afterDay) - owedBackUnits, paidUnits, handedOnUnits },
    wholeOf(document.denomination),
  );
  const dueDay = afterDay + guarantee.payDays;
  // D-5: "What the bank is bound to is due at the end of the day `payDays` days after the day of
  // the default, and late from the day after…"
  const isLate = standing.unpaidUnits > 0n && toDay > dueDay;
  return {
    ...standing,
    calledAtSec,
    dueAtSec: endOfDaySec(dueDay, daySec),
    paidUnits,
    handedOnUnits,
    daysPastDue: isLate ? toDay - dueDay : 0,
  };
}

/** What a bank owes a contract's investor of what it recovered. Amounts in msat. */
export interface RecoveryOwed {
  /** Shares of all recoveries stated by now. */
  readonly owedUnits: bigint;
  readonly paidUnits: bigint;
  readonly unpaidUnits: bigint;
}

/** What a bank owes a contract's investor of what it stated as recovered by a time. */
export function recoveriesOf(state: ContractState, asOfSec: number): RecoveryOwed {
  const { daySec } = state.contract.document;
  const toDay = dayOf(asOfSec, daySec);
  const owedUnits = state.recoveries
    .filter(({ statedAtSec }) => dayOf(statedAtSec, daySec) <= toDay)
    .reduce((sum, { shareUnits }) => sum + shareUnits, 0n);
  const paidUnits = sumOfLegs(state.paid.daily, ['recovery'], { daySec, afterDay: -1, toDay });
  // D-10: "The bank owes the shares of all recoveries that count, less what it paid on the leg
  // `recovery`…"
  return { owedUnits, paidUnits, unpaidUnits: owedUnits > paidUnits ? owedUnits - paidUnits : 0n };
}
