/** Banks and offers recomputed, in the shape in which the protocol gives them. */
import {
  counterparties,
  enter,
  holders,
  outstandingOf,
  portion,
  register,
  reuseAmong,
  share,
  standingOf,
  total,
  type Entry,
  type Opening,
} from './recompute.ts';
import { isRestructured, losses } from './losses.ts';
import type { Agreement, PaidPart } from './relay.ts';
import { isIn, type Unit } from './units.ts';

const CLASSES = [
  'current',
  '1-30',
  '31-60',
  '61-90',
  '91-180',
  'over180',
  'defaulted',
  'writtenOff',
];

const isWrittenOff = ({ notices }: Entry): boolean =>
  notices.some(({ type, contested }) => type === 'writeOff' && !contested);

function classOf(entry: Entry): string | undefined {
  const { days, byNotice } = standingOf(entry);
  if (outstandingOf(entry) === 0n && days === 0) return undefined;
  if (isWrittenOff(entry)) return 'writtenOff';
  if (byNotice) return 'defaulted';
  const limits = [0, 30, 60, 90, 180].filter((limit) => days > limit).length;
  return CLASSES[limits];
}

function standingName(entry: Entry): string {
  const { days, byNotice, isRepaid } = standingOf(entry);
  if (entry.status === 'proposed' || entry.status === 'withdrawn') return entry.status;
  if (isRepaid) return 'repaid';
  if (byNotice || days >= 90) return 'defaulted';
  if (entry.account.disbursed === 0n) return entry.account.open > 0n ? 'awaiting' : 'lapsed';
  return days > 0 ? 'late' : 'current';
}

function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function proofs(parts: readonly PaidPart[]) {
  return { count: parts.length, amountUnits: total(parts, ({ msat }) => msat) };
}

function lateness(entries: readonly Entry[]) {
  const par = (days: number) =>
    share(
      total(
        entries.filter(
          (entry) =>
            standingOf(entry).byNotice ||
            standingOf(entry).days > days ||
            (days <= 30 && isRestructured(entry)),
        ),
        outstandingOf,
      ),
      total(entries, outstandingOf),
    );
  const buckets = CLASSES.map((bucket) => {
    const own = entries.filter((entry) => classOf(entry) === bucket);
    return { bucket, contracts: own.length, outstandingUnits: total(own, outstandingOf) };
  });
  return { par1: par(0), par30: par(30), par90: par(90), buckets };
}

function punctuality(entries: readonly Entry[]) {
  const outcomes = entries.flatMap((entry) => standingOf(entry).outcomes);
  const of = (kind: string) => outcomes.filter((each) => each.kind === kind);
  const [inTime, late, unpaid, inGrace] = [of('inTime'), of('late'), of('unpaid'), of('inGrace')];
  const judged = [...inTime, ...late, ...unpaid];
  return {
    ...{ paidInTime: inTime.length, paidLate: late.length, unpaid: unpaid.length },
    ...{ inGrace: inGrace.length, fallenDue: judged.length + inGrace.length },
    onTimeByCount: portion(inTime.length, judged.length),
    onTimeByAmount: share(
      total(inTime, ({ due }) => due),
      total(judged, ({ due }) => due),
    ),
  };
}

function defaults(entries: readonly Entry[]) {
  const paidOut = entries.filter(({ account }) => account.disbursed > 0n);
  const bad = paidOut.filter((entry) => standingOf(entry).isDefaulted);
  const ended = paidOut.filter((entry) => standingOf(entry).isEnded);
  const over = paidOut.filter((entry) => standingOf(entry).isOver);
  const sum = (list: readonly Entry[]): bigint => total(list, ({ account }) => account.disbursed);
  const lost = total(bad, outstandingOf);
  return {
    ...{ contracts: bad.length, outstandingUnits: lost },
    byCountOfDisbursed: portion(bad.length, paidOut.length),
    byCountOfEnded: portion(bad.length, ended.length),
    byAmountOfDisbursed: share(lost, sum(paidOut)),
    byAmountOfEnded: share(lost, sum(ended)),
    maturity: share(sum(over), sum(paidOut)),
  };
}

function age(entries: readonly Entry[]) {
  let firstPaymentAtSec: number | undefined;
  let months = 0;
  for (const { parts, terms, account } of entries) {
    for (const { atSec } of parts) {
      firstPaymentAtSec = Math.min(firstPaymentAtSec ?? atSec, atSec);
      const days = account.day - Math.floor(atSec / terms.daySec);
      months = Math.max(months, Math.floor((days * 12) / 365));
    }
  }
  return { firstPaymentAtSec, months, isProven: false };
}

/** A book in figures; `all` includes contracts that never took effect. */
function book(all: readonly Entry[], openings: readonly Opening[]) {
  const entries = all.filter(({ status }) => status !== 'proposed' && status !== 'withdrawn');
  const sum = (of: (entry: Entry) => bigint): bigint => total(entries, of);
  const parts = entries.flatMap((entry) => entry.parts);
  const businesses = holders(entries, ({ terms }) => terms.parties.business.pubkey);
  const most = (list: bigint[]) => list.reduce((a, b) => (a > b ? a : b), 0n);
  const late = entries.flatMap((entry) =>
    standingOf(entry).outcomes.filter(({ daysPastDue }) => daysPastDue > 0),
  );
  return {
    contracts: entries.length,
    byStatus: tally(all.map(({ status }) => status)),
    byStanding: tally(all.map(standingName)),
    disbursedContracts: entries.filter(({ account }) => account.disbursed > 0n).length,
    disbursedUnits: sum(({ account }) => account.disbursed),
    excessDisbursedUnits: sum(({ account }) => account.excess),
    undisbursedUnits: sum(({ account }) => account.open),
    repaidUnits: sum(({ account }) => account.repaid),
    principalPaidUnits: sum(({ account }) => account.principalPaid),
    interestPaidUnits: sum(({ account }) => account.interestPaid),
    unallocatedUnits: sum(({ account }) => account.unallocated),
    outstandingUnits: sum(outstandingOf),
    arrearsUnits: total(late, ({ unpaid }) => unpaid),
    ...lateness(entries),
    punctuality: punctuality(entries),
    defaults: defaults(entries),
    losses: losses(entries),
    counterparties: counterparties(entries, openings),
    businesses,
    largestOfOutstanding: share(
      most(businesses.map(({ outstandingUnits }) => outstandingUnits)),
      sum(outstandingOf),
    ),
    largestOfDisbursed: share(
      most(businesses.map(({ disbursedUnits }) => disbursedUnits)),
      sum(({ account }) => account.disbursed),
    ),
    acknowledged: proofs(parts.filter(({ received }) => received > 0n)),
    preimageOnly: proofs(parts.filter(({ received }) => received === 0n)),
    contestedTimes: parts.filter(({ contested }) => contested > 0n).length,
    contestedNotices: entries.flatMap(({ notices }) => notices.filter((each) => each.contested))
      .length,
    notCounted: proofs(entries.flatMap(({ leftOut }) => leftOut)),
    age: age(entries),
  };
}

/** The figures of a bank on one network. */
export function bankFigures(
  agreements: readonly Agreement[],
  parts: readonly PaidPart[],
  query: { readonly bank: string; readonly asOfSec: number } & Unit,
  openings: readonly Opening[],
) {
  const own = agreements.filter(({ terms }) => terms.parties.bank.pubkey === query.bank);
  const { leftOut, found } = reuseAmong(own, parts);
  const there = own.filter(({ terms }) => terms.network === query.network);
  const here = there.filter((each) => isIn(each, query));
  return {
    ...book(enter(here, parts, leftOut, query.asOfSec), openings),
    ...{ bank: query.bank, network: query.network, denomination: query.denomination },
    otherNetworks: own.length - there.length,
    otherDenominations: there.length - here.length,
    reuse: {
      repayments: found.repayments.size,
      disbursements: found.disbursements.size,
      shared: found.shared.size,
    },
    register: register(own),
  };
}

/** The figures of an offer, by its address, with reuse sought in its bank's book. */
export function offerFigures(
  agreements: readonly Agreement[],
  parts: readonly PaidPart[],
  query: { readonly offer: string; readonly asOfSec: number } & Unit,
) {
  const [, bank = '', identifier = ''] = query.offer.split(':');
  const own = agreements.filter(({ terms }) => terms.parties.bank.pubkey === bank);
  const { leftOut } = reuseAmong(own, parts);
  const here = own.filter(
    ({ terms }) =>
      isIn({ terms }, query) &&
      terms.bases.some(
        ({ as, event }) => as === 'offer' && event.content.identifier === identifier,
      ),
  );
  const none = { repayments: 0, disbursements: 0, shared: 0 };
  const { denomination } = query;
  return { denomination, ...book(enter(here, parts, leftOut, query.asOfSec), []), reuse: none };
}
