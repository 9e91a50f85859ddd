/** What may be paid to a fallback address now, and what may not yet. Spec: specs/tenders.md. */
import {
  fallbackAddressOf,
  silenceEndsAtSec,
  TENDER_LEGS,
  type ContractState,
  type ParsedTender,
  type Tender,
  type TenderDocument,
} from '@realyield/protocol';
import { ownContract, type Desk, type OwnContract } from '../desk.ts';
import { wantedEntry, type JournalEntry } from '../journal.ts';

/** A leg on which a payee can be silent. */
export type TenderLeg = (typeof TENDER_LEGS)[number];

/** Less than this no wallet sends, satoshis: what relays pass on to any kind of address. */
export const LEAST_SAT = 546n;

/** A tender nobody answered, and what would be paid for it on the chain. */
export interface Unanswered {
  readonly leg: TenderLeg;
  readonly tender: string;
  readonly n: readonly number[];
  readonly tenderedAtSec: number;
  /** From when on it may be paid on the chain, Unix seconds. */
  readonly fromSec: number;
  /** Undefined where the contract names no address. */
  readonly address: string | undefined;
  readonly valueSat: bigint;
  /** What stays due, as it is less than a satoshi, msat. */
  readonly restMsat: bigint;
}

function toUnanswered(state: ContractState, tender: Tender): Unanswered {
  const { document } = state.contract;
  const { id, n, atSec, units } = tender;
  const leg = tender.leg;
  const address = fallbackAddressOf(document, leg);
  const fromSec = silenceEndsAtSec(atSec, document.daySec);
  const amounts = { valueSat: units / 1_000n, restMsat: units % 1_000n };
  return { leg, tender: id, n, tenderedAtSec: atSec, fromSec, address, ...amounts };
}

/**
 * The tender of a leg that has waited for an answer the longest of those whose parts are unpaid;
 * of those that have waited for long enough the last, as it offers the most.
 */
export function unansweredOf(
  state: ContractState,
  leg: TenderLeg,
  nowSec: number,
): Unanswered | undefined {
  if (state.contract.document.denomination.type !== 'msat') return undefined;
  const paid = state.paid.numbers(leg);
  const waiting = state.tenders
    .filter((tender) => tender.leg === leg && !tender.isVoid && tender.answer === undefined)
    .filter(({ n }) => n.every((part) => !paid.has(part)))
    .map((tender) => toUnanswered(state, tender));
  return waiting.findLast(({ fromSec }) => fromSec <= nowSec) ?? waiting[0];
}

/** The same for each leg on which there is one. */
export function allUnanswered(state: ContractState, nowSec: number): readonly Unanswered[] {
  return TENDER_LEGS.flatMap((leg) => unansweredOf(state, leg, nowSec) ?? []);
}

/**
 * The journal's entries of a tender's parts, where none has a payment under way. A part that it
 * does not know was ordered on another device: it is free where no request for it was handed over.
 */
export async function freeEntries(
  desk: Desk,
  contract: OwnContract,
  { leg, n }: Unanswered,
  { units }: TenderDocument,
): Promise<readonly JournalEntry[] | undefined> {
  const { root } = contract.view;
  const handed = await desk.handed.of(contract, leg);
  const asked = new Set(handed.flatMap(({ request }) => request.document.n));
  const entries = n.flatMap((part, place): readonly JournalEntry[] => {
    const known = desk.journal.get(root, leg, part);
    if (known) return known.step === 'wanted' || known.step === 'failed' ? [known] : [];
    if (asked.has(part)) return [];
    return [wantedEntry(root, leg, part, BigInt(units[place] ?? '0'), desk.clock.nowMs())];
  });
  return entries.length === n.length ? entries : undefined;
}

/** A tender of a contract as it was signed. */
export function tenderEvent(desk: Desk, root: string, id: string): ParsedTender | undefined {
  const found = desk.catalog.eventsOf(root).find(({ event }) => event.id === id);
  return found?.name === 'tender' ? found : undefined;
}

/** The state of a contract this person is the debtor of. */
export function ownDebt(desk: Desk, root: string) {
  const contract = ownContract(desk, root);
  return contract?.own.role === 'business' && contract.own.money ? contract : undefined;
}
