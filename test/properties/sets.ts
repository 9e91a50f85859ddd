/**
 * How many sets of signed events a law is held against, and which: `LAW_RUNS` of the environment
 * says how many instead of more than 10,000, `LAW_SEED` takes a run up again.
 */
const { LAW_RUNS, LAW_SEED } = process.env;

/** Sets a law is held against in one run. */
export const SETS = Number(LAW_RUNS ?? 10_500);

/** So many sets are taken of one loan's events. */
export const SETS_OF_ONE = 60;

/** Where random choices of this run begin. */
export const SEED = LAW_SEED === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(LAW_SEED);

/** A number that looks random, the same for the same two. */
export const mixed = (salt: number, index: number): number =>
  Math.imul(salt ^ Math.imul(index + 1, 0x9e37_79b1), 0x85eb_ca6b) >>> 0;

/** A random part of a list in its order, about so many of a hundred. */
export function partOf<T>(list: readonly T[], share: number, salt: number): T[] {
  return list.filter((_, index) => mixed(salt, index) % 100 < share);
}
