/** An investor's contracts in figures. Spec: specs/figures.md, "Portfolio" and "Return". */
import { periodOf, type Period } from './calendar.ts';
import { largestShare, sharesBy, type PartyShare } from './counterparties.ts';
import { distinct } from './distinct.ts';
import type { HoldingSummary } from './holding.ts';
import { sumOf, yearlyBps, type AmountRate } from './rates.ts';
import { computeXirr, type DatedFlow } from './xirr.ts';

/** What is expected in a period. */
export interface ExpectedRow extends Period {
  readonly principalMsat: bigint;
  readonly interestMsat: bigint;
}

/** The yearly return of a portfolio, or why none is shown. */
export type PortfolioReturn =
  | { readonly rate: number; readonly withheld?: undefined }
  | { readonly withheld: 'tooYoung' | 'nothingReceived' | 'outOfRange'; readonly rate?: undefined };

/** An investor's contracts in figures. Amounts in msat. */
export interface PortfolioFigures {
  readonly contracts: number;
  /** Paid out, whatever became of it. */
  readonly investedMsat: bigint;
  readonly receivedMsat: bigint;
  readonly receivedPrincipalMsat: bigint;
  readonly receivedInterestMsat: bigint;
  /** Received beyond what was owed on its day: owed back. */
  readonly unallocatedMsat: bigint;
  readonly excessDisbursedMsat: bigint;
  readonly undisbursedMsat: bigint;
  readonly outstandingMsat: bigint;
  readonly arrearsMsat: bigint;
  /** Outstanding principal that the return counts as worth nothing. */
  readonly doubtfulMsat: bigint;
  readonly expected: readonly ExpectedRow[];
  readonly xirr: PortfolioReturn;
  readonly banks: readonly PartyShare[];
  readonly businesses: readonly PartyShare[];
  readonly largestBankOfOutstanding: AmountRate;
  readonly largestBusinessOfOutstanding: AmountRate;
  readonly netAnnual: NetReturn;
}

/** Interest received less principal in default, a year, on the principal that was outstanding. */
export interface NetReturn {
  readonly incomeMsat: bigint;
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
  const late = inDefault ? holding.outstandingMsat : holding.arrearsPrincipalMsat;
  return late < holding.outstandingMsat ? late : holding.outstandingMsat;
}

function datedFlows(holding: HoldingSummary): DatedFlow[] {
  const paid = holding.flows.map(({ day, paidMsat, creditedMsat }) => ({
    years: (holding.asOfDay - day) / 365,
    amountMsat: creditedMsat - paidMsat,
  }));
  const worthMsat = holding.outstandingMsat - doubtfulOf(holding);
  return [...paid, { years: 0, amountMsat: worthMsat }];
}

/** The yearly return of some holdings as of their time. */
export function computeReturn(holdings: readonly HoldingSummary[]): PortfolioReturn {
  // F-30: "The return is withheld when the first payment is less than 30 contract days old, when
  // nothing was received, and when no rate from −99.99 % to 10,000 % solves it."
  const ages = holdings.map(({ asOfDay, flows }) => asOfDay - (flows[0]?.day ?? asOfDay));
  if (Math.max(0, ...ages) < XIRR_LEAST_DAYS) return { withheld: 'tooYoung' };
  const received = holdings.some(({ flows }) => flows.some((flow) => flow.receivedMsat > 0n));
  if (!received) return { withheld: 'nothingReceived' };
  const rate = computeXirr(holdings.flatMap(datedFlows));
  return rate === undefined ? { withheld: 'outOfRange' } : { rate };
}

function expectedByPeriod(holdings: readonly HoldingSummary[]): ExpectedRow[] {
  const rows = new Map<string, ExpectedRow>();
  for (const { expected, daySec } of holdings) {
    for (const { dueAtSec, principalMsat, interestMsat } of expected) {
      const { fromSec, toSec } = periodOf(dueAtSec, daySec);
      const key = `${fromSec} ${toSec}`;
      const known = rows.get(key);
      rows.set(key, {
        fromSec,
        toSec,
        principalMsat: (known?.principalMsat ?? 0n) + principalMsat,
        interestMsat: (known?.interestMsat ?? 0n) + interestMsat,
      });
    }
  }
  return [...rows.values()].sort((a, b) => a.fromSec - b.fromSec || a.toSec - b.toSec);
}

function computeNetReturn(holdings: readonly HoldingSummary[]): NetReturn {
  const lost = holdings.filter(({ standing }) => standing === 'defaulted');
  const incomeMsat =
    sumOf(holdings, (each) => each.interestPaidMsat) - sumOf(lost, (each) => each.outstandingMsat);
  const principalDays = sumOf(holdings, (each) => each.principalDays);
  // F-31: "The net annual return is floor((interest received − outstanding principal of contracts
  // in default) × 365 × 10,000 / Σ of outstanding principal over days) in basis points…"
  return { incomeMsat, principalDays, bps: yearlyBps(incomeMsat, principalDays) };
}

/** Adds up an investor's contracts on one network, of one as-of time; one entry per contract. */
export function combinePortfolio(
  network: HoldingSummary['network'],
  holdings: Iterable<HoldingSummary>,
): PortfolioFigures {
  const list = distinct(holdings)
    .filter((holding) => holding.network === network)
    .filter(({ status }) => status !== 'proposed' && status !== 'withdrawn');
  const sum = (amountOf: (each: HoldingSummary) => bigint): bigint => sumOf(list, amountOf);
  const banks = sharesBy(list, ({ bank }) => bank);
  const businesses = sharesBy(list, ({ business }) => business);
  return {
    contracts: list.length,
    investedMsat: sum((each) => each.disbursedMsat + each.excessDisbursedMsat),
    receivedMsat: sum((each) => each.repaidMsat),
    receivedPrincipalMsat: sum((each) => each.principalPaidMsat),
    receivedInterestMsat: sum((each) => each.interestPaidMsat),
    unallocatedMsat: sum((each) => each.unallocatedMsat),
    excessDisbursedMsat: sum((each) => each.excessDisbursedMsat),
    undisbursedMsat: sum((each) => each.undisbursedMsat),
    outstandingMsat: sum((each) => each.outstandingMsat),
    arrearsMsat: sum((each) => each.arrearsMsat),
    doubtfulMsat: sum(doubtfulOf),
    expected: expectedByPeriod(list),
    // F-28: "The return is the rate r for which Σ flow × (1 + r)^((as-of day − day) / 365) = 0…"
    xirr: computeReturn(list),
    banks,
    businesses,
    largestBankOfOutstanding: largestShare(banks, (share) => share.outstandingMsat),
    largestBusinessOfOutstanding: largestShare(businesses, (share) => share.outstandingMsat),
    netAnnual: computeNetReturn(list),
  };
}
