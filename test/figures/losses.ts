/** Losses recomputed: default, recovery, write-off, restructuring, guarantee, vintage. */
import { accountAt } from './account.ts';
import { periodOf } from './periods.ts';
import { floorIn, wholeOf } from './units.ts';
import { outstandingOf, share, standingOf, total, type Entry } from './recompute.ts';

const YEAR = 365;
const dayOf = ({ terms }: Entry, atSec: number): number => Math.floor(atSec / terms.daySec);
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const atLeastZero = (msat: bigint): bigint => (msat > 0n ? msat : 0n);

/** The day of the first notice of a type that nothing contests. */
function noticed(entry: Entry, wanted: string): number | undefined {
  const found = entry.notices.find(({ type, contested }) => type === wanted && !contested);
  return found && dayOf(entry, found.atSec);
}

/** F-32 and F-33. */
function lossOf(entry: Entry) {
  const days = standingOf(entry)
    .outcomes.filter(({ daysLate }) => daysLate >= 90)
    .map(({ asked }) => asked.dueDay + 90);
  const day = Math.min(noticed(entry, 'default') ?? Infinity, ...days);
  if (day === Infinity) return undefined;
  const then = entry.accountOn(day);
  const stake = then.disbursed - then.principalPaid + then.interest - then.interestPaid;
  let [back, worth, before] = [0n, 0n, then.principalPaid + then.interestPaid];
  for (let at = day + 1; at <= entry.account.day; at += 1) {
    if (!entry.parts.some((part) => dayOf(entry, part.atSec) === at)) continue;
    const { principalPaid, interestPaid } = entry.accountOn(at);
    const came = principalPaid + interestPaid - before;
    before += came;
    back += came;
    worth += (came * 3_650_000n) / (3_650_000n + BigInt(entry.terms.rateBps) * BigInt(at - day));
  }
  return { day, stake, back, worth: least(worth, stake) };
}

/** F-34. */
function writtenOffOf(entry: Entry) {
  const day = noticed(entry, 'writeOff');
  if (day === undefined) return undefined;
  const { disbursed, principalPaid } = entry.accountOn(day);
  const owed = disbursed - principalPaid;
  return { day, msat: owed < wholeOf(entry.terms) ? 0n : owed };
}

/** F-35. */
export function isRestructured(entry: Entry): boolean {
  const { terms, amendments, account, parts } = entry;
  return amendments.some(({ reason, signedAtSec }, place) => {
    if (dayOf(entry, signedAtSec) > account.day) return false;
    const before = { ...terms, changes: (terms.changes ?? []).slice(0, place) };
    const known = parts.filter(({ atSec }) => dayOf(entry, atSec) <= dayOf(entry, signedAtSec));
    const then = accountAt(before, known, signedAtSec);
    const isLate = then.instalments.some(({ dueDay, principal, interest, paidBy }) => {
      const paid = paidBy(then.day);
      const unpaid = principal + interest - paid.principal - paid.interest;
      return dueDay < then.day && unpaid >= wholeOf(terms);
    });
    return reason === 'restructuring' || isLate;
  });
}

/** BD-31. */
function bondShareOf({ bond, bases, principalUnits }: Entry['terms']): bigint {
  const offer = bases.find(({ as }) => as === 'offer');
  const sought = BigInt(offer?.event.content.amountSoughtUnits ?? 1);
  return (BigInt(bond?.allocationSat ?? 0) * 1_000n * BigInt(principalUnits)) / sought;
}

/** D-2 to D-5, by all payments of the contract. */
function guaranteeOf(entry: Entry) {
  const { terms, parts, account } = entry;
  const { type, shareBps = 0, capBps = 0, payDays = 0 } = terms.guarantee;
  const day = noticed(entry, 'default');
  if (type === 'none' || day === undefined) return undefined;
  const then = entry.accountOn(day);
  const owed = then.disbursed - then.principalPaid;
  const claim = owed + then.interest - then.interestPaid;
  const caps = {
    firstLoss: (then.disbursed * BigInt(shareBps)) / 10_000n,
    full: (then.disbursed * BigInt(capBps)) / 10_000n,
    bond: bondShareOf(terms),
  };
  const limit = floorIn(terms, least(type === 'firstLoss' ? owed : claim, caps[type]));
  const since = (...legs: string[]): bigint =>
    total(
      parts.filter(({ leg, atSec }) => legs.includes(leg) && dayOf(entry, atSec) > day),
      ({ msat }) => msat,
    );
  const owedBack = account.unallocated - then.unallocated;
  const obligation = least(limit, atLeastZero(claim - (since('repayment', 'recovery') - owedBack)));
  const [paid, handedOn] = [since('guarantee'), since('handedOn')];
  const unpaid = floorIn(terms, atLeastZero(obligation - (paid - handedOn)));
  const isLate = unpaid > 0n && account.day > day + payDays;
  return { limit, obligation, paid, handedOn, unpaid, isLate };
}

function writeOffs(entries: readonly Entry[]) {
  const recent = entries.flatMap((entry) => {
    const off = writtenOffOf(entry);
    return off && entry.account.day - off.day < YEAR ? off : [];
  });
  const principalDays = total(entries, (entry) => {
    const last = writtenOffOf(entry)?.day ?? entry.account.day;
    const from = Math.min(last, entry.account.day - YEAR);
    return entry.accountOn(last).principalDays - entry.accountOn(from).principalDays;
  });
  const ages = entries.map(
    (entry) => entry.account.day - Math.min(...entry.parts.map((part) => dayOf(entry, part.atSec))),
  );
  const days = Math.min(YEAR, Math.max(0, ...ages.filter(Number.isFinite)));
  const writtenOffUnits = total(recent, ({ msat }) => msat);
  const bps =
    principalDays === 0n
      ? undefined
      : Number((writtenOffUnits * BigInt(days) * 10_000n) / principalDays);
  return { writtenOffUnits, days, principalDays, bps };
}

function guarantees(entries: readonly Entry[]) {
  const called = entries.flatMap((entry) => guaranteeOf(entry) ?? []);
  const late = called.filter(({ isLate }) => isLate);
  return {
    contracts: called.length,
    limitUnits: total(called, ({ limit }) => limit),
    obligationUnits: total(called, ({ obligation }) => obligation),
    paidUnits: total(called, ({ paid }) => paid),
    handedOnUnits: total(called, ({ handedOn }) => handedOn),
    unpaidUnits: total(called, ({ unpaid }) => unpaid),
    lateContracts: late.length,
    lateUnits: total(late, ({ unpaid }) => unpaid),
  };
}

/** What contracts in effect lost, in the shape in which the protocol gives it. */
export function losses(entries: readonly Entry[]) {
  const lost = entries.flatMap((entry) => {
    const loss = entry.account.disbursed > 0n ? lossOf(entry) : undefined;
    return loss ? { ...loss, entry } : [];
  });
  const stake = total(lost, (each) => each.stake);
  const worth = total(lost, (each) => each.worth);
  const off = entries.flatMap((entry) => writtenOffOf(entry) ?? []);
  const changed = entries.filter(isRestructured);
  const stated = total(entries, ({ recoveries }) => total(recoveries, ({ msat }) => BigInt(msat)));
  const paidOn = total(entries, ({ parts }) =>
    total(
      parts.filter(({ leg }) => leg === 'recovery'),
      ({ msat }) => msat,
    ),
  );
  return {
    contracts: lost.length,
    exposureUnits: stake,
    recoveredUnits: total(lost, ({ back }) => back),
    recovery: share(worth, stake),
    lossGivenDefault: share(stake - worth, stake),
    oldestDays: Math.max(0, ...lost.map(({ entry, day }) => entry.account.day - day)),
    owingContracts: lost.filter(({ entry }) => outstandingOf(entry) > 0n).length,
    writtenOffContracts: off.length,
    writtenOffUnits: total(off, ({ msat }) => msat),
    writeOffRatio: writeOffs(entries),
    restructuredContracts: changed.length,
    restructuredUnits: total(changed, outstandingOf),
    guarantees: guarantees(entries),
    recoveriesOwedUnits: stated,
    recoveriesPaidUnits: paidOn,
    recoveriesUnpaidUnits: stated > paidOn ? stated - paidOn : 0n,
  };
}

/** F-37. */
export function vintages(entries: readonly Entry[]) {
  const lent = entries.flatMap((entry) => {
    if (entry.account.disbursed === 0n) return [];
    const first = Math.min(...entry.parts.map(({ atSec }) => atSec));
    return { entry, first, period: periodOf(first, entry.terms.daySec) };
  });
  const starts = [...new Set(lent.map(({ period }) => period.fromSec))].sort((a, b) => a - b);
  return starts.map((fromSec) => {
    const own = lent.filter(({ period }) => period.fromSec === fromSec);
    const bad = own.filter(({ entry }) => standingOf(entry).isDefaulted);
    const disbursedUnits = total(own, ({ entry }) => entry.account.disbursed);
    const days = own.map(({ entry, first }) => entry.account.day - dayOf(entry, first));
    return {
      ...(own[0]?.period ?? { fromSec, toSec: fromSec }),
      contracts: own.length,
      disbursedUnits,
      principalPaidUnits: total(own, ({ entry }) => entry.account.principalPaid),
      defaultedContracts: bad.length,
      defaulted: share(
        total(bad, ({ entry }) => outstandingOf(entry)),
        disbursedUnits,
      ),
      months: Math.floor((Math.max(...days) * 12) / 365),
    };
  });
}
