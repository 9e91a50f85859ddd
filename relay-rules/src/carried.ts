/**
 * Which kinds a relay for this protocol carries besides the protocol's own.
 * Spec: specs/relays.md, "Kinds".
 */

/** An operator's choice of kinds: the protocol's alone, what it needs to work, or everything. */
export type KindsPolicy = 'protocol' | 'needed' | 'all';

/** The choices, narrowest first. */
export const KINDS_POLICIES: readonly KindsPolicy[] = ['protocol', 'needed', 'all'];

/** Kind of a deletion request (NIP-09). */
export const DELETION_KIND = 5;

/** Kind of a request to vanish (NIP-62). */
export const VANISH_KIND = 62;

/** Kinds of gift wraps (NIP-59), stored and ephemeral. */
export const WRAP_KINDS: readonly number[] = [1_059, 21_059];

/** What clients of the protocol publish besides its facts: name, NIP, and why it is needed. */
export const NEEDED_KINDS: ReadonlyMap<number, string> = new Map([
  [0, 'profiles (NIP-01)'],
  [3, 'whom somebody follows (NIP-02)'],
  [1_059, 'gift wraps: the private conversation (NIP-59)'],
  [10_002, 'relay lists (NIP-65)'],
  [10_050, 'relays for private messages (NIP-17)'],
  [13_194, 'what a wallet can do (NIP-47)'],
  [21_059, 'gift wraps that are not stored (NIP-59)'],
  [23_194, 'wallet requests (NIP-47)'],
  [23_195, 'wallet answers (NIP-47)'],
  [23_196, 'wallet notifications (NIP-47)'],
  [23_197, 'wallet notifications (NIP-47)'],
  [24_133, 'remote signing (NIP-46)'],
  [30_078, 'encrypted backups and settings (NIP-78)'],
]);

/** Kinds that must not leave their sender: seals, rumors, and answers to an AUTH challenge. */
export const PRIVATE_KINDS: ReadonlyMap<number, string> = new Map([
  [13, 'seals (NIP-59)'],
  [2_809, 'rumors of the private conversation'],
  [22_242, 'authentications (NIP-42)'],
]);

/** Whether a kind outside the protocol is carried. */
export function isCarried(kind: number, policy: KindsPolicy): boolean {
  if (policy === 'all' || kind === DELETION_KIND || kind === VANISH_KIND) return true;
  return policy === 'needed' && NEEDED_KINDS.has(kind);
}
