/**
 * Cases in figures: what an arbiter did with those that named it, and what became of those on the
 * loans of a bank or an offer. Spec: specs/figures.md, "Cases".
 */
import { appointeeOf } from '../contract/draft.ts';
import type { ContractState } from '../contract/state.ts';
import type { ArbiterRole, DisputeCase } from '../disputes/case.ts';
import { RULING_DAYS } from '../disputes/limit.ts';
import { countRate, type CountRate } from './rates.ts';

/** A case that counts, with the contract it was opened on. */
export interface JudgedCase {
  readonly fold: DisputeCase;
  readonly state: ContractState;
}

/** What an arbiter did, in numbers of cases. */
export interface ArbiterRecord {
  /** Cases it was to decide. */
  readonly cases: number;
  readonly taken: number;
  readonly ruled: number;
  readonly ruledInTime: number;
  /** Cases in which the fallback arbiter was called because it was silent. */
  readonly silent: number;
  /** Cases it has still to take or to rule on, though the time for it is over. */
  readonly overdue: number;
  /** Cases it ruled on, and the fallback arbiter's ruling stands. */
  readonly overruled: number;
  /** Cases in which it signed rulings that contradict each other. */
  readonly contradicted: number;
  /** Contract days from its taking to its ruling, of the middle case; undefined without any. */
  readonly daysToRuling: number | undefined;
}

const ROLES: readonly ArbiterRole[] = ['arbiter', 'fallbackArbiter'];

/** What an arbiter is to a case; undefined where it has nothing to decide there. */
function roleIn({ fold, state }: JudgedCase, arbiter: string): ArbiterRole | undefined {
  const role = ROLES.find((each) => appointeeOf(state.contract.document, each) === arbiter);
  // F-41: "A case enters an arbiter's record where its contract names the key as arbiter, or as
  // fallback arbiter once the arbiter was silent (F-43) or it has taken the case."
  const { arbiterSilent, tracks } = fold;
  const isCalled = arbiterSilent || tracks.fallbackArbiter.takenAtSec !== undefined;
  return role === 'fallbackArbiter' && !isCalled ? undefined : role;
}

function isOverdue({ fold }: JudgedCase, role: ArbiterRole, asOfSec: number): boolean {
  if (fold.governing !== role || (fold.status !== 'open' && fold.status !== 'taken')) return false;
  // F-43: "…a case is overdue that it decides and that is open or taken when its time to take it
  // or to rule is over; a fallback arbiter that was called has no time to take it…"
  const dueSec = fold.ruleBySec ?? (role === 'arbiter' ? fold.takeBySec : Infinity);
  return asOfSec > dueSec;
}

/** The middle of days; of two the lesser. */
function medianOf(days: readonly number[]): number | undefined {
  const sorted = [...days].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

const count = <Item>(items: readonly Item[], isOne: (item: Item) => boolean): number =>
  items.filter(isOne).length;

/** What an arbiter did with the cases known here that named it. */
export function arbiterRecord(
  arbiter: string,
  cases: readonly JudgedCase[],
  asOfSec: number,
): ArbiterRecord {
  const own = cases.flatMap((judged) => {
    const role = roleIn(judged, arbiter);
    if (!role) return [];
    const { takenAtSec, ruledAtSec } = judged.fold.tracks[role];
    const { daySec } = judged.state.contract.document;
    // F-42: "…in time where its first ruling takes effect no more than 60 contract days after its
    // first taking…"
    const took =
      takenAtSec === undefined || ruledAtSec === undefined ? undefined : ruledAtSec - takenAtSec;
    const isInTime = took !== undefined && took <= RULING_DAYS * daySec;
    const days = took === undefined ? undefined : Math.floor(took / daySec);
    return [{ judged, role, takenAtSec, ruledAtSec, isInTime, days }];
  });
  return {
    cases: own.length,
    taken: count(own, ({ takenAtSec }) => takenAtSec !== undefined),
    ruled: count(own, ({ ruledAtSec }) => ruledAtSec !== undefined),
    ruledInTime: count(own, ({ isInTime }) => isInTime),
    silent: count(own, ({ judged, role }) => role === 'arbiter' && judged.fold.arbiterSilent),
    overdue: count(own, ({ judged, role }) => isOverdue(judged, role, asOfSec)),
    // F-43: "…It is overruled where it ruled and a ruling of the fallback arbiter is the outcome…"
    overruled: count(own, ({ judged, role, ruledAtSec }) => {
      const by = judged.fold.outcome?.by;
      return role === 'arbiter' && ruledAtSec !== undefined && by === 'fallbackArbiter';
    }),
    contradicted: count(own, ({ judged }) =>
      judged.fold.contradictions.some(
        ({ reason, author }) => reason === 'rival rulings' && author === arbiter,
      ),
    ),
    daysToRuling: medianOf(own.flatMap(({ days }) => days ?? [])),
  };
}

/** What became of cases, in numbers of cases. */
export interface CaseRecord {
  readonly cases: number;
  /** Neither decided, settled nor withdrawn. */
  readonly undecided: number;
  readonly withdrawn: number;
  readonly settled: number;
  /** Decided by a ruling. */
  readonly ruled: number;
  /** Rulings that award nothing. */
  readonly dismissed: number;
  /** Cases of which something is owed. */
  readonly owed: number;
  /** Of these the ones whose time to pay is over. */
  readonly unpaid: number;
  /** Rulings that awarded something of which nothing is owed, by those and the unpaid ones. */
  readonly compliance: CountRate;
}

/** What became of cases: those of a bank, of an offer, or any others. */
export function caseRecord(cases: readonly JudgedCase[], asOfSec: number): CaseRecord {
  const folds = cases.map(({ fold }) => fold).filter(({ status }) => status !== 'withdrawn');
  const decided = folds.flatMap(({ outcome }) => outcome ?? []);
  const rulings = decided.filter(({ type }) => type === 'ruling');
  const isOwed = ({ outstandingUnits }: { outstandingUnits: bigint }) => outstandingUnits > 0n;
  const isLate = ({ payBySec }: { payBySec: number }): boolean => asOfSec > payBySec;
  const owed = decided.filter(isOwed);
  // F-45: "…a ruling is complied with when it awards something and nothing of it is owed…"
  const complied = count(rulings, (each) => each.awards.length > 0 && !isOwed(each));
  // F-45: "…and not when something of it is owed after its time to pay: others are in neither."
  const unpaidRulings = count(rulings, (each) => isOwed(each) && isLate(each));
  return {
    // F-44: "A case counts once, where its opening counts, for the bank and the offer of the
    // contract it was opened on…"
    cases: cases.length,
    undecided: folds.length - decided.length,
    withdrawn: cases.length - folds.length,
    settled: decided.length - rulings.length,
    ruled: rulings.length,
    dismissed: count(rulings, ({ awards }) => awards.length === 0),
    owed: owed.length,
    unpaid: count(owed, isLate),
    compliance: countRate(complied, complied + unpaidRulings),
  };
}
