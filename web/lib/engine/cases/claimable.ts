/** For what a case could be opened, by the ledger. Spec: specs/disputes.md, "Claims". */
import {
  DISPUTE_REASONS,
  claimantOf,
  claimRoom,
  disbursementHold,
  disbursementProgress,
  offerAddress,
  reject,
  type ContractState,
  type DisputeReason,
  type PartyRole,
  type Result,
} from '@realyield/protocol';
import { ownContract, type Desk } from '../desk.ts';
import type { CaseView } from './case-book.ts';

/** One reason for which a case could be opened. */
export interface Claimable {
  readonly reason: DisputeReason;
  readonly claimant: PartyRole;
  /** What can be claimed today, in units of the ledger; 0 where earlier cases took all. */
  readonly limitUnits: bigint;
  /** What earlier cases of the contract have awarded of what the ledger gives. */
  readonly earlierUnits: bigint;
  /** The most that can come to be owed by the time of a ruling. */
  readonly mostUnits: bigint;
  /** The case that runs for it already. */
  readonly running: string | undefined;
  /** The case of another claimant under the offer that this claim could join. */
  readonly joinable: string | undefined;
}

const OVER: ReadonlySet<string> = new Set(['withdrawn', 'closed', 'complied']);

/** Whether a contract names both who decide: without them there is no case. */
export function namesArbiters({ contract }: ContractState): boolean {
  const { appointees = {} } = contract.document;
  return appointees.arbiter !== undefined && appointees.fallbackArbiter !== undefined;
}

/** The address of the offer a contract rests on. */
export function offerOf({ contract }: ContractState): string {
  const offer = contract.document.bases.find(({ as }) => as === 'offer')?.event;
  return offerAddress(offer?.pubkey ?? '', String(offer?.content['identifier']));
}

/** Whether it is a case of those who have this part in their contracts. */
function isOf({ claims }: CaseView['fold'], claimant: PartyRole): boolean {
  return claims.some(({ role }) => role === claimant);
}

/** A case that nobody has taken yet: who joins later is not in what is decided. */
function joinableCase(
  { catalog }: Desk,
  state: ContractState,
  reason: DisputeReason,
  claimant: PartyRole,
): string | undefined {
  return catalog.cases.all().find(({ fold, states }) => {
    const opener = states.get(fold.contract);
    const isSame = fold.reason === reason && isOf(fold, claimant);
    const isOther = isSame && !fold.contracts.includes(state.root);
    return isOther && fold.status === 'open' && opener && offerOf(opener) === offerOf(state);
  })?.id;
}

/** So many other contracts are read to see whether a case on them could be joined. */
const MOST_NEARBY = 20;

/** Other contracts under the same offer that a case is about: to be read before one can join. */
export function nearbyContracts({ catalog }: Desk, root: string): readonly string[] {
  const state = catalog.contract(root)?.fold.state;
  if (!state) return [];
  const named = new Set(catalog.cases.ids().flatMap((id) => catalog.cases.claimedOn(id)));
  return [...named]
    .filter((other) => {
      const { state: its } = catalog.contract(other)?.fold ?? {};
      // What the bank has not signed is anybody's to write, and nobody's to claim on.
      const isTheirs = its?.effectiveAtSec !== undefined && offerOf(its) === offerOf(state);
      return other !== root && isTheirs;
    })
    .slice(0, MOST_NEARBY);
}

/** Whether money has been late on its way to the business for more than a day. */
function isLateOut(state: ContractState, nowSec: number): boolean {
  if (disbursementHold(state, nowSec)) return false;
  const { next } = disbursementProgress(state, nowSec);
  const { daySec } = state.contract.document;
  return next !== undefined && nowSec > next.dueAtSec + daySec;
}

function isMeant(
  state: ContractState,
  reason: DisputeReason,
  cases: readonly CaseView[],
  nowSec: number,
): boolean {
  // DI-48: "A client offers `notDisbursed` only where something to be paid out, which nothing holds
  // back, has been due for more than a contract day…"
  if (reason === 'notDisbursed') return isLateOut(state, nowSec);
  // DI-48: "…and `milestoneFalse` only where a milestone is confirmed."
  if (reason === 'milestoneFalse') {
    return state.milestones.some(({ status }) => status === 'approved');
  }
  if (reason !== 'rulingNotComplied') return true;
  return cases.some(({ fold: { outcome } }) => {
    return outcome !== undefined && outcome.outstandingUnits > 0n && outcome.payBySec < nowSec;
  });
}

/** Reasons this person may give, with the most that can be owed for each. */
export function claimable(desk: Desk, root: string): readonly Claimable[] {
  const contract = ownContract(desk, root);
  if (!contract) return [];
  const { state } = contract.view.fold;
  const claimant = contract.own.role;
  if (!namesArbiters(state)) return [];
  const nowSec = desk.clock.nowSec();
  const cases = desk.catalog.cases.ofContract(root);
  return DISPUTE_REASONS.filter(
    (reason) => claimantOf(reason, claimant) === claimant && isMeant(state, reason, cases, nowSec),
  ).flatMap((reason): Claimable[] => {
    const room = claimRoom(state, reason, nowSec, desk.catalog.cases.others('', [root]), claimant);
    const { todayUnits: limitUnits, earlierUnits, mostUnits } = room;
    if (limitUnits + earlierUnits === 0n) return [];
    const running = cases.find(
      ({ fold }) =>
        fold.reason === reason &&
        isOf(fold, claimant) &&
        !OVER.has(fold.status) &&
        fold.claims.some((claim) => claim.contract === root && !claim.withdrawn),
    );
    const joinable = running ? undefined : joinableCase(desk, state, reason, claimant);
    return [
      { reason, claimant, limitUnits, earlierUnits, mostUnits, running: running?.id, joinable },
    ];
  });
}

/** Why a claim is not signed: earlier cases took all, or it is more than can come to be owed. */
export function refusedClaim(
  room: Claimable | undefined,
  claimUnits: bigint,
): Result<never> | undefined {
  if (!room) return undefined;
  // DI-35: "A client MUST refuse to sign a claim as `NOTHING_CLAIMED` where what earlier outcomes
  // owe leaves nothing of its limit, and as `CLAIM_EXCEEDED` one of more than is left of what the
  // ledger gives by the time…"
  if (room.limitUnits === 0n) return reject('NOTHING_CLAIMED', room.reason);
  return claimUnits > room.mostUnits ? reject('CLAIM_EXCEEDED', room.reason) : undefined;
}
