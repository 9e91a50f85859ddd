/**
 * Cases that count towards a record: of an arbiter, a bank or an offer. Their contracts have to be
 * read whole before they count. Spec: specs/figures.md, "Cases".
 */
import type { ContractState, JudgedCase } from '@realyield/protocol';
import type { Catalog } from '../catalog.ts';
import { offerOf } from './claimable.ts';

/** So many contracts of cases are followed for one record. */
const MOST_ROOTS = 200;

/** Whose cases: of an arbiter, first or fallback, of a bank, or of an offer by its address. */
export interface CasesOf {
  readonly as: 'arbiter' | 'bank' | 'offer';
  readonly key: string;
}

function isMeant({ as, key }: CasesOf, state: ContractState): boolean {
  const { appointees = {}, parties } = state.contract.document;
  if (as === 'bank') return parties.bank.pubkey === key;
  if (as === 'offer') return offerOf(state) === key;
  return appointees.arbiter === key || appointees.fallbackArbiter === key;
}

/**
 * Cases, whether or not they count, that the claimant of such a contract opened. Strangers can open
 * very many on it, or join it to theirs: what has to be read for those keeps nobody's from it.
 */
export function caseIds(catalog: Catalog, of: CasesOf): readonly string[] {
  return catalog.cases.ids().filter((id) => {
    const state = catalog.cases.openedOn(id);
    return state !== undefined && isMeant(of, state);
  });
}

/** Contracts to follow before a record of these cases is whole. */
export function rootsToRead({ cases }: Catalog, ids: readonly string[]): readonly string[] {
  const lists = ids.map((id) => cases.claimedOn(id));
  // By turns: a case with very many claims keeps no other from being read.
  const most = Math.max(0, ...lists.map(({ length }) => length));
  const turns = Array.from({ length: most }, (_, turn) =>
    lists.flatMap((list) => list[turn] ?? []),
  );
  return [...new Set(turns.flat())].slice(0, MOST_ROOTS);
}

/** The cases that count among these, by the contract they were opened on. */
export function judgedCases(
  { cases }: Catalog,
  ids: readonly string[],
  of: CasesOf,
): readonly JudgedCase[] {
  return ids.flatMap((id) => {
    const view = cases.find(id);
    const state = view?.states.get(view.fold.contract);
    return view && state && isMeant(of, state) ? [{ fold: view.fold, state }] : [];
  });
}
