/** What a proposal answers, what answers it, and who has yet to sign. */
import {
  PARTY_ROLES,
  roleOfKey,
  type ContractDocument,
  type ContractState,
  type PartyRole,
} from '@realyield/protocol';
import type { Catalog } from '../../engine/catalog.ts';
import type { Names } from './people.ts';

/** Parties other than one that have not signed. */
export function missingOthers({ signatures }: ContractState, own: PartyRole): PartyRole[] {
  return PARTY_ROLES.filter((role) => role !== own && signatures[role] === undefined);
}

/** The proposal that one answers; undefined where it answers none that is known. */
export function termsAnswered(
  catalog: Catalog,
  { contract }: ContractState,
): { readonly root: string; readonly document: ContractDocument } | undefined {
  const { counters } = contract.document;
  if (counters === undefined) return undefined;
  const state = catalog.contract(counters)?.fold.state;
  return state && { root: counters, document: state.contract.document };
}

/** A proposal that answers another. */
export interface AnswerView {
  readonly root: string;
  /** `The bank`, `You`. */
  readonly by: string;
}

/** Proposals that answer one and still stand, newest first. */
export function answersTo({ catalog, own }: Names, root: string): AnswerView[] {
  return catalog
    .roots()
    .map((each) => catalog.contract(each)?.fold.state)
    .filter((state) => state !== undefined)
    .filter(({ contract, status }) => {
      return contract.document.counters === root && status !== 'withdrawn';
    })
    .sort((a, b) => b.contract.event.created_at - a.contract.event.created_at)
    .map((state) => {
      const { pubkey } = state.contract.event;
      const role = roleOfKey(state, pubkey);
      const by = own.has(pubkey) ? 'You' : role === undefined ? 'Somebody' : `The ${role}`;
      return { root: state.root, by };
    });
}
