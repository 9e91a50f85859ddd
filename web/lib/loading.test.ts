/** A part that did not load is asked for again. */
import { describe, expect, it, vi } from 'vitest';
import { LOAD_AGAIN_MS, loadPart } from './loading.ts';

describe('a part of the program', () => {
  const failing = (times: number) => {
    let asked = 0;
    return () => {
      asked += 1;
      const failure = new TypeError(`Failed to fetch, ${String(asked)}`);
      return asked <= times ? Promise.reject(failure) : Promise.resolve(asked);
    };
  };

  it('is loaded once where that works', async () => {
    const waited: number[] = [];
    const wait = (delayMs: number) => Promise.resolve(void waited.push(delayMs));
    expect(await loadPart(failing(0), wait)).toBe(1);
    expect(waited).toEqual([]);
  });

  it('is asked for again after longer and longer waits; in the end the error is told', async () => {
    const errors = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const waited: number[] = [];
    const wait = (delayMs: number) => Promise.resolve(void waited.push(delayMs));
    const most = LOAD_AGAIN_MS.length;
    const last = `Failed to fetch, ${String(most + 1)}`;
    expect(await loadPart(failing(most), wait)).toBe(most + 1);
    expect(waited).toEqual(LOAD_AGAIN_MS);
    await expect(loadPart(failing(most + 1), wait)).rejects.toThrow(last);
    expect(errors).toHaveBeenCalledTimes(2 * most);
    errors.mockRestore();
  });
});
