/**
 * Group commit: events that arrive in one turn of the event loop share one transaction, so that
 * a burst waits for the disk once. Nothing is answered before its transaction is on disk.
 */
import type { VerifiedEvent } from '@realyield/protocol';
import type { EventStore, StoreOutcome } from './store.ts';

/** Called once the event's fate is on disk; `failed` when the disk refused. */
export type WriteDone = (outcome: StoreOutcome | 'failed') => void;

/** The queue in front of the store. */
export interface Writer {
  /** Queues an event. */
  write(event: VerifiedEvent, done: WriteDone): void;
  /** Commits what is queued now; readers call it first so that they see their own writes. */
  flush(): void;
}

/** Creates the queue for one store. */
export function createWriter(store: EventStore): Writer {
  let queue: { readonly event: VerifiedEvent; readonly done: WriteDone }[] = [];
  let scheduled: NodeJS.Immediate | null = null;

  function commit(batch: readonly { readonly event: VerifiedEvent }[]): StoreOutcome[] | null {
    const outcomes: StoreOutcome[] = [];
    try {
      store.transaction(() => {
        for (const { event } of batch) outcomes.push(store.insert(event));
      });
      return outcomes;
    } catch {
      return null;
    }
  }

  function flush(): void {
    if (scheduled !== null) clearImmediate(scheduled);
    scheduled = null;
    if (queue.length === 0) return;
    const batch = queue;
    queue = [];
    const outcomes = commit(batch);
    batch.forEach(({ done }, index) => done(outcomes?.[index] ?? 'failed'));
  }

  return {
    write(event, done) {
      queue.push({ event, done });
      scheduled ??= setImmediate(flush);
    },
    flush,
  };
}
