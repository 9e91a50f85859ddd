/** Waiting for conditions in tests: quick to notice, and saying what it waited for. */
import { NEVER_ARRIVED_MS, RETRY_MS } from '../../web/lib/engine/payment.ts';
import { DEFAULT_TIMINGS } from '../../web/lib/nostr/relay-link.ts';

const LOOK_MS = 25;

/**
 * The longest that a stream stands still though nothing is wrong, ms: its wallet is reached again,
 * a payment that was cut off before it can no longer arrive, and is tried again. Whoever waits for
 * more than one part waits for each so long.
 */
export const STANDS_MS = DEFAULT_TIMINGS.lastRetryMs + NEVER_ARRIVED_MS + RETRY_MS;

/** Resolves with the first value that is not undefined or false; rejects when time is up. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  timeoutMs = STANDS_MS,
): Promise<T> {
  const endMs = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > endMs) throw new Error(`waited ${timeoutMs} ms in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** Resolves when a count has reached a number; rejects when it stands still for too long. */
export async function untilCount(what: string, count: () => number, least: number): Promise<void> {
  for (let seen = count(); seen < least; seen = count()) {
    const before = seen;
    await until(`more ${what} than ${before}`, () => count() > before, 2 * STANDS_MS);
  }
}
