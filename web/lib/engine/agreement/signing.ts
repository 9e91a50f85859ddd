/**
 * Signed steps of an agreement: kept here, told to the other parties in private, and published
 * once all three have signed. Spec: specs/conversation.md, "Messages".
 */
import {
  PARTY_ROLES,
  buildSignature,
  embed,
  isMainOf,
  keyFactsHash,
  reject,
  type Message,
  type ParsedContract,
  type ParsedEvent,
  type Result,
  type SignedEvent,
} from '@realyield/protocol';
import { embedOwn, eventRow, nextEventTimeSec, ownHeads } from '../desk.ts';
import type { Desk, OwnContract } from '../desk.ts';
import { keepAndTell, type Letter } from './letters.ts';
import { contractRelays, mainAddress, standIn, unsignedAmendments } from '../parties.ts';
import { nextRegisterEntry } from '../register.ts';

/** An event without what was found out about it. */
export function asEvent({ event }: { readonly event: SignedEvent }): SignedEvent {
  const { id, pubkey, created_at, kind, tags, content, sig } = event;
  return { id, pubkey, created_at, kind, tags: tags.map((tag) => [...tag]), content, sig };
}

/** Keeps events of a contract on this device, where they are not public yet. */
export async function keep(
  desk: Desk,
  root: string,
  events: readonly SignedEvent[],
): Promise<void> {
  await desk.store.write(events.map((event) => eventRow(event, root)));
  await desk.catalog.add(events, 'this device');
}

/** What tells the other two, and one's own other devices. */
export function partyLetters({ own, view }: OwnContract, message: Message): Letter[] {
  const { state } = view.fold;
  const from = own.main.publicKey;
  const isHolder = isMainOf(state, from, own.role);
  const letters = PARTY_ROLES.map((role) => {
    const { publicKey, relays: urls } = mainAddress(state, role);
    return { message, from, to: role === own.role && isHolder ? from : publicKey, urls };
  });
  // What it may sign, whoever took over from the bank has to know; the bank is told as before.
  const servicer = standIn(state);
  if (servicer === undefined) return letters;
  return [...letters, { message, from, to: servicer, urls: contractRelays(state) }];
}

/** Signs an acceptance of a contract or of an amendment to it, and tells the others. */
export async function accept(
  desk: Desk,
  contract: OwnContract,
  terms: ParsedContract,
  delegate?: string,
): Promise<Result<string>> {
  const { own, view } = contract;
  const { root } = view;
  const atSec = nextEventTimeSec(desk, root);
  // C-36: "An acceptance dated later than `expiresAtSec` of the terms it accepts is refused as
  // `PROPOSAL_EXPIRED`."
  const { expiresAtSec } = terms.document;
  if (atSec > expiresAtSec) return reject('PROPOSAL_EXPIRED', String(expiresAtSec));
  const event = await own.main.sign(
    buildSignature(
      {
        v: 1,
        type: 'acceptance',
        contract: root,
        role: own.role,
        terms: embed(terms.event),
        keyFacts: keyFactsHash(terms.document),
        ...(delegate === undefined ? {} : { delegate }),
        ...(own.role === 'bank' ? { register: nextRegisterEntry(desk, contract) } : {}),
        prev: ownHeads(desk, root, own),
      },
      atSec,
    ),
  );
  const acceptance = embedOwn(event);
  const message = { v: 1, type: 'acceptance', contract: root, acceptance } as const;
  await keepAndTell(desk, root, [event], partyLetters(contract, message));
  await publishAgreed(desk, root);
  return { ok: true, value: event.id };
}

/** The contract or amendment an event of an agreement is part of. */
function versionOf(root: string, { name, event, document }: ParsedEvent): string | undefined {
  if (name === 'contract') return event.id;
  if (name !== 'signature') return undefined;
  return document.type === 'acceptance' ? document.terms.id : root;
}

/**
 * Publishes a contract, and each amendment of it, with what was signed of it, once all three have
 * signed; safe to call again.
 */
export async function publishAgreed(desk: Desk, root: string): Promise<void> {
  const view = desk.catalog.contract(root);
  if (view?.fold.state.signedAtSec === undefined) return;
  const events = desk.catalog.eventsOf(root);
  const unsigned = unsignedAmendments(root, events);
  const parts = new Map<string, ParsedEvent[]>();
  for (const parsed of events) {
    const version = versionOf(root, parsed);
    if (version === undefined || unsigned.has(parsed.event.id)) continue;
    parts.set(version, [...(parts.get(version) ?? []), parsed]);
  }
  const relays = desk.directory.deliveryUrls(view.fold.state);
  for (const [version, own] of parts) {
    const key = `published|${version}`;
    if ((await desk.store.get('settings', key)) !== undefined) continue;
    const parcels = own.map((entry) => desk.outbox.entry(asEvent(entry), relays));
    await desk.store.write([{ table: 'settings', key, value: true }, ...parcels]);
    await Promise.all(parcels.map((parcel) => desk.outbox.push(parcel)));
  }
}
