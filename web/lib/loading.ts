/**
 * Parts of this program that are loaded when they are first needed. A window can lose the
 * process that serves its files (another window's crash takes it along), or its connection, in
 * just that moment: the part is asked for again before the person is told.
 */

/** How long after each failure the part is asked for again, ms. */
export const LOAD_AGAIN_MS: readonly number[] = [200, 1_000, 3_000, 10_000];

const forMs = (delayMs: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, delayMs);
  });

/** What `load` yields; rejects with its last error once it has failed more often than that. */
export async function loadPart<T>(
  load: () => Promise<T>,
  wait: (delayMs: number) => Promise<void> = forMs,
): Promise<T> {
  for (const delayMs of LOAD_AGAIN_MS) {
    try {
      return await load();
    } catch (error) {
      console.error(error);
      await wait(delayMs);
    }
  }
  return load();
}
