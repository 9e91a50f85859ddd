/** The bank's word to the payer: a forward of a whole request, with the bank's own invoices. */
import { buildForward, legOf, type MessageOf } from '@realyield/protocol';
import { embedOwn, nextEventTimeSec, type Desk, type OwnContract } from '../desk.ts';
import { isPreimageOf } from '../payment.ts';
import { moneyAddress } from '../parties.ts';
import { WITHHELD } from './asking.ts';
import { isGivenBack, type ForwardEntry } from './journal.ts';
import type { ForwardContext } from './steps.ts';

/** Signs for a request once all its hold invoices are made, and tells the payer. */
export async function offerParts(context: ForwardContext, request: string): Promise<void> {
  const { desk, journal, contract } = context;
  const { money } = contract.own;
  const parts = journal.ofRequest(request);
  if (!money || parts.some(({ step }) => step !== 'made')) return;
  const first = parts[0];
  if (!first) return;
  const n = parts.map((entry) => entry.n);
  const { root } = contract.view;
  const template = buildForward(
    { v: 1, type: 'forward', contract: root, request, n },
    nextEventTimeSec(desk, root),
  );
  const forward = await money.sign(template);
  const updatedAtMs = desk.clock.nowMs();
  // In the meantime one of them may have gone another way.
  const isStill = parts.every((entry) => journal.get(entry.paymentHash) === entry);
  if (!isStill) return;
  const offered = parts.map((entry) => ({
    ...entry,
    step: 'offered' as const,
    forward,
    updatedAtMs,
  }));
  await journal.write(offered);
  await sendOffer(desk, contract, offered);
}

/** Tells the payer again what was offered, with the proofs there are. */
export async function sendOffer(
  desk: Desk,
  contract: OwnContract,
  parts: readonly ForwardEntry[],
): Promise<void> {
  const { own, view } = contract;
  const [first] = parts;
  if (!own.money || !first?.forward) return;
  const { state } = view.fold;
  const paid = parts.flatMap(({ n, preimage, paymentHash }) =>
    preimage !== undefined && isPreimageOf(preimage, paymentHash) ? [{ n, preimage }] : [],
  );
  const message: MessageOf<'requestDelivery'> = {
    v: 1,
    type: 'requestDelivery',
    contract: view.root,
    request: embedOwn(first.request),
    // FW-18: "A bank MUST NOT give its invoice for a part again that it gives back: in its place it
    // sends the word `withheld`…"
    invoices: parts.map((part) => (isGivenBack(part) ? WITHHELD : (part.outer ?? ''))),
    forward: embedOwn(first.forward),
    ...(paid.length > 0 ? { paid } : {}),
  };
  const { payer } = legOf(state.contract.document, first.leg);
  const { publicKey, relays } = moneyAddress(state, payer);
  await desk.mailbox.sendOnce(message, own.money, publicKey, relays);
}
