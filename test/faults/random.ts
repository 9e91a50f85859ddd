/** Chance that repeats: the same seed gives the same run. */

/** A source of chance. */
export interface Random {
  /** At least 0 and below 1. */
  share(): number;
  /** A whole number of at least 0 and below `count`. */
  below(count: number): number;
  /** True with a probability. */
  isLucky(probability: number): boolean;
}

/** A source for a seed (mulberry32). */
export function randomOf(seed: number): Random {
  let state = (seed * 2_654_435_761 + 0x9e3779b9) >>> 0;
  const share = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    share,
    below: (count) => Math.floor(share() * count),
    isLucky: (probability) => share() < probability,
  };
}
