/**
 * A bank's client that dies after any step of what it passes on, or whose word to its wallet is
 * lost, and is back at once: everything is paid within minutes, and nothing waits until a request
 * of the payee's has run out. requires: FW-13, FW-17
 */
import { expect, it } from 'vitest';
import type { PayAnswer } from './faults/lightning.ts';
import { playScenario, type PassingScenario } from './faults/passing-run.ts';

const STEPS = 20;
/** The loan takes seven minutes by itself; a request of the payee's runs out after an hour. */
const MOST_MS = 600_000;

function scenarioOf(at: PassingScenario['at'], first: PayAnswer): PassingScenario {
  const answers = { bank: [first], investor: [], business: [] };
  return { seed: 1, dies: 'bank', at, awayMs: 5_000, answers, silence: 0 };
}

it('dies after a step', async () => {
  const slow: string[] = [];
  for (let step = 0; step < STEPS; step += 1) {
    const { wrong, tookMs } = await playScenario(scenarioOf({ step, side: 'after' }, 'success'));
    if (wrong.length > 0 || tookMs > MOST_MS) slow.push(`${step}: ${tookMs} ms, ${wrong.join()}`);
  }
  expect(slow).toEqual([]);
});

it('its wallet never hears that it is to pay', async () => {
  const { wrong, tookMs } = await playScenario(scenarioOf(undefined, 'silence, never arrives'));
  expect(wrong).toEqual([]);
  expect(tookMs).toBeLessThan(MOST_MS);
});

// requires: FW-18
it('cannot pay the payee: the part waits, nothing void is paid, the payer is told', async () => {
  const scenario = scenarioOf(undefined, 'refusal');
  // Until the payee's request runs out, after an hour, the part waits; the others are paid.
  const { wrong, paidToVoid, said } = await playScenario(scenario, 60_000);
  expect(wrong).toEqual([expect.stringContaining('PAYEE_REFUSED; 0 cancelled')]);
  expect(paidToVoid).toBe(0);
  expect([...said].filter((sentence) => sentence.includes('gave a payment back'))).toHaveLength(1);
});
