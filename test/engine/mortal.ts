/**
 * FAULT: an engine whose process dies. From one moment to the next its clock stands still, its
 * disk takes nothing more and its connections are cut; nothing is closed in good order. What
 * it had written before stays, for whoever starts on the same files.
 */
import type { Clock, Store, StoreWrite } from '../../web/lib/engine/ports.ts';
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

/** The write at which an engine dies, and on which side of it. */
export interface Doom {
  readonly isMoment: (change: StoreWrite) => boolean;
  readonly side: 'before' | 'after';
  readonly onDeath: () => void;
}

/** An engine that dies at a write, before or after it is on disk; `doomed` may say so later. */
export function createDoomed(doomed: () => Doom | undefined): Mortal {
  const mortal = createMortal();
  const end = (doom: Doom): Promise<never> => {
    mortal.die();
    doom.onDeath();
    return never();
  };
  return {
    ...mortal,
    alter(parts) {
      const inner = mortal.alter(parts);
      const write: Store['write'] = async (changes) => {
        const doom = doomed();
        const isLast = doom !== undefined && changes.some(doom.isMoment);
        if (isLast && doom.side === 'before') return end(doom);
        await inner.store.write(changes);
        return isLast ? end(doom) : undefined;
      };
      return { ...inner, store: { ...inner.store, write } };
    },
  };
}

/** Whether a write is a step of the journal: of payments, or of those that are passed on. */
export function isStep(change: StoreWrite, of: 'part' | 'forward', step: string): boolean {
  if (change.table !== 'journal' || !change.key.startsWith(`${of}|`)) return false;
  return 'value' in change && (change.value as { readonly step: string }).step === step;
}
