/**
 * How often the same parts are asked for.
 * requires: FW-19
 */
import { expect, it } from 'vitest';
import { AskingPace } from './asking-pace.ts';
import { wantedEntry } from './journal.ts';

const DAY_SEC = 86_400;
const START_MS = 1_800_000_000_000;
const never = () => Infinity;

/** The pauses between questions for a part until a time, each answered by a refusal or not. */
function pausesOf(pace: AskingPace, forMs: number, daySec: number, isGivenBack: boolean) {
  const pauses: number[] = [];
  for (let nowMs = START_MS; nowMs < START_MS + forMs;) {
    const wanted = { ...wantedEntry('', 'disbursement', 0, 1n, START_MS), askedAtMs: nowMs };
    if (isGivenBack) pace.refused({ code: 'declined' }, nowMs + 100);
    const leftMs = pace.leftMs([wanted], { daySec, turnsAtMs: never }, nowMs + 200);
    pauses.push(leftMs + 200);
    nowMs += leftMs + 200;
  }
  return pauses;
}

it('a part that was given back is asked for ever less often, up to ten minutes', () => {
  const pauses = pausesOf(new AskingPace(), 3_600_000, DAY_SEC, true);
  expect(pauses[0]).toBe(6_000);
  expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
  expect(pauses.at(-1)).toBe(600_000);
  expect(pauses.length).toBeLessThan(20);
});

it('where days are short the pauses are, and never below six seconds', () => {
  expect(Math.max(...pausesOf(new AskingPace(), 600_000, 1_440, true))).toBe(10_000);
  expect(new Set(pausesOf(new AskingPace(), 60_000, 600, true))).toEqual(new Set([6_000]));
});

it('a payee that is silent, or that cannot serve, is asked as often as ever', () => {
  const pace = new AskingPace();
  pace.refused({ code: 'walletUnavailable' }, START_MS);
  expect(new Set(pausesOf(pace, 600_000, DAY_SEC, false))).toEqual(new Set([6_000]));
});

it('what can be paid ends it, and what is new does not wait', () => {
  const pace = new AskingPace();
  pace.refused({ code: 'declined' }, START_MS);
  const asked = { ...wantedEntry('', 'disbursement', 0, 1n, 0), askedAtMs: START_MS + 300_000 };
  const terms = { daySec: DAY_SEC, turnsAtMs: never };
  const left = (...entries: (typeof asked)[]) => pace.leftMs(entries, terms, asked.askedAtMs);
  expect(left(asked)).toBe(300_000);
  expect(left(asked, { ...asked, n: 1, askedAtMs: 0 })).toBe(6_000);
  pace.answered(false);
  expect(left(asked)).toBe(300_000);
  pace.answered(true);
  expect(left(asked)).toBe(6_000);
  expect(pace.leftMs([asked], terms, START_MS)).toBe(0);
});

it('the payee itself is asked at once when the bank was silent for long, and often then', () => {
  const pace = new AskingPace();
  pace.refused({ code: 'declined' }, START_MS);
  const turnMs = START_MS + 4_200_000;
  const terms = { daySec: DAY_SEC, turnsAtMs: () => turnMs };
  const entry = wantedEntry('', 'disbursement', 0, 1n, START_MS);
  const left = (askedAtMs: number) => pace.leftMs([{ ...entry, askedAtMs }], terms, askedAtMs);
  expect(left(turnMs - 900_000)).toBe(600_000);
  expect(left(turnMs - 300_000)).toBe(300_000);
  // Two questions are never closer than six seconds.
  expect(left(turnMs - 1_000)).toBe(6_000);
  expect(left(turnMs)).toBe(6_000);
  expect(left(turnMs + 600_000)).toBe(6_000);
});

it('counts the questions that had no answer', () => {
  const pace = new AskingPace();
  expect([pace.ask(), pace.ask()]).toEqual([1, 2]);
  pace.answered(false);
  expect(pace.ask()).toBe(1);
});
