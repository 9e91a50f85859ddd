/** A loan whose investor is silent when its first instalment falls due. */
import { planTicks } from '@realyield/protocol';
import type { Session } from '../../web/lib/engine/session.ts';
import { inThree, Loan, offerDocument } from '../fixtures/loan.ts';
import { NO_FEES } from '../fixtures/plans.ts';
import { URLS } from './scenario.ts';

/** Signs one and pays it out; `daySec` is a contract day. */
export function signSilentLoan(seed: string, daySec: number, fallbackAddress?: string): Loan {
  const { business } = offerDocument();
  const loan = new Loan({
    seed,
    ...(fallbackAddress === undefined ? {} : { fallbackAddress }),
    offer: {
      ...inThree,
      daySec,
      relays: URLS,
      business: { ...business, relays: URLS },
      fees: NO_FEES,
    },
    investorRelays: URLS,
  });
  loan.signAll();
  loan.pay('disbursement', planTicks(loan.contract.document), loan.startAtSec + 20);
  return loan;
}

/** When the day begins on which its first instalment falls due, ms. */
export function firstDueAtMs({ startAtSec }: Loan, daySec: number): number {
  return (startAtSec + 30 * daySec) * 1_000;
}

/** Orders a repayment once the loan is known; resolves with whether it is in the journal. */
export async function orderRepayment(
  { root }: Loan,
  units: bigint,
  session: Session,
): Promise<boolean> {
  if (!session.isRunning || !session.ownContract(root)) return false;
  await session.repayments.repay(root, units);
  return session.journalEntries(root, 'repayment').length > 0;
}
