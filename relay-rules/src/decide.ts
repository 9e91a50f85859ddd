/**
 * May this event enter the relay? Pure: the clock, the operator's choices and whatever the relay
 * knows besides the event are arguments. Spec: specs/relays.md.
 */
import {
  Kind,
  kindRow,
  readShape,
  type ContractDocument,
  type ParsedEvent,
  type ShapedEvent,
  type SignedEvent,
} from '@realyield/protocol';
import { isCarried, PRIVATE_KINDS, VANISH_KIND, type KindsPolicy } from './carried.ts';
import type { Reader } from './reader.ts';
import { ACCEPTED, refuse, refuseUnreadable, type Decision } from './reasons.ts';
import { isForgotten, namesRelay } from './vanish.ts';

/** What an operator chooses. */
export interface Rules {
  /** Which kinds outside the protocol are carried. */
  readonly kinds: KindsPolicy;
  /** How far `created_at` may lie ahead of the relay's clock, in seconds. */
  readonly maxFutureSec: number;
  /** Whether signatures of embedded events are checked; their ids are computed in any case. */
  readonly checksEmbedded: boolean;
}

/** Five minutes ahead, whatever the protocol's clients need, and every signature checked. */
export const DEFAULT_RULES: Rules = { kinds: 'needed', maxFutureSec: 300, checksEmbedded: true };

/** What a relay that carries out requests to vanish knows. */
export interface VanishContext {
  /** Addresses clients know the relay by, as `normalizeRelayUrl` writes them. */
  readonly relayUrls: ReadonlySet<string>;
  /** Up to which `created_at` a key has asked to be forgotten, in seconds. */
  readonly vanishedAtSec: (publicKeyHex: string) => number | undefined;
}

/** Everything a decision rests on besides the event. */
export interface DecideContext {
  readonly rules: Rules;
  /** The relay's clock, in seconds. */
  readonly nowSec: number;
  /** Whether the relay has checked id and signature before asking, as strfry does. */
  readonly isSignatureChecked: boolean;
  readonly reader: Reader;
  /** Absent where nobody carries out requests to vanish. */
  readonly vanish?: VanishContext;
  /** Keys named by a contract the relay holds; undefined where it does not hold it (yet). */
  readonly keysNamedBy?: (root: string) => ReadonlySet<string> | undefined;
  /** Keys that a contract's key events the relay holds lead to, from those named. */
  readonly keysLedTo?: (root: string, named: ReadonlySet<string>) => ReadonlySet<string>;
  /** Whether the relay holds an event; absent where nobody can say. */
  readonly holds?: (id: string) => boolean;
}

/** What holds for events of any kind: time, and keys that have vanished. */
function decideAny(event: SignedEvent, context: DecideContext): Decision {
  // R-1: "A relay MUST refuse an event whose `created_at` is more than the bound it announces
  // ahead of its own clock…"
  if (event.created_at > context.nowSec + context.rules.maxFutureSec) return refuse('TIME_FUTURE');
  // R-8: "After a request to vanish that names it, a relay MUST refuse what the key signed up to
  // the request's time, and gift wraps to it of up to that time, as `KEY_VANISHED`…"
  if (context.vanish && isForgotten(event, context.vanish.vanishedAtSec)) {
    return refuse('KEY_VANISHED');
  }
  return ACCEPTED;
}

/** Kinds outside the protocol. */
function decideOther(event: SignedEvent, context: DecideContext): Decision {
  // "A relay MUST refuse rumors (2809), seals (13) and authentications (22242)…"
  if (PRIVATE_KINDS.has(event.kind)) return refuse('KIND_PRIVATE');
  // "A relay MAY refuse other kinds…"
  if (!isCarried(event.kind, context.rules.kinds)) return refuse('KIND_NOT_CARRIED');
  if (event.kind !== VANISH_KIND) return ACCEPTED;
  // "A relay MUST refuse a request to vanish that it will not carry out…"
  if (!context.vanish) return refuse('VANISH_UNSUPPORTED');
  return namesRelay(event, context.vanish.relayUrls) ? ACCEPTED : refuse('VANISH_ELSEWHERE');
}

/** A contract is read once and named by many events. */
const namedIn = new WeakMap<ContractDocument, ReadonlySet<string>>();

/** The keys that may sign for a contract: its parties', who recovers them, attests or serves. */
export function keysNamedIn(document: ContractDocument): ReadonlySet<string> {
  const known = namedIn.get(document);
  if (known) return known;
  const { parties, attester, appointees = {} } = document;
  const keys = Object.values(parties).flatMap(({ pubkey, recovery }) => [pubkey, recovery]);
  const named = [...keys, attester, ...Object.values(appointees)];
  const set = new Set(named.filter((key) => key !== undefined));
  namedIn.set(document, set);
  return set;
}

/** The keys of a contract that the event carries or the relay holds; undefined when unknown. */
function keysFor(
  parsed: ParsedEvent,
  all: readonly ParsedEvent[],
  context: DecideContext,
): ReadonlySet<string> | undefined {
  const { document } = parsed;
  if (!('contract' in document)) return undefined;
  const carried = all.find(({ event }) => event.id === document.contract);
  if (carried?.name !== 'contract') return context.keysNamedBy?.(document.contract);
  return keysNamedIn(carried.document);
}

/** Whether an event embeds the pledge of a bond that its author holds, by one of these keys. */
function holds({ document, event }: ParsedEvent, keys: ReadonlySet<string>): boolean {
  if (!('pledge' in document) || typeof document.pledge === 'string') return false;
  const { content, pubkey } = document.pledge;
  const holders = Object.values((content['holders'] ?? {}) as Record<string, { pubkey?: unknown }>);
  return keys.has(pubkey) && holders.some((holder) => holder.pubkey === event.pubkey);
}

/** Whether an author has no part in a contract, as far as can be known here. */
function isStranger(
  parsed: ParsedEvent,
  all: readonly ParsedEvent[],
  context: DecideContext,
): boolean {
  const { document, event } = parsed;
  const keys = keysFor(parsed, all, context);
  if (!keys || keys.has(event.pubkey) || !('contract' in document)) return false;
  // R-7: "…nor one of the holders of a bond that its step embeds the pledge of, by a key named
  // there, as `AUTHOR_STRANGER`.…"
  if (holds(parsed, keys)) return false;
  // R-7: "…nor led to from one of those by rotations (2823) that it holds… It MUST NOT refuse it
  // because it does not hold the contract or an event that `prev` names…"
  if (context.keysLedTo?.(document.contract, keys).has(event.pubkey)) return false;
  const before = 'prev' in document ? document.prev : [];
  const isAtHand = (id: string): boolean =>
    // What names the keys is at hand.
    id === document.contract ||
    all.some((each) => each.event.id === id) ||
    context.holds?.(id) === true;
  return before.every(isAtHand);
}

/** The kinds only keys named in the contract may sign; money events may come from delegates. */
const MAIN_KEY_KINDS: ReadonlySet<number> = new Set([
  Kind.signature,
  Kind.milestone,
  Kind.notice,
  Kind.dispute,
]);

/** The protocol's own facts. */
function decideFact(event: ShapedEvent, context: DecideContext): Decision {
  // R-5: "A relay MUST refuse a fact with the tag `-` as `FACT_PROTECTED` and one with the tag
  // `expiration` as `FACT_EXPIRING`…"
  if (event.tags.some(([name]) => name === '-')) return refuse('FACT_PROTECTED');
  if (event.tags.some(([name]) => name === 'expiration')) return refuse('FACT_EXPIRING');
  // "A relay MUST refuse a fact that a reader would refuse…"
  const verified = context.reader.verify(event, context.isSignatureChecked);
  if (!verified.ok) return refuseUnreadable(verified);
  // "A relay MUST recompute the ids of embedded events…"
  const read = context.reader.read(verified.value, context.rules.checksEmbedded);
  if (!read.ok) return refuseUnreadable(read);
  const parsed = read.value.at(-1);
  // R-12: "A relay MUST refuse a sale (2818) as `SALE_PRIVATE`; published, it shows what one
  // customer paid and when."
  if (parsed?.name === 'sales' && parsed.document.type === 'sale') return refuse('SALE_PRIVATE');
  if (!parsed || !MAIN_KEY_KINDS.has(event.kind)) return ACCEPTED;
  // R-7: "A relay MAY refuse a signature, milestone, notice or dispute step whose author is not
  // named in the contract, when that contract is embedded or held…"
  return isStranger(parsed, read.value, context) ? refuse('AUTHOR_STRANGER') : ACCEPTED;
}

/**
 * Whether the relay takes an event, or the code and words of its refusal. Believes nothing the
 * event says about itself; `isSignatureChecked` spares the outer id and signature alone. Never
 * throws.
 */
export function decide(input: unknown, context: DecideContext): Decision {
  const shaped = readShape(input);
  if (!shaped.ok) return refuseUnreadable(shaped);
  const event = shaped.value;
  const timely = decideAny(event, context);
  if (!timely.accept) return timely;
  const row = kindRow(event.kind);
  // "A relay MUST refuse kinds that the table in events.md reserves…"
  if (row && !row.defined) return refuse('KIND_RESERVED');
  if (row) return decideFact(event, context);
  const other = decideOther(event, context);
  if (!other.accept || context.isSignatureChecked) return other;
  const verified = context.reader.verify(event, false);
  return verified.ok ? ACCEPTED : refuseUnreadable(verified);
}
