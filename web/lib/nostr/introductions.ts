/** Saying who we are to relays that ask (NIP-42): which keys, and when. */
import type { Filter, Signer } from '../engine/ports.ts';
import type { RelayTalk } from './relay-talk.ts';

/** The signer of a key of ours. */
export type SignerOf = (publicKey: string) => Signer | undefined;

const WRAP_KIND = 1_059;

/** Whether a relay's refusal means that it wants to know who asks. */
export function asksWhoWeAre(reason: string): boolean {
  return /^(auth-required|restricted):/.test(reason);
}

/**
 * Where the relay has sent a challenge, the keys whose mail is asked for are proven before the
 * question: some relays leave out the wraps of others without a word. Only with keys held here;
 * a person's own signer is asked when the relay insists.
 */
export function introduce(
  talk: RelayTalk,
  filters: readonly Filter[],
  signerOf: SignerOf,
  timeoutMs: number,
): void {
  if (!talk.hasChallenge) return;
  for (const filter of filters) {
    if (filter.kinds?.includes(WRAP_KIND) !== true) continue;
    for (const key of filter['#p'] ?? []) {
      const signer = signerOf(key);
      if (signer?.kind === 'local') void talk.prove(signer, timeoutMs);
    }
  }
}

/** The keys a question is about: whose mail, or whose events. */
export function keysOf(filters: readonly Filter[]): readonly string[] {
  const keys = filters.flatMap((filter) => [...(filter['#p'] ?? []), ...(filter.authors ?? [])]);
  return [...new Set(keys)];
}

/** Proves those of the keys that are ours; whether any of them is proven. */
export async function proveKeys(
  talk: RelayTalk,
  publicKeys: readonly string[],
  signerOf: SignerOf,
  timeoutMs: number,
): Promise<boolean> {
  const signers = publicKeys.map(signerOf).filter((signer) => signer !== undefined);
  const proofs = signers.map((signer) => talk.prove(signer, timeoutMs));
  return (await Promise.all(proofs)).includes(true);
}
