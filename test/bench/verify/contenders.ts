/**
 * The other implementations, each checking a list of events it has never seen. Runs in Node and
 * in the page. They get a start: NDK's event objects are built before the clock starts, and
 * neither checks shapes or sizes, NDK not even the id, as `verify` does.
 */
import { NDKEvent } from '@nostr-dev-kit/ndk';
import { verifyEvent, type NostrEvent } from 'nostr-tools/pure';

/** Milliseconds a piece of work takes; throws when it answers false. */
export function timeMs(work: () => boolean): number {
  const startMs = performance.now();
  const isRight = work();
  const elapsedMs = performance.now() - startMs;
  if (!isRight) throw new Error('a good event was refused');
  return elapsedMs;
}

/** nostr-tools' pure verification of freshly parsed events. */
export function timeNostrTools(json: string): number {
  const events = JSON.parse(json) as NostrEvent[];
  return timeMs(() => events.every((event) => verifyEvent(event)));
}

/** NDK's verification; every id is new to its cache, and no sampling is asked. */
export function timeNdk(json: string): number {
  const events = (JSON.parse(json) as NostrEvent[]).map((raw) => new NDKEvent(undefined, raw));
  return timeMs(() => events.every((event) => event.verifySignature(false) === true));
}
