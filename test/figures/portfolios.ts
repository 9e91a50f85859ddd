/** Portfolios and histories recomputed, in the shape in which the protocol gives them. */
import { accountAt, type DayPayment } from './account.ts';
import { losses } from './losses.ts';
import { periodOf } from './periods.ts';
import {
  enter,
  holders,
  outstandingOf,
  reuseAmong,
  share,
  standingOf,
  total,
} from './recompute.ts';
import type { Entry } from './recompute.ts';
import type { Approval } from './approvals.ts';
import type { Agreement, PaidPart, Terms } from './relay.ts';
import { isIn, wholeOf, type Unit } from './units.ts';

/** F-26. */
export function history(all: readonly Entry[]) {
  const due = all.flatMap((entry) =>
    standingOf(entry)
      .outcomes.filter(({ kind }) => kind !== 'none')
      .map((outcome) => ({ outcome, daySec: entry.terms.daySec })),
  );
  const periods = due.map(({ outcome, daySec }) =>
    due.length <= 24
      ? { fromSec: outcome.asked.dueAtSec, toSec: outcome.asked.dueAtSec }
      : periodOf(outcome.asked.dueAtSec, daySec),
  );
  const keys = [...new Set(periods.map((period) => JSON.stringify(period)))];
  const rows = keys.map((key) => {
    const own = due
      .filter((_, index) => JSON.stringify(periods[index]) === key)
      .map(({ outcome }) => outcome);
    const grace = total(own, (each) => (each.kind === 'inGrace' ? each.unpaid : 0n));
    return {
      ...(JSON.parse(key) as { fromSec: number; toSec: number }),
      instalments: own.length,
      dueUnits: total(own, (each) => each.due),
      paidInTimeUnits: total(own, (each) => each.inTime),
      paidLateUnits: total(own, (each) => each.late),
      inGraceUnits: grace,
      unpaidUnits: total(own, (each) => each.unpaid) - grace,
    };
  });
  return rows.sort((a, b) => a.fromSec - b.fromSec);
}

/** P-1, P-2: ticks, of approved milestones from their approval on. */
function ticksOf({ tranches, denomination }: Terms, approvals: readonly Approval[]) {
  const whole = wholeOf({ denomination });
  let n = 0;
  return tranches.flatMap((tranche, at) => {
    const approvedSec = approvals.find((each) => each.tranche === at)?.atSec ?? 0;
    const fromSec = Math.max(tranche.fromSec, approvedSec);
    const endSec = Math.min(tranche.lapsesAtSec, fromSec + tranche.toSec - tranche.fromSec);
    const length = Math.max(0, endSec - fromSec);
    return Array.from({ length: tranche.ticks }, (_, place) => {
      const each = (BigInt(tranche.amountUnits) / BigInt(tranche.ticks) / whole) * whole;
      const rest = BigInt(tranche.amountUnits) - each * BigInt(tranche.ticks - 1);
      return {
        n: n++,
        msat: place === tranche.ticks - 1 ? rest : each,
        dueAtSec: fromSec + Math.floor((place * length) / tranche.ticks),
        lapsesAtSec: tranche.lapsesAtSec,
      };
    });
  });
}

/** F-27 for one contract. */
function expectedOf(entry: Entry, asOfSec: number) {
  const { terms, parts, account } = entry;
  const paid = new Set(parts.filter(({ leg }) => leg === 'disbursement').map(({ n }) => n));
  // M-14: an approval that takes effect later is not known yet.
  const approved = entry.approvals.filter(({ atSec }) => atSec <= asOfSec);
  const coming = ticksOf(terms, approved)
    .filter(({ n, lapsesAtSec }) => !paid.has(n) && lapsesAtSec > asOfSec)
    .map(({ msat, dueAtSec }): DayPayment => {
      return { leg: 'disbursement', msat, atSec: Math.max(dueAtSec, asOfSec) };
    });
  const lastSec = account.instalments.at(-1)?.dueAtSec ?? 0;
  const endSec = Math.max(asOfSec, lastSec);
  const plan = accountAt(terms, [...parts, ...coming], endSec, account.day);
  let [before, interestBefore] = [0n, 0n];
  return plan.instalments.flatMap(({ dueAtSec, dueDay, principal, interest }) => {
    const left = (paidUnits: bigint, from: bigint, msat: bigint): bigint => {
      const own = paidUnits <= from ? 0n : paidUnits - from;
      return own > msat ? 0n : msat - own;
    };
    const principalUnits = left(account.principalPaid, before, principal);
    const interestUnits = left(account.interestPaid, interestBefore, interest);
    before += principal;
    interestBefore += interest;
    const isComing = dueDay >= account.day && principalUnits + interestUnits > 0n;
    const period = periodOf(dueAtSec, terms.daySec);
    const days = BigInt(dueDay - account.day);
    return isComing ? [{ ...period, principalUnits, interestUnits, days }] : [];
  });
}

const isInDefault = (entry: Entry): boolean =>
  !standingOf(entry).isRepaid && (standingOf(entry).byNotice || standingOf(entry).days >= 90);

function doubtfulOf(entry: Entry): bigint {
  if (isInDefault(entry)) return outstandingOf(entry);
  const late = standingOf(entry).outcomes.filter(({ daysPastDue }) => daysPastDue > 0);
  const msat = total(late, ({ unpaidPrincipal }) => unpaidPrincipal);
  return msat < outstandingOf(entry) ? msat : outstandingOf(entry);
}

/** F-28 by halving alone, over r itself. */
function rateOf(entries: readonly Entry[]) {
  const flows = entries.flatMap((entry) => {
    const { daySec } = entry.terms;
    const dayOf = ({ atSec }: PaidPart): number => Math.floor(atSec / daySec);
    const days = [...new Set(entry.parts.map(dayOf))].sort((a, b) => a - b);
    let before = 0n;
    const moved = days.map((day) => {
      const { principalPaid, interestPaid, unallocated, excess } = entry.accountOn(day);
      // What is owed back is no gain, unless it gives back what was paid too much.
      const upTo = entry.parts.filter((part) => dayOf(part) <= day);
      const sum = (leg: string): bigint =>
        total(
          upTo.filter((part) => part.leg === leg),
          ({ msat }) => msat,
        );
      const guaranteed = sum('guarantee') - sum('handedOn');
      const credited =
        principalPaid + interestPaid + (unallocated < excess ? unallocated : excess) + guaranteed;
      const today = entry.parts.filter(
        (part) => dayOf(part) === day && part.leg === 'disbursement',
      );
      const amount = Number(credited - before - total(today, ({ msat }) => msat));
      before = credited;
      return { years: (entry.account.day - day) / 365, amount };
    });
    return [...moved, { years: 0, amount: Number(outstandingOf(entry) - doubtfulOf(entry)) }];
  });
  const oldest = Math.max(0, ...flows.map(({ years }) => years));
  if (oldest * 365 < 30 - 1e-9) return { withheld: 'tooYoung' };
  if (!entries.some(({ parts }) => parts.some(({ leg }) => leg !== 'disbursement'))) {
    return { withheld: 'nothingReceived' };
  }
  const worth = (rate: number): number =>
    flows.reduce((sum, { years, amount }) => sum + amount * (1 + rate) ** years, 0);
  let [low, high] = [-0.9999, 100];
  if (worth(low) > 0 === worth(high) > 0) return { withheld: 'outOfRange' };
  for (let round = 0; round < 300; round += 1) {
    const middle = (low + high) / 2;
    if (worth(middle) > 0 === worth(low) > 0) low = middle;
    else high = middle;
  }
  return { rate: (low + high) / 2 };
}

function floorDivide(a: bigint, b: bigint): bigint {
  return a < 0n && a % b !== 0n ? a / b - 1n : a / b;
}

/** Contracts an investor holds on one network, by contract keys, with their accounts. */
export function holdingsOf(
  agreements: readonly Agreement[],
  parts: readonly PaidPart[],
  query: { readonly keys: readonly string[]; readonly asOfSec: number } & Unit,
): Entry[] {
  const own = agreements.filter(({ terms }) => query.keys.includes(terms.parties.investor.pubkey));
  const { leftOut } = reuseAmong(own, parts);
  const here = own.filter((each) => isIn(each, query));
  return enter(here, parts, leftOut, query.asOfSec);
}

/** The figures of a portfolio. */
export function portfolioFigures(
  all: readonly Entry[],
  { asOfSec, denomination }: Unit & { readonly asOfSec: number },
) {
  const entries = all.filter(({ status }) => status !== 'proposed' && status !== 'withdrawn');
  const sum = (of: (entry: Entry) => bigint): bigint => total(entries, of);
  const rows = entries.flatMap((entry) => expectedOf(entry, asOfSec));
  const expected = [...new Set(rows.map(({ fromSec }) => fromSec))]
    .sort((a, b) => a - b)
    .map((fromSec) => {
      const own = rows.filter((row) => row.fromSec === fromSec);
      return {
        ...{ fromSec, toSec: own[0]?.toSec ?? 0 },
        principalUnits: total(own, ({ principalUnits }) => principalUnits),
        interestUnits: total(own, ({ interestUnits }) => interestUnits),
      };
    });
  const banks = holders(entries, ({ terms }) => terms.parties.bank.pubkey);
  const businesses = holders(entries, ({ terms }) => terms.parties.business.pubkey);
  const largest = (list: typeof banks) =>
    share(list[0]?.outstandingUnits ?? 0n, sum(outstandingOf));
  const incomeUnits =
    sum(({ account }) => account.interestPaid) - total(entries.filter(isInDefault), outstandingOf);
  const principalDays = sum(({ account }) => account.principalDays);
  const late = entries.flatMap((entry) =>
    standingOf(entry).outcomes.filter(({ daysPastDue }) => daysPastDue > 0),
  );
  const principalUnits = total(rows, (row) => row.principalUnits);
  const weighted = total(rows, (row) => row.principalUnits * row.days);
  return {
    denomination,
    averageLife: {
      principalUnits,
      days: principalUnits === 0n ? undefined : Number(weighted / principalUnits),
    },
    losses: losses(entries),
    taxEstimateUnits: sum(
      ({ account, terms }) =>
        (account.interestPaid * BigInt(terms.legal.withholdingTax.bps)) / 10_000n,
    ),
    contracts: entries.length,
    investedUnits: sum(({ account }) => account.disbursed + account.excess),
    receivedUnits: sum(({ account }) => account.repaid),
    receivedPrincipalUnits: sum(({ account }) => account.principalPaid),
    receivedInterestUnits: sum(({ account }) => account.interestPaid),
    unallocatedUnits: sum(({ account }) => account.unallocated),
    excessDisbursedUnits: sum(({ account }) => account.excess),
    undisbursedUnits: sum(({ account }) => account.open),
    outstandingUnits: sum(outstandingOf),
    arrearsUnits: total(late, ({ unpaid }) => unpaid),
    doubtfulUnits: sum(doubtfulOf),
    expected,
    xirr: rateOf(entries),
    ...{ banks, businesses },
    largestBankOfOutstanding: largest(banks),
    largestBusinessOfOutstanding: largest(businesses),
    netAnnual: {
      ...{ incomeUnits, principalDays },
      bps:
        principalDays === 0n
          ? undefined
          : Number(floorDivide(incomeUnits * 3_650_000n, principalDays)),
    },
  };
}
