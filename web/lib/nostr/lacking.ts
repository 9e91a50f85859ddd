/** Which of our events a relay lacks, by set reconciliation (NIP-77): ids travel, not events. */
import type { Filter } from '../engine/ports.ts';
import type { RelayLink } from './relay-link.ts';
import { loadPart } from '../loading.ts';

/** Largest message we send, bytes before hex: relays take at least 64 kB. */
const FRAME_BYTES = 30_000;

/** Ids among these that the relay lacks; undefined where it does not take part. */
export async function findLacking(
  link: RelayLink,
  filter: Filter,
  events: readonly { readonly id: string; readonly created_at: number }[],
  timeoutMs: number,
): Promise<readonly string[] | undefined> {
  // Fetched when first needed: the package exports it only together with everything else.
  const { nip77 } = await loadPart(() => import('nostr-tools'));
  const storage = new nip77.NegentropyStorageVector();
  for (const { id, created_at } of events) storage.insert(created_at, id);
  storage.seal();
  const own = new nip77.Negentropy(storage, FRAME_BYTES);
  const lacking = new Set<string>();
  const first = own.initiate();
  const isDone = await link.reconcile(
    filter,
    first,
    (message) => own.reconcile(message, (id) => lacking.add(id)) ?? undefined,
    timeoutMs,
  );
  return isDone ? [...lacking] : undefined;
}
