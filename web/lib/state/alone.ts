/** One window of a browser at a time (Web Locks). */

/** Runs once no other window holds the lock; the returned function lets go. */
export function whenAlone(name: string, run: () => Promise<void>): () => void {
  const ending = new AbortController();
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  navigator.locks
    .request(name, { signal: ending.signal }, async () => {
      await run();
      await held;
    })
    .catch((error: unknown) => {
      if (!ending.signal.aborted) console.error(error);
    });
  return () => {
    ending.abort();
    letGo();
  };
}
