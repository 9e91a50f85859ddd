/** A bank's register: its countersignatures numbered and chained, so that gaps show. */
import { REGISTER_START, isMainOf } from '@realyield/protocol';
import type { Desk, OwnContract } from './desk.ts';

/** An entry of the register. */
export interface RegisterEntry {
  readonly serial: number;
  /** Id of the countersignature before it. */
  readonly previous: string;
}

/** One more than the highest countersignature of these contracts, not counting some author's. */
function entryAfter(
  desk: Desk,
  roots: readonly string[],
  isOwn: (key: string, root: string) => boolean,
) {
  let serial = 0;
  let previous = REGISTER_START;
  for (const root of roots) {
    // Of amendments too, which all three may never sign.
    for (const { name, document, event } of desk.catalog.eventsOf(root)) {
      if (name !== 'signature' || document.type !== 'acceptance') continue;
      const { register, role } = document;
      if (role !== 'bank' || !register || register.serial <= serial) continue;
      if (!isOwn(event.pubkey, root)) continue;
      serial = register.serial;
      previous = event.id;
    }
  }
  return { serial: serial + 1, previous };
}

/** One more than the highest countersignature this bank knows of, over all its contracts. */
function bankEntry(desk: Desk): RegisterEntry {
  const stateOf = (root: string) => desk.catalog.contract(root)?.fold.state;
  const own = desk.catalog.roots().filter((root) => {
    return stateOf(root)?.contract.document.parties.bank.pubkey === desk.person.publicKey;
  });
  // A backup servicer's are none of the bank's.
  return entryAfter(desk, own, (key, root) => {
    const state = stateOf(root);
    return state !== undefined && isMainOf(state, key, 'bank');
  });
}

/** The next countersignature's number: a bank's own, or a backup servicer's in a contract. */
export function nextRegisterEntry(desk: Desk, { own, view }: OwnContract): RegisterEntry {
  // N-12: "…its countersignatures, numbered from 1 in each contract, are no entries of the bank's
  // register."
  if (isMainOf(view.fold.state, own.main.publicKey, 'bank')) return bankEntry(desk);
  return entryAfter(desk, [view.root], (key) => key === own.main.publicKey);
}
