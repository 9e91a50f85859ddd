/** Waiting, but not for ever. */
import type { Clock } from './ports.ts';

/** Resolves when the work is done or the time is up, whichever is first. */
export async function waitAtMost(clock: Clock, mostMs: number, work: Promise<unknown>) {
  let stop: () => void = () => undefined;
  const timeUp = new Promise<void>((resolve) => {
    stop = clock.after(mostMs, resolve);
  });
  await Promise.race([work, timeUp]);
  stop();
}
