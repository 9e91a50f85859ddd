/** Who the author of a dispute step is: by the contract, never by tags. Spec: specs/disputes.md. */
import { appointeeOf, hasEnded, isMainOf } from '../contract/draft.ts';
import { PARTY_ROLES, type ContractState } from '../contract/state.ts';
import type { PartyRole } from '../kinds/fields.ts';
import type { ParsedDispute } from '../events.ts';
import type { RejectCode } from '../result.ts';
import type { ArbiterRole } from './case.ts';
import { payoutRefusal } from './payouts.ts';
import type { DisputeStep } from './steps.ts';

/** The party whose main key, still in force, signed a step. */
export function partyOf(state: ContractState, step: DisputeStep): PartyRole | undefined {
  const { author, effectiveAtSec } = step;
  // DI-42: "A party's key gives a role until it is replaced or revoked, by the time the step takes
  // effect…"
  return PARTY_ROLES.find(
    (role) => isMainOf(state, author, role) && !hasEnded(state, author, role, effectiveAtSec),
  );
}

/** The arbiter, first or fallback, who signed a step. */
export function arbiterOf(
  state: ContractState,
  step: Pick<DisputeStep, 'author'>,
): ArbiterRole | undefined {
  const { document } = state.contract;
  if (appointeeOf(document, 'arbiter') === step.author) return 'arbiter';
  return appointeeOf(document, 'fallbackArbiter') === step.author ? 'fallbackArbiter' : undefined;
}

/** The address of the offer a contract rests on. */
export function offerOf({ contract }: ContractState): string {
  const offer = contract.document.bases.find(({ as }) => as === 'offer')?.event;
  return `${offer?.pubkey ?? ''}:${String(offer?.content['identifier'])}`;
}

/** Whether two contracts can be in one case: one offer, and the same who decide. */
export function canShareCase(one: ContractState, other: ContractState): boolean {
  const [a, b] = [one.contract.document, other.contract.document];
  return (
    offerOf(one) === offerOf(other) &&
    appointeeOf(a, 'arbiter') === appointeeOf(b, 'arbiter') &&
    appointeeOf(a, 'fallbackArbiter') === appointeeOf(b, 'fallbackArbiter')
  );
}

/** Why a step is by somebody who has no part in a case; undefined where they may have one. */
export function outsideRefusal(
  { document, event }: ParsedDispute,
  states: ReadonlyMap<string, ContractState>,
  opener: ContractState | undefined,
): RejectCode | undefined {
  if (document.type === 'open') return undefined;
  const state = states.get(document.contract);
  if (!state || !opener) return 'CONTRACT_UNKNOWN';
  const author = event.pubkey;
  // Of a bond that pays, a holder signs.
  if ('pledge' in document) return payoutRefusal({ author }, state, document)?.code;
  const isParty = PARTY_ROLES.some((role) => isMainOf(state, author, role));
  if (!isParty && !arbiterOf(state, { author })) return 'AUTHOR_ROLE';
  if (state === opener || canShareCase(opener, state)) return undefined;
  return document.type === 'join' ? 'OFFER_MISMATCH' : 'CONTRACT_MISMATCH';
}
