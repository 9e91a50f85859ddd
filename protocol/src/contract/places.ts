/** Looking up what a key is and was in a contract. Spec: specs/keys.md. */
import type { RoleKey } from './state.ts';

const NO_PLACES: readonly RoleKey[] = [];
/** So many keys are looked through one by one; contracts have fewer, but anybody may name more. */
const FEW_KEYS = 16;
/** Who each key is, for a long list of keys that is asked about at every event. */
const places = new WeakMap<readonly RoleKey[], ReadonlyMap<string, readonly RoleKey[]>>();

/** Where to look for what a key is and was in the contract: all that is of the key is in it. */
export function placesOf(
  { keys }: { readonly keys: readonly RoleKey[] },
  key: string,
): readonly RoleKey[] {
  if (keys.length <= FEW_KEYS) return keys;
  const known = places.get(keys);
  if (known) return known.get(key) ?? NO_PLACES;
  const byKey = new Map<string, readonly RoleKey[]>();
  for (const each of keys) byKey.set(each.key, [...(byKey.get(each.key) ?? NO_PLACES), each]);
  places.set(keys, byKey);
  return byKey.get(key) ?? NO_PLACES;
}
