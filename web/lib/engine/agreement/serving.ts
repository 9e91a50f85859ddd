/**
 * What appointees do in contracts in effect: arbiters and trustees look on, and the backup servicer
 * takes over from a bank that has been silent. Spec: specs/notices.md, "Takeover".
 */
import {
  APPOINTEE_ROLES,
  PARTY_ROLES,
  buildNotice,
  permittedActs,
  reject,
  type AppointeeRole,
  type ParsedEvent,
  type Result,
} from '@realyield/protocol';
import { allHeads, hasTakenOver, nextEventTimeSec, ownHeads } from '../desk.ts';
import type { Desk } from '../desk.ts';
import type { ContractView } from '../folds.ts';
import { publishTried } from '../tried.ts';

/** A contract in which this person serves, and as what. */
export interface Served {
  readonly view: ContractView;
  readonly roles: readonly AppointeeRole[];
}

/** How long a bank has been silent in a contract that names a backup servicer. */
export interface Silence {
  /** The last the bank signed here, or the time of effect, Unix seconds. */
  readonly lastSec: number;
  /** From when the backup servicer may take over if the bank stays silent, Unix seconds. */
  readonly endsAtSec: number;
}

/** The bank's silence by the events known; undefined where nobody could take over from it. */
export function silenceOf(
  { fold: { state } }: ContractView,
  events: readonly ParsedEvent[],
): Silence | undefined {
  const { silenceDays, daySec } = state.contract.document;
  if (silenceDays === undefined || state.signedAtSec === undefined) return undefined;
  const keys = state.keys.filter(({ role }) => role === 'bank').map(({ key }) => key);
  // N-10: "…more than `silenceDays` days after the time of effect and after everything by the
  // bank's keys that it rests on…"
  const signed = PARTY_ROLES.map((role) => state.signatures[role]?.effectiveAtSec ?? 0);
  const heard = events
    // DI-2: "A dispute step is no event of the contract…"
    .filter(({ name }) => name !== 'request' && name !== 'dispute')
    .filter(({ event }) => keys.includes(event.pubkey))
    .map(({ event }) => event.created_at);
  const lastSec = [...signed, ...heard].reduce((last, sec) => Math.max(last, sec), 0);
  return { lastSec, endsAtSec: lastSec + silenceDays * daySec + 1 };
}

/** Appointments of one person in contracts that are signed. */
export class Serving {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** What this person serves a contract as. */
  roles({ fold }: ContractView): readonly AppointeeRole[] {
    const { appointees = {} } = fold.state.contract.document;
    return APPOINTEE_ROLES.filter((role) => appointees[role] === this.#desk.person.publicKey);
  }

  /** Signed contracts in which this person serves, newest first. */
  contracts(): readonly Served[] {
    const atSec = ({ view }: Served): number => view.fold.state.signedAtSec ?? 0;
    return this.#desk.catalog
      .roots()
      .map((root) => this.#desk.catalog.contract(root))
      .filter((view) => view !== undefined)
      .filter(({ fold }) => fold.state.signedAtSec !== undefined)
      .map((view) => ({ view, roles: this.roles(view) }))
      .filter(({ roles }) => roles.length > 0)
      .sort((a, b) => atSec(b) - atSec(a));
  }

  /** Whether this person does what the bank did. */
  hasTakenOver(view: ContractView): boolean {
    return hasTakenOver(this.#desk, view);
  }

  /** Whether this person takes over once the bank has been silent, and nobody has yet. */
  mayTakeOver(view: ContractView): boolean {
    const isServicer = this.roles(view).includes('backupServicer');
    return isServicer && permittedActs(view.fold.state, 'backupServicer').includes('takeover');
  }

  /** Says that the bank has been silent; what would not count is never published. */
  async takeOver(root: string, statement: string): Promise<Result<string>> {
    const { catalog, person } = this.#desk;
    const view = catalog.contract(root);
    if (!view) return reject('CONTRACT_UNKNOWN', root);
    if (!this.roles(view).includes('backupServicer'))
      return reject('AUTHOR_ROLE', 'backupServicer');
    if (!this.mayTakeOver(view)) return reject('STATE_FORBIDS', 'takeover');
    const document = {
      v: 1 as const,
      type: 'takeover' as const,
      contract: root,
      seen: allHeads(this.#desk, root),
      statement,
      prev: ownHeads(this.#desk, root, { keys: [person.publicKey] }),
    };
    const template = buildNotice(document, nextEventTimeSec(this.#desk, root));
    return publishTried(this.#desk, root, person, template);
  }
}
