/** What may be paid to a fallback address now, and what may not yet. Spec: specs/tenders.md. */
import {
  fallbackAddressOf,
  reject,
  silenceEndsAtSec,
  TENDER_LEGS,
  type ContractState,
  type ParsedTender,
  type Result,
  type SignedEvent,
  type Tender,
  type TenderDocument,
} from '@realyield/protocol';
import { ownContract, type Desk, type OwnContract } from '../desk.ts';
import { wantedEntry, type JournalEntry } from '../journal.ts';
import { isSurelyUnpaid } from '../payment.ts';
import type { ChainOrder } from './orders.ts';
import { firstAnswer, sourcesOf, unseen } from './watching.ts';

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

/** What may be paid on the chain now, under whose contract, and what was at the address before. */
export interface Ripe {
  readonly contract: OwnContract;
  readonly offered: Unanswered;
  readonly before: readonly string[];
}

/** What of a leg may be paid on the chain now, by the chain's own clock. */
export async function ripeNow(desk: Desk, root: string, leg: TenderLeg): Promise<Result<Ripe>> {
  const nowSec = desk.clock.nowSec();
  const known = ownDebt(desk, root);
  const offered = known && unansweredOf(known.view.fold.state, leg, nowSec);
  if (!offered) return reject('STATE_FORBIDS', leg);
  const { address, fromSec, valueSat } = offered;
  if (address === undefined) return reject('FALLBACK_ADDRESS');
  if (valueSat < LEAST_SAT) return reject('PART_AMOUNT', valueSat.toString());
  if (nowSec < fromSec) return reject('FALLBACK_EARLY', String(fromSec));
  // TE-21: "A debtor's client offers a payment to the fallback address only of a tender that
  // nobody answered, of parts with no payment under way … and once the median time of the newest
  // block is fourteen contract days after it…"
  const { network } = known.view.fold.state.contract.document;
  const seen = await firstAnswer(await sourcesOf(desk, root), address, network);
  if (!seen) return unseen(desk, root);
  // The payee may have answered meanwhile, and the chain's clock is behind: of several tenders it
  // says which one has waited for long enough.
  const contract = ownDebt(desk, root);
  const byChainSec = Math.min(nowSec, seen.medianTimeSec);
  const ripe = contract && unansweredOf(contract.view.fold.state, leg, byChainSec);
  if (!ripe) return reject('STATE_FORBIDS', leg);
  if (byChainSec < ripe.fromSec) return reject('FALLBACK_EARLY', String(ripe.fromSec));
  if (ripe.valueSat < LEAST_SAT) return reject('PART_AMOUNT', ripe.valueSat.toString());
  return { ok: true, value: { contract, offered: ripe, before: seen.outpoints } };
}

/** The order of what is ripe, as nobody knows of it yet; after `known` of the same tender. */
export function draftOrder(
  desk: Desk,
  { contract, offered, before }: Ripe,
  event: SignedEvent,
  known: ChainOrder | undefined,
): ChainOrder {
  const { address = '', valueSat, leg, n } = offered;
  // The last showing holds, also where a clock was put back.
  const startedAtSec = Math.max(desk.clock.nowSec(), (known?.startedAtSec ?? 0) + 1);
  const { id, pubkey, created_at, kind, content, sig } = event;
  const tags = event.tags.map((tag) => [...tag]);
  return {
    ...{ contract: contract.view.root, leg, n: [...n], address, valueSat: valueSat.toString() },
    tender: { id, pubkey, created_at, kind, tags, content, sig },
    ...{ startedAtSec, before: [...before], state: 'open' },
  };
}

/** What waits on each leg, where something does. */
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
): Promise<Result<readonly JournalEntry[]>> {
  const { root } = contract.view;
  const handed = (await desk.handed.of(contract, leg)).flatMap(({ request, invoices }) =>
    request.document.n.map((part, at) => {
      const { paymentHash } = request.document;
      return { part, paymentHash: paymentHash[at] ?? '', invoice: invoices[at] ?? '' };
    }),
  );
  // No payee stands between a payment on the chain and one under such a request. TE-21: "…of
  // which its wallet says of every request that it was handed for them that it was not paid…"
  for (const { part, ...asked } of handed) {
    if (!n.includes(part) || (await isSurelyUnpaid(desk.wallet(), asked))) continue;
    return reject('STATE_FORBIDS', 'unsaid');
  }
  const entries = n.flatMap((part, place): readonly JournalEntry[] => {
    const known = desk.journal.get(root, leg, part);
    if (known) return known.step === 'wanted' || known.step === 'failed' ? [known] : [];
    if (handed.some((each) => each.part === part)) return [];
    return [wantedEntry(root, leg, part, BigInt(units[place] ?? '0'), desk.clock.nowMs())];
  });
  const isFree = entries.length === n.length;
  return isFree ? { ok: true, value: entries } : reject('STATE_FORBIDS', 'inFlight');
}

/**
 * Whether nothing is to be paid on the chain for an order any more, of which nothing has come: its
 * parts were paid over Lightning, or another order that was shown is for them.
 */
export function isMoot(
  { paid }: ContractState,
  order: ChainOrder,
  all: readonly ChainOrder[],
): boolean {
  if (order.state !== 'open' || order.found || order.other) return false;
  const onChain = new Set(paid.chain.flatMap(({ leg, n }) => (leg === order.leg ? n : [])));
  const proven = paid.numbers(order.leg);
  const isPaid = order.n.some((n) => proven.has(n) && !onChain.has(n));
  const isElsewhere = all.some(({ contract, leg, n, state, isTold, tender }) => {
    const isRival = state === 'open' && isTold === true && tender.id !== order.tender.id;
    const isSame = contract === order.contract && leg === order.leg;
    return isRival && isSame && n.some((each) => order.n.includes(each));
  });
  return isPaid || (order.isTold !== true && isElsewhere);
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
