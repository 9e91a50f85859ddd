/**
 * Copies of key backups on relays: written, read back before a key signs, and written again where
 * a relay has lost one. A relay's OK proves nothing; only what it hands out again counts.
 */
import type { SignedEvent, VerifiedEvent } from '@realyield/protocol';
import { APPLICATION_DATA_KIND, isKeyBackup } from './key-record.ts';
import type { Relays, Verifier } from './ports.ts';

/** From how many relays a backup is read back before its key signs. */
export const COPIES_WANTED = 2;

/** Two addresses of one host are one place to lose things. */
function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}

/** How many different hosts a list of relays names. */
export function countHosts(urls: readonly string[]): number {
  return new Set(urls.map(hostOf)).size;
}

/** What relays hold of one person's backups. */
export interface Copies {
  /** Events that can be key backups, by id, newest first. */
  readonly events: ReadonlyMap<string, VerifiedEvent>;
  /** Which relays sent each. */
  readonly holders: ReadonlyMap<string, ReadonlySet<string>>;
  /** Relays that said they had sent everything. */
  readonly complete: readonly string[];
  /** Relays that did not answer, or not to the end. */
  readonly incomplete: readonly string[];
}

/** Asks every relay for itself, so that a lost copy is noticed. */
export async function findCopies(
  owner: string,
  { relays, verifier }: { readonly relays: Relays; readonly verifier: Verifier },
): Promise<Copies> {
  const filter = { kinds: [APPLICATION_DATA_KIND], authors: [owner] };
  const answers = await Promise.all(
    relays.urls.map(async (url) => {
      const answer = await relays.query([filter], { urls: [url] });
      return { url, events: answer.events, isComplete: answer.incomplete.length === 0 };
    }),
  );
  const holders = new Map<string, Set<string>>();
  const found: VerifiedEvent[] = [];
  for (const { url, events } of answers) {
    for (const verified of await verifier.verifyBatch(events)) {
      if (!verified.ok || !isKeyBackup(verified.value, owner)) continue;
      const { id } = verified.value;
      const known = holders.get(id);
      if (known) known.add(url);
      else {
        holders.set(id, new Set([url]));
        found.push(verified.value);
      }
    }
  }
  found.sort((a, b) => b.created_at - a.created_at || (a.id < b.id ? -1 : 1));
  return {
    events: new Map(found.map((event) => [event.id, event])),
    holders,
    complete: answers.filter(({ isComplete }) => isComplete).map(({ url }) => url),
    incomplete: answers.filter(({ isComplete }) => !isComplete).map(({ url }) => url),
  };
}

/** Sends a backup to the relays we write to and returns those that hand it out again. */
export async function publishAndReadBack(
  event: SignedEvent,
  { relays, verifier }: { readonly relays: Relays; readonly verifier: Verifier },
): Promise<readonly string[]> {
  await relays.publish(event);
  const found = await Promise.all(
    relays.writeUrls.map(async (url) => {
      const { events } = await relays.query([{ ids: [event.id] }], { urls: [url] });
      const verified = await verifier.verifyBatch(events);
      return verified.some((answer) => answer.ok && answer.value.id === event.id) ? [url] : [];
    }),
  );
  return found.flat();
}

/** Sends our backups to relays that answered in full and do not have them. */
export async function mendCopies(
  backups: readonly SignedEvent[],
  copies: Copies,
  relays: Relays,
): Promise<void> {
  for (const event of backups) {
    const holders = copies.holders.get(event.id);
    const lacking = relays.writeUrls.filter(
      (url) => copies.complete.includes(url) && holders?.has(url) !== true,
    );
    if (lacking.length > 0) await relays.publish(event, lacking);
  }
}
