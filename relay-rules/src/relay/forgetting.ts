/**
 * What the relay has been asked to forget, and what that forbids from then on.
 * Spec: NIP-09, NIP-62; specs/relays.md, "Forgetting".
 */
import type { SignedEvent } from '@realyield/protocol';
import type Database from 'better-sqlite3';
import { DELETION_KIND, VANISH_KIND, WRAP_KINDS } from '../carried.ts';
import { isForgotten } from '../vanish.ts';
import { isWrap, tagValues } from './events.ts';

/** Why an event may not come (back). */
export type Forbidden = 'deleted' | 'vanished';

/** Deletions and vanished keys of one database. */
export interface Forgetting {
  /** Why an event may not be stored; null when it may. `address` is NIP-01's, if it has one. */
  forbids(event: SignedEvent, address: string | null): Forbidden | null;
  /** Carries out a deletion or a request to vanish that is about to be stored. */
  carryOut(event: SignedEvent): void;
}

/** The tables besides those of events. */
export const FORGETTING_SCHEMA = `
  CREATE TABLE IF NOT EXISTS vanished (
    pubkey TEXT PRIMARY KEY,
    until INTEGER NOT NULL
  ) WITHOUT ROWID;
`;

const WRAPS = WRAP_KINDS.join(',');
const WRAP_TEXTS = WRAP_KINDS.map((kind) => `'${kind}'`).join(',');

function prepareStatements(database: Database.Database) {
  return {
    isDeleted: database.prepare(
      `SELECT 1 FROM tag JOIN event ON event.rowid = tag.event
       WHERE event.kind = ${DELETION_KIND} AND event.pubkey = @pubkey
         AND ((tag.name = 'e' AND tag.value = @id) OR (tag.name = 'a' AND tag.value = @address
           AND event.created_at >= @created_at)) LIMIT 1`,
    ),
    isDeletedByRecipient: database.prepare(
      `SELECT 1 FROM tag JOIN event ON event.rowid = tag.event
       WHERE event.kind = ${DELETION_KIND} AND event.pubkey = @pubkey
         AND tag.name = 'e' AND tag.value = @id
         AND event.rowid IN (SELECT event FROM tag WHERE name = 'k' AND value IN (${WRAP_TEXTS}))
       LIMIT 1`,
    ),
    // R-10: "A relay MUST obey a deletion request (NIP-09) and a request to vanish (NIP-62) for
    // the author's own events…"
    deleteOwn: database.prepare(
      `DELETE FROM event WHERE id = ? AND pubkey = ?
         AND kind NOT IN (${DELETION_KIND}, ${VANISH_KIND})`,
    ),
    deleteAddress: database.prepare(
      'DELETE FROM event WHERE kind = ? AND pubkey = ? AND replaces = ? AND created_at <= ?',
    ),
    deleteReceivedWrap: database.prepare(
      `DELETE FROM event WHERE id = ? AND kind IN (${WRAPS})
         AND rowid IN (SELECT event FROM tag WHERE name = 'p' AND value = ?)`,
    ),
    vanishedAt: database.prepare<[string], { until: number }>(
      'SELECT until FROM vanished WHERE pubkey = ?',
    ),
    rememberVanished: database.prepare(
      `INSERT INTO vanished (pubkey, until) VALUES (?, ?)
       ON CONFLICT (pubkey) DO UPDATE SET until = max(until, excluded.until)`,
    ),
    deleteAuthor: database.prepare('DELETE FROM event WHERE pubkey = ? AND created_at <= ?'),
    deleteWrapsTo: database.prepare(
      `DELETE FROM event WHERE kind IN (${WRAPS}) AND created_at <= @until
         AND rowid IN (SELECT event FROM tag WHERE name = 'p' AND value = @pubkey)`,
    ),
  };
}

type Statements = ReturnType<typeof prepareStatements>;

/** A deletion may name wraps its author received, when it says that it does (NIP-09). */
function deletesWraps(deletion: SignedEvent): boolean {
  return tagValues(deletion, 'k').some((kind) => WRAP_KINDS.includes(Number(kind)));
}

function applyDeletion(statements: Statements, deletion: SignedEvent): void {
  const { pubkey, created_at } = deletion;
  for (const id of tagValues(deletion, 'e')) {
    statements.deleteOwn.run(id, pubkey);
    if (deletesWraps(deletion)) statements.deleteReceivedWrap.run(id, pubkey);
  }
  for (const address of tagValues(deletion, 'a')) {
    const [, kind, author, key] = /^(\d{1,5}):([0-9a-f]{64}):([\s\S]*)$/.exec(address) ?? [];
    if (author !== pubkey) continue;
    statements.deleteAddress.run(Number(kind), author, key, created_at);
  }
}

function applyVanish(statements: Statements, { pubkey, created_at }: SignedEvent): void {
  statements.deleteAuthor.run(pubkey, created_at);
  statements.deleteWrapsTo.run({ pubkey, until: created_at });
  statements.rememberVanished.run(pubkey, created_at);
}

function isDeleted(statements: Statements, event: SignedEvent, address: string | null): boolean {
  // Neither a deletion nor a request to vanish can be deleted (NIP-09, NIP-62).
  if (event.kind === DELETION_KIND || event.kind === VANISH_KIND) return false;
  const { id, pubkey, created_at } = event;
  if (statements.isDeleted.get({ pubkey, id, address, created_at })) return true;
  if (!isWrap(event)) return false;
  const recipients = tagValues(event, 'p');
  return recipients.some((key) => statements.isDeletedByRecipient.get({ pubkey: key, id }));
}

/** Prepares what the store asks on every write. */
export function createForgetting(database: Database.Database): Forgetting {
  const statements = prepareStatements(database);
  const vanishedAtSec = (key: string): number | undefined => statements.vanishedAt.get(key)?.until;
  return {
    forbids(event, address) {
      if (isForgotten(event, vanishedAtSec)) return 'vanished';
      return isDeleted(statements, event, address) ? 'deleted' : null;
    },
    carryOut(event) {
      if (event.kind === DELETION_KIND) applyDeletion(statements, event);
      if (event.kind === VANISH_KIND) applyVanish(statements, event);
    },
  };
}
