/**
 * Every displayed figure again, from a relay's table alone: plain loops that follow
 * specs/figures.md and import nothing of the protocol.
 */
import { createHash } from 'node:crypto';
import { accountAt, type Account, type Asked } from './account.ts';
import { LEGS, type Agreement, type PaidPart, type SaidNotice, type Terms } from './relay.ts';
import { wholeOf } from './units.ts';

/** One contract with its account and payments. */
export interface Entry extends Omit<Agreement, 'notices'> {
  readonly account: Account;
  /** The account at the end of an earlier day. */
  readonly accountOn: (day: number) => Account;
  readonly notices: readonly (SaidNotice & { readonly contested: boolean })[];
  readonly parts: readonly PaidPart[];
  readonly leftOut: readonly PaidPart[];
}

/** An investor's disclosure. */
export interface Opening {
  readonly contract: string;
  readonly mainKey: string;
  readonly salt: string;
}

const payeeOf = ({ terms }: Agreement, { leg }: PaidPart): string =>
  terms.parties[LEGS[leg][1]].pubkey;

/** F-20 to F-22: hashes of several contracts, and repayments that count elsewhere. */
export function reuseAmong(agreements: readonly Agreement[], parts: readonly PaidPart[]) {
  const owners = new Map(agreements.map((each) => [each.root, each]));
  const all = parts.flatMap((part) => {
    const owner = owners.get(part.root);
    return owner ? [{ part, payee: payeeOf(owner, part), network: owner.terms.network }] : [];
  });
  const leftOut = new Set<PaidPart>();
  const found = {
    repayments: new Set<string>(),
    disbursements: new Set<string>(),
    shared: new Set<string>(),
  };
  for (const a of all) {
    for (const b of all) {
      if (a.part === b.part || a.part.hash !== b.part.hash || a.part.root === b.part.root) continue;
      if (a.payee !== b.payee || a.network !== b.network) found.shared.add(a.part.hash);
      else if (a.part.leg !== b.part.leg) continue;
      else if (a.part.leg === 'disbursement') found.disbursements.add(a.part.hash);
      else {
        if (a.part.leg === 'repayment') found.repayments.add(a.part.hash);
        if (a.part.request > b.part.request) leftOut.add(a.part);
      }
    }
  }
  return { leftOut, found };
}

/** N-2 to N-6: whether all payments of the contract together contradict a notice. */
function isContested(
  agreement: Agreement,
  parts: readonly PaidPart[],
  notice: SaidNotice,
): boolean {
  const { terms, notices } = agreement;
  const endSec = notice.atSec;
  const dayAt = (atSec: number): number => Math.floor(atSec / terms.daySec);
  const settled = parts.filter(({ atSec }) => dayAt(atSec) <= dayAt(endSec));
  const { day, instalments } = accountAt(terms, settled, endSec);
  const daysLate = (asked: Asked | undefined): number => {
    if (!asked) return 0;
    const paid = asked.paidBy(day);
    const unpaid = asked.principal + asked.interest - paid.principal - paid.interest;
    return unpaid >= wholeOf(terms) ? Math.max(0, day - asked.dueDay) : 0;
  };
  const named = (each: SaidNotice): number => daysLate(instalments[(each.instalment ?? 0) - 1]);
  if (notice.type === 'arrears') return named(notice) <= terms.plan.graceDays;
  if (notice.type !== 'default') {
    const before = notices.filter(({ type, atSec }) => type === 'default' && atSec < endSec);
    const holds = before.some((each) => !isContested(agreement, parts, each));
    return !holds || Math.max(...instalments.map(daysLate)) === 0;
  }
  if (Math.max(...instalments.map(daysLate)) < terms.default.afterDays) return true;
  const arrears = notices.filter(({ type, atSec }) => type === 'arrears' && atSec < endSec);
  return !arrears.some(
    (each) => named(each) > 0 && day - dayAt(each.atSec) > terms.default.cureDays,
  );
}

/** V-5: what amendments ask for, and the day after which they do. */
function withChanges(agreement: Agreement): Terms {
  const { terms, amendments } = agreement;
  const dayAt = (atSec: number): number => Math.floor(atSec / terms.daySec);
  let [due, fromDay, begunSec] = [terms.plan.due, 0, 0];
  const changes = amendments.map((amendment) => {
    const readySec = Math.max(amendment.signedAtSec, begunSec);
    const times = Array.from(
      { length: due.count },
      (_, k) => due.firstAtSec + k * due.everyDays * terms.daySec,
    );
    const next = times.find((atSec) => atSec >= readySec && dayAt(atSec) >= fromDay);
    const { firstAtSec, everyDays, count } = amendment.due;
    const lastSec = firstAtSec + (count - 1) * everyDays * terms.daySec;
    const isFollowed = next !== undefined && dayAt(lastSec) > dayAt(next);
    fromDay = Math.max(fromDay, dayAt(isFollowed ? next : readySec));
    [due, begunSec] = [amendment.due, readySec];
    return { due, fromDay };
  });
  return { ...terms, changes };
}

/** Contracts with their accounts at a time. */
export function enter(
  agreements: readonly Agreement[],
  parts: readonly PaidPart[],
  leftOut: ReadonlySet<PaidPart>,
  asOfSec: number,
): Entry[] {
  return agreements.map((agreed) => {
    const changed = { ...agreed, terms: withChanges(agreed) };
    const { daySec } = changed.terms;
    const day = Math.floor(asOfSec / daySec);
    const known = parts.filter(
      (part) => part.root === changed.root && Math.floor(part.atSec / daySec) <= day,
    );
    const all = parts.filter((part) => part.root === changed.root);
    const notices = changed.notices
      .filter(({ atSec }) => Math.floor(atSec / daySec) <= day)
      .map((notice) => ({ ...notice, contested: isContested(changed, all, notice) }));
    const called = notices.find(({ type, contested }) => type === 'acceleration' && !contested);
    const over = called ? { acceleratedDay: Math.floor(called.atSec / daySec) } : {};
    const recoveries = changed.recoveries.filter(({ atSec }) => Math.floor(atSec / daySec) <= day);
    const agreement = { ...changed, recoveries, terms: { ...changed.terms, ...over } };
    const counted = known.filter((part) => !leftOut.has(part));
    return {
      ...agreement,
      notices,
      account: accountAt(agreement.terms, counted, asOfSec),
      accountOn: (earlier) => {
        const endSec = (earlier + 1) * daySec - 1;
        const settled = counted.filter(({ atSec }) => atSec <= endSec);
        return accountAt(agreement.terms, settled, endSec);
      },
      parts: counted,
      leftOut: known.filter((part) => leftOut.has(part)),
    };
  });
}

const owedOf = ({ account }: Entry): bigint => account.disbursed - account.principalPaid;
/** F-5. */
export const outstandingOf = (entry: Entry): bigint =>
  owedOf(entry) < wholeOf(entry.terms) ? 0n : owedOf(entry);

/** What an instalment came to: F-6, with the day it was paid in full. */
export function outcomeOf({ terms, account }: Entry, asked: Asked) {
  const due = asked.principal + asked.interest;
  const whole = wholeOf(terms);
  const paidBy = (day: number): bigint => {
    const paid = asked.paidBy(day);
    return paid.principal + paid.interest;
  };
  const graceDay = asked.dueDay + terms.plan.graceDays;
  const [now, inTime] = [paidBy(account.day), paidBy(Math.min(account.day, graceDay))];
  let daysLate = 0;
  for (let day = asked.dueDay; day < account.day && due - paidBy(day) >= whole; day += 1) {
    daysLate += 1;
  }
  const isPaid = due - now < whole;
  const isOver = account.day > asked.dueDay && due >= whole;
  let kind = 'none';
  if (isOver && isPaid) kind = due - inTime < whole ? 'inTime' : 'late';
  else if (isOver) kind = account.day > graceDay ? 'unpaid' : 'inGrace';
  const paidPrincipal = asked.paidBy(account.day).principal;
  return {
    ...{ kind, due, inTime, late: now - inTime, unpaid: due - now, daysLate, asked },
    daysPastDue: isOver && !isPaid ? daysLate : 0,
    unpaidPrincipal: asked.principal - paidPrincipal,
  };
}

/** Outcomes, days past due, and what follows from them. */
export function standingOf(entry: Entry) {
  const outcomes = entry.account.instalments.map((asked) => outcomeOf(entry, asked));
  const owed = owedOf(entry) + entry.account.interest - entry.account.interestPaid;
  const isRepaid =
    entry.account.disbursed > 0n && entry.account.open === 0n && owed < wholeOf(entry.terms);
  const days = Math.max(...outcomes.map((each) => each.daysPastDue));
  const byNotice = entry.notices.some((each) => each.type === 'default' && !each.contested);
  const isDefaulted = byNotice || outcomes.some((each) => each.daysLate >= 90);
  const lastDay = entry.account.instalments.at(-1)?.dueDay ?? 0;
  const isEnded =
    entry.status === 'closed' || isRepaid || isDefaulted || entry.account.day >= lastDay + 183;
  const isOver = entry.account.day > lastDay;
  return { outcomes, days, byNotice, isDefaulted, isEnded, isOver, isRepaid };
}

/** A sum of amounts. */
export const total = <T>(list: readonly T[], of: (each: T) => bigint): bigint => {
  let sum = 0n;
  for (const each of list) sum += of(each);
  return sum;
};

/** F-1 over amounts. */
export function share(numeratorUnits: bigint, denominatorUnits: bigint) {
  const bps =
    denominatorUnits === 0n ? undefined : Number((numeratorUnits * 10_000n) / denominatorUnits);
  return { numeratorUnits, denominatorUnits, bps };
}

/** F-1 over counts. */
export function portion(numerator: number, denominator: number) {
  const bps = denominator === 0 ? undefined : Math.floor((numerator * 10_000) / denominator);
  return { numerator, denominator, bps };
}

/** Who holds what of some contracts, largest first. */
export function holders(entries: readonly Entry[], keyOf: (entry: Entry) => string | undefined) {
  const keys = [...new Set(entries.map(keyOf))].filter((key) => key !== undefined);
  const shares = keys.map((pubkey) => {
    const own = entries.filter((entry) => keyOf(entry) === pubkey);
    return {
      ...{ pubkey, contracts: own.length, outstandingUnits: total(own, outstandingOf) },
      disbursedUnits: total(own, ({ account }) => account.disbursed),
    };
  });
  return shares.sort(
    (a, b) =>
      Number(b.outstandingUnits - a.outstandingUnits) ||
      Number(b.disbursedUnits - a.disbursedUnits) ||
      (a.pubkey < b.pubkey ? -1 : 1),
  );
}

/** F-14 and F-15. */
export function counterparties(entries: readonly Entry[], openings: readonly Opening[]) {
  const opened = new Map<string, string>();
  let refusedOpenings = 0;
  for (const { contract, mainKey, salt } of openings) {
    const entry = entries.find(({ root }) => root === contract);
    if (!entry) continue;
    const text = `realyield:commitment:${mainKey}:${salt}`;
    const commitment = createHash('sha256').update(text, 'utf8').digest('hex');
    if (commitment === entry.terms.commitment) opened.set(contract, mainKey);
    else refusedOpenings += 1;
  }
  const closed = entries.filter(({ root }) => !opened.has(root));
  const insiders = entries.flatMap(({ terms: { parties } }) => [
    parties.bank.pubkey,
    parties.business.pubkey,
  ]);
  return {
    contractKeys: new Set(entries.map(({ terms }) => terms.parties.investor.pubkey)).size,
    disclosed: holders(entries, ({ root }) => opened.get(root)),
    undisclosedContracts: closed.length,
    undisclosedUnits: total(closed, ({ account }) => account.disbursed),
    ownMoneyContracts: [...opened.values()].filter((key) => insiders.includes(key)).length,
    refusedOpenings,
  };
}

/** F-17 to F-19. */
export function register(agreements: readonly Agreement[]) {
  const rows = agreements.flatMap(({ registered }) => registered);
  const serials = rows.map(({ serial }) => serial);
  const highestSerial = Math.max(0, ...serials);
  const missing: { from: number; to: number }[] = [];
  let missingCount = 0;
  for (let serial = 1; serial < highestSerial; serial += 1) {
    if (serials.includes(serial)) continue;
    missingCount += 1;
    const last = missing.at(-1);
    if (last?.to === serial - 1) last.to = serial;
    else missing.push({ from: serial, to: serial });
  }
  const idsOf = (serial: number): string[] =>
    rows
      .filter((row) => row.serial === serial)
      .map(({ id }) => id)
      .sort();
  const forks = [...new Set(serials)]
    .sort((a, b) => a - b)
    .map((serial) => ({ serial, ids: idsOf(serial) }))
    .filter(({ ids }) => ids.length > 1);
  const breaks = rows
    .filter((row) => idsOf(row.serial - 1).length > 0)
    .filter((row) => !idsOf(row.serial - 1).includes(row.previous))
    .map(({ serial, id }) => ({ serial, id }))
    .sort((a, b) => a.serial - b.serial || (a.id < b.id ? -1 : 1));
  return { entries: rows.length, highestSerial, missingCount, missing, forks, breaks };
}
