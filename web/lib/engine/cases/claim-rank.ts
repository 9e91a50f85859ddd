/** Which claims of a case are read first: nobody crowds out who may join. Spec: disputes.md. */
import {
  PARTY_ROLES,
  claimantOf,
  isMainOf,
  type ContractState,
  type DisputeReason,
  type ParsedDispute,
} from '@realyield/protocol';

/** Steps that make a claim. */
export const CLAIMS: ReadonlySet<string> = new Set(['open', 'join']);

type StateOf = (root: string) => ContractState | undefined;

/** The opening, then whoever is the claimant, then what is not read yet, then anybody else. */
function rankOf(
  id: string,
  { event, document }: ParsedDispute,
  reason: DisputeReason | undefined,
  stateOf: StateOf,
): number {
  if (event.id === id) return 0;
  const state = stateOf(document.contract);
  if (!state) return 2;
  const isClaimant = PARTY_ROLES.some(
    (role) => reason && claimantOf(reason, role) === role && isMainOf(state, event.pubkey, role),
  );
  return isClaimant ? 1 : 3;
}

/** Claims in the order they are read in; of one rank nobody's second before another's first. */
export function rankedClaims(
  id: string,
  claims: readonly ParsedDispute[],
  stateOf: StateOf,
): readonly ParsedDispute[] {
  const opening = claims.find(({ event }) => event.id === id)?.document;
  const reason = opening?.type === 'open' ? opening.reason : undefined;
  const made = new Map<string, number>();
  const ranked = claims.map((claim) => {
    const rank = rankOf(id, claim, reason, stateOf);
    const key = `${rank} ${claim.event.pubkey}`;
    const turn = made.get(key) ?? 0;
    made.set(key, turn + 1);
    return { claim, rank, turn };
  });
  ranked.sort((a, b) => a.rank - b.rank || a.turn - b.turn);
  return ranked.map(({ claim }) => claim);
}
