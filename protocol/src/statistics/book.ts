/**
 * A book of contracts in figures: of a bank, of an offer, or of one contract.
 * Spec: specs/figures.md, "Books". Every figure stands beside what it rests on.
 */
import type { ContractStatus } from '../contract/state.ts';
import { isSameUnit, type LedgerUnit } from '../denomination.ts';
import {
  findCounterparties,
  largestShare,
  sharesBy,
  type Counterparties,
  type Opening,
  type PartyShare,
} from './counterparties.ts';
import { describeLosses, type Losses } from './loss-record.ts';
import { sumOf, type AmountRate } from './rates.ts';
import { distinct } from './distinct.ts';
import {
  atRisk,
  describeBuckets,
  describeDefaults,
  describePunctuality,
  type BucketTotal,
  type Defaults,
  type Punctuality,
} from './record.ts';
import { readRegister, registerEntries, type RegisterView } from './register.ts';
import type { HashReuse } from './reuse.ts';
import type { ContractSummary, Standing } from './summary.ts';
import type { ProofTotal } from './payments-by-day.ts';

/** How long a book has existed, by its parties' own dates. */
export interface BookAge {
  readonly firstPaymentAtSec: number | undefined;
  /** Whole months since then in contract time. */
  readonly months: number;
  readonly isProven: false;
}

/** A book of contracts in figures. Amounts in units of its denomination. */
export interface BookFigures {
  readonly denomination: LedgerUnit;
  /** Contracts in effect, now or before: effective, closed or defaulted. */
  readonly contracts: number;
  readonly byStatus: Readonly<Partial<Record<ContractStatus, number>>>;
  readonly byStanding: Readonly<Partial<Record<Standing, number>>>;
  /** Contracts under which something was disbursed. */
  readonly disbursedContracts: number;
  readonly disbursedUnits: bigint;
  readonly excessDisbursedUnits: bigint;
  readonly undisbursedUnits: bigint;
  readonly repaidUnits: bigint;
  readonly principalPaidUnits: bigint;
  readonly interestPaidUnits: bigint;
  readonly unallocatedUnits: bigint;
  readonly outstandingUnits: bigint;
  readonly arrearsUnits: bigint;
  readonly par1: AmountRate;
  readonly par30: AmountRate;
  readonly par90: AmountRate;
  readonly buckets: readonly BucketTotal[];
  readonly punctuality: Punctuality;
  readonly defaults: Defaults;
  readonly losses: Losses;
  readonly counterparties: Counterparties;
  /** Businesses by what they owe, largest first. */
  readonly businesses: readonly PartyShare[];
  readonly largestOfOutstanding: AmountRate;
  readonly largestOfDisbursed: AmountRate;
  readonly acknowledged: ProofTotal;
  readonly preimageOnly: ProofTotal;
  readonly contestedTimes: number;
  /** Notices that payments contradict: they count in no figure. */
  readonly contestedNotices: number;
  /** Payments whose hash counts under another contract. */
  readonly notCounted: ProofTotal;
  readonly reuse: ReuseCounts;
  readonly age: BookAge;
}

/** What is known beside the contracts. */
export interface BookContext {
  /** Commitments their investors opened to the viewer. */
  readonly openings?: readonly Opening[];
  /** What findReusedHashes found among the book's contracts. */
  readonly reuse?: HashReuse;
}

/** Payment hashes that stand in several contracts of a book. */
export interface ReuseCounts {
  readonly repayments: number;
  readonly disbursements: number;
  readonly shared: number;
}

/** What a book or portfolio is kept in: contracts on another network or in another unit are not. */
export interface BookUnit {
  readonly network: ContractSummary['network'];
  readonly denomination: LedgerUnit;
}

/** A bank's book and register. */
export interface BankFigures extends BookFigures {
  readonly bank: string;
  readonly network: BookUnit['network'];
  /** Contracts of this bank on other networks: in no amount, but in the register. */
  readonly otherNetworks: number;
  /** Those on this network that are kept in another unit: in no amount, but in the register. */
  readonly otherDenominations: number;
  readonly register: RegisterView;
}

function tally<Key extends string>(keys: readonly Key[]): Partial<Record<Key, number>> {
  const counts: Partial<Record<Key, number>> = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}

function describeAge(contracts: readonly ContractSummary[]): BookAge {
  const monthsOf = ({ asOfSec, firstPaymentAtSec, daySec }: ContractSummary): number =>
    firstPaymentAtSec === undefined
      ? 0
      : Math.floor(
          ((Math.floor(asOfSec / daySec) - Math.floor(firstPaymentAtSec / daySec)) * 12) / 365,
        );
  const firsts = contracts.flatMap(({ firstPaymentAtSec }) => firstPaymentAtSec ?? []);
  return {
    firstPaymentAtSec: firsts.length > 0 ? firsts.reduce((a, b) => Math.min(a, b)) : undefined,
    // F-23: "The age of a book is floor(contract days since its first payment × 12 / 365) months,
    // the most of its contracts…"
    months: contracts.reduce((most, each) => Math.max(most, monthsOf(each)), 0),
    isProven: false,
  };
}

function addProofs(totals: readonly ProofTotal[]): ProofTotal {
  return {
    count: totals.reduce((sum, total) => sum + total.count, 0),
    amountUnits: sumOf(totals, (total) => total.amountUnits),
  };
}

/** Whether a contract's amounts may be added into a book or portfolio. */
export function isKeptIn(summary: BookUnit, { network, denomination }: BookUnit): boolean {
  return summary.network === network && isSameUnit(summary.denomination, denomination);
}

/**
 * Adds up contracts on one network and in one unit into a book: one contract, an offer's,
 * anybody's. All summaries must be of one as-of time; one per contract counts.
 */
export function combineBook(
  kept: BookUnit,
  summaries: Iterable<ContractSummary>,
  context: BookContext = {},
): BookFigures {
  // F-3: "Amounts on different networks or in different ledger units are never added…"
  const all = distinct(summaries).filter((summary) => isKeptIn(summary, kept));
  // F-4: "A book holds the contracts that took effect: proposed and withdrawn ones are counted by
  // status and enter no other figure."
  const contracts = all.filter(({ status }) => status !== 'proposed' && status !== 'withdrawn');
  const sum = (amountOf: (each: ContractSummary) => bigint): bigint => sumOf(contracts, amountOf);
  const businesses = sharesBy(contracts, ({ business }) => business);
  return {
    denomination: kept.denomination,
    contracts: contracts.length,
    byStatus: tally(all.map(({ status }) => status)),
    byStanding: tally(all.map(({ standing }) => standing)),
    disbursedContracts: contracts.filter((each) => each.disbursedUnits > 0n).length,
    disbursedUnits: sum((each) => each.disbursedUnits),
    excessDisbursedUnits: sum((each) => each.excessDisbursedUnits),
    undisbursedUnits: sum((each) => each.undisbursedUnits),
    repaidUnits: sum((each) => each.repaidUnits),
    principalPaidUnits: sum((each) => each.principalPaidUnits),
    interestPaidUnits: sum((each) => each.interestPaidUnits),
    unallocatedUnits: sum((each) => each.unallocatedUnits),
    outstandingUnits: sum((each) => each.outstandingUnits),
    arrearsUnits: sum((each) => each.arrearsUnits),
    par1: atRisk(contracts, 0),
    par30: atRisk(contracts, 30),
    par90: atRisk(contracts, 90),
    buckets: describeBuckets(contracts),
    punctuality: describePunctuality(contracts),
    defaults: describeDefaults(contracts),
    losses: describeLosses(contracts),
    counterparties: findCounterparties(contracts, context.openings ?? []),
    businesses,
    largestOfOutstanding: largestShare(businesses, (share) => share.outstandingUnits),
    largestOfDisbursed: largestShare(businesses, (share) => share.disbursedUnits),
    acknowledged: addProofs(contracts.map((each) => each.acknowledged)),
    preimageOnly: addProofs(contracts.map((each) => each.preimageOnly)),
    contestedTimes: contracts.reduce((total, each) => total + each.contestedTimes, 0),
    contestedNotices: contracts.reduce((total, each) => total + each.contestedNotices, 0),
    notCounted: addProofs(contracts.map((each) => each.notCounted)),
    reuse: {
      repayments: context.reuse?.reusedRepayments.length ?? 0,
      disbursements: context.reuse?.reusedDisbursements.length ?? 0,
      shared: context.reuse?.shared.length ?? 0,
    },
    age: describeAge(contracts),
  };
}

/** The figures of one offer, all its versions, from summaries of any contracts. */
export function combineOffer(
  address: string,
  kept: BookUnit,
  summaries: Iterable<ContractSummary>,
  context: BookContext = {},
): BookFigures {
  const own = [...summaries].filter((summary) => summary.offer === address);
  return combineBook(kept, own, context);
}

/** A bank's figures on one network and in one unit, from summaries of any contracts. */
export function combineBank(
  bank: string,
  kept: BookUnit,
  summaries: Iterable<ContractSummary>,
  context: BookContext = {},
): BankFigures {
  const own = distinct(summaries).filter((summary) => summary.bank === bank);
  const here = own.filter((summary) => summary.network === kept.network);
  return {
    ...combineBook(kept, own, context),
    bank,
    network: kept.network,
    otherNetworks: own.length - here.length,
    otherDenominations: here.filter((summary) => !isKeptIn(summary, kept)).length,
    register: readRegister(registerEntries(own)),
  };
}
