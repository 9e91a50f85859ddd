/** One contract as its investor sees it: flows and what is to come. Spec: specs/figures.md. */
import type { LedgerPayment } from '../contract/ledger.ts';
import { projectSchedule } from '../contract/schedule.ts';
import type { ContractState } from '../contract/state.ts';
import { dayOf } from '../interest.ts';
import type { Leg } from '../kinds/fields.ts';
import type { InstalmentOutcome } from './instalments.ts';
import { countPayments, NO_PARTS, partOf } from './payments-by-day.ts';
import { summarizeContract, type ContractSummary } from './summary.ts';

/** What moved on one contract day: paid out by the investor, and received. */
export interface DayFlow {
  readonly day: number;
  readonly paidMsat: bigint;
  readonly receivedMsat: bigint;
}

/** A future instalment: what is still to be paid of it if everything goes as agreed. */
export interface ExpectedPayment {
  readonly dueAtSec: number;
  readonly principalMsat: bigint;
  readonly interestMsat: bigint;
}

/** A contract's summary with what a portfolio needs beyond it. */
export interface HoldingSummary extends ContractSummary {
  /** Days on which money moved, in order. */
  readonly flows: readonly DayFlow[];
  /** Instalments not past due, in order. */
  readonly expected: readonly ExpectedPayment[];
}

/** One payment as a row of an investor's statement. */
export interface CashFlow {
  readonly settledAtSec: number;
  readonly contract: string;
  readonly bank: string;
  readonly business: string;
  readonly leg: Leg;
  /** Negative when the investor paid. */
  readonly amountMsat: bigint;
  readonly paymentHash: string;
  readonly request: string;
  readonly n: number;
  readonly isAcknowledged: boolean;
}

const isInvestors = (leg: Leg): boolean => leg === 'disbursement';

function flowsByDay(payments: readonly LedgerPayment[], daySec: number): DayFlow[] {
  const days = new Map<number, DayFlow>();
  for (const { leg, amountMsat, settledAtSec } of payments) {
    const day = dayOf(settledAtSec, daySec);
    const { paidMsat, receivedMsat } = days.get(day) ?? { paidMsat: 0n, receivedMsat: 0n };
    days.set(
      day,
      isInvestors(leg)
        ? { day, paidMsat: paidMsat + amountMsat, receivedMsat }
        : { day, paidMsat, receivedMsat: receivedMsat + amountMsat },
    );
  }
  return [...days.values()].sort((a, b) => a.day - b.day);
}

/** What an instalment still brings beyond what it was paid so far. */
function toCome(
  expected: { readonly principalMsat: bigint; readonly interestMsat: bigint },
  known: InstalmentOutcome | undefined,
): { principalMsat: bigint; interestMsat: bigint } {
  const paidPrincipal = (known?.principalMsat ?? 0n) - (known?.unpaidPrincipalMsat ?? 0n);
  const paid = (known?.dueMsat ?? 0n) - (known?.unpaidMsat ?? 0n);
  return {
    principalMsat: expected.principalMsat - paidPrincipal,
    interestMsat: expected.interestMsat - (paid - paidPrincipal),
  };
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
  // (F-22) "Expected is, for each instalment not past due, what the expected schedule (M-14) has
  // beyond what was paid of it so far…"
  const expected = projectSchedule(document, counted, asOfSec)
    .filter(({ dueAtSec }) => dayOf(dueAtSec, document.daySec) >= summary.asOfDay)
    .map((instalment) => ({
      dueAtSec: instalment.dueAtSec,
      ...toCome(instalment, summary.instalments[instalment.number - 1]),
    }))
    .filter(({ principalMsat, interestMsat }) => principalMsat + interestMsat > 0n);
  return { ...summary, flows: flowsByDay(daily, document.daySec), expected };
}

function compareFlows(a: CashFlow, b: CashFlow): number {
  if (a.settledAtSec !== b.settledAtSec) return a.settledAtSec - b.settledAtSec;
  if (a.contract !== b.contract) return a.contract < b.contract ? -1 : 1;
  if (a.request !== b.request) return a.request < b.request ? -1 : 1;
  return a.n - b.n;
}

/** Every payment of these contracts as the investor's cash flow, earliest first. */
export function cashFlows(states: Iterable<ContractState>): CashFlow[] {
  const distinct = new Map([...states].map((state) => [state.root, state]));
  const rows = [...distinct.values()].flatMap(({ root, contract, payments }) => {
    const { bank, business } = contract.document.parties;
    return payments.map((payment) => ({
      settledAtSec: payment.settledAtSec,
      contract: root,
      bank: bank.pubkey,
      business: business.pubkey,
      leg: payment.leg,
      amountMsat: isInvestors(payment.leg) ? -payment.amountMsat : payment.amountMsat,
      paymentHash: payment.paymentHash,
      request: payment.request,
      n: payment.n,
      isAcknowledged: payment.class === 'preimage+acknowledgement',
    }));
  });
  return rows.sort(compareFlows);
}
