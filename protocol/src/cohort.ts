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

/** The contract that asks, at a tick of its own. */
interface Asking {
  readonly state: ContractState;
  readonly tick: Tick;
  readonly ticks: number;
  /** Ticks that can still be paid: those before `tick` are being paid, or are to be before it. */
  readonly payable: readonly Tick[];
}

/** Until when a contract is waited for that has not come as far, Unix seconds. */
function patienceEndsAtSec(
  ticks: number,
  next: Tick,
  own: Asking,
  { daySec, asOfSec }: { readonly daySec: number; readonly asOfSec: number },
): number {
  // P-28: "…one contract day, or half of what is left until its tick lapses if that is less, from
  // when that tick was due, or from one's own first payment at its place or beyond if that is
  // later…"
  const place = Math.ceil((next.n * own.ticks) / ticks);
  const isPassing = own.payable.some(({ n }) => n >= place && n < own.tick.n);
  const passedAtSec =
    own.state.paid.firstSettledAtSec('disbursement', place) ?? (isPassing ? asOfSec : 0);
  const sinceSec = Math.max(next.dueAtSec, passedAtSec);
  return sinceSec + Math.min(daySec, Math.max(0, Math.floor((next.lapsesAtSec - sinceSec) / 2)));
}

/** How one member stands to a tick: it lets it pass, has stopped, or holds it back. */
type Standing =
  | { readonly as: 'with' | 'stopped' }
  /** No end where its payee or its milestone is waited for. */
  | { readonly as: 'behind'; readonly untilSec: number | undefined };

function hasStopped({ status, withdrawnBy }: ContractState): boolean {
  const isOver = status === 'withdrawn' || status === 'defaulted';
  return isOver || withdrawnBy.includes('investor');
}

function standingOf({ state }: CohortMember, own: Asking, asOfSec: number): Standing {
  const isKnown = state !== undefined && state.status !== 'proposed';
  if (isKnown && hasStopped(state)) return { as: 'stopped' };
  // P-28: "…Of one that is not known to be effective it is taken that it has paid nothing…"
  const none: Front = { ticks: own.ticks, next: ticksOf(own.state, asOfSec)[0] };
  const front = isKnown ? frontOf(state, asOfSec) : none;
  const { ticks, next } = front;
  // P-26: "…Tick n of m is ahead of a contract with k ticks of which f is the first that is neither
  // proven nor lapsed when n × k > f × m."
  const isAhead = next !== undefined && own.tick.n * ticks > next.n * own.ticks;
  if (!isAhead) return { as: 'with' };
  // P-28: "…A contract whose tranche waits for its milestone holds the others until that lapses: it
  // is not its investor who waits…"
  if (isKnown && next.isHeld) return { as: 'behind', untilSec: undefined };
  const { daySec } = own.state.contract.document;
  const untilSec = patienceEndsAtSec(ticks, next, own, { daySec, asOfSec });
  return asOfSec > untilSec ? { as: 'stopped' } : { as: 'behind', untilSec: untilSec + 1 };
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
  const { principalUnits } = state.contract.document;
  const ticks = ticksOf(state, asOfSec);
  const payable = payableTicks(state, ticks, asOfSec);
  const own = { state, tick, ticks: ticks.length, payable };
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
