/** Encrypted keys in a real browser: the page moves while a key is opened. */
import { afterEach, expect, test, vi } from 'vitest';
import { makeNcryptsec, unlockNcryptsec } from './ncryptsec.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

/** How often the page's own thread came round while something was done. */
async function countTurns(act: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 4);
  await act();
  clearInterval(timer);
  return turns;
}

test('the page goes on moving while a key is made and opened', async () => {
  let ncryptsec = '';
  let publicKey = '';
  const turnsMaking = await countTurns(async () => {
    ({ ncryptsec, publicKey } = await makeNcryptsec('correct horse'));
  });
  const turnsOpening = await countTurns(async () => {
    expect((await unlockNcryptsec(ncryptsec, 'correct horse')).publicKey).toBe(publicKey);
  });
  expect(turnsMaking).toBeGreaterThan(10);
  expect(turnsOpening).toBeGreaterThan(10);
});

test('without workers a key opens all the same', async () => {
  const { ncryptsec, publicKey } = await makeNcryptsec('correct horse');
  const Original = Worker;
  const nowhere = class extends Original {
    constructor() {
      super('/nowhere/stretch.worker.js', { type: 'module' });
    }
  };
  const forbidden = function (): never {
    throw new DOMException('forbidden by policy', 'SecurityError');
  };
  for (const stub of [nowhere, forbidden, undefined]) {
    vi.stubGlobal('Worker', stub);
    expect((await unlockNcryptsec(ncryptsec, 'correct horse')).publicKey).toBe(publicKey);
  }
});
