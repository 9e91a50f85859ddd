/** Which claims of a case are read first: nobody crowds out who may join. Spec: disputes.md. */
import {
  PARTY_ROLES,
  canShareCase,
  claimantOf,
  isMainOf,
  type ContractState,
  type DisputeReason,
  type ParsedDispute,
} from '@realyield/protocol';

/** Steps that make a claim. */
export const CLAIMS: ReadonlySet<string> = new Set(['open', 'join']);

/** What is known of contracts. */
export interface ClaimedContracts {
  readonly state: (root: string) => ContractState | undefined;
  /** Every relay was asked for it, and has sent what it has of it. */
  readonly wasAsked: (root: string) => boolean;
}

/** A case as its opening makes it, as far as that is known. */
interface Opened {
  readonly id: string;
  readonly reason: DisputeReason | undefined;
  readonly state: ContractState | undefined;
}

/** Whether a contract's claimant may be the author of a claim in the case. */
function isClaimant(
  { reason, state: opener }: Opened,
  { event }: ParsedDispute,
  state: ContractState,
): boolean {
  // Anybody can write a contract, under any offer; what its bank signed they cannot.
  const isInside = !opener || canShareCase(opener, state);
  return PARTY_ROLES.some((role) => {
    const isTheirs = reason !== undefined && claimantOf(reason, role) === role;
    return isInside && isTheirs && isMainOf(state, event.pubkey, role);
  });
}

/**
 * The opening, then whoever is the claimant, then what is not read yet, then what no relay has or
 * not all have signed, then anybody else.
 */
function rankOf(
  opened: Opened,
  claim: ParsedDispute,
  { state: stateOf, wasAsked }: ClaimedContracts,
): number {
  if (claim.event.id === opened.id) return 0;
  const { contract } = claim.document;
  const state = stateOf(contract);
  if (!state) return wasAsked(contract) ? 3 : 2;
  if (!isClaimant(opened, claim, state)) return 4;
  return state.effectiveAtSec === undefined ? 3 : 1;
}

/** The contract a case was opened on, where its claimant opened it; undefined until it is read. */
export function openedOn(
  opening: ParsedDispute | undefined,
  { state: stateOf }: Pick<ClaimedContracts, 'state'>,
): ContractState | undefined {
  if (opening?.document.type !== 'open') return undefined;
  const { contract, reason } = opening.document;
  const state = stateOf(contract);
  const opened = { id: opening.event.id, reason, state };
  return state && isClaimant(opened, opening, state) ? state : undefined;
}

/** Claims in the order they are read in; of one rank nobody's second before another's first. */
export function rankedClaims(
  id: string,
  claims: readonly ParsedDispute[],
  contracts: ClaimedContracts,
): readonly ParsedDispute[] {
  const opening = claims.find(({ event }) => event.id === id)?.document;
  const reason = opening?.type === 'open' ? opening.reason : undefined;
  const opened = { id, reason, state: opening && contracts.state(opening.contract) };
  const made = new Map<string, number>();
  const ranked = claims.map((claim) => {
    const rank = rankOf(opened, claim, contracts);
    const key = `${rank} ${claim.event.pubkey}`;
    const turn = made.get(key) ?? 0;
    made.set(key, turn + 1);
    return { claim, rank, turn };
  });
  ranked.sort((a, b) => a.rank - b.rank || a.turn - b.turn);
  return ranked.map(({ claim }) => claim);
}
