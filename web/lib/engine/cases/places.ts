/** What somebody is in a case, and the keys they act by. Spec: specs/disputes.md, "Steps". */
import type { DisputeActor, PartyRole } from '@realyield/protocol';
import { ownContract, type Desk } from '../desk.ts';
import type { Signer } from '../ports.ts';
import type { CaseView } from './case-book.ts';

/** One part of somebody's in a case: by which key, in which contract. */
export interface Place {
  readonly actor: DisputeActor;
  readonly contract: string;
  readonly role: PartyRole | 'arbiter' | 'fallbackArbiter';
  readonly signer: Signer;
}

/** What a party is to a case. */
export function actorOf(role: PartyRole, { claims }: CaseView['fold']): DisputeActor {
  return claims.some((claim) => claim.role === role) ? 'claimant' : 'respondent';
}

/** All parts this person has in a case: a party's in each contract, or who decides. */
export function placesIn(desk: Desk, { fold }: CaseView): readonly Place[] {
  const places = fold.contracts.flatMap((root): Place[] => {
    const own = ownContract(desk, root)?.own;
    if (!own) return [];
    const actor = actorOf(own.role, fold);
    return [{ actor, contract: root, role: own.role, signer: own.main }];
  });
  const document = desk.catalog.contract(fold.contract)?.fold.state.contract.document;
  const serving = (['arbiter', 'fallbackArbiter'] as const).flatMap((role): Place[] => {
    const isNamed = document?.appointees?.[role] === desk.person.publicKey;
    const { contract } = fold;
    return isNamed ? [{ actor: role, contract, role, signer: desk.person }] : [];
  });
  return [...places, ...serving];
}
