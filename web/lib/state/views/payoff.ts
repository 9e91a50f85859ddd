/** What repays a loan on a day to come, if nothing moves until then. Spec: specs/money.md. */
import { amountOf, amountText } from '../../amount.ts';
import type { ContractView } from '../../engine/catalog.ts';
import { formatDue } from '../../format.ts';
import type { Fact } from '../../ui/facts.ts';
import { contractNow } from './contract.ts';
import { calendarOf } from './notices.ts';
import { costNameOf } from './terms-plan.ts';

/** A figure for a day, or why there is none. */
export type PayoffView =
  | { readonly ok: true; readonly facts: readonly Fact[] }
  | { readonly ok: false; readonly sentence: string };

/** Further ahead than any loan runs, days. */
const MOST_DAYS = 14_610;

/** The last second of `days` days after the day of `nowSec`. */
function endOfDay(nowSec: number, days: number, daySec: number): number {
  return (Math.floor(nowSec / daySec) + days + 1) * daySec - 1;
}

/** What repays everything so many days from today, as typed. */
export function payoffIn(view: ContractView, typed: string, nowSec: number): PayoffView {
  const digits = typed.trim();
  const days = /^\d{1,5}$/.test(digits) ? Number(digits) : Infinity;
  if (days > MOST_DAYS) return { ok: false, sentence: 'Write a number of days, like 30.' };
  const { state } = view.fold;
  const { denomination, daySec } = state.contract.document;
  const { ledger } = contractNow(view, endOfDay(nowSec, days, daySec));
  const text = (units: bigint): string => amountText(units, denomination, true);
  const { costName = 'interest' } = costNameOf(state.contract.document);
  const lateFeesUnits = ledger.lateFeesOwedUnits;
  const parts = [
    `${text(ledger.outstandingUnits)} of the loan`,
    `${text(ledger.interestOwedUnits)} ${costName.toLowerCase()}`,
    ...(lateFeesUnits > 0n ? [`${text(lateFeesUnits)} late fees`] : []),
  ];
  const day = formatDue(ledger.asOfSec, calendarOf(state));
  const label = `Repays everything on ${day}`;
  const note = `${parts.join(', ')}; if nothing else is paid until then`;
  return {
    ok: true,
    facts: [{ label, amount: amountOf(ledger.payoffUnits, denomination), note }],
  };
}
