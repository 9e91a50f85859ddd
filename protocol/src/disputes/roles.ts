/** Who the author of a dispute step is: by the contract, never by tags. Spec: specs/disputes.md. */
import { appointeeOf, hasEnded, isMainOf } from '../contract/draft.ts';
import { PARTY_ROLES, type ContractState } from '../contract/state.ts';
import type { PartyRole } from '../kinds/fields.ts';
import type { ArbiterRole } from './case.ts';
import type { DisputeStep } from './steps.ts';

/** The party whose main key, still in force, signed a step. */
export function partyOf(state: ContractState, step: DisputeStep): PartyRole | undefined {
  const { author, event } = step;
  return PARTY_ROLES.find(
    (role) => isMainOf(state, author, role) && !hasEnded(state, author, role, event.created_at),
  );
}

/** The arbiter, first or fallback, who signed a step. */
export function arbiterOf(state: ContractState, step: DisputeStep): ArbiterRole | undefined {
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
