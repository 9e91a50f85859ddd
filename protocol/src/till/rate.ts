/** Which till share applies now: the agreed one, or more after a default. Spec: specs/till.md. */
import { ledgerOf, defaultedAtSec } from '../contract/standing.ts';
import type { ContractState } from '../contract/state.ts';

/** What of each sale a contract takes, and why. */
export interface TillRate {
  readonly shareBps: number;
  readonly reason: 'none' | 'agreed' | 'recovery';
}

const NONE: TillRate = { shareBps: 0, reason: 'none' };

/** The till share of a contract at a time. */
export function tillRate(state: ContractState, asOfSec: number): TillRate {
  const { tillShare } = state.contract.document;
  const isRunning = state.status === 'effective' || state.status === 'defaulted';
  if (!tillShare || !isRunning) return NONE;
  const ledger = ledgerOf(state, asOfSec);
  // TL-24: "A contract takes no till share before it is in effect, once it is closed, and while
  // nothing of it is outstanding."
  if (ledger.payoffUnits === 0n) return NONE;
  const agreed: TillRate = { shareBps: tillShare.shareBps, reason: 'agreed' };
  // TL-25: "At a till run by the bank `recoveryBps` applies in place of `shareBps` from a default
  // notice that counts and is not contested, for as long as an instalment is late; once nothing is
  // late it is `shareBps` again, until another instalment is…"
  if (tillShare.runBy !== 'bank' || defaultedAtSec(state, asOfSec) === undefined) return agreed;
  const isLate = ledger.instalments.some(({ state: standing }) => standing === 'late');
  return isLate ? { shareBps: tillShare.recoveryBps, reason: 'recovery' } : agreed;
}

/**
 * Since when the recovery share applies: from the default on, or from the end of the due day of
 * the oldest instalment that is late, whichever is later; undefined while it does not apply.
 */
export function recoverySinceSec(state: ContractState, asOfSec: number): number | undefined {
  const defaultSec = defaultedAtSec(state, asOfSec);
  if (defaultSec === undefined || tillRate(state, asOfSec).reason !== 'recovery') return undefined;
  const late = ledgerOf(state, asOfSec).instalments.find((each) => each.state === 'late');
  return Math.max(defaultSec, (late?.dueAtSec ?? 0) + 1);
}
