/**
 * Investors of one offer pay out in step: pure, from the folded contracts of a cohort and time.
 * Spec: specs/payments.md, "In step with the others".
 */
import type { ContractState } from './contract/state.ts';
import { ticksOf, type Tick } from './contract/ticks.ts';
import { payableTicks } from './stream.ts';
import type { Waiting } from './waiting.ts';

/** Another contract of the cohort; undefined where nothing is known of it here. */
export interface CohortMember {
  readonly root: string;
  readonly state: ContractState | undefined;
}

/** How far a contract is proven to be paid out. */
interface Front {
  readonly ticks: number;
  /** The first tick that is neither paid nor lapsed; undefined where none is left. */
  readonly next: Tick | undefined;
}

function frontOf(state: ContractState, asOfSec: number): Front {
  const ticks = ticksOf(state, asOfSec);
  const [next] = payableTicks(state, ticks, asOfSec);
  return { ticks: ticks.length, next };
}

/** Until when others wait for a tick that is due, Unix seconds. */
function patienceEndsAtSec({ dueAtSec, lapsesAtSec }: Tick, daySec: number): number {
  // P-28: "…one contract day after it was due, or halfway to its lapse if that is sooner…"
  return dueAtSec + Math.min(daySec, Math.floor((lapsesAtSec - dueAtSec) / 2));
}

/** How one member stands to a tick: it holds it back, lets it pass, or has stopped. */
type Standing =
  | { readonly as: 'with' | 'stopped' }
  /** No end where its payee or its milestone is waited for. */
  | { readonly as: 'behind'; readonly untilSec: number | undefined };

function hasStopped({ status, withdrawnBy }: ContractState): boolean {
  const isOver = status === 'withdrawn' || status === 'defaulted';
  return isOver || withdrawnBy.includes('investor');
}

function standingOf(
  { state }: CohortMember,
  own: { readonly tick: Tick; readonly ticks: number; readonly daySec: number },
  asOfSec: number,
): Standing {
  const patientUntilSec = patienceEndsAtSec(own.tick, own.daySec);
  if (!state || state.status === 'proposed') {
    const isOver = asOfSec > patientUntilSec;
    return isOver ? { as: 'stopped' } : { as: 'behind', untilSec: patientUntilSec + 1 };
  }
  if (hasStopped(state)) return { as: 'stopped' };
  const { ticks, next } = frontOf(state, asOfSec);
  // P-26: "…Tick n of m is ahead of a contract with k ticks of which f is the first that is neither
  // proven nor lapsed when n × k > f × m."
  const isAhead = next !== undefined && own.tick.n * ticks > next.n * own.ticks;
  if (!next) return { as: 'with' };
  // P-28: "A contract whose tranche waits for its milestone holds the others until that lapses: it
  // is not its investor who waits…"
  if (next.isHeld) return isAhead ? { as: 'behind', untilSec: undefined } : { as: 'with' };
  const untilSec = patienceEndsAtSec(next, state.contract.document.daySec);
  if (asOfSec > untilSec) return { as: 'stopped' };
  return isAhead ? { as: 'behind', untilSec: untilSec + 1 } : { as: 'with' };
}

/**
 * Why an investor does not pay a tick yet although it is due: others of its cohort have not come
 * as far. `others` are the contracts of `state.cohort` but its own.
 */
export function cohortHold(
  state: ContractState,
  others: readonly CohortMember[],
  tick: Tick,
  asOfSec: number,
): Waiting | undefined {
  if (!state.cohort || others.length === 0) return undefined;
  const { daySec, principalUnits } = state.contract.document;
  const own = { tick, ticks: ticksOf(state, asOfSec).length, daySec };
  const standings = others.map((member) => ({ member, is: standingOf(member, own, asOfSec) }));
  const rootsOf = (as: Standing['as']): string[] =>
    standings.filter(({ is }) => is.as === as).map(({ member }) => member.root);
  const behind = standings.flatMap(({ is }) => (is.as === 'behind' ? [is.untilSec] : []));
  // P-26: "An investor's client pays no tick that is ahead of a contract of the cohort…"
  if (behind.length > 0) {
    const times = behind.filter((untilSec) => untilSec !== undefined);
    const isBounded = times.length === behind.length;
    const until = isBounded ? { untilSec: Math.max(...times) } : {};
    return { reason: 'cohortBehind', behind: rootsOf('behind'), ...until };
  }
  // P-29: "An investor's client pays no tick once the contracts of the cohort that have not stopped
  // come to less than half of the total that the notice states…"
  const running = standings
    .filter(({ is }) => is.as === 'with')
    .map(({ member }) => BigInt(member.state?.contract.document.principalUnits ?? '0'));
  const togetherUnits = running.reduce((sum, each) => sum + each, BigInt(principalUnits));
  const isEnough = 2n * togetherUnits >= state.cohort.totalUnits;
  return isEnough ? undefined : { reason: 'cohortBehind', behind: rootsOf('stopped') };
}
