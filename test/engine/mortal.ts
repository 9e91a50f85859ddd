/**
 * FAULT: an engine whose process dies. From one moment to the next its clock stands still, its
 * disk takes nothing more and its connections are cut; nothing is closed in good order. What
 * it had written before stays, for whoever starts on the same files.
 */
import type { Clock, Store } from '../../web/lib/engine/ports.ts';
import type { EngineParts } from '../world/engine-parts.ts';
import { systemClock } from '../world/system-clock.ts';

/** Parts of an engine that can die. */
export interface Mortal {
  readonly clock: Clock;
  readonly alter: (parts: EngineParts) => EngineParts;
  /** Ends it. */
  die(): void;
}

function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}

/** A clock and parts that end together. */
export function createMortal(): Mortal {
  let isDead = false;
  const timers = new Set<() => void>();
  let cut: () => void = () => undefined;
  const clock: Clock = {
    nowSec: () => systemClock.nowSec(),
    nowMs: () => systemClock.nowMs(),
    after(delayMs, callback) {
      if (isDead) return () => undefined;
      const stop = systemClock.after(delayMs, () => {
        timers.delete(stop);
        callback();
      });
      timers.add(stop);
      return stop;
    },
  };
  const mortalStore = (store: Store): Store => ({
    get: (table, key) => (isDead ? never() : store.get(table, key)),
    all: (table) => (isDead ? never() : store.all(table)),
    byContract: (table, contract) => (isDead ? never() : store.byContract(table, contract)),
    write: (changes) => (isDead ? never() : store.write(changes)),
    close: () => store.close(),
  });
  return {
    clock,
    alter(parts) {
      cut = () => {
        parts.relays.close();
        parts.wallet.close();
        void parts.store.close();
      };
      return { ...parts, store: mortalStore(parts.store) };
    },
    die() {
      isDead = true;
      for (const stop of timers) stop();
      cut();
    },
  };
}
