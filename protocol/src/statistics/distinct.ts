/** One entry for each contract, whatever the order of the input. */

/** One of each root, in the order of roots; of several the last. */
export function distinct<T extends { readonly root: string }>(entries: Iterable<T>): T[] {
  const byRoot = new Map<string, T>();
  for (const entry of entries) byRoot.set(entry.root, entry);
  return [...byRoot.values()].sort((a, b) => (a.root < b.root ? -1 : 1));
}
