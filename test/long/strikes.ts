/**
 * What is done to a street while it pays: agents are killed (kill -9) around their payments,
 * wallets fall silent or start again and get every request once more, relays go down.
 */
import { until } from '../engine/until.ts';
import { randomOf, type Random } from '../faults/random.ts';
import type { Street } from './street.ts';

/** How long a strike waits for its moment. */
const MOMENT_MS = 8_000;

const STRIKES = [
  'kill the payer as it pays',
  'kill the payer when it has paid',
  'kill the payer, its wallet paid and was not heard',
  'kill the payer',
  'kill the payee',
  'the payer’s wallet starts again, asked everything once more',
  'the payee’s wallet starts again',
  'the payer’s wallet is silent',
  'a relay starts again',
  'all connections drop',
] as const;
/** One of these. */
export type Strike = (typeof STRIKES)[number];

/** Resolves after so long. */
export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));

/** Waits for a line of the payer's log, but not long: it may have nothing to pay just then. */
async function awaitLine(street: Street, event: string): Promise<void> {
  const { lines } = street.agent('ben');
  const before = lines.length;
  const isThere = (): boolean => lines.slice(before).some((line) => line.event === event);
  await until(event, isThere, MOMENT_MS).catch(() => undefined);
}

/** What a run does, from its seed. */
export function planOf(seed: number) {
  const random = randomOf(seed);
  const first = STRIKES[seed % STRIKES.length] ?? 'kill the payer';
  const others = Array.from({ length: 1 + random.below(2) }, () => {
    return STRIKES[random.below(STRIKES.length)] ?? 'kill the payer';
  });
  const devices = random.isLucky(0.3) ? 1 + random.below(2) : 0;
  return { random, strikes: [first, ...others], devices };
}

async function unheard(street: Street, random: Random): Promise<void> {
  const { world } = street;
  const before = (await street.settled('ben', 'outgoing')).length;
  await world.control({ do: 'holdPayAnswers', persona: 'ben' });
  const isPaid = async (): Promise<boolean> =>
    (await street.settled('ben', 'outgoing')).length > before;
  await until('a payment nobody hears of', isPaid, MOMENT_MS).catch(() => undefined);
  await street.agent('ben').kill();
  const release = { do: 'releasePayAnswers', persona: 'ben' };
  if (random.isLucky(0.5)) await world.control(release);
  await street.start('ben');
  await world.control(release);
}

/** Does it; resolves when what was ended has begun again. */
export async function strike(street: Street, what: Strike, random: Random): Promise<void> {
  const { world } = street;
  const forMs = 500 + random.below(3_000);
  switch (what) {
    case 'kill the payer as it pays':
    case 'kill the payer when it has paid':
      await awaitLine(street, what === 'kill the payer as it pays' ? 'paying' : 'paid');
      await pause(random.below(60));
      return street.killAndStart('ben');
    case 'kill the payer, its wallet paid and was not heard':
      return unheard(street, random);
    case 'kill the payer':
      return street.killAndStart('ben');
    case 'kill the payee':
      return street.killAndStart('bakery');
    case 'the payer’s wallet starts again, asked everything once more':
      await awaitLine(street, 'paying');
      await world.control({ do: 'restartWallet', persona: 'ben' });
      street.replayRequests();
      return;
    case 'the payee’s wallet starts again':
      await world.control({ do: 'restartWallet', persona: 'bakery' });
      street.replayRequests();
      return;
    case 'the payer’s wallet is silent':
      await world.control({ do: 'silenceWallet', persona: 'ben', on: true });
      await pause(forMs);
      await world.control({ do: 'silenceWallet', persona: 'ben', on: false });
      return;
    case 'a relay starts again': {
      const relay = random.below(3);
      await world.control({ do: 'relay', relay, on: false });
      await pause(forMs);
      await world.control({ do: 'relay', relay, on: true });
      return;
    }
    case 'all connections drop':
      for (const relay of [0, 1, 2]) await world.control({ do: 'dropRelay', relay });
  }
}
