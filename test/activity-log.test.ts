/** The activity log: what is kept of it, over reloads and beside another window's. */
import { expect, test } from 'vitest';
import { ActivityLog, MOST_LINES, type Activity } from '../web/lib/engine/activity.ts';
import type { Store, StoreWrite } from '../web/lib/engine/ports.ts';
import { HandClock } from './fixtures/hand-clock.ts';

/** A store of one table, as two windows of a person share it. */
function sharedStore(): Store {
  const kept = new Map<string, unknown>();
  return {
    get: (_table: string, key: string) => Promise.resolve(kept.get(key)),
    write: (changes: readonly StoreWrite[]) => {
      for (const change of changes) {
        if ('value' in change) kept.set(change.key, structuredClone(change.value));
      }
      return Promise.resolve();
    },
  } as unknown as Store;
}

const line = (code: string, contract?: string): Omit<Activity, 'atSec'> => {
  return { contract, level: 'info', code, sentence: `About ${code}.` };
};
const codes = (log: ActivityLog): readonly string[] => log.lines().map(({ code }) => code);

test('what was added is there after a reload', async () => {
  const store = sharedStore();
  const clock = new HandClock(1_700_000_000_000);
  const before = new ActivityLog(store, clock);
  before.add(line('paused', 'one'));
  clock.pass(2_000);
  before.add(line('JOURNAL_DAMAGED'));
  await before.settled();
  const after = new ActivityLog(store, clock);
  await after.load();
  expect(after.lines()).toEqual(before.lines());
  expect(after.lines('one').map(({ atSec }) => atSec)).toEqual([1_700_000_000]);
});

test('two windows lose none of each other’s lines', async () => {
  const store = sharedStore();
  const clock = new HandClock(1_700_000_000_000);
  const [paying, other] = [new ActivityLog(store, clock), new ActivityLog(store, clock)];
  paying.add(line('ORDER_DROPPED', 'one'));
  await paying.settled();
  clock.pass(5_000);
  other.add(line('paused', 'one'));
  await other.settled();
  clock.pass(1_000);
  // Both hear of it, the second a moment later.
  paying.add(line('paused', 'one'));
  clock.pass(5_000);
  paying.add(line('RESUMED', 'one'));
  await paying.settled();
  const later = new ActivityLog(store, clock);
  await later.load();
  expect(codes(later)).toEqual(['ORDER_DROPPED', 'paused', 'RESUMED']);
  expect(codes(paying)).toEqual(codes(later));
});

test('it keeps the last lines only, and tells of each that is added', async () => {
  const clock = new HandClock(1_700_000_000_000);
  const log = new ActivityLog(sharedStore(), clock);
  const told: string[] = [];
  log.added.add(({ code }) => told.push(code));
  const all = Array.from({ length: MOST_LINES + 5 }, (_, at) => `CODE_${at}`);
  for (const code of all) log.add(line(code));
  log.add(line(all.at(-1) ?? ''));
  await log.settled();
  expect(told).toEqual(all);
  expect(codes(log)).toEqual(all.slice(5));
});
