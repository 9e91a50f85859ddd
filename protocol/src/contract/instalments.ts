/**
 * How each instalment stands: planned, due, paid or late, and when it was paid. Late and cured
 * are views, never states of the contract. Spec: specs/money.md, "The ledger".
 */
import type { Account, PaidBy } from './accounts.ts';

/** How one instalment stands. */
export interface Instalment {
  /** Counted from 1. */
  readonly number: number;
  readonly dueAtSec: number;
  /** Principal this instalment must repay, of what was disbursed so far. */
  readonly principalUnits: bigint;
  /** Interest charged to it so far. */
  readonly interestUnits: bigint;
  readonly paidPrincipalUnits: bigint;
  readonly paidInterestUnits: bigint;
  /** Late fees charged to it so far. */
  readonly lateFeeUnits: bigint;
  readonly paidLateFeeUnits: bigint;
  /** Not yet paid of the three, exact. */
  readonly unpaidUnits: bigint;
  /** Contract days since the due day on which it was not tendered, 0 unless late. */
  readonly daysPastDue: number;
  /** Tendered: past its due day, and its debtor offers to pay what its payee does not ask for. */
  readonly state: 'planned' | 'due' | 'paid' | 'late' | 'tendered';
  /** Contract day by the end of which it was paid; undefined unless paid, or nothing was asked. */
  readonly paidDay: number | undefined;
  /** When that was: by its due day, within the days of grace, or later. */
  readonly paidWhen: 'onTime' | 'inGrace' | 'afterGrace' | undefined;
  /** The same from its due day to the day it was paid, 0 unless paid late. */
  readonly daysLate: number;
}

/** What a view of instalments is taken of. */
export interface InstalmentsAt {
  readonly accounts: readonly Account[];
  /** Totals repaid by day, rising. */
  readonly paid: readonly PaidBy[];
  readonly asOfDay: number;
  /** The least amount that is late or outstanding: wholeOf. */
  readonly whole: bigint;
  /** Nothing more can be disbursed and less than one satoshi is owed. */
  readonly repaid: boolean;
}

/** An account alone: what earlier instalments ask for taken off. */
export interface Share {
  readonly principalUnits: bigint;
  readonly interestUnits: bigint;
  readonly principalBeforeUnits: bigint;
  readonly interestBeforeUnits: bigint;
}

function within(paid: bigint, before: bigint, share: bigint): bigint {
  const own = paid - before;
  if (own <= 0n) return 0n;
  return own < share ? own : share;
}

/** How much of what was repaid in all went to one instalment, msat. */
export function paidToward(
  share: Share,
  paid: Pick<PaidBy, 'principalUnits' | 'interestUnits'>,
): bigint {
  const principal = within(paid.principalUnits, share.principalBeforeUnits, share.principalUnits);
  return principal + within(paid.interestUnits, share.interestBeforeUnits, share.interestUnits);
}

/** Principal and interest of an instalment that are unpaid, msat. */
function unpaidOf(share: Share, paid: Pick<PaidBy, 'principalUnits' | 'interestUnits'>): bigint {
  return share.principalUnits + share.interestUnits - paidToward(share, paid);
}

/** The first day by the end of which less than one satoshi is unpaid; totals only rise. */
function paidDayOf(share: Share, { paid, whole }: InstalmentsAt): number | undefined {
  let low = 0;
  let high = paid.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = paid[middle];
    if (at && unpaidOf(share, at) < whole) high = middle;
    else low = middle + 1;
  }
  return paid[low]?.day;
}

function isCovered({ covered }: Account, day: number): boolean {
  return covered.some(({ fromDay, toDay }) => fromDay <= day && day <= toDay);
}

/** Days after the due day up to another on which nothing of it was tendered. */
function daysAfter({ dueDay, covered }: Account, day: number): number {
  let [days, reached] = [day - dueDay, dueDay];
  for (const { fromDay, toDay } of covered) {
    const last = Math.min(toDay, day);
    days -= Math.max(0, last - Math.max(fromDay - 1, reached));
    reached = Math.max(reached, last);
  }
  return Math.max(0, days);
}

function stateOf(
  askedUnits: bigint,
  unpaidUnits: bigint,
  account: Account,
  at: InstalmentsAt,
): Instalment['state'] {
  const { dueDay } = account;
  const isOwed = unpaidUnits >= at.whole;
  // M-11: "An instalment is late when the as-of day is after its due day, at least 1,000 msat of it
  // are unpaid, and no tender covers that day…"
  if (isOwed && at.asOfDay > dueDay) return isCovered(account, at.asOfDay) ? 'tendered' : 'late';
  if (isOwed && at.asOfDay === dueDay) return 'due';
  if (isOwed) return 'planned';
  // On its due day an instalment that asks for nothing may still be asked for something.
  const isOver = at.asOfDay > dueDay || (at.asOfDay === dueDay && askedUnits >= at.whole);
  return at.repaid || isOver ? 'paid' : 'planned';
}

function paidWhen(daysLate: number | undefined, graceDays: number): Instalment['paidWhen'] {
  if (daysLate === undefined) return undefined;
  if (daysLate === 0) return 'onTime';
  return daysLate <= graceDays ? 'inGrace' : 'afterGrace';
}

function viewInstalment(
  at: InstalmentsAt,
  account: Account,
  before: Account | undefined,
  number: number,
): Instalment {
  const principalBeforeUnits = before?.principalUpToUnits ?? 0n;
  const interestBeforeUnits = before?.interestUpToUnits ?? 0n;
  const principalUnits = account.principalUpToUnits - principalBeforeUnits;
  const interestUnits = account.interestUpToUnits - interestBeforeUnits;
  const share = { principalUnits, interestUnits, principalBeforeUnits, interestBeforeUnits };
  const total = at.paid.at(-1) ?? { principalUnits: 0n, interestUnits: 0n, lateFeeUnits: 0n };
  const lateFeeBeforeUnits = before?.lateFeeUpToUnits ?? 0n;
  const lateFeeUnits = account.lateFeeUpToUnits - lateFeeBeforeUnits;
  const paidLateFeeUnits = within(total.lateFeeUnits, lateFeeBeforeUnits, lateFeeUnits);
  const unpaidUnits = unpaidOf(share, total) + lateFeeUnits - paidLateFeeUnits;
  const askedUnits = principalUnits + interestUnits;
  const state = stateOf(askedUnits, unpaidUnits, account, at);
  // M-16: "An instalment that asks for at least 1,000 msat is paid on the first day by the end of
  // which less than 1,000 msat of the principal and interest it asks for, as it now stands, were
  // unpaid…"
  const paidDay = state === 'paid' && askedUnits >= at.whole ? paidDayOf(share, at) : undefined;
  const daysLate = paidDay === undefined ? undefined : daysAfter(account, paidDay);
  return {
    number,
    dueAtSec: account.dueAtSec,
    principalUnits,
    interestUnits,
    paidPrincipalUnits: within(total.principalUnits, principalBeforeUnits, principalUnits),
    paidInterestUnits: within(total.interestUnits, interestBeforeUnits, interestUnits),
    lateFeeUnits,
    paidLateFeeUnits,
    unpaidUnits,
    daysPastDue: state === 'late' ? daysAfter(account, at.asOfDay) : 0,
    state,
    paidDay,
    paidWhen: paidWhen(daysLate, account.graceDays),
    daysLate: daysLate ?? 0,
  };
}

/** Every instalment at a time, in order of due dates. */
export function viewInstalments(at: InstalmentsAt): Instalment[] {
  return at.accounts.map((account, index) =>
    viewInstalment(at, account, at.accounts[index - 1], index + 1),
  );
}
