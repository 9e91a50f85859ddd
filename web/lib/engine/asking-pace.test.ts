/**
 * How often the same parts are asked for.
 * requires: FW-19, T-28, T-34
 */
import { expect, it } from 'vitest';
import { AskingPace, type PaceTerms } from './asking-pace.ts';
import { wantedEntry } from './journal.ts';

const DAY_SEC = 86_400;
const START_MS = 1_800_000_000_000;
const TERMS: PaceTerms = {
  daySec: DAY_SEC,
  turnsAtMs: () => Infinity,
  connectedAtMs: 0,
  eventsSeen: () => 0,
  othersSeen: () => 0,
};
/** A payer looks at what it can do so often at least, ms. */
const LOOK_MS = 30_000;

interface Played {
  readonly forMs?: number;
  readonly fromMs?: number;
  readonly terms?: Partial<PaceTerms>;
  /** What happens after each question. */
  readonly after?: (nowMs: number) => void;
}

/** The pauses between the questions for a part. */
function pausesOf(pace: AskingPace, played: Played): number[] {
  const { forMs = 3_600_000, fromMs = START_MS, after } = played;
  const terms = { ...TERMS, ...played.terms };
  const pauses: number[] = [];
  for (let nowMs = fromMs; nowMs < fromMs + forMs;) {
    const askedAtMs = nowMs;
    const wanted = { ...wantedEntry('', 'disbursement', 0, 1n, START_MS), askedAtMs };
    pace.ask(nowMs);
    after?.(nowMs + 100);
    nowMs += 200;
    for (;;) {
      const leftMs = pace.leftMs([wanted], terms, nowMs);
      if (leftMs === 0) break;
      nowMs += Math.min(leftMs, LOOK_MS);
    }
    pauses.push(nowMs - askedAtMs);
  }
  return pauses;
}

const rising = (pauses: readonly number[]): number[] => [...pauses].sort((a, b) => a - b);

it('a part that was given back is asked for ever less often, up to ten minutes', () => {
  const pace = new AskingPace();
  const after = (nowMs: number) => {
    pace.refused({ code: 'declined' }, nowMs);
  };
  const pauses = pausesOf(pace, { after });
  expect(pauses[0]).toBe(6_000);
  expect(pauses).toEqual(rising(pauses));
  expect(pauses.at(-1)).toBe(600_000);
  expect(pauses.length).toBeLessThan(20);
});

it('a payee that is silent is asked ever less often, up to ten minutes', () => {
  const pauses = pausesOf(new AskingPace(), {});
  expect(pauses.slice(0, 5)).toEqual([6_000, 6_000, 12_000, 24_000, 48_000]);
  expect(pauses).toEqual(rising(pauses));
  expect(pauses.at(-1)).toBe(600_000);
  expect(pauses.length).toBeLessThan(20);
});

it('where days are short the pauses are, and never below six seconds', () => {
  const longest = (daySec: number) =>
    Math.max(...pausesOf(new AskingPace(), { terms: { daySec }, forMs: 600_000 }));
  expect(longest(1_440)).toBe(10_000);
  expect(longest(600)).toBe(6_000);
});

it('a payee that refuses is asked ever less often, so that a day takes few wraps', () => {
  const pace = new AskingPace();
  const codes = ['walletUnavailable', 'notEffective'] as const;
  let wraps = 0;
  // Two devices of the payee may say different things.
  const after = (nowMs: number) => {
    for (const code of codes) pace.refused({ code }, nowMs);
    wraps += 1 + codes.length;
  };
  const pauses = pausesOf(pace, { after, forMs: 86_400_000 });
  expect(pauses.slice(0, 5)).toEqual([6_000, 6_000, 11_900, 23_800, 47_600]);
  expect(pauses).toEqual(rising(pauses));
  expect(pauses.at(-1)).toBe(600_000);
  expect(pace.isSilent).toBe(false);
  expect(wraps).toBeLessThan(500);
});

it('a payee whose invoices are all wrong is asked as seldom, until one can be paid', () => {
  const pace = new AskingPace();
  const after = (nowMs: number) => {
    pace.answeredInVain(nowMs);
  };
  const pauses = pausesOf(pace, { after });
  expect(pauses.slice(0, 5)).toEqual([6_000, 6_000, 11_900, 23_800, 47_600]);
  expect(pauses).toEqual(rising(pauses));
  expect(pauses.at(-1)).toBe(600_000);
  expect(pace.isSilent).toBe(false);
  pace.answered(true);
  expect(pausesOf(pace, { after, fromMs: START_MS + 3_700_000 })[0]).toBe(6_000);
});

it('what may have changed ends the pauses of who was refused', () => {
  let othersSeen = 3;
  const changes: ((pace: AskingPace) => void)[] = [
    (pace) => {
      pace.answered(true);
    },
    (pace) => {
      pace.tryAnew();
    },
    () => {
      othersSeen += 1;
    },
  ];
  for (const change of changes) {
    const pace = new AskingPace();
    const terms = { othersSeen: () => othersSeen };
    const after = (nowMs: number) => {
      pace.refused({ code: 'walletUnavailable' }, nowMs);
    };
    expect(pausesOf(pace, { terms, after }).at(-1)).toBe(600_000);
    change(pace);
    const [first, second] = pausesOf(pace, { terms, after, fromMs: START_MS + 3_700_000 });
    expect([first, second]).toEqual([6_000, 6_000]);
  }
});

it('any word of the payee begins it anew', () => {
  let eventsSeen = 3;
  const words: ((pace: AskingPace) => void)[] = [
    (pace) => {
      pace.heard();
    },
    (pace) => {
      pace.answered(false);
    },
    (pace) => {
      pace.refused({ code: 'paused' }, START_MS + 3_700_000);
    },
    () => {
      eventsSeen += 1;
    },
  ];
  for (const say of words) {
    const pace = new AskingPace();
    const terms = { eventsSeen: () => eventsSeen };
    pausesOf(pace, { terms });
    expect(pace.isSilent).toBe(true);
    say(pace);
    const [first = 0, second] = pausesOf(pace, { terms, fromMs: START_MS + 3_700_000 });
    expect([first, second]).toEqual([6_000, 6_000]);
  }
});

it('a payer that was away asks at once, and one that is connected again does', () => {
  const asked = { ...wantedEntry('', 'disbursement', 0, 1n, START_MS), askedAtMs: START_MS };
  const silent = () => {
    const pace = new AskingPace();
    pace.ask(START_MS - 600_000);
    pace.ask(START_MS);
    return pace;
  };
  const left = (pace: AskingPace, afterMs: number, connectedAtMs = 0) =>
    pace.leftMs([asked], { ...TERMS, connectedAtMs }, START_MS + afterMs);
  const awake = silent();
  expect([left(awake, 0), left(awake, 60_000)]).toEqual([600_000, 540_000]);
  expect(left(awake, 70_000, START_MS + 65_000)).toBe(0);
  const asleep = silent();
  expect([left(asleep, 0), left(asleep, 190_000)]).toEqual([600_000, 0]);
});

it('what no relay took, or the bank is to pass on, is asked for every minute', () => {
  const pace = new AskingPace();
  const after = () => {
    pace.sent(false);
  };
  expect(pausesOf(pace, { after }).at(-1)).toBe(60_000);
  const turnsAtMs = () => START_MS + 7_200_000;
  expect(pausesOf(new AskingPace(), { terms: { turnsAtMs } }).at(-1)).toBe(60_000);
});

it('what can be paid ends it, and what is new does not wait', () => {
  const pace = new AskingPace();
  pace.refused({ code: 'declined' }, START_MS);
  const asked = { ...wantedEntry('', 'disbursement', 0, 1n, 0), askedAtMs: START_MS + 300_000 };
  const left = (...entries: (typeof asked)[]) => pace.leftMs(entries, TERMS, asked.askedAtMs);
  expect(left(asked)).toBe(300_000);
  expect(left(asked, { ...asked, n: 1, askedAtMs: 0 })).toBe(6_000);
  pace.answered(false);
  expect(left(asked)).toBe(300_000);
  pace.answered(true);
  expect(left(asked)).toBe(6_000);
  expect(pace.leftMs([asked], TERMS, START_MS)).toBe(0);
});

it('the payee itself is asked at once when the bank was silent for long, and anew then', () => {
  const pace = new AskingPace();
  pace.refused({ code: 'declined' }, START_MS);
  pace.ask(START_MS);
  const turnMs = START_MS + 4_200_000;
  const terms = { ...TERMS, turnsAtMs: () => turnMs };
  const entry = wantedEntry('', 'disbursement', 0, 1n, START_MS);
  const left = (askedAtMs: number) => {
    for (let nowMs = askedAtMs - 900_000; nowMs < askedAtMs; nowMs += LOOK_MS) {
      pace.leftMs([{ ...entry, askedAtMs: nowMs }], terms, nowMs);
    }
    return pace.leftMs([{ ...entry, askedAtMs }], terms, askedAtMs);
  };
  expect(left(turnMs - 900_000)).toBe(600_000);
  expect(left(turnMs - 300_000)).toBe(300_000);
  // Two questions are never closer than six seconds.
  expect(left(turnMs - 1_000)).toBe(6_000);
  expect(left(turnMs)).toBe(6_000);
  expect(left(turnMs + 60_000)).toBe(60_000);
});

it('counts the questions that had no answer', () => {
  const pace = new AskingPace();
  for (const isSilent of [false, false, true]) {
    pace.ask(START_MS);
    expect(pace.isSilent).toBe(isSilent);
  }
  pace.answered(false);
  expect(pace.isSilent).toBe(false);
});
