/** Payer and payee of payments that the bank passes on: when they ask for it, and for how much. */
import {
  forwardingTermsOf,
  LEGS,
  mostForwardingFeeMsat,
  tenderHold,
  type Leg,
  type MessageOf,
  type RequestDocument,
} from '@realyield/protocol';
import type { PaceTerms } from '../asking-pace.ts';
import type { Desk, OwnContract } from '../desk.ts';
import type { JournalEntry } from '../journal.ts';
import { moneyAddress } from '../parties.ts';
import { sideStatus } from '../payer-orders.ts';
import { waitingStatus, type PayerStatus } from '../words.ts';
import { EXPIRY_APART_SEC, OUTER_GRACE_SEC } from './checks.ts';

/** After so long without the bank's word the payee is asked directly: no request lives longer. */
const BANK_SILENT_MS = 4_200_000;
/** Clocks of payee and bank differ by so much at most, seconds. */
const CLOCKS_SEC = 60;
/** In the place of an invoice that is not for the reader, or that is void. */
export const WITHHELD = 'withheld';
/** Less than a satoshi is not worth passing on, msat. */
const LEAST_MSAT = 1_000n;

/** The payee's invoice lives so much longer than the request, seconds. */
export const INNER_GRACE_SEC = EXPIRY_APART_SEC + OUTER_GRACE_SEC + CLOCKS_SEC;

/** When a payer that asks for a part by way of the bank asks the payee itself, ms. */
function turnsAtMs({ view }: OwnContract, { leg, noRoute, updatedAtMs }: JournalEntry): number {
  const terms = forwardingTermsOf(view.fold.state.contract.document, leg);
  // FW-15: "A payer asks by way of the bank where `use` is `always`, or where its wallet had
  // definitely found no way to the payee; where the bank has not answered for 70 minutes it asks
  // the payee directly…"
  const isWanted = terms !== undefined && (terms.use === 'always' || noRoute === true);
  return isWanted ? updatedAtMs + BANK_SILENT_MS : Infinity;
}

/** Whether a payer asks for a part by way of the bank. */
export function asksThroughBank(
  contract: OwnContract,
  entry: JournalEntry,
  nowMs: number,
): boolean {
  const turnMs = turnsAtMs(contract, entry);
  return turnMs !== Infinity && nowMs < turnMs;
}

/** What says how often the parts of a leg are asked for. */
export function paceTermsOf(
  { catalog }: Desk,
  contract: OwnContract,
  leg: Leg,
  connectedAtMs: number,
): PaceTerms {
  const { root, fold } = contract.view;
  const { daySec } = fold.state.contract.document;
  const { payer, payee } = LEGS[leg];
  const keysOf = (of: typeof payer): ReadonlySet<string> =>
    new Set(fold.state.keys.flatMap(({ role, key }) => (role === of ? key : [])));
  const countOf = (isCounted: (key: string) => boolean): number =>
    catalog.eventsOf(root).filter(({ event }) => isCounted(event.pubkey)).length;
  const [own, theirs] = [keysOf(payer), keysOf(payee)];
  return {
    daySec,
    turnsAtMs: (entry) => turnsAtMs(contract, entry),
    connectedAtMs,
    eventsSeen: () => countOf((key) => theirs.has(key)),
    othersSeen: () => countOf((key) => !own.has(key)),
  };
}

/** How a payer stands whom nobody answers: the payee is silent, or the bank between them. */
export function silentStatus(
  contract: OwnContract,
  wanted: readonly JournalEntry[],
  nowMs: number,
): PayerStatus {
  const [first] = wanted;
  const numbers = new Set(wanted.map(({ n }) => n));
  const { state } = contract.view.fold;
  const nowSec = Math.floor(nowMs / 1_000);
  const tendered = first && tenderHold(state, first.leg, numbers, nowSec);
  if (tendered) return waitingStatus('waiting', tendered);
  const isThrough = wanted.some((entry) => asksThroughBank(contract, entry, nowMs));
  const sinceMs = Math.min(...wanted.map(({ updatedAtMs }) => updatedAtMs));
  const whom = isThrough ? 'bank' : 'payee';
  return sideStatus('problem', { silence: { whom, sinceSec: Math.floor(sinceMs / 1_000) } });
}

/** What a payee asks to receive of parts itself; undefined where they are paid directly. */
export function netMsatOf(
  { view }: OwnContract,
  leg: Leg,
  grossMsat: readonly string[],
): readonly string[] | undefined {
  const terms = forwardingTermsOf(view.fold.state.contract.document, leg);
  if (!terms) return undefined;
  const net = grossMsat.map((gross) => BigInt(gross) - mostForwardingFeeMsat(BigInt(gross), terms));
  return net.some((each) => each < LEAST_MSAT) ? undefined : net.map(String);
}

/** The `via` of a request, where its parts are to go by way of the bank. */
export function viaOf(
  parts: readonly { readonly netMsat?: string | undefined }[],
): Pick<RequestDocument, 'via'> {
  const netMsat = parts.flatMap((part) => part.netMsat ?? []);
  return netMsat.length === 0 || netMsat.length < parts.length ? {} : { via: { netMsat } };
}

/**
 * Hands a request by way of the bank to the bank. What comes back goes to the payer itself: any
 * other request, or the proof of what was paid, for which no bank is needed.
 */
export async function handToBank(
  desk: Desk,
  { own, view }: OwnContract,
  delivery: MessageOf<'requestDelivery'>,
): Promise<MessageOf<'requestDelivery'> | undefined> {
  const { content } = delivery.request;
  if (content['via'] === undefined || !own.money) return delivery;
  const { publicKey, relays } = moneyAddress(view.fold.state, 'bank');
  await desk.mailbox.sendOnce(delivery, own.money, publicKey, relays);
  return delivery.paid ? forPayer(delivery) : undefined;
}

/** What the payer itself may see of a delivery: all of it, unless it goes by way of the bank. */
export function forPayer(delivery: MessageOf<'requestDelivery'>): MessageOf<'requestDelivery'> {
  const { content } = delivery.request;
  if (content['via'] === undefined) return delivery;
  const paid = new Set<unknown>(delivery.paid?.map(({ n }) => n));
  const numbers = content['n'] as readonly unknown[];
  // FW-16: "A payee MUST NOT give an invoice for less than a part's `msat` to anybody but the
  // bank…"
  const invoices = delivery.invoices.map((invoice, at) =>
    paid.has(numbers[at]) ? invoice : WITHHELD,
  );
  return { ...delivery, invoices };
}
