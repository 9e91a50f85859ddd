/**
 * A set of events of one contract, applied: acts in their phases, the graph of who knew what, and
 * payments as they are proven; and the fold that comes of it. Spec: specs/contract.md, "Fold".
 */
import type { ParsedContract, ParsedEvent, ParsedRequest } from '../events.ts';
import { EventGraph } from '../order.ts';
import { coolingOffEndsAtSec, registeredOf, signedAtSec } from './agreement.ts';
import { isFinal } from './authors.ts';
import { basisIn, standingIn, type Whole } from './basis.ts';
import {
  actsFor,
  createDraft,
  finalsOf,
  isNamedIn,
  roleOfActor,
  type Basis,
  type Draft,
  type RejectedEvent,
} from './draft.ts';
import { cohortOf, resolveFunding } from './funding.ts';
import { toNode } from './graph.ts';
import { PaymentIntake } from './intake.ts';
import { applyKeyEvents } from './keys.ts';
import { findContradictions, resolveMilestones } from './milestones.ts';
import { firstOf, viewNotices } from './notices.ts';
import { Overlaps } from './overlaps.ts';
import { partsSeen } from './payments.ts';
import { inPhases } from './phases.ts';
import { PriceBook } from './prices.ts';
import { reportedSales, rivalReports } from './sales.ts';
import { partsShown, versionsShown } from './shown.ts';
import type { ContractState, Equivocation, Milestone, Payment } from './state.ts';
import { resolveTakeover } from './takeover.ts';
import { tendersOf } from './course.ts';
import { resolveTenders, witnessesIn } from './tenders.ts';
import { applyEvent } from './transitions.ts';
import { citationsOf, resolveVersions } from './versions.ts';

/** A contract's state with what was refused and what is known to be missing. */
export interface Fold {
  readonly state: ContractState;
  /** One entry for each refused event, in the order of application. */
  readonly rejects: readonly RejectedEvent[];
  /** Ids parties named that are not in the set: a relay withholds them. */
  readonly missing: readonly string[];
  /**
   * Ids of the parties' events and of requests in receipts, in canonical order; made when first
   * read.
   */
  readonly order: readonly string[];
}

/** A set of events applied once, and all that is needed to apply some more. */
export interface Applied {
  readonly draft: Draft;
  /** The draft's own; a receipt that is appended brings its request. */
  readonly requests: Map<string, ParsedRequest>;
  readonly graph: EventGraph;
  readonly intake: PaymentIntake;
  readonly overlaps: Overlaps;
  readonly prices: PriceBook;
  /** Receipts and answers of the draft that were taken in. */
  receiptsTaken: number;
  answersTaken: number;
  rejects: readonly RejectedEvent[];
  readonly milestones: readonly Milestone[];
  readonly contradictions: readonly Equivocation[];
  /** Requests that receipts or answers name and that prove nothing so far. */
  readonly unproven: Set<string>;
}

function takeIn(applied: Applied): void {
  const { draft, intake, overlaps, prices } = applied;
  const { receipts, acknowledgements } = draft;
  for (; applied.receiptsTaken < receipts.length; applied.receiptsTaken += 1) {
    const entry = receipts[applied.receiptsTaken];
    if (!entry || !intake.addReceipt(entry)) continue;
    overlaps.add(entry.request);
    prices.add(entry.request);
  }
  for (; applied.answersTaken < acknowledgements.length; applied.answersTaken += 1) {
    const answer = acknowledgements[applied.answersTaken];
    if (answer) intake.addAnswer(answer);
  }
}

/** Notes requests that may still come to count: their receipts would change what is refused. */
function noteUnproven({ draft, unproven }: Applied, parsed: ParsedEvent): void {
  if (parsed.name === 'receipt' || parsed.name === 'tenderAnswer') {
    const { id } = parsed.document.request;
    if (!draft.requests.has(id)) unproven.add(id);
  }
  if (parsed.name !== 'acknowledgement' || parsed.document.type === 'cash') return;
  const { document } = parsed;
  const items = document.type === 'received' ? document.items : [document];
  for (const { request } of items) if (!draft.proven.has(request)) unproven.add(request);
}

/** Adds what parties signed to the graph; what strangers publish is no part of it. */
function addToGraph(draft: Draft, graph: EventGraph, parsed: ParsedEvent): void {
  const { pubkey } = parsed.event;
  const isParty = roleOfActor(draft, pubkey) !== undefined;
  if (!isParty && !isNamedIn(draft.contract.document, pubkey)) return;
  // The request first: an event that others name comes before them.
  const embeds = parsed.name === 'receipt' || parsed.name === 'tenderAnswer';
  const request = embeds ? draft.requests.get(parsed.document.request.id) : undefined;
  if (request) graph.add(toNode(request, false));
  if (parsed.name === 'signature' && parsed.document.type === 'acceptance') {
    const amendment = draft.amendments.get(parsed.document.terms.id);
    if (amendment) graph.add(toNode(amendment, false));
  }
  graph.add(toNode(parsed, isFinal(draft, parsed)));
}

function applyOne(draft: Draft, parsed: ParsedEvent): RejectedEvent | undefined {
  const { id } = parsed.event;
  const refused = applyEvent(draft, parsed);
  return refused && { id, code: refused.code, detail: refused.detail };
}

/** What a contract's events are: acts, the requests they embed, and amendments. */
export interface EventSet {
  readonly acts: readonly ParsedEvent[];
  readonly requests: Map<string, ParsedRequest>;
  readonly amendments: ReadonlyMap<string, ParsedContract>;
}

/** What the bank's keys signed; not asked for where nobody takes over. */
function fromBankOf(draft: Draft, acts: readonly ParsedEvent[]): readonly ParsedEvent[] {
  if (draft.contract.document.silenceDays === undefined) return [];
  return acts.filter(({ event }) => actsFor(draft, event.pubkey, 'bank'));
}

/** Applies a set of events. */
export function applyAll(contract: ParsedContract, set: EventSet): Applied {
  const { requests, amendments } = set;
  const { acceptances, keyEvents, takeovers, others } = inPhases(set.acts);
  const acts = [...acceptances, ...keyEvents, ...takeovers, ...others];
  const graph = new EventGraph();
  const pastOf: Whole['pastOf'] = (id, isPassed) => graph.pastOf(id, isPassed);
  let last: { readonly id: string; readonly basis: Basis } | undefined;
  const basisOf = (id: string): Basis => {
    if (last?.id !== id) last = { id, basis: basisIn({ draft, keyEvents, acts, pastOf }, id) };
    return last.basis;
  };
  const draft = createDraft(contract, { requests, amendments, pastOf, basisOf });
  const apply = (parsed: ParsedEvent): void => {
    const refused = applyOne(draft, parsed);
    if (refused) draft.rejects.push(refused);
  };
  acceptances.forEach(apply);
  applyKeyEvents(draft, keyEvents);
  // Only now is it known who is a party, by delegates and key events, and who a stranger.
  draft.fromBank = fromBankOf(draft, acts);
  graph.add(toNode(contract, false));
  for (const parsed of acts) addToGraph(draft, graph, parsed);
  draft.witnesses = witnessesIn(draft, acts);
  takeovers.forEach(apply);
  if (keyEvents.length > 0) draft.stands = standingIn(draft, others);
  others.forEach(apply);
  const applied: Applied = {
    draft,
    requests,
    graph,
    rejects: draft.rejects,
    receiptsTaken: 0,
    answersTaken: 0,
    intake: new PaymentIntake(draft, partsShown(draft), partsSeen(draft)),
    overlaps: new Overlaps(),
    prices: new PriceBook(contract.document.denomination),
    milestones: resolveMilestones(draft),
    contradictions: findContradictions(draft),
    unproven: new Set(),
  };
  takeIn(applied);
  for (const parsed of acts) noteUnproven(applied, parsed);
  return applied;
}

/** Whether a receipt or answer may tell what its author knew when it tendered. */
function bearsOnTenders(
  draft: Draft,
  parsed: Extract<ParsedEvent, { name: 'receipt' | 'acknowledgement' }>,
): boolean {
  if (draft.tenders.length === 0) return false;
  if (parsed.document.prev.some((id) => draft.witnesses.has(id))) return true;
  return parsed.name === 'receipt' && parsed.document.request.content['leg'] !== 'disbursement';
}

/**
 * Whether an event adds to what was applied and changes nothing of it. A rule by which a receipt or
 * answer bears on other events than itself and its request's answers must say so here.
 */
export function isAppendable({ draft, graph, unproven }: Applied, parsed: ParsedEvent): boolean {
  if (parsed.name !== 'receipt' && parsed.name !== 'acknowledgement') return false;
  const { pubkey } = parsed.event;
  // A takeover is contested by the bank's word; a receipt may rest on what ended a key.
  const isHeard = draft.contract.document.silenceDays !== undefined;
  if (isHeard && actsFor(draft, pubkey, 'bank')) return false;
  if (draft.keyEvents.length > 0) return false;
  if (bearsOnTenders(draft, parsed)) return false;
  // What others named, others rest on.
  if (graph.isMissing(parsed.event.id) || draft.withdrawnBy.size > 0) return false;
  if (parsed.name === 'acknowledgement') return true;
  const { id } = parsed.document.request;
  return !graph.isMissing(id) && !unproven.has(id);
}

/** Applies one more event, which is appendable; says how it was refused, if it was. */
export function append(applied: Applied, parsed: ParsedEvent): RejectedEvent | undefined {
  const refused = applyOne(applied.draft, parsed);
  addToGraph(applied.draft, applied.graph, parsed);
  takeIn(applied);
  noteUnproven(applied, parsed);
  return refused;
}

/** One getter for all states, so that the engine sees them as of one shape. */
const PAYMENTS: PropertyDescriptor & ThisType<ContractState> = {
  enumerable: true,
  get(): readonly Payment[] {
    return this.paid.list();
  },
};

function toState(applied: Applied): ContractState {
  const { draft, intake, overlaps, prices } = applied;
  const { paid } = intake;
  const signedSec = signedAtSec(draft);
  const { versions, rivals } = resolveVersions(
    draft,
    signedSec ?? 0,
    citationsOf(draft, paid),
    versionsShown(draft),
  );
  const { funding, contradictions } = resolveFunding(draft);
  const equivocations = [
    ...draft.equivocations,
    ...overlaps.found(),
    ...prices.found(),
    ...applied.contradictions,
    ...rivals,
    ...contradictions,
    ...rivalReports(draft.reports),
  ].sort((a, b) => (a.events.join() < b.events.join() ? -1 : 1));
  const isEffective = draft.status !== 'proposed' && draft.status !== 'withdrawn';
  const sales = reportedSales(draft.reports, draft.contract.document.daySec);
  const tenders = resolveTenders(draft);
  const notices = viewNotices(draft, paid.daily, sales, tendersOf(tenders));
  const state: Omit<ContractState, 'payments'> = {
    root: draft.root,
    contract: draft.contract,
    version: versions.at(-1)?.id ?? draft.root,
    versions,
    status: draft.status,
    signatures: draft.signatures,
    registered: registeredOf(draft),
    withdrawnBy: [...draft.withdrawnBy].sort(),
    effectiveAtSec: isEffective ? signedSec : undefined,
    signedAtSec: signedSec,
    coolingOffEndsAtSec: coolingOffEndsAtSec(draft),
    keys: draft.keys,
    keyEvents: draft.keyEvents.map(({ id }) => id).sort(),
    funding,
    cohort: cohortOf(draft),
    takeover: resolveTakeover(draft),
    paid,
    milestones: applied.milestones,
    notices,
    acceleratedAtSec: firstOf(notices, 'acceleration'),
    writtenOffAtSec: firstOf(notices, 'writeOff'),
    recoveries: draft.recoveries,
    tenders,
    reports: draft.reports,
    sales,
    finalEvents: finalsOf(draft),
    equivocations,
    unprovenPrices: prices.unproven(),
  };
  return Object.defineProperty(state, 'payments', PAYMENTS) as ContractState;
}

/** The fold of what was applied; nothing that is appended later changes it. */
export function toFold(applied: Applied): Fold {
  const { graph, rejects } = applied;
  const { size } = graph;
  let order: readonly string[] | undefined;
  return {
    state: toState(applied),
    rejects,
    missing: graph.missing(),
    get order() {
      return (order ??= graph.order(size));
    },
  };
}
