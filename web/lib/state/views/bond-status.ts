/** How a bond stands, in a word: all that lists and cards need of it. */
import type { StatusView } from '../../components/models.ts';
import type { BondCheck, SeenStanding } from '../../engine/bonds/bond-watch.ts';

const STATES: Readonly<Record<SeenStanding['state'], StatusView>> = {
  live: { text: 'live', tone: 'done' },
  unconfirmed: { text: 'not confirmed yet', tone: 'waiting' },
  spent: { text: 'spent', tone: 'problem' },
  unlocked: { text: 'its time is over', tone: 'problem' },
  uncertified: { text: 'no longer the bank’s', tone: 'problem' },
  notThere: { text: 'not there', tone: 'problem' },
  unverified: { text: 'not verified', tone: 'waiting' },
};

/** Whether nothing is known yet of a bond, and its sources are being asked. */
export function isBeingRead(check: BondCheck | undefined): boolean {
  return check === undefined || (check.isAsking && check.standing.state === 'unverified');
}

/** How a bond stands, in a word. */
export function bondStatus(check: BondCheck | undefined): StatusView {
  if (!check || isBeingRead(check)) return { text: 'being checked', tone: 'waiting' };
  return STATES[check.standing.state];
}
