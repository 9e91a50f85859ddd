/** What happens in a run of the fault matrix: everything follows from the seed. */
import type { DiskFaults } from './disk.ts';
import { ANSWERS } from './lightning.ts';
import { randomOf } from './random.ts';

/** The relays of every run. */
export const URLS = ['ws://127.0.0.1:7001', 'ws://127.0.0.1:7002'];
const HOUR_MS = 3_600_000;
/** Journal steps at which a process is killed, one after the other, seed by seed. */
const STEPS = 24;

/** What a run is made of, for whoever reads of its failure. */
export interface Scenario {
  readonly seed: number;
  readonly payerDies: DiskFaults['deathAtStep'];
  readonly answers: readonly string[];
  readonly returns: 'same disk' | 'new disk';
  /** Another device of the investor's, and their agent. */
  readonly hasTwin: boolean;
  readonly hasAgent: boolean;
  /** Another window of the browser the investor pays from. */
  readonly hasWindow: boolean;
  readonly canLookUp: boolean;
  readonly payeeDiesAtMs: number | undefined;
  readonly relayDown: { readonly relay: number; readonly fromMs: number; readonly forMs: number };
  readonly clockLeap: { readonly atMs: number; readonly byMs: number; readonly forMs: number };
  readonly fullAtSteps: readonly number[];
  readonly loss: number;
  readonly repeat: number;
  readonly mostDelayMs: number;
}

/**
 * The scenario of a seed: step, side and first answer in turn, everything else by chance. In a
 * crowd two windows, another device and an agent are at work at once.
 */
export function scenarioOf(seed: number, isCrowd = false): Scenario {
  const random = randomOf(seed);
  const side = Math.floor(seed / STEPS) % 2 === 0 ? 'before' : 'after';
  const first = ANSWERS[Math.floor(seed / (2 * STEPS)) % ANSWERS.length] ?? 'success';
  const others = Array.from({ length: random.below(4) }, () => {
    return ANSWERS[random.below(ANSWERS.length)] ?? 'success';
  });
  const isBad = random.isLucky(0.5);
  const hasLeap = random.isLucky(0.2);
  const drawn: Scenario = {
    seed,
    payerDies: random.isLucky(0.9) ? { step: seed % STEPS, side } : undefined,
    answers: [first, ...others],
    returns: random.isLucky(0.15) ? 'new disk' : 'same disk',
    hasTwin: random.isLucky(0.15),
    canLookUp: random.isLucky(0.95),
    payeeDiesAtMs: random.isLucky(0.3) ? random.below(120_000) : undefined,
    relayDown: {
      relay: random.below(URLS.length),
      fromMs: random.below(120_000),
      forMs: random.isLucky(0.4) ? random.below(60_000) : 0,
    },
    clockLeap: {
      atMs: random.below(120_000),
      byMs: hasLeap ? random.below(4 * HOUR_MS) - HOUR_MS : 0,
      forMs: random.below(300_000),
    },
    fullAtSteps: random.isLucky(0.3) ? [random.below(STEPS), random.below(STEPS)] : [],
    loss: isBad ? random.share() * 0.2 : 0,
    repeat: isBad ? random.share() * 0.5 : 0,
    mostDelayMs: isBad ? 2_000 : 50,
    hasAgent: random.isLucky(0.1),
    hasWindow: random.isLucky(0.1),
  };
  const isAll = isCrowd || random.isLucky(0.05);
  return isAll ? { ...drawn, hasTwin: true, hasAgent: true, hasWindow: true } : drawn;
}
