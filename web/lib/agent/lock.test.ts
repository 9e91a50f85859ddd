/** One agent a store; whoever died no longer counts. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { isLocked, readHolder, takeLock } from './lock.ts';
import { systemClock } from './system-clock.ts';

const folder = mkdtempSync(join(tmpdir(), 'realyield-lock-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const never = new AbortController().signal;
const take = (onWait: (pid: number | undefined) => void = () => undefined, signal = never) =>
  takeLock(folder, systemClock, { signal, onWait: (holder) => onWait(holder?.pid) });

test('a store that was never begun is held by nobody', () => {
  expect(isLocked(join(folder, 'not begun'))).toBe(false);
  expect(readHolder(join(folder, 'not begun'))).toBeUndefined();
});

test('a second one waits, and gets it when the first lets go', async () => {
  expect(isLocked(folder)).toBe(false);
  const first = await take();
  first?.announce(4_190);
  expect(isLocked(folder)).toBe(true);
  expect(readHolder(folder)).toMatchObject({ pid: process.pid, healthPort: 4_190 });
  const told = await new Promise<number | undefined>((resolve) => {
    const ending = new AbortController();
    void take((pid) => {
      ending.abort();
      resolve(pid);
    }, ending.signal);
  });
  expect(told).toBe(process.pid);
  const waiting = take();
  first?.release();
  const second = await waiting;
  expect(second).toBeDefined();
  second?.release();
  expect(readHolder(folder)).toBeUndefined();
});

test('one that was killed is taken over, though its name is still there', async () => {
  const module = new URL('./lock.ts', import.meta.url).href;
  const clock = new URL('./system-clock.ts', import.meta.url).href;
  const program = `
    const { takeLock } = await import(${JSON.stringify(module)});
    const { systemClock } = await import(${JSON.stringify(clock)});
    const signal = new AbortController().signal;
    await takeLock(${JSON.stringify(folder)}, systemClock, { signal, onWait() {} });
    console.log('held');
    setInterval(() => {}, 1000);`;
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const args = ['--import', 'tsx', '--input-type=module', '--eval', program];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  expect(isLocked(folder)).toBe(true);
  expect(readHolder(folder)?.pid).toBe(child.pid);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(readHolder(folder)?.pid).toBe(child.pid);
  const lock = await take();
  expect(readHolder(folder)?.pid).toBe(process.pid);
  lock?.release();
});
