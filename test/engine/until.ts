/** Waiting for conditions in tests: quick to notice, and saying what it waited for. */

const LOOK_MS = 25;

/** Resolves with the first value that is not undefined or false; rejects when time is up. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  timeoutMs = 60_000,
): Promise<T> {
  const endMs = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > endMs) throw new Error(`waited ${timeoutMs} ms in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
