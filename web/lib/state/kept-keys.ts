/**
 * Encrypted keys (NIP-49) kept on this device. Whoever disconnects, or is somebody else for a
 * while, finds theirs again: a key made here may exist nowhere else. Only erasing forgets one.
 */
import * as z from 'zod/mini';

const KEY = 'realyield.keys';
/** More than a household needs; the oldest is never dropped for a newer one. */
const MOST_KEYS = 50;

const keySchema = z.object({
  ncryptsec: z.string().check(z.regex(/^ncryptsec1[02-9ac-hj-np-z]+$/)),
  publicKey: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
});

/** An encrypted key and whose it is. */
export type KeptKey = z.infer<typeof keySchema>;

/** The keys kept here, the last used first. */
export function loadKeys(): readonly KeptKey[] {
  try {
    const kept = z.array(keySchema).safeParse(JSON.parse(localStorage.getItem(KEY) ?? '[]'));
    return kept.success ? kept.data : [];
  } catch {
    return [];
  }
}

/** Keeps a key that was opened; the same one with another passphrase takes its place. */
export function keepKey(key: KeptKey): void {
  const others = loadKeys().filter(({ publicKey }) => publicKey !== key.publicKey);
  if (others.length >= MOST_KEYS) return;
  localStorage.setItem(KEY, JSON.stringify([key, ...others]));
}

/** Forgets one: without a copy elsewhere it is gone. */
export function forgetKey(publicKey: string): void {
  const left = loadKeys().filter((key) => key.publicKey !== publicKey);
  localStorage.setItem(KEY, JSON.stringify(left));
}
