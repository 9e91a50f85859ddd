/** Who runs while pages come and go: a page that was opened again is beginning, not elsewhere. */
import { expect, test } from 'vitest';
import { nobleVerifier, type SignedEvent } from '@realyield/protocol';
import { Lease } from '../web/lib/engine/lease.ts';
import type { Relays } from '../web/lib/engine/ports.ts';
import { createInlineVerifier } from '../web/lib/nostr/verifier/inline-verifier.ts';
import { createLocalSigner } from '../web/lib/signer/local-signer.ts';
import { ProcessClock, Time } from './faults/time.ts';

/** A relay that keeps the latest lease and tells everybody of each. */
function createHub(): Relays {
  const takers = new Set<(event: unknown, url: string) => void>();
  let latest: SignedEvent | undefined;
  const hub: Pick<Relays, 'subscribe' | 'publish'> = {
    subscribe(_filters, take, options) {
      takers.add(take);
      if (latest) take(latest, '');
      options?.onEndOfStored?.();
      return () => void takers.delete(take);
    },
    publish(event) {
      latest = event;
      for (const take of takers) take(event, '');
      return Promise.resolve([]);
    },
  };
  return hub as Relays;
}

test('a page loaded again is about to run; the one it took over from is elsewhere', async () => {
  const time = new Time(1_700_000_000_000);
  const clock = new ProcessClock(time);
  const person = createLocalSigner(new Uint8Array(32).fill(7));
  const ports = {
    person,
    clock,
    verifier: createInlineVerifier(nobleVerifier),
    relays: createHub(),
  };
  const first = new Lease(ports, 'person');
  await first.start();
  expect([first.isHeld, first.isBeginning]).toEqual([true, false]);

  const second = new Lease(ports, 'person');
  await second.start();
  expect([second.isHeld, second.isBeginning]).toEqual([false, true]);
  expect(await time.runUntil(() => !first.isHeld, time.nowMs + 1_000)).toBe(true);
  expect(first.isBeginning).toBe(false);
  expect(await time.runUntil(() => second.isHeld, time.nowMs + 3_000)).toBe(true);
  expect(second.isBeginning).toBe(false);
});
