/**
 * What one contract lost and what came back of it: default, write-off, restructuring, guarantee.
 * Spec: specs/figures.md, "Losses".
 */
import type { PaidBy } from '../contract/accounts.ts';
import { computeLedger, type LedgerPayment } from '../contract/ledger.ts';
import {
  courseOf,
  defaultedAtSec,
  guaranteeOf,
  ledgerOf,
  recoveriesOf,
  sumOfLegs,
  type RecoveryOwed,
} from '../contract/standing.ts';
import type { ContractState, Payment } from '../contract/state.ts';
import { versionsAfter } from '../contract/versions.ts';
import { wholeOf } from '../denomination.ts';
import { dayOf, endOfDaySec } from '../interest.ts';
import { minimum } from '../money.ts';
import { BPS, DAYS_PER_YEAR } from '../params.ts';
import type { InstalmentOutcome } from './instalments.ts';
import { partOf } from './payments-by-day.ts';
import { sumPrincipalDays } from './principal-days.ts';

/** Days past due from which a contract counts as defaulted, contract days. */
export const DEFAULT_DAYS = 90;

/** Contract days over which write-offs are held against what was lent: a year. */
export const WRITE_OFF_DAYS = 365;

/** A default: what was at stake on its day, and what came back since. */
export interface DefaultLoss {
  /** The first contract day on which the contract was defaulted. */
  readonly day: number;
  /** Principal outstanding and interest owed at the end of that day, msat. */
  readonly exposureUnits: bigint;
  /** Principal and interest that repayments and recoveries paid since, msat. */
  readonly recoveredUnits: bigint;
  /** The same in the value of the day of the default, at most what was at stake, msat. */
  readonly presentUnits: bigint;
}

/** A write-off. */
export interface WrittenOff {
  /** The contract day at which it was judged. */
  readonly day: number;
  /** Principal outstanding at the end of that day, msat. */
  readonly amountUnits: bigint;
}

/** A guarantee that was called, amounts in msat. */
export interface GuaranteeCall {
  /** The most the bank can owe of it. */
  readonly limitUnits: bigint;
  /** What it is bound to now. */
  readonly obligationUnits: bigint;
  readonly paidUnits: bigint;
  readonly handedOnUnits: bigint;
  readonly unpaidUnits: bigint;
  /** Contract days since it was due, 0 unless something is unpaid. */
  readonly daysPastDue: number;
}

/** What a contract lost. */
export interface LossSummary {
  readonly loss: DefaultLoss | undefined;
  readonly writtenOff: WrittenOff | undefined;
  /** Its terms were changed because, or while, the business did not pay as agreed. */
  readonly isRestructured: boolean;
  readonly guarantee: GuaranteeCall | undefined;
  /** What the bank said it recovered for this contract, and paid of it. */
  readonly recoveries: RecoveryOwed;
  /** Sum of the principal that bore interest in the last WRITE_OFF_DAYS, msat × days. */
  readonly principalDaysOfYear: bigint;
}

/** A folded contract with what was counted of it by the end of a day. */
export interface CountedContract {
  readonly state: ContractState;
  readonly asOfSec: number;
  readonly daily: readonly LedgerPayment[];
  /** What repayments had come to by the end of each day on which there was one. */
  readonly repaid: readonly PaidBy[];
  readonly instalments: readonly InstalmentOutcome[];
  /** Parts whose hash counts under another contract. */
  readonly reused: ReadonlySet<string>;
}

const NOTHING_PAID = { principalUnits: 0n, interestUnits: 0n };

function endOf(state: ContractState, day: number): number {
  return endOfDaySec(day, state.contract.document.daySec);
}

function defaultDay({ state, asOfSec, instalments }: CountedContract): number | undefined {
  const { daySec } = state.contract.document;
  const byNotice = defaultedAtSec(state, asOfSec);
  const days = instalments
    .filter(({ daysLate }) => daysLate >= DEFAULT_DAYS)
    .map(({ dueDay }) => dueDay + DEFAULT_DAYS);
  if (byNotice !== undefined) days.push(dayOf(byNotice, daySec));
  return days.length === 0 ? undefined : Math.min(...days);
}

function lossOf(counted: CountedContract): DefaultLoss | undefined {
  const { state, daily, repaid } = counted;
  const day = defaultDay(counted);
  if (day === undefined) return undefined;
  // F-32: "…What is at stake is the principal outstanding and the interest owed by the ledger at
  // the end of that day."
  const ledger = ledgerOf(state, endOf(state, day), daily);
  const exposureUnits = ledger.outstandingUnits + ledger.interestOwedUnits;
  const yearly = BPS * DAYS_PER_YEAR;
  const rate = BigInt(state.contract.document.rateBps);
  let before: Pick<PaidBy, 'principalUnits' | 'interestUnits'> = NOTHING_PAID;
  let [recoveredUnits, presentUnits] = [0n, 0n];
  for (const paid of repaid) {
    const paidUnits =
      paid.principalUnits + paid.interestUnits - before.principalUnits - before.interestUnits;
    before = paid;
    if (paid.day <= day) continue;
    recoveredUnits += paidUnits;
    // F-33: "…of a day's amount counts floor(amount × 3,650,000 / (3,650,000 + `rateBps` × contract
    // days since the day of the default))…"
    presentUnits += (paidUnits * yearly) / (yearly + rate * BigInt(paid.day - day));
  }
  return { day, exposureUnits, recoveredUnits, presentUnits: minimum(presentUnits, exposureUnits) };
}

function writtenOffOf({ state, asOfSec, daily }: CountedContract): WrittenOff | undefined {
  const { writtenOffAtSec, contract } = state;
  const { daySec, denomination } = contract.document;
  if (writtenOffAtSec === undefined) return undefined;
  const day = dayOf(writtenOffAtSec, daySec);
  if (day > dayOf(asOfSec, daySec)) return undefined;
  // F-34: "Written off is the principal outstanding at the end of the day at which the first
  // write-off that is not contested was judged…"
  const { outstandingUnits } = ledgerOf(state, endOf(state, day), daily);
  return { day, amountUnits: outstandingUnits < wholeOf(denomination) ? 0n : outstandingUnits };
}

function isRestructured({ state, asOfSec, daily }: CountedContract): boolean {
  const { versions, contract } = state;
  const { daySec } = contract.document;
  return versions.some(({ document, effectiveAtSec }, place) => {
    if (place === 0 || dayOf(effectiveAtSec, daySec) > dayOf(asOfSec, daySec)) return false;
    // F-35: "A contract is restructured from the day on which all three have signed an amendment of
    // it whose reason is `restructuring`, or any while an instalment is past due…"
    if (document.reason === 'restructuring') return true;
    const course = { ...courseOf(state), versions: versionsAfter(versions.slice(0, place)) };
    return computeLedger(contract.document, daily, effectiveAtSec, course).daysPastDue > 0;
  });
}

function guaranteeCallOf(counted: CountedContract): GuaranteeCall | undefined {
  const { asOfSec, reused } = counted;
  const all = counted.state;
  const isOwn = (payment: Payment): boolean => !reused.has(partOf(payment));
  const state = reused.size === 0 ? all : { ...all, payments: [...all.payments].filter(isOwn) };
  // F-36: "What a bank owes, paid and has not paid under a guarantee is what D-2 to D-5 say of the
  // payments that count…"
  const called = guaranteeOf(state, asOfSec);
  if (!called) return undefined;
  const { limitUnits, obligationUnits, paidUnits, handedOnUnits, unpaidUnits, daysPastDue } =
    called;
  return { limitUnits, obligationUnits, paidUnits, handedOnUnits, unpaidUnits, daysPastDue };
}

function recoveriesPaid({ state, asOfSec, daily }: CountedContract): RecoveryOwed {
  const { daySec } = state.contract.document;
  const { owedUnits } = recoveriesOf(state, asOfSec);
  const toDay = dayOf(asOfSec, daySec);
  const paidUnits = sumOfLegs(daily, ['recovery'], { daySec, afterDay: -1, toDay });
  return { owedUnits, paidUnits, unpaidUnits: owedUnits > paidUnits ? owedUnits - paidUnits : 0n };
}

/** What a contract lost by the end of a day, and what came back of it. */
export function summarizeLosses(counted: CountedContract): LossSummary {
  const { state, asOfSec, daily, repaid } = counted;
  const asOfDay = dayOf(asOfSec, state.contract.document.daySec);
  const writtenOff = writtenOffOf(counted);
  const days = { afterDay: asOfDay - WRITE_OFF_DAYS, toDay: writtenOff?.day ?? asOfDay };
  return {
    loss: lossOf(counted),
    writtenOff,
    isRestructured: isRestructured(counted),
    guarantee: guaranteeCallOf(counted),
    recoveries: recoveriesPaid(counted),
    principalDaysOfYear: sumPrincipalDays(state.contract.document, daily, repaid, days),
  };
}
