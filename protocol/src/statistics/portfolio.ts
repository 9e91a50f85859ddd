/** An investor's contracts in figures. Spec: specs/figures.md, "Portfolio" and "Return". */
import type { LedgerUnit } from '../denomination.ts';
import { dayOf } from '../interest.ts';
import { divideFloor } from '../money.ts';
import { isKeptIn, type BookUnit } from './book.ts';
import { periodOf, type Period } from './calendar.ts';
import { largestShare, sharesBy, type PartyShare } from './counterparties.ts';
import { distinct } from './distinct.ts';
import type { HoldingSummary } from './holding.ts';
import { describeLosses, type Losses } from './loss-record.ts';
import { sumOf, yearlyBps, type AmountRate } from './rates.ts';
import { computeXirr, type DatedFlow } from './xirr.ts';

/** What is expected in a period. */
export interface ExpectedRow extends Period {
  readonly principalUnits: bigint;
  readonly interestUnits: bigint;
}

/** The yearly return of a portfolio, or why none is shown. */
export type PortfolioReturn =
  | { readonly rate: number; readonly withheld?: undefined }
  | { readonly withheld: 'tooYoung' | 'nothingReceived' | 'outOfRange'; readonly rate?: undefined };

/** An investor's contracts in figures. Amounts in units of their denomination. */
export interface PortfolioFigures {
  readonly denomination: LedgerUnit;
  readonly contracts: number;
  /** Paid out, whatever became of it. */
  readonly investedUnits: bigint;
  readonly receivedUnits: bigint;
  readonly receivedPrincipalUnits: bigint;
  readonly receivedInterestUnits: bigint;
  /** Received beyond what was owed on its day: owed back. */
  readonly unallocatedUnits: bigint;
  readonly excessDisbursedUnits: bigint;
  readonly undisbursedUnits: bigint;
  readonly outstandingUnits: bigint;
  readonly arrearsUnits: bigint;
  /** Outstanding principal that the return counts as worth nothing. */
  readonly doubtfulUnits: bigint;
  readonly expected: readonly ExpectedRow[];
  readonly xirr: PortfolioReturn;
  readonly banks: readonly PartyShare[];
  readonly businesses: readonly PartyShare[];
  readonly largestBankOfOutstanding: AmountRate;
  readonly largestBusinessOfOutstanding: AmountRate;
  readonly netAnnual: NetReturn;
  readonly averageLife: AverageLife;
  readonly losses: Losses;
  /** Tax that the terms say is withheld from the interest received; an estimate. */
  readonly taxEstimateUnits: bigint;
}

/** How long expected principal stays out on average. */
export interface AverageLife {
  /** Principal expected. */
  readonly principalUnits: bigint;
  /** Contract days from the as-of day, weighted by principal, rounded down. */
  readonly days: number | undefined;
}

/** Interest received less principal in default, a year, on the principal that was outstanding. */
export interface NetReturn {
  readonly incomeUnits: bigint;
  /** Sum over contract days of the principal that bore interest on them, msat × days. */
  readonly principalDays: bigint;
  /** Basis points, rounded towards minus infinity; undefined before any principal was lent. */
  readonly bps: number | undefined;
}

/** Contract days a portfolio must be old before it is given a yearly return. */
export const XIRR_LEAST_DAYS = 30;

/** Outstanding principal that is past due or under a defaulted contract. */
function doubtfulOf(holding: HoldingSummary): bigint {
  // F-29: "…principal past due, and all outstanding principal of a contract in default, counts as
  // 0…"
  const inDefault = holding.standing === 'defaulted';
  const late = inDefault ? holding.outstandingUnits : holding.arrearsPrincipalUnits;
  return late < holding.outstandingUnits ? late : holding.outstandingUnits;
}

function datedFlows(holding: HoldingSummary): DatedFlow[] {
  const paid = holding.flows.map(({ day, paidUnits, creditedUnits }) => ({
    years: (holding.asOfDay - day) / 365,
    amountUnits: creditedUnits - paidUnits,
  }));
  const worthUnits = holding.outstandingUnits - doubtfulOf(holding);
  return [...paid, { years: 0, amountUnits: worthUnits }];
}

/** The yearly return of some holdings as of their time. */
export function computeReturn(holdings: readonly HoldingSummary[]): PortfolioReturn {
  // F-30: "The return is withheld when the first payment is less than 30 contract days old, when
  // nothing was received, and when no rate from −99.99 % to 10,000 % solves it."
  const ages = holdings.map(({ asOfDay, flows }) => asOfDay - (flows[0]?.day ?? asOfDay));
  if (Math.max(0, ...ages) < XIRR_LEAST_DAYS) return { withheld: 'tooYoung' };
  const received = holdings.some(({ flows }) => flows.some((flow) => flow.receivedUnits > 0n));
  if (!received) return { withheld: 'nothingReceived' };
  const rate = computeXirr(holdings.flatMap(datedFlows));
  return rate === undefined ? { withheld: 'outOfRange' } : { rate };
}

function expectedByPeriod(holdings: readonly HoldingSummary[]): ExpectedRow[] {
  const rows = new Map<string, ExpectedRow>();
  for (const { expected, daySec } of holdings) {
    for (const { dueAtSec, principalUnits, interestUnits } of expected) {
      const { fromSec, toSec } = periodOf(dueAtSec, daySec);
      const key = `${fromSec} ${toSec}`;
      const known = rows.get(key);
      rows.set(key, {
        fromSec,
        toSec,
        principalUnits: (known?.principalUnits ?? 0n) + principalUnits,
        interestUnits: (known?.interestUnits ?? 0n) + interestUnits,
      });
    }
  }
  return [...rows.values()].sort((a, b) => a.fromSec - b.fromSec || a.toSec - b.toSec);
}

function computeNetReturn(holdings: readonly HoldingSummary[]): NetReturn {
  const lost = holdings.filter(({ standing }) => standing === 'defaulted');
  const incomeUnits =
    sumOf(holdings, (each) => each.interestPaidUnits) -
    sumOf(lost, (each) => each.outstandingUnits);
  const principalDays = sumOf(holdings, (each) => each.principalDays);
  // F-31: "The net annual return is floor((interest received − outstanding principal of contracts
  // in default) × 365 × 10,000 / Σ of outstanding principal over days) in basis points…"
  return { incomeUnits, principalDays, bps: yearlyBps(incomeUnits, principalDays) };
}

function computeAverageLife(holdings: readonly HoldingSummary[]): AverageLife {
  const due = holdings.flatMap(({ expected, asOfDay, daySec }) =>
    expected.map(({ dueAtSec, principalUnits }) => {
      return { principalUnits, days: BigInt(dayOf(dueAtSec, daySec) - asOfDay) };
    }),
  );
  const principalUnits = sumOf(due, (each) => each.principalUnits);
  // F-38: "The average life is floor(Σ expected principal × contract days to its due day ÷ Σ
  // expected principal), undefined where none is expected."
  const weighted = sumOf(due, (each) => each.principalUnits * each.days);
  const days = principalUnits === 0n ? undefined : Number(divideFloor(weighted, principalUnits));
  return { principalUnits, days };
}

/** Adds up an investor's contracts on one network and in one unit, of one as-of time. */
export function combinePortfolio(
  kept: BookUnit,
  holdings: Iterable<HoldingSummary>,
): PortfolioFigures {
  const list = distinct(holdings)
    .filter((holding) => isKeptIn(holding, kept))
    .filter(({ status }) => status !== 'proposed' && status !== 'withdrawn');
  const sum = (amountOf: (each: HoldingSummary) => bigint): bigint => sumOf(list, amountOf);
  const banks = sharesBy(list, ({ bank }) => bank);
  const businesses = sharesBy(list, ({ business }) => business);
  return {
    denomination: kept.denomination,
    contracts: list.length,
    investedUnits: sum((each) => each.disbursedUnits + each.excessDisbursedUnits),
    receivedUnits: sum((each) => each.repaidUnits),
    receivedPrincipalUnits: sum((each) => each.principalPaidUnits),
    receivedInterestUnits: sum((each) => each.interestPaidUnits),
    unallocatedUnits: sum((each) => each.unallocatedUnits),
    excessDisbursedUnits: sum((each) => each.excessDisbursedUnits),
    undisbursedUnits: sum((each) => each.undisbursedUnits),
    outstandingUnits: sum((each) => each.outstandingUnits),
    arrearsUnits: sum((each) => each.arrearsUnits),
    doubtfulUnits: sum(doubtfulOf),
    expected: expectedByPeriod(list),
    // F-28: "The return is the rate r for which Σ flow × (1 + r)^((as-of day − day) / 365) = 0…"
    xirr: computeReturn(list),
    banks,
    businesses,
    largestBankOfOutstanding: largestShare(banks, (share) => share.outstandingUnits),
    largestBusinessOfOutstanding: largestShare(businesses, (share) => share.outstandingUnits),
    netAnnual: computeNetReturn(list),
    averageLife: computeAverageLife(list),
    losses: describeLosses(list),
    taxEstimateUnits: sum((each) => each.taxEstimateUnits),
  };
}
