/** Payments side by side: how many at a time, in which order, and when no more are begun. */
import { expect, test } from 'vitest';
import { Lanes, MOST_LANES } from './lanes.ts';

/** Takes items that end when told; says which are under way. */
class Hand {
  readonly begun: number[] = [];
  readonly #ends = new Map<number, (waitMs: number | undefined) => void>();

  take = (item: number): Promise<number | undefined> => {
    this.begun.push(item);
    return new Promise((resolve) => this.#ends.set(item, resolve));
  };

  async end(item: number, waitMs?: number): Promise<void> {
    this.#ends.get(item)?.(waitMs);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const items = Array.from({ length: 40 }, (_, at) => at);

test('one at first, and one more for each that was paid, up to the most', async () => {
  const [lanes, hand] = [new Lanes(), new Hand()];
  const run = lanes.run(items, hand.take);
  for (let paid = 0; paid < items.length; paid += 1) {
    const atOnce = Math.min(MOST_LANES, paid + 1);
    expect(hand.begun).toEqual(items.slice(0, paid + atOnce));
    lanes.note(true);
    await hand.end(paid);
  }
  expect(await run).toBeUndefined();
});

test('after one that failed nothing is begun; what is under way ends; then one again', async () => {
  const [lanes, hand] = [new Lanes(), new Hand()];
  lanes.note(true);
  lanes.note(true);
  const run = lanes.run(items, hand.take);
  expect(hand.begun).toEqual([0, 1, 2]);
  lanes.note(false);
  await hand.end(1, 900);
  await hand.end(0, 300);
  await hand.end(2);
  expect(hand.begun).toEqual([0, 1, 2]);
  expect(await run).toBe(300);
  const again = new Hand();
  void lanes.run(items, again.take);
  expect(again.begun).toEqual([0]);
});

test('a journal that cannot be written stops all, after what is under way', async () => {
  const lanes = new Lanes();
  lanes.note(true);
  const ended: number[] = [];
  const take = async (item: number): Promise<number | undefined> => {
    await new Promise((resolve) => setImmediate(resolve));
    ended.push(item);
    if (item === 0) throw new Error('full');
    return undefined;
  };
  await expect(lanes.run(items, take)).rejects.toThrow('full');
  expect(ended).toEqual([0, 1]);
});
