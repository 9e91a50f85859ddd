/** The payer's question for payment requests. */
import { LEGS, type Leg } from '@realyield/protocol';
import type { Desk, OwnContract } from './desk.ts';
import { asksThroughBank } from './forwarding/asking.ts';
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
  const { money } = own;
  if (!money) return;
  const payee = moneyAddress(state, LEGS[leg].payee);
  const relays = payee.relays.length > 0 ? payee.relays : contractRelays(state);
  const nowMs = desk.clock.nowMs();
  const ways = [{ via: 'bank' }, {}] as const;
  for (const way of ways) {
    const parts = wanted.filter(
      (entry) => asksThroughBank(contract, entry, nowMs) === 'via' in way,
    );
    if (parts.length === 0) continue;
    const message = {
      v: 1,
      type: 'partsWanted',
      contract: view.root,
      leg,
      n: parts.map((entry) => entry.n),
      units: parts.map((entry) => entry.amountUnits),
      ...way,
    } as const;
    await desk.mailbox.sendOnce({ ...message }, money, payee.publicKey, relays);
  }
}
