/** The bank's register: its countersignatures numbered and chained, so that gaps show. */
import { REGISTER_START } from '@realyield/protocol';
import type { Desk } from './desk.ts';

/** An entry of the register. */
export interface RegisterEntry {
  readonly serial: number;
  /** Id of the countersignature before it. */
  readonly previous: string;
}

/** One more than the highest countersignature this bank knows of. */
export function nextRegisterEntry(desk: Desk): RegisterEntry {
  let serial = 0;
  let previous = REGISTER_START;
  for (const root of desk.catalog.roots()) {
    const bank = desk.catalog.contract(root)?.fold.state.contract.document.parties.bank;
    if (bank?.pubkey !== desk.person.publicKey) continue;
    // Of amendments too, which all three may never sign.
    for (const { name, document, event } of desk.catalog.eventsOf(root)) {
      if (name !== 'signature' || document.type !== 'acceptance') continue;
      const { register, role } = document;
      if (role !== 'bank' || !register || register.serial <= serial) continue;
      serial = register.serial;
      previous = event.id;
    }
  }
  return { serial: serial + 1, previous };
}
