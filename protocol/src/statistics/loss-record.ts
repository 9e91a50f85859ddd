/**
 * What a book lost and what came back of it: recovery, write-offs, guarantees, by month of lending.
 * Spec: specs/figures.md, "Losses".
 */
import { dayOf } from '../interest.ts';
import { BPS } from '../params.ts';
import { divideFloor } from '../money.ts';
import { periodOf, type Period } from './calendar.ts';
import { distinct } from './distinct.ts';
import { WRITE_OFF_DAYS } from './losses.ts';
import { amountRate, sumOf, type AmountRate } from './rates.ts';
import type { ContractSummary } from './summary.ts';

/** Write-offs held against what was lent, over the last 365 contract days. */
export interface WriteOffRatio {
  readonly writtenOffUnits: bigint;
  /** Contract days of the time looked at, at most 365. */
  readonly days: number;
  /** Sum over these days of the principal that bore interest, msat × days. */
  readonly principalDays: bigint;
  /** Basis points, rounded down; undefined before anything was lent. */
  readonly bps: number | undefined;
}

/** Guarantees that were called. Amounts in msat. */
export interface GuaranteeCalls {
  readonly contracts: number;
  readonly limitUnits: bigint;
  readonly obligationUnits: bigint;
  readonly paidUnits: bigint;
  readonly handedOnUnits: bigint;
  readonly unpaidUnits: bigint;
  /** Contracts on which something is unpaid after its day, and how much. */
  readonly lateContracts: number;
  readonly lateUnits: bigint;
}

/** What a book lost. Amounts in msat. */
export interface Losses {
  /** Contracts ever in default, also those repaid since. */
  readonly contracts: number;
  readonly exposureUnits: bigint;
  readonly recoveredUnits: bigint;
  /** What came back, in the value of the day of default, of what was at stake. */
  readonly recovery: AmountRate;
  readonly lossGivenDefault: AmountRate;
  /** Contract days since the earliest default. */
  readonly oldestDays: number;
  /** Of defaulted contracts, those that owe principal still. */
  readonly owingContracts: number;
  readonly writtenOffContracts: number;
  readonly writtenOffUnits: bigint;
  readonly writeOffRatio: WriteOffRatio;
  readonly restructuredContracts: number;
  readonly restructuredUnits: bigint;
  readonly guarantees: GuaranteeCalls;
  /** What the bank said it recovered and paid on. */
  readonly recoveriesOwedUnits: bigint;
  readonly recoveriesPaidUnits: bigint;
  readonly recoveriesUnpaidUnits: bigint;
}

/** Loans first paid out in one period, and what has become of them. Amounts in msat. */
export interface Vintage extends Period {
  readonly contracts: number;
  readonly disbursedUnits: bigint;
  readonly principalPaidUnits: bigint;
  readonly defaultedContracts: number;
  /** Principal outstanding under its defaulted contracts ÷ what was disbursed. */
  readonly defaulted: AmountRate;
  /** Whole months since the first of them was paid out, contract time. */
  readonly months: number;
}

function daysSinceFirst({ asOfDay, firstPaymentAtSec, daySec }: ContractSummary): number {
  return firstPaymentAtSec === undefined ? 0 : asOfDay - dayOf(firstPaymentAtSec, daySec);
}

function describeWriteOffs(contracts: readonly ContractSummary[]): WriteOffRatio {
  const recent = contracts.flatMap(({ writtenOff, asOfDay }) =>
    writtenOff && asOfDay - writtenOff.day < WRITE_OFF_DAYS ? writtenOff : [],
  );
  const writtenOffUnits = sumOf(recent, ({ amountUnits }) => amountUnits);
  const principalDays = sumOf(contracts, (each) => each.principalDaysOfYear);
  const longest = contracts.reduce((most, each) => Math.max(most, daysSinceFirst(each)), 0);
  const days = Math.min(WRITE_OFF_DAYS, longest);
  // F-34: "…The write-off ratio is what was written off on the last 365 contract days × n ÷ the sum
  // over these days of the principal that bears interest on them (M-4), of a contract written off
  // up to that day…"
  const bps =
    principalDays === 0n
      ? undefined
      : Number(divideFloor(writtenOffUnits * BigInt(days) * BPS, principalDays));
  return { writtenOffUnits, days, principalDays, bps };
}

function describeGuarantees(contracts: readonly ContractSummary[]): GuaranteeCalls {
  const called = contracts.flatMap(({ guarantee }) => guarantee ?? []);
  const late = called.filter(({ daysPastDue }) => daysPastDue > 0);
  return {
    contracts: called.length,
    limitUnits: sumOf(called, (each) => each.limitUnits),
    obligationUnits: sumOf(called, (each) => each.obligationUnits),
    paidUnits: sumOf(called, (each) => each.paidUnits),
    handedOnUnits: sumOf(called, (each) => each.handedOnUnits),
    unpaidUnits: sumOf(called, (each) => each.unpaidUnits),
    lateContracts: late.length,
    lateUnits: sumOf(late, (each) => each.unpaidUnits),
  };
}

/** Losses among some contracts in effect. */
export function describeLosses(contracts: readonly ContractSummary[]): Losses {
  const disbursed = contracts.filter((each) => each.disbursedUnits > 0n);
  const lost = disbursed.flatMap(({ loss, asOfDay, outstandingUnits }) =>
    loss ? { ...loss, days: asOfDay - loss.day, outstandingUnits } : [],
  );
  const exposureUnits = sumOf(lost, (each) => each.exposureUnits);
  const presentUnits = sumOf(lost, (each) => each.presentUnits);
  const off = contracts.flatMap(({ writtenOff }) => writtenOff ?? []);
  const changed = contracts.filter((each) => each.isRestructured);
  return {
    contracts: lost.length,
    exposureUnits,
    recoveredUnits: sumOf(lost, (each) => each.recoveredUnits),
    // F-33: "…The recovery rate is all that counts ÷ all that was at stake, and the loss given
    // default is the rest of it ÷ the same…"
    recovery: amountRate(presentUnits, exposureUnits),
    lossGivenDefault: amountRate(exposureUnits - presentUnits, exposureUnits),
    oldestDays: lost.reduce((most, { days }) => Math.max(most, days), 0),
    owingContracts: lost.filter((each) => each.outstandingUnits > 0n).length,
    writtenOffContracts: off.length,
    writtenOffUnits: sumOf(off, ({ amountUnits }) => amountUnits),
    writeOffRatio: describeWriteOffs(contracts),
    restructuredContracts: changed.length,
    restructuredUnits: sumOf(changed, (each) => each.outstandingUnits),
    guarantees: describeGuarantees(contracts),
    recoveriesOwedUnits: sumOf(contracts, ({ recoveries }) => recoveries.owedUnits),
    recoveriesPaidUnits: sumOf(contracts, ({ recoveries }) => recoveries.paidUnits),
    recoveriesUnpaidUnits: sumOf(contracts, ({ recoveries }) => recoveries.unpaidUnits),
  };
}

/** Contracts by the period in which money first moved under them, earliest first. */
export function vintagesOf(summaries: Iterable<ContractSummary>): Vintage[] {
  const groups = new Map<string, { period: Period; contracts: ContractSummary[] }>();
  for (const summary of distinct(summaries)) {
    const { firstPaymentAtSec, disbursedUnits, daySec } = summary;
    if (firstPaymentAtSec === undefined || disbursedUnits === 0n) continue;
    // F-37: "A vintage holds the contracts whose first payment lies in one period (F-25)…"
    const period = periodOf(firstPaymentAtSec, daySec);
    const key = `${period.fromSec} ${period.toSec}`;
    const group = groups.get(key) ?? { period, contracts: [] };
    group.contracts.push(summary);
    groups.set(key, group);
  }
  const rows = [...groups.values()].map(({ period, contracts }) => {
    const defaulted = contracts.filter((each) => each.isDefaulted);
    const disbursedUnits = sumOf(contracts, (each) => each.disbursedUnits);
    const days = contracts.reduce((most, each) => Math.max(most, daysSinceFirst(each)), 0);
    return {
      ...period,
      contracts: contracts.length,
      disbursedUnits,
      principalPaidUnits: sumOf(contracts, (each) => each.principalPaidUnits),
      defaultedContracts: defaulted.length,
      defaulted: amountRate(
        sumOf(defaulted, (each) => each.outstandingUnits),
        disbursedUnits,
      ),
      months: Math.floor((days * 12) / 365),
    };
  });
  return rows.sort((a, b) => a.fromSec - b.fromSec || a.toSec - b.toSec);
}
