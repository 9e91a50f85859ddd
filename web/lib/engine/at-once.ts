/** Several things at once, but not all of them. */

/** Does the work for every item, so many at a time; results in the items' order. */
export async function mapAtMost<T, R>(
  mostAtOnce: number,
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const take = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: mostAtOnce }, take));
  return results;
}
