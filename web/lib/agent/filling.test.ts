/** An agent fills a book that is short, tries again later where it could not, no others. */
import { expect, test } from 'vitest';
import type { Clock } from '../engine/ports.ts';
import { Listeners } from '../engine/listeners.ts';
import type { Session } from '../engine/session.ts';
import { startFilling } from './filling.ts';

const DAY = 86_400;

/** A session of one contract, whose book reaches so many days. */
function sceneOf(reachDays: number | undefined, added = 3, role = 'business') {
  let due: (() => void) | undefined;
  const scene = { nowSec: 1_800_000_000, fills: 0, reachDays, isPaused: false, lines: 0 };
  const status = role === 'business' ? 'effective' : 'defaulted';
  const state = { status, contract: { document: { daySec: DAY } } };
  const session = {
    changed: new Listeners<void>(),
    contracts: () => [{ own: { role }, view: { root: 'root', fold: { state } } }],
    isRunning: true,
    pauses: { isPaused: () => scene.isPaused },
    books: {
      reach: () =>
        Promise.resolve({
          untilSec:
            scene.reachDays === undefined ? undefined : scene.nowSec + scene.reachDays * DAY,
        }),
      fill: () => {
        scene.fills += 1;
        if (added > 0) scene.reachDays = 34;
        return Promise.resolve({ ok: true, value: { added, untilSec: undefined } });
      },
    },
  } as unknown as Session;
  const clock: Pick<Clock, 'nowMs' | 'nowSec' | 'after'> = {
    nowSec: () => scene.nowSec,
    nowMs: () => scene.nowSec * 1_000,
    after: (_delayMs, callback) => {
      due = callback;
      return () => undefined;
    },
  };
  const log = { info: () => (scene.lines += 1), problem: () => (scene.lines += 1) };
  const rounds = startFilling(session, clock, log);
  const round = async (afterSec = 10): Promise<void> => {
    scene.nowSec += afterSec;
    due?.();
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  return { scene, round, rounds };
}

test('a short book is filled once, and again when it has become short', async () => {
  const { scene, round, rounds } = sceneOf(2);
  await round();
  await round();
  expect(scene).toMatchObject({ fills: 1, lines: 1 });
  scene.reachDays = 0;
  await round(700);
  expect(scene).toMatchObject({ fills: 2, lines: 2 });
  await rounds.stop();
});

test('what could not be filled is tried again after ten minutes', async () => {
  const { scene, round } = sceneOf(0, 0);
  await round();
  await round();
  expect(scene.fills).toBe(1);
  await round(601);
  expect(scene).toMatchObject({ fills: 2, lines: 0 });
});

test('a book that reaches far, one that is whole and a paused contract are let be', async () => {
  for (const reachDays of [8, undefined]) {
    const { scene, round } = sceneOf(reachDays);
    await round();
    expect(scene.fills).toBe(0);
  }
  const { scene, round } = sceneOf(0);
  scene.isPaused = true;
  await round();
  expect(scene.fills).toBe(0);
});

test('a book of repayments is filled for the weeks to come, in default too', async () => {
  for (const [reachDays, fills] of [
    [28, 0],
    [26, 1],
    [undefined, 0],
  ] as const) {
    const { scene, round } = sceneOf(reachDays, 1, 'investor');
    await round();
    expect(scene.fills).toBe(fills);
  }
});
