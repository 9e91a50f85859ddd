/** Private messages that arrived, each handed to whoever deals with it. */
import { LEGS, actsFor, forwardingTermsOf, type Leg, type MessageOf } from '@realyield/protocol';
import type { Agreements } from './agreements.ts';
import { type Applications, isApplicationTalk } from './applications.ts';
import type { Crew } from './crew.ts';
import { actingContract, type Desk } from './desk.ts';
import type { Documents } from './documents/documents.ts';
import { isBank } from './forwarding/forwarder.ts';
import type { Listeners } from './listeners.ts';
import type { Incoming, Later } from './mailbox.ts';
import { speaksFor } from './parties.ts';
import type { Payee } from './payee.ts';
import type { Payer } from './payer.ts';
import { isTillTalk } from './till/talk.ts';
import type { TillDesk } from './till/till-desk.ts';

/** Who deals with messages. */
export interface Receivers {
  readonly desk: Desk;
  readonly agreements: Agreements;
  readonly payee: Payee;
  readonly crew: Crew;
  readonly documents: Documents;
  readonly applications: Applications;
  readonly till: TillDesk;
  readonly session: { readonly isRunning: boolean; readonly changed: Listeners<void> };
}

/** What a till was asked longer ago has been asked again since. */
const STALE_SEC = 120;

/** Payers of the legs on which the author is paid. */
function payersPaying({ desk, crew }: Receivers, root: string, author: string): readonly Payer[] {
  const state = desk.catalog.contract(root)?.fold.state;
  if (!state) return [];
  // The bank speaks for payees whose payments it passes on.
  const isBankFor = (leg: Leg): boolean =>
    forwardingTermsOf(state.contract.document, leg) !== undefined && actsFor(state, author, 'bank');
  return crew
    .payersOf(root)
    .filter(({ leg }) => actsFor(state, author, LEGS[leg].payee) || isBankFor(leg));
}

async function receiveRefusal(
  receivers: Receivers,
  message: MessageOf<'refusal'>,
  { author, recipient }: Incoming,
): Promise<void> {
  if (message.of === 'parts') {
    for (const payer of payersPaying(receivers, message.contract, author)) payer.refused(message);
    return;
  }
  const { desk } = receivers;
  // From another device of one's own, perhaps before the proposal: it is not asked for here either.
  if (author === recipient) {
    const key = `declined|${message.version ?? message.contract}`;
    await desk.store.write([{ table: 'settings', key, value: true }]);
    return;
  }
  const state = desk.catalog.contract(message.contract)?.fold.state;
  const role = state && speaksFor(state, author);
  // One's own, to one's other devices, is no news.
  if (role === undefined || role === actingContract(desk, message.contract)?.own.role) return;
  desk.activity.add({
    contract: message.contract,
    level: 'problem',
    code: 'DECLINED',
    sentence: message.sentence || 'The proposal was declined.',
  });
}

/** Deals with one message; resolves when that is done, or it is known when it will be. */
export async function receive(
  receivers: Receivers,
  incoming: Incoming,
): Promise<Later | undefined> {
  const later = await deal(receivers, incoming);
  receivers.session.changed.emit();
  return later;
}

async function deal(receivers: Receivers, incoming: Incoming): Promise<Later | undefined> {
  const { message, author } = incoming;
  switch (message.type) {
    case 'proposal':
    case 'acceptance':
    case 'terms':
    case 'withdrawal':
      await receivers.agreements.receive(message, incoming);
      if (message.type === 'acceptance') receivers.crew.attend(message.contract);
      break;
    case 'partsWanted':
      return {
        done: receivers.payee.questions.take(message, incoming, () => receivers.session.isRunning),
      };
    case 'requestDelivery':
      if (isBank(receivers.desk, message, incoming)) {
        if (receivers.session.isRunning) await receivers.crew.forwarder.take(message, incoming);
        break;
      }
      if (author === incoming.recipient) await receivers.payee.copies.take({ message, author });
      else {
        const state = receivers.desk.catalog.contract(message.contract)?.fold.state;
        await receivers.desk.handed.keep(message, author, state);
      }
      for (const payer of payersPaying(receivers, message.contract, author)) {
        if (payer.leg === message.request.content['leg']) await payer.deliver(message);
      }
      break;
    case 'refusal':
      await receiveRefusal(receivers, message, incoming);
      break;
    default:
      if (isTillTalk(message)) {
        const ageSec = receivers.desk.clock.nowSec() - incoming.sentAtSec;
        const isCurrent = ageSec < STALE_SEC && receivers.session.isRunning;
        await receivers.till.receive(message, incoming, isCurrent);
      } else if (isApplicationTalk(message))
        await receivers.applications.receive(message, incoming);
      else await receivers.documents.receive(message, incoming);
  }
  return undefined;
}
