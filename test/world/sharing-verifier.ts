/**
 * Many clients live in one process here and hear the same events: each is verified once. What is
 * remembered is the whole text of an event, so that a forged copy is another event.
 */
import type { Verifier } from '../../web/lib/engine/ports.ts';

/** How many events are remembered. */
const MOST_REMEMBERED = 2_000;

/** Asks once per text; the oldest texts are forgotten first. */
function remember<T>(
  ask: (events: readonly unknown[]) => Promise<readonly T[]>,
): (events: readonly unknown[]) => Promise<readonly T[]> {
  const known = new Map<string, Promise<T | undefined>>();
  const find = (event: unknown): Promise<T | undefined> => {
    const text = JSON.stringify(event);
    const found = known.get(text) ?? ask([event]).then(([answer]) => answer);
    known.set(text, found);
    const oldest = known.keys().next();
    if (known.size > MOST_REMEMBERED && !oldest.done) known.delete(oldest.value);
    return found;
  };
  return async (events) => {
    const answers = await Promise.all(events.map(find));
    return answers.filter((answer) => answer !== undefined);
  };
}

/** A verifier for all clients of this process. */
export function shareVerifier(verifier: Verifier): Verifier {
  return {
    verifyBatch: remember((events) => verifier.verifyBatch(events)),
    readBatch: remember((events) => verifier.readBatch(events)),
  };
}
