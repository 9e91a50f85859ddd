/** The payer's question for payment requests. */
import { LEGS, type Leg } from '@realyield/protocol';
import type { Desk, OwnContract } from './desk.ts';
import type { JournalEntry } from './journal.ts';
import { contractRelays, moneyAddress } from './parties.ts';

/** Asks the payee once for requests for some parts; whoever asks again gets the same ones. */
export async function askForParts(
  desk: Desk,
  contract: OwnContract,
  leg: Leg,
  wanted: readonly JournalEntry[],
): Promise<void> {
  const { own, view } = contract;
  const { state } = view.fold;
  if (!own.money) return;
  const payee = moneyAddress(state, LEGS[leg].payee);
  const message = {
    v: 1,
    type: 'partsWanted',
    contract: view.root,
    leg,
    n: wanted.map((entry) => entry.n),
    units: wanted.map((entry) => entry.amountUnits),
  } as const;
  const relays = payee.relays.length > 0 ? payee.relays : contractRelays(state);
  await desk.mailbox.sendOnce({ ...message }, own.money, payee.publicKey, relays);
}
