/**
 * What a notice rests on: the events it names, directly or not, and whose keys those show. It is
 * judged on that alone. Spec: specs/notices.md, "What a notice rests on".
 */
import type { ParsedEvent, ParsedKey } from '../events.ts';
import { actOf, type ContractAct } from './acts.ts';
import { isJudgedAlone } from './authors.ts';
import { actsFor, createDraft, isNamedIn, mainKeys } from './draft.ts';
import type { AppliedNotice, Basis, Draft } from './draft.ts';
import { applyKeyEvents } from './keys.ts';
import { PARTY_ROLES } from './state.ts';
import { applyEvent } from './transitions.ts';

/** A set of events, of which each notice sees a part. */
export interface Whole {
  readonly draft: Draft;
  readonly keyEvents: readonly ParsedKey[];
  /** All of them in the order of application. */
  readonly acts: readonly ParsedEvent[];
  /** What an event rests on, through events for which this holds. */
  readonly pastOf: (id: string, isPassed?: (id: string) => boolean) => ReadonlySet<string>;
}

/** What is seen anew by the keys a notice shows. */
const SEEN: ReadonlySet<ContractAct | undefined> = new Set([
  'amendment',
  'receipt',
  'chainReceipt',
  'received',
  'objection',
  'tender',
  'tenderAnswer',
  'salesReport',
] as const);

function witnessesWithin(all: Draft['witnesses'], past: ReadonlySet<string>): Draft['witnesses'] {
  if (all.size === 0) return all;
  return new Map([...all].map(([id, each]) => [id, each.filter((one) => past.has(one.id))]));
}

/** The contract with the keys that a part of its events shows, and nothing signed yet. */
function blank({ draft, keyEvents }: Whole, past: ReadonlySet<string>): Draft {
  const isPast = ({ parsed }: AppliedNotice): boolean => past.has(parsed.event.id);
  const named = draft.delegations.filter(({ id }) => past.has(id));
  const delegates = new Map(named.map((each) => [`${each.role} ${each.key}`, each]));
  const keys = [...delegates.values()].map(({ role, key }) => {
    return { role, key, use: 'delegate' as const, endsAtSec: undefined };
  });
  const view: Draft = {
    ...draft,
    status: 'effective',
    keys: [...mainKeys(draft.contract.document), ...keys],
    ...{ keyEvents: [], receipts: [], acknowledgements: [], reports: [], amendmentSignatures: [] },
    chainPaid: [],
    ...{ tenders: [], tenderAnswers: [], notices: draft.notices.filter(isPast) },
    witnesses: witnessesWithin(draft.witnesses, past),
    ...{ equivocations: [], rejects: [], proven: new Map(), stands: new Set() },
  };
  const own = keyEvents.filter(({ event }) => past.has(event.id));
  if (own.length > 0) applyKeyEvents(view, own);
  return view;
}

/** The events a notice rests on, and the keys they show: whoever is none of them names nothing. */
function seenBy(whole: Whole, id: string): { past: ReadonlySet<string>; view: Draft } {
  const { draft, acts, pastOf } = whole;
  // N-22: "…An event by a key that those do not give names nothing for it."
  let past = pastOf(id);
  let view = blank(whole, past);
  if (view.keys.length === draft.keys.length) return { past, view };
  const authors = new Map(acts.map(({ event }) => [event.id, event.pubkey]));
  for (;;) {
    const { keys } = view;
    const isPassed = (each: string): boolean => {
      const author = authors.get(each);
      if (author === undefined || isNamedIn(draft.contract.document, author)) return true;
      return PARTY_ROLES.some((role) => actsFor({ keys }, author, role));
    };
    const less = pastOf(id, isPassed);
    if (less.size === past.size) return { past, view };
    past = less;
    view = blank(whole, past);
  }
}

/** What the notice of an id rests on, of a set that was applied up to it. */
export function basisIn(whole: Whole, id: string): Basis {
  const { draft, keyEvents, acts } = whole;
  const { past, view } = seenBy(whole, id);
  // N-22: "For a notice on a contract keys begin and end by the acceptances and key events it rests
  // on, and by no others…"
  if (keyEvents.length === 0 && view.keys.length === draft.keys.length) {
    const amendmentSignatures = draft.amendmentSignatures.filter((each) => past.has(each.id));
    const receipts = draft.receipts.filter(({ receipt }) => past.has(receipt.event.id));
    const chainPaid = draft.chainPaid.filter(({ receipt }) => past.has(receipt));
    const acknowledgements = draft.acknowledgements.filter(({ event }) => past.has(event.id));
    const reports = draft.reports.filter((each) => past.has(each.id));
    const tenders = draft.tenders.filter(({ event }) => past.has(event.id));
    const tenderAnswers = draft.tenderAnswers.filter(({ answer }) => past.has(answer.event.id));
    const money = { receipts, chainPaid, acknowledgements, reports };
    const seen = { amendmentSignatures, tenders, tenderAnswers };
    return { past, view: { ...view, ...money, ...seen } };
  }
  for (const parsed of acts) {
    if (past.has(parsed.event.id) && SEEN.has(actOf(parsed))) applyEvent(view, parsed);
  }
  return { past, view };
}

/**
 * Receipts, answers and sales reports that counted for the final events of a set, by the keys each
 * of them shows. Of the set takeovers are applied, acceptances and key events, and nothing else.
 */
export function standingIn(draft: Draft, acts: readonly ParsedEvent[]): ReadonlySet<string> {
  const { requests, amendments, pastOf, basisOf, status, signatures, keys, takeovers } = draft;
  const alone = createDraft(draft.contract, { requests, amendments, pastOf, basisOf });
  const judged: Draft = { ...alone, status, signatures, keys, takeovers };
  for (const parsed of acts) if (isJudgedAlone(parsed)) applyEvent(judged, parsed);
  return new Set(judged.finals.flatMap(({ counted }) => [...counted]));
}
