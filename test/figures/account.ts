/** A contract's account, one day after the other, from terms and payments alone. */
import { floorIn, wholeOf } from './units.ts';
import type { PaidPart, Terms } from './relay.ts';

const YEARLY = 3_650_000n;
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const atLeastZero = (a: bigint): bigint => (a > 0n ? a : 0n);

/** A payment on a day. */
export type DayPayment = Pick<PaidPart, 'leg' | 'msat' | 'atSec'>;

/** What an instalment asks for and got. */
export interface Asked {
  readonly dueAtSec: number;
  readonly dueDay: number;
  readonly principal: bigint;
  readonly interest: bigint;
  /** Paid of it by the end of a day. */
  readonly paidBy: (day: number) => { readonly principal: bigint; readonly interest: bigint };
}

/** The account at the end of a day. */
export interface Account {
  readonly day: number;
  readonly disbursed: bigint;
  readonly excess: bigint;
  readonly open: bigint;
  readonly repaid: bigint;
  readonly principalPaid: bigint;
  readonly interestPaid: bigint;
  readonly unallocated: bigint;
  readonly interest: bigint;
  /** Σ of the principal that bore interest, over days. */
  readonly principalDays: bigint;
  readonly instalments: readonly Asked[];
}

/** A due time, and how many instalments of its terms are left with it. */
interface Due {
  readonly atSec: number;
  readonly left: bigint;
}

/** Due times of a plan; the market has none but those that count days. */
function planned(
  { firstAtSec, everyDays, count }: Terms['plan']['due'],
  daySec: number,
  from = -1,
): Due[] {
  const times: number[] = [];
  for (let k = 0; k < count; k += 1) times.push(firstAtSec + k * everyDays * daySec);
  const own = times.filter((atSec) => Math.floor(atSec / daySec) > from);
  return own.map((atSec, place) => ({ atSec, left: BigInt(own.length - place) }));
}

/** M-20 and M-21: due times of all terms, as far as they are in force by the end of a day. */
function duesOf(terms: Terms, endDay: number): Due[] {
  const { plan, daySec, changes = [], acceleratedDay = Infinity } = terms;
  const dayAt = ({ atSec }: Due): number => Math.floor(atSec / daySec);
  let dues = planned(plan.due, daySec);
  for (const { due, fromDay } of changes) {
    const later = planned(due, daySec, fromDay);
    if (later.length > 0) dues = [...dues.filter((each) => dayAt(each) <= fromDay), ...later];
  }
  const next = dues.findIndex((each) => dayAt(each) >= acceleratedDay);
  if (acceleratedDay > endDay || next < 0) return dues;
  const atSec = (acceleratedDay + 1) * daySec - 1;
  return [...dues.slice(0, next), { atSec, left: 1n }];
}

interface Running {
  disbursed: bigint;
  excess: bigint;
  repaid: bigint;
  principalPaid: bigint;
  interestPaid: bigint;
  unallocated: bigint;
  accrued: bigint;
  principalDays: bigint;
  /** Asked for up to and with each instalment that fell due, the last never. */
  readonly fixed: { principal: bigint; interest: bigint }[];
  readonly history: { day: number; principal: bigint; interest: bigint }[];
}

function openAt(terms: Terms, disbursed: bigint, atSec: number): bigint {
  if (Math.floor(atSec / terms.daySec) >= (terms.acceleratedDay ?? Infinity)) return 0n;
  let open = 0n;
  for (const tranche of terms.tranches) {
    if (tranche.lapsesAtSec > atSec) open += BigInt(tranche.amountUnits);
  }
  return least(open, BigInt(terms.principalUnits) - disbursed);
}

function ask(
  terms: Terms,
  run: Running,
  { fixed, dues }: { readonly fixed: Running['fixed']; readonly dues: readonly Due[] },
  atSec: number,
): void {
  const before = fixed.at(-1)?.principal ?? 0n;
  const isLast = fixed.length === dues.length - 1;
  const left = isLast ? 1n : (dues[fixed.length]?.left ?? 1n);
  const share = floorIn(
    terms,
    (run.disbursed + openAt(terms, run.disbursed, atSec) - before) / left,
  );
  const principal = isLast ? run.disbursed : least(before + share, run.disbursed);
  fixed.push({ principal, interest: run.accrued / YEARLY });
}

function repay(run: Running, day: number, msat: bigint): void {
  run.repaid += msat;
  let left = msat;
  for (const { principal, interest } of [
    ...run.fixed,
    { principal: run.disbursed, interest: run.accrued / YEARLY },
  ]) {
    const toInterest = least(left, atLeastZero(interest - run.interestPaid));
    run.interestPaid += toInterest;
    const toPrincipal = least(left - toInterest, atLeastZero(principal - run.principalPaid));
    run.principalPaid += toPrincipal;
    left -= toInterest + toPrincipal;
  }
  run.unallocated += left;
  run.history.push({ day, principal: run.principalPaid, interest: run.interestPaid });
}

/** Whole satoshis of what has fallen due by a day and is not paid. */
function dueOn(terms: Terms, run: Running, dues: readonly number[], day: number): bigint {
  const isLast = (dues.at(-1) ?? 0) <= day;
  const upTo = isLast
    ? { principal: run.disbursed, interest: run.accrued / YEARLY }
    : run.fixed.at(-1);
  if (!upTo) return 0n;
  const principal = atLeastZero(upTo.principal - run.principalPaid);
  return floorIn(terms, principal + atLeastZero(upTo.interest - run.interestPaid));
}

/**
 * The account at the end of the day of `endSec`; from `expectFromDay` on whatever is due is repaid
 * on the spot.
 */
export function accountAt(
  terms: Terms,
  payments: readonly DayPayment[],
  endSec: number,
  expectFromDay = Infinity,
): Account {
  const known = { ...terms };
  if ((terms.acceleratedDay ?? Infinity) > Math.floor(endSec / terms.daySec)) {
    delete known.acceleratedDay;
  }
  return accountOf(known, payments, endSec, expectFromDay);
}

function accountOf(
  terms: Terms,
  payments: readonly DayPayment[],
  endSec: number,
  expectFromDay: number,
): Account {
  const dayAt = (atSec: number): number => Math.floor(atSec / terms.daySec);
  const endDay = dayAt(endSec);
  const planning = duesOf(terms, endDay);
  const dues = planning.map(({ atSec }) => dayAt(atSec));
  const run: Running = {
    ...{ disbursed: 0n, excess: 0n, repaid: 0n, principalPaid: 0n, interestPaid: 0n },
    ...{ unallocated: 0n, accrued: 0n, principalDays: 0n, fixed: [], history: [] },
  };
  const byDay = new Map<number, DayPayment[]>();
  for (const payment of payments) {
    const day = dayAt(payment.atSec);
    byDay.set(day, [...(byDay.get(day) ?? []), payment]);
  }
  const cap = BigInt(terms.principalUnits);
  const start = Math.min(endDay, ...byDay.keys(), ...dues);
  for (let day = start; day <= endDay; day += 1) {
    const owed = run.disbursed - run.principalPaid;
    const bearing = owed < wholeOf(terms) ? 0n : owed;
    run.accrued += bearing * BigInt(terms.rateBps);
    run.principalDays += bearing;
    let repaid = 0n;
    for (const { leg, msat } of byDay.get(day) ?? []) {
      if (leg === 'repayment' || leg === 'recovery') repaid += msat;
      else if (leg === 'disbursement') {
        run.excess += atLeastZero(run.disbursed + msat - cap);
        run.disbursed = least(cap, run.disbursed + msat);
      }
    }
    const due = dues.indexOf(day);
    if (due >= 0 && due < dues.length - 1) {
      ask(terms, run, { fixed: run.fixed, dues: planning }, (day + 1) * terms.daySec - 1);
    }
    if (repaid > 0n) repay(run, day, repaid);
    if (day >= expectFromDay) repay(run, day, dueOn(terms, run, dues, day));
  }
  return view(terms, run, planning, endSec);
}

function view(terms: Terms, run: Running, dues: readonly Due[], endSec: number): Account {
  const asked = [...run.fixed];
  while (asked.length < dues.length) ask(terms, run, { fixed: asked, dues }, endSec);
  const clip = (paid: bigint, from: bigint, to: bigint): bigint =>
    least(atLeastZero(paid - from), to - from);
  const instalments = asked.map((upTo, index): Asked => {
    const before = asked[index - 1] ?? { principal: 0n, interest: 0n };
    const dueAtSec = dues[index]?.atSec ?? 0;
    return {
      dueAtSec,
      dueDay: Math.floor(dueAtSec / terms.daySec),
      principal: upTo.principal - before.principal,
      interest: upTo.interest - before.interest,
      paidBy: (day) => {
        const at = run.history.filter((entry) => entry.day <= day).at(-1);
        return {
          principal: clip(at?.principal ?? 0n, before.principal, upTo.principal),
          interest: clip(at?.interest ?? 0n, before.interest, upTo.interest),
        };
      },
    };
  });
  const { disbursed, excess, repaid, principalPaid, interestPaid, unallocated } = run;
  return {
    ...{ disbursed, excess, repaid, principalPaid, interestPaid, unallocated, instalments },
    day: Math.floor(endSec / terms.daySec),
    open: openAt(terms, disbursed, endSec),
    interest: run.accrued / YEARLY,
    principalDays: run.principalDays,
  };
}
