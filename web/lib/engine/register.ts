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
    const state = desk.catalog.contract(root)?.fold.state;
    const signature = state?.signatures.bank;
    const isOurs = state?.contract.document.parties.bank.pubkey === desk.person.publicKey;
    if (!isOurs || !signature?.register || signature.register.serial <= serial) continue;
    serial = signature.register.serial;
    previous = signature.id;
  }
  return { serial: serial + 1, previous };
}
