/** What a leg's plan and proofs say about the payer's journal. */
import { planTicks, type Leg } from '@realyield/protocol';
import type { Desk, OwnContract } from './desk.ts';
import type { JournalStep } from './journal.ts';

/** When a part may be paid, and when no more, Unix seconds. */
export interface DueTimes {
  readonly dueAtSec: number;
  readonly lapsesAtSec: number;
}

/** Times by part: its tick's, or at once. */
export function dueTimesOf(contract: OwnContract, leg: Leg): (n: number) => DueTimes {
  if (leg === 'repayment') return () => ({ dueAtSec: 0, lapsesAtSec: Infinity });
  const ticks = planTicks(contract.view.fold.state.contract.document);
  return (n) => ticks[n] ?? { dueAtSec: 0, lapsesAtSec: 0 };
}

const UNPAID: readonly JournalStep[] = ['wanted', 'checked', 'failed'];

/** Parts that another device has paid and proven are done here too. */
export async function settleElsewhere(desk: Desk, contract: OwnContract, leg: Leg): Promise<void> {
  const payments = contract.view.fold.state.payments.filter((payment) => payment.leg === leg);
  const proven = new Set(payments.map((payment) => payment.n));
  const done = desk.journal
    .entries(contract.view.root, leg)
    .filter((entry) => proven.has(entry.n) && UNPAID.includes(entry.step));
  if (done.length === 0) return;
  await desk.journal.write(done.map((entry) => ({ ...entry, step: 'receipted' as const })));
}
