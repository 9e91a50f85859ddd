/** What a business paid and got under its contracts, for its accountant. Spec: specs/figures.md. */
import { repaidByDay } from '../contract/ledger.ts';
import { legOf } from '../contract/legs.ts';
import { courseOf } from '../contract/standing.ts';
import type { ContractState, Payment } from '../contract/state.ts';
import { ledgerUnitOf, type LedgerUnit } from '../denomination.ts';
import { dayOf } from '../interest.ts';
import type { Leg } from '../kinds/fields.ts';
import { minimum } from '../money.ts';
import { distinct } from './distinct.ts';

/** One payment as a row of a business's statement. */
export interface StatementRow {
  readonly settledAtSec: number;
  readonly contract: string;
  readonly investor: string;
  readonly bank: string;
  readonly leg: Leg;
  /** Whether it came, went, or was withheld: then it is owed, and nothing moved at the business. */
  readonly side: 'received' | 'paid' | 'withheld';
  /** What the contract's amounts are counted in. */
  readonly denomination: LedgerUnit;
  /** What it counts for. */
  readonly amountUnits: bigint;
  /** What came into the business's wallet or left it, network fees apart. */
  readonly walletMsat: bigint;
  /** Of what was paid: interest and late fees. */
  readonly costUnits: bigint;
  readonly paymentHash: string;
  readonly request: string;
  readonly n: number;
  /** Id of the receipt that proves it. */
  readonly receipt: string;
  /** Paid to a fallback address; then the hash is `TXID:VOUT`. */
  readonly isOnChain?: true;
  readonly isAcknowledged: boolean;
}

/** Legs that pay interest, whoever pays them. */
const COSTED: readonly Leg[] = ['repayment', 'servicing', 'recovery', 'tillShare'];

function sideOf(state: ContractState, leg: Leg): StatementRow['side'] | undefined {
  const { payer, payee } = legOf(state.contract.document, leg);
  if (payer === 'business') return 'paid';
  if (payee === 'business') return 'received';
  return leg === 'originationFee' ? 'withheld' : undefined;
}

const walletMsatOf = (payment: Payment, side: StatementRow['side']): bigint => {
  if (side === 'withheld') return 0n;
  return side === 'received' ? payment.receivedMsat : payment.amountMsat;
};

function rowsOf(state: ContractState): StatementRow[] {
  const { root, contract, paid, payments } = state;
  const { document } = contract;
  const { bank, investor } = document.parties;
  const lastSec = paid.daily.reduce((last, each) => Math.max(last, each.settledAtSec), 0);
  const repaid = repaidByDay(document, paid.daily, lastSec, courseOf(state));
  const costBy = new Map(
    repaid.map(({ day, interestUnits, lateFeeUnits }) => [day, interestUnits + lateFeeUnits]),
  );
  let costSum = 0n;
  return payments.flatMap((payment): StatementRow[] => {
    const { leg, amountUnits, settledAtSec } = payment;
    const day = dayOf(settledAtSec, document.daySec);
    // F-40: "…the first payments of a day on `repayment`, `servicing`, `recovery` and `tillShare`
    // taken to pay it; what a recovery or a share at the bank's till paid is in no row."
    const today = COSTED.includes(leg) ? (costBy.get(day) ?? costSum) - costSum : 0n;
    const costUnits = minimum(today, amountUnits);
    costSum += costUnits;
    const side = sideOf(state, leg);
    if (side === undefined) return [];
    return [
      {
        ...{
          settledAtSec,
          contract: root,
          investor: investor.pubkey,
          bank: bank.pubkey,
          leg,
          side,
        },
        denomination: ledgerUnitOf(document.denomination),
        ...{ amountUnits, walletMsat: walletMsatOf(payment, side), costUnits },
        ...{ paymentHash: payment.paymentHash, request: payment.request, n: payment.n },
        receipt: payment.receipt,
        ...(payment.class === 'chain' ? { isOnChain: true as const } : {}),
        isAcknowledged: payment.class === 'preimage+acknowledgement',
      },
    ];
  });
}

function compareRows(a: StatementRow, b: StatementRow): number {
  if (a.settledAtSec !== b.settledAtSec) return a.settledAtSec - b.settledAtSec;
  if (a.contract !== b.contract) return a.contract < b.contract ? -1 : 1;
  if (a.request !== b.request) return a.request < b.request ? -1 : 1;
  return a.n - b.n;
}

/** Every payment of these contracts as their business's statement, earliest first. */
export function businessStatement(states: Iterable<ContractState>): StatementRow[] {
  return distinct(states).flatMap(rowsOf).sort(compareRows);
}
