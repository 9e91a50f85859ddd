/**
 * Which keys act for a role: the contract's, delegates, and what replaced either.
 * Spec: specs/keys.md. Nothing here takes a key's place as payee away: a revocation dated back
 * must not erase what was paid to it.
 */
import type { ParsedKey } from '../events.ts';
import type { PartyRole } from '../kinds/fields.ts';
import { reject, type Reject } from '../result.ts';
import { isNamedIn, type Draft } from './draft.ts';
import { PARTY_ROLES, type Equivocation, type RoleKey } from './state.ts';

/** What is known of one key of one role while key events are gone through. */
interface Held {
  readonly key: string;
  readonly use: RoleKey['use'];
  /** Least time of a rotation or revocation of it. */
  endsAtSec: number;
  /** Least time of a revocation of it. */
  lostAtSec: number;
  /** Least time at which the recovery key ended it, or what it came from. */
  byRecoverySec: number;
}

type Ring = Map<string, Held>;

const subjectOf = ({ document }: ParsedKey): string =>
  document.type === 'rotation' ? document.from : document.key;

function ringOf(draft: Draft, role: PartyRole): Ring {
  const own = draft.keys.filter((each) => each.role === role);
  return new Map(own.map(({ key, use }) => [key, newHeld(key, use)]));
}

function newHeld(key: string, use: RoleKey['use']): Held {
  return { key, use, endsAtSec: Infinity, lostAtSec: Infinity, byRecoverySec: Infinity };
}

/** Why an event does not count by its author, or by the keys it names. */
function refusalOf(draft: Draft, ring: Ring, parsed: ParsedKey): Reject | undefined {
  const { document, event } = parsed;
  const { parties } = draft.contract.document;
  const subject = ring.get(subjectOf(parsed));
  const author = ring.get(event.pubkey);
  const isRecovery = event.pubkey === parties[document.role].recovery;
  // KEY-2: "An event of kind 2823 counts only by the role's recovery key, on a main key also by
  // that key itself, on a delegate also by any main key of the role; otherwise it is refused as
  // `AUTHOR_ROLE`."
  const isOwn = author?.use === 'main' && (subject?.use !== 'main' || subject === author);
  if (!isRecovery && !isOwn) return reject('AUTHOR_ROLE', document.role);
  // KEY-3: "One on a key that the role does not have, or to a key that the contract names itself,
  // is refused as `KEY_CONFLICT`."
  if (!subject) return reject('KEY_CONFLICT', 'from');
  if (document.type !== 'rotation') return undefined;
  const isParty = PARTY_ROLES.some((role) => parties[role].pubkey === document.to);
  const isTaken = isParty || isNamedIn(draft.contract.document, document.to);
  return isTaken ? reject('KEY_CONFLICT', 'to') : undefined;
}

/** Adds the keys that rotations lead to, until there are no more. */
function extend(draft: Draft, ring: Ring, rotations: readonly ParsedKey[]): void {
  // KEY-4: "A rotation that counts adds a key of the same use: main for main, delegate for
  // delegate; one that both lead to is a main key."
  for (const use of ['main', 'delegate'] as const) {
    for (let isChanged = true; isChanged;) {
      isChanged = false;
      for (const parsed of rotations) {
        const { document } = parsed;
        if (document.type !== 'rotation' || ring.get(document.from)?.use !== use) continue;
        const known = ring.get(document.to)?.use;
        if (known === use || known === 'main' || refusalOf(draft, ring, parsed)) continue;
        ring.set(document.to, newHeld(document.to, use));
        isChanged = true;
      }
    }
  }
}

/** When a key that a main key named came to its end because that main key did. */
function inheritedSec(ring: Ring, parsed: ParsedKey): number {
  const author = ring.get(parsed.event.pubkey);
  if (!author) return Infinity;
  const { lostAtSec, byRecoverySec, key } = author;
  // KEY-6: "A key that a main key put in its own place ends no later than the recovery key ended
  // that one, unless the recovery key put it there too; a key that a main key named after it was
  // revoked ends when it was revoked."
  const endSec = Math.min(lostAtSec, byRecoverySec);
  const namedSec = endSec < parsed.event.created_at ? endSec : Infinity;
  return key === subjectOf(parsed) ? Math.min(byRecoverySec, namedSec) : namedSec;
}

/** Those that count; the others are refused. */
function count(
  draft: Draft,
  ring: Ring,
  events: readonly ParsedKey[],
  refusals: Map<string, Reject>,
): ParsedKey[] {
  return events.filter((parsed) => {
    const { id, pubkey, created_at: atSec } = parsed.event;
    const author = ring.get(pubkey);
    const isLate = parsed.document.type === 'revocation' && author?.key !== subjectOf(parsed);
    // KEY-8: "A revocation of a delegate by a main key that had ended is refused as `KEY_REVOKED`."
    const isEnded = isLate && (author?.endsAtSec ?? Infinity) < atSec;
    const refused =
      refusalOf(draft, ring, parsed) ?? (isEnded ? reject('KEY_REVOKED', pubkey) : undefined);
    if (refused) refusals.set(id, refused);
    else draft.keyEvents.push({ id, role: parsed.document.role });
    return !refused;
  });
}

function applyEnds(ring: Ring, counted: readonly ParsedKey[], recovery: string | undefined): void {
  for (const parsed of counted) {
    const held = ring.get(subjectOf(parsed));
    const { created_at: atSec, pubkey } = parsed.event;
    if (!held) continue;
    // KEY-5: "A key ends at the least `created_at` of the rotations and revocations of it…"
    held.endsAtSec = Math.min(held.endsAtSec, atSec);
    if (parsed.document.type === 'revocation') held.lostAtSec = Math.min(held.lostAtSec, atSec);
    if (pubkey === recovery) held.byRecoverySec = Math.min(held.byRecoverySec, atSec);
  }
  const spared = counted.filter(({ event }) => event.pubkey === recovery);
  const safe = new Set(spared.map(({ document }) => ('to' in document ? document.to : '')));
  for (let isChanged = true; isChanged;) {
    isChanged = false;
    for (const parsed of counted) {
      const held = 'to' in parsed.document ? ring.get(parsed.document.to) : undefined;
      if (!held || safe.has(held.key)) continue;
      const endSec = inheritedSec(ring, parsed);
      if (endSec >= held.byRecoverySec) continue;
      held.byRecoverySec = endSec;
      held.endsAtSec = Math.min(held.endsAtSec, endSec);
      isChanged = true;
    }
  }
}

/** Two ways in which one key was replaced, both by itself. */
function findRivals(counted: readonly ParsedKey[], recovery: string | undefined): Equivocation[] {
  const first = new Map<string, ParsedKey>();
  return counted.flatMap((parsed) => {
    const { document, event } = parsed;
    if (document.type !== 'rotation' || event.pubkey === recovery) return [];
    const known = first.get(document.from);
    if (!known) first.set(document.from, parsed);
    if (!known || (known.document.type === 'rotation' && known.document.to === document.to)) {
      return [];
    }
    // KEY-7: "Rotations of one key to different keys dismiss nothing: each adds its key, and each
    // is reported with the least (`created_at`, id) as `rival rotations`."
    const [least, most] = [known.event.id, event.id].sort() as [string, string];
    const events = [least, most] as const;
    return [{ reason: 'rival rotations' as const, author: event.pubkey, events }];
  });
}

/** By role, main keys first, then by key. */
function byRank(a: RoleKey, b: RoleKey): number {
  if (a.role !== b.role) return PARTY_ROLES.indexOf(a.role) - PARTY_ROLES.indexOf(b.role);
  if (a.use !== b.use) return a.use === 'main' ? -1 : 1;
  return a.key < b.key ? -1 : 1;
}

/**
 * Takes all events of kind 2823 in, least (time, id) first. They count together, whatever their
 * order: a clock that is behind must not lose a key.
 */
export function applyKeyEvents(draft: Draft, events: readonly ParsedKey[]): void {
  if (events.length === 0) {
    draft.keys = [...draft.keys].sort(byRank);
    return;
  }
  const keys: RoleKey[] = [];
  const refusals = new Map<string, Reject>();
  for (const role of PARTY_ROLES) {
    const own = events.filter(({ document }) => document.role === role);
    const { recovery } = draft.contract.document.parties[role];
    const ring = ringOf(draft, role);
    extend(draft, ring, own);
    const isOnMain = (parsed: ParsedKey): boolean => ring.get(subjectOf(parsed))?.use === 'main';
    const onMain = count(draft, ring, own.filter(isOnMain), refusals);
    applyEnds(ring, onMain, recovery);
    const others = own.filter((parsed) => !isOnMain(parsed));
    applyEnds(ring, [...onMain, ...count(draft, ring, others, refusals)], recovery);
    draft.equivocations.push(...findRivals(onMain, recovery));
    for (const { key, use, endsAtSec } of ring.values()) {
      const end = endsAtSec === Infinity ? undefined : endsAtSec;
      keys.push({ role, key, use, endsAtSec: end });
    }
  }
  for (const { event } of events) {
    const refused = refusals.get(event.id);
    if (!refused) continue;
    draft.rejects.push({ id: event.id, code: refused.code, detail: refused.detail });
  }
  draft.keys = keys.sort(byRank);
}
