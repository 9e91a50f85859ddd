/** What befalls the people of a run, and what lies between them: drawn from the seed's chance. */
import type { DiskFaults } from './disk.ts';
import { ANSWERS, type PayAnswer } from './lightning.ts';
import type { NetworkFaults } from './network.ts';
import type { Random } from './random.ts';
import { URLS } from './scenario.ts';

const HOUR_MS = 3_600_000;
/** Journal steps at which a payer is killed, one after the other, seed by seed. */
const STEPS = 16;

/** What befalls one person. */
export interface Fate {
  readonly dies: DiskFaults['deathAtStep'];
  readonly diesAtMs: number | undefined;
  /** How long whoever died stays away. */
  readonly awayMs: number;
  readonly returns: 'same disk' | 'new disk';
  readonly answers: readonly PayAnswer[];
  readonly silence: number;
  readonly canLookUp: boolean;
  readonly fullAtSteps: readonly number[];
  readonly leap: { readonly atMs: number; readonly byMs: number; readonly forMs: number };
}

/** What befalls everybody. */
export interface Weather {
  readonly network: NetworkFaults;
  readonly relayDown: { readonly relay: number; readonly fromMs: number; readonly forMs: number };
}

/** Nothing befalls this one. */
export const UNHARMED: Fate = {
  dies: undefined,
  diesAtMs: undefined,
  awayMs: 0,
  returns: 'same disk',
  answers: [],
  silence: 0,
  canLookUp: true,
  fullAtSteps: [],
  leap: { atMs: 0, byMs: 0, forMs: 0 },
};

/** The fate of a payer: step, side and first answer in turn, everything else by chance. */
export function payerFate(random: Random, seed: number): Fate {
  const answer = (): PayAnswer => ANSWERS[random.below(ANSWERS.length)] ?? 'success';
  const first = ANSWERS[Math.floor(seed / (2 * STEPS)) % ANSWERS.length] ?? 'success';
  const side = Math.floor(seed / STEPS) % 2 === 0 ? 'before' : 'after';
  return {
    ...UNHARMED,
    dies: random.isLucky(0.85) ? { step: seed % STEPS, side } : undefined,
    awayMs: random.below(120_000),
    returns: random.isLucky(0.1) ? 'new disk' : 'same disk',
    answers: [first, ...Array.from({ length: random.below(3) }, answer)],
    silence: random.isLucky(0.4) ? random.share() * 0.2 : 0,
    fullAtSteps: random.isLucky(0.2) ? [random.below(STEPS), random.below(STEPS)] : [],
    leap: {
      atMs: random.below(120_000),
      byMs: random.isLucky(0.15) ? random.below(4 * HOUR_MS) - HOUR_MS : 0,
      forMs: random.below(300_000),
    },
  };
}

/** Nothing is lost, nothing comes late, all relays are there. */
export const CALM: Weather = {
  network: { loss: 0, repeat: 0, mostDelayMs: 50 },
  relayDown: { relay: 0, fromMs: 0, forMs: 0 },
};

/** The weather of a run. */
export function weatherOf(random: Random): Weather {
  const isBad = random.isLucky(0.5);
  return {
    network: {
      loss: isBad ? random.share() * 0.2 : 0,
      repeat: isBad ? random.share() * 0.5 : 0,
      mostDelayMs: isBad ? 2_000 : 50,
    },
    relayDown: {
      relay: random.below(URLS.length),
      fromMs: random.below(120_000),
      forMs: random.isLucky(0.3) ? random.below(60_000) : 0,
    },
  };
}
