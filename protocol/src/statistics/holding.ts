/** One contract as its investor sees it: flows and what is to come. Spec: specs/figures.md. */
import { ledgerUnitOf, type LedgerUnit } from '../denomination.ts';
import type { PaidBy } from '../contract/accounts.ts';
import { paidToward } from '../contract/instalments.ts';
import { legOf } from '../contract/legs.ts';
import { repaidByDay, type LedgerPayment } from '../contract/ledger.ts';
import type { ExpectedInstalment } from '../contract/schedule.ts';
import { courseOf, scheduleOf } from '../contract/standing.ts';
import type { ContractState } from '../contract/state.ts';
import { dayOf } from '../interest.ts';
import type { ContractDocument } from '../kinds/agreement.ts';
import type { Leg } from '../kinds/fields.ts';
import { minimum } from '../money.ts';
import { BPS } from '../params.ts';
import { distinct } from './distinct.ts';
import { countPayments, NO_PARTS, partOf } from './payments-by-day.ts';
import { sumPrincipalDays } from './principal-days.ts';
import { summarizeContract, type ContractSummary } from './summary.ts';

/** What moved on one contract day: paid out by the investor, and received. */
export interface DayFlow {
  readonly day: number;
  readonly paidUnits: bigint;
  readonly receivedUnits: bigint;
  /** Of what was received: what paid principal or interest, or gave back excess. */
  readonly creditedUnits: bigint;
}

/** A future instalment: what is still to be paid of it if everything goes as agreed. */
export interface ExpectedPayment {
  readonly dueAtSec: number;
  readonly principalUnits: bigint;
  readonly interestUnits: bigint;
}

/** A contract's summary with what a portfolio needs beyond it. */
export interface HoldingSummary extends ContractSummary {
  /** Days on which money moved, in order. */
  readonly flows: readonly DayFlow[];
  /** Sum over contract days of the principal that bore interest on them, msat × days. */
  readonly principalDays: bigint;
  /** Instalments not past due, in order. */
  readonly expected: readonly ExpectedPayment[];
  /** Tax that the terms say is withheld from the interest that came so far, msat. */
  readonly taxEstimateUnits: bigint;
}

/** One payment as a row of an investor's statement. */
export interface CashFlow {
  readonly settledAtSec: number;
  readonly contract: string;
  readonly bank: string;
  readonly business: string;
  readonly leg: Leg;
  /** What the contract's amounts are counted in. */
  readonly denomination: LedgerUnit;
  /** What it counts for; negative when the investor paid. */
  readonly amountUnits: bigint;
  /** What went over Lightning, with the same sign. */
  readonly amountMsat: bigint;
  readonly paymentHash: string;
  readonly request: string;
  readonly n: number;
  /** Paid to a fallback address; then the hash is `TXID:VOUT`. */
  readonly isOnChain?: true;
  readonly isAcknowledged: boolean;
  /** The investor's part of the interest it paid, and the tax the terms withhold from that. */
  readonly interestUnits: bigint;
  readonly taxEstimateUnits: bigint;
}

/** What the investor paid or got with a payment of a leg; undefined where it was between others. */
function sideOf(document: ContractDocument, leg: Leg): 'paid' | 'received' | undefined {
  const { payer, payee } = legOf(document, leg);
  if (payer === 'investor') return 'paid';
  return payee === 'investor' ? 'received' : undefined;
}

function flowsByDay(
  document: ContractDocument,
  daily: readonly LedgerPayment[],
  repaid: readonly PaidBy[],
): DayFlow[] {
  const capUnits = BigInt(document.principalUnits);
  const usedOn = new Map(
    repaid.map((each) => [each.day, each.principalUnits + each.interestUnits + each.lateFeeUnits]),
  );
  const days = new Map<number, DayFlow>();
  let [paidSum, receivedSum, usedUnits, creditedSum, guaranteedSum] = [0n, 0n, 0n, 0n, 0n];
  for (const { leg, amountUnits, settledAtSec } of daily) {
    const day = dayOf(settledAtSec, document.daySec);
    const known = days.get(day) ?? { day, paidUnits: 0n, receivedUnits: 0n, creditedUnits: 0n };
    const side = sideOf(document, leg);
    if (side === undefined) continue;
    // What is handed on to the bank is less received of its guarantee, and never lent.
    const isHandedOn = leg === 'handedOn';
    const paidUnits = side === 'paid' && !isHandedOn ? amountUnits : 0n;
    const receivedUnits = isHandedOn ? -amountUnits : amountUnits - paidUnits;
    if (leg === 'guarantee' || isHandedOn) guaranteedSum += receivedUnits;
    paidSum += paidUnits;
    receivedSum += receivedUnits;
    usedUnits = usedOn.get(day) ?? usedUnits;
    const excessUnits = paidSum > capUnits ? paidSum - capUnits : 0n;
    // F-28: "…what a guarantee paid and, of repayments and recoveries, what paid principal,
    // interest, late fees, or excess back: the rest is owed back and no gain…"
    const creditedUnits =
      minimum(receivedSum, usedUnits + excessUnits + guaranteedSum) - creditedSum;
    creditedSum += creditedUnits;
    days.set(day, {
      day,
      paidUnits: known.paidUnits + paidUnits,
      receivedUnits: known.receivedUnits + receivedUnits,
      creditedUnits: known.creditedUnits + creditedUnits,
    });
  }
  return [...days.values()];
}

/** What instalments not past due still bring beyond what was paid so far. */
function expectPayments(
  schedule: readonly ExpectedInstalment[],
  paid: Pick<PaidBy, 'principalUnits' | 'interestUnits'>,
  isAhead: (dueAtSec: number) => boolean,
): ExpectedPayment[] {
  let [principalBeforeUnits, interestBeforeUnits] = [0n, 0n];
  return schedule.flatMap(({ dueAtSec, principalUnits, interestUnits }) => {
    const toPrincipal = {
      principalUnits,
      interestUnits: 0n,
      principalBeforeUnits,
      interestBeforeUnits,
    };
    const toInterest = {
      principalUnits: 0n,
      interestUnits,
      principalBeforeUnits,
      interestBeforeUnits,
    };
    principalBeforeUnits += principalUnits;
    interestBeforeUnits += interestUnits;
    if (!isAhead(dueAtSec)) return [];
    const expected = {
      dueAtSec,
      principalUnits: principalUnits - paidToward(toPrincipal, paid),
      interestUnits: interestUnits - paidToward(toInterest, paid),
    };
    return expected.principalUnits + expected.interestUnits > 0n ? [expected] : [];
  });
}

/** A contract's summary for the portfolio of its investor. */
export function summarizeHolding(
  state: ContractState,
  asOfSec: number,
  reused: ReadonlySet<string> = NO_PARTS,
): HoldingSummary {
  const summary = summarizeContract(state, asOfSec, reused);
  const { document } = state.contract;
  const { daily } = countPayments(state, summary.asOfDay, reused);
  const counted = state.payments.filter(
    (payment) =>
      dayOf(payment.settledAtSec, document.daySec) <= summary.asOfDay &&
      (reused.size === 0 || !reused.has(partOf(payment))),
  );
  const repaid = repaidByDay(document, daily, asOfSec, courseOf(state));
  // F-27: "Expected is, for each instalment not past due, what the expected schedule (M-14) has
  // beyond what was paid of it so far…"
  const expected = expectPayments(
    scheduleOf(state, asOfSec, counted),
    repaid.at(-1) ?? { principalUnits: 0n, interestUnits: 0n },
    (dueAtSec) => dayOf(dueAtSec, document.daySec) >= summary.asOfDay,
  );
  const flows = flowsByDay(document, daily, repaid);
  const span = { afterDay: -1, toDay: summary.asOfDay };
  const principalDays = sumPrincipalDays(document, daily, repaid, span);
  const { taxUnits: taxEstimateUnits } = taxOn(document, summary.interestPaidUnits);
  return { ...summary, principalDays, flows, expected, taxEstimateUnits };
}

/** The investor's part of interest paid, and what the terms withhold from it as tax. */
function taxOn({ fees, legal }: ContractDocument, interestUnits: bigint) {
  const ownUnits = (interestUnits * (BPS - BigInt(fees.servicingBps))) / BPS;
  // F-39: "The estimated tax of a contract is floor(i × `withholdingTax.bps` / 10,000), where i is
  // floor(interest paid × (10,000 − `servicingBps`) / 10,000)…"
  return { ownUnits, taxUnits: (ownUnits * BigInt(legal.withholdingTax.bps)) / BPS };
}

function compareFlows(a: CashFlow, b: CashFlow): number {
  if (a.settledAtSec !== b.settledAtSec) return a.settledAtSec - b.settledAtSec;
  if (a.contract !== b.contract) return a.contract < b.contract ? -1 : 1;
  if (a.request !== b.request) return a.request < b.request ? -1 : 1;
  return a.n - b.n;
}

/** Legs of which payments pay interest. */
const SERVICED: readonly Leg[] = ['repayment', 'recovery', 'tillShare'];

/** A contract's payments as its investor's, in the order of their settled times. */
function flowsOf(state: ContractState): CashFlow[] {
  const { root, contract, paid } = state;
  const { document } = contract;
  const { bank, business } = document.parties;
  const lastSec = paid.daily.reduce((last, each) => Math.max(last, each.settledAtSec), 0);
  const repaid = repaidByDay(document, paid.daily, lastSec, courseOf(state));
  const interestBy = new Map(repaid.map(({ day, interestUnits }) => [day, interestUnits]));
  let [interestSum, today] = [0n, 0n];
  const rows = [...state.payments].filter(({ leg }) => sideOf(document, leg) !== undefined);
  return rows.map((payment) => {
    const { leg, amountUnits, amountMsat, settledAtSec } = payment;
    const isPaid = sideOf(document, leg) === 'paid';
    // The ledger knows days (M-6): of a day's payments the first are taken to pay its interest.
    today = SERVICED.includes(leg)
      ? (interestBy.get(dayOf(settledAtSec, document.daySec)) ?? interestSum) - interestSum
      : 0n;
    const before = taxOn(document, interestSum);
    interestSum += minimum(today, amountUnits);
    const after = taxOn(document, interestSum);
    return {
      ...{ settledAtSec, contract: root, bank: bank.pubkey, business: business.pubkey, leg },
      denomination: ledgerUnitOf(document.denomination),
      amountUnits: isPaid ? -amountUnits : amountUnits,
      amountMsat: isPaid ? -amountMsat : amountMsat,
      paymentHash: payment.paymentHash,
      request: payment.request,
      n: payment.n,
      ...(payment.class === 'chain' ? { isOnChain: true as const } : {}),
      isAcknowledged: payment.class === 'preimage+acknowledgement',
      interestUnits: after.ownUnits - before.ownUnits,
      taxEstimateUnits: after.taxUnits - before.taxUnits,
    };
  });
}

/** Every payment of these contracts as the investor's cash flow, earliest first. */
export function cashFlows(states: Iterable<ContractState>): CashFlow[] {
  return distinct(states).flatMap(flowsOf).sort(compareFlows);
}
