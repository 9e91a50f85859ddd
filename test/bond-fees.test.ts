/** What a transaction that spends a bond costs: what sources say of it, and what is believed. */
import { describe, expect, it } from 'vitest';
import { EsploraSource } from '../web/lib/chain/esplora.ts';
import { readFeeEstimates, readRecommendedFee } from '../web/lib/chain/fee-estimates.ts';
import {
  isLargeFee,
  MOST_PROPOSED_RATE,
  MOST_RATE_OF_ONE,
  proposeFee,
  RATE_WITHOUT_SOURCE,
  readFeeRate,
} from '../web/lib/engine/bonds/fee-choice.ts';
import { feeHint, feeShare } from '../web/lib/state/views/bond-fee-words.ts';
import { HandClock } from './fixtures/hand-clock.ts';

type Answers = Readonly<Record<string, string | number | undefined>>;

/** A source that answers paths with text, with a status, or (undefined) never. */
function sourceOf(answers: Answers, clock = new HandClock()) {
  const asked: string[] = [];
  const fetching = (async (url: string, init: RequestInit) => {
    const path = url.replace('https://source.example/api/', '');
    asked.push(path);
    const answer = path in answers ? answers[path] : 404;
    if (answer === undefined) {
      return new Promise((_, refuse) => {
        init.signal?.addEventListener('abort', () => {
          refuse(new Error('aborted'));
        });
      });
    }
    if (typeof answer === 'number') return new Response('no', { status: answer });
    return new Response(answer);
  }) as typeof fetch;
  return { asked, source: new EsploraSource('https://source.example/api/', clock, fetching) };
}

const ESPLORA = '{"1":87.882,"2":40.1,"3":30,"6":12.4,"10":8,"144":1.027,"1008":1}';
const RECOMMENDED = '{"fastestFee":9,"halfHourFee":8,"hourFee":7,"economyFee":3,"minimumFee":1}';

describe('a source’s estimate', () => {
  it('is what a block within the hour costs, by either of two servers', async () => {
    expect(await sourceOf({ 'fee-estimates': ESPLORA }).source.feeRate()).toBe(12.4);
    const other = sourceOf({ 'v1/fees/recommended': RECOMMENDED });
    expect(await other.source.feeRate()).toBe(7);
    expect(other.asked).toEqual(['fee-estimates', 'v1/fees/recommended']);
    expect(readFeeEstimates('{"144":2,"10":5}')).toBe(5);
  });

  it.each([
    ...['', '{}', '[]', 'null', '7', '{', '<html>', '{"6":"12"}', '{"6":null}', '{"6":0}'],
    ...['{"6":-1}', '{"6":1e9}', '{"6":1e999}', '{"6":{}}', '{"__proto__":{"6":1},"x":2}'],
    ...['{"0":3}', `{"6":5,"7":${'1'.repeat(30_000)}}`],
  ])('is none where it reads %s', async (text) => {
    expect(readFeeEstimates(text)).toBeUndefined();
    expect(readRecommendedFee(text.replace('"6"', '"hourFee"'))).toBeUndefined();
    expect(await sourceOf({ 'fee-estimates': text }).source.feeRate()).toBeUndefined();
  });

  it('is none where one of its numbers is for no number of blocks', () => {
    expect(readFeeEstimates('{"6":5,"soon":5}')).toBeUndefined();
  });

  it('is none where there is no answer, and the source is left alone', async () => {
    const broken = sourceOf({ 'fee-estimates': 503 });
    expect(await broken.source.feeRate()).toBeUndefined();
    expect(broken.asked).toHaveLength(1);
    const clock = new HandClock();
    const hanging = sourceOf({ 'fee-estimates': undefined }, clock);
    const asking = hanging.source.feeRate();
    clock.pass(10_000);
    expect(await asking).toBeUndefined();
  });
});

describe('the fee that is proposed', () => {
  it.each([
    ['two that agree', [4.2, 5], 5, 'sources'],
    ['one that lies high', [4.2, 900], 5, 'differ'],
    ['one that lies low', [0.001, 20], 1, 'differ'],
    ['both absurd', [5_000, 90_000], MOST_PROPOSED_RATE, 'capped'],
    ['one alone', [12.1, undefined], 13, 'oneSource'],
    ['one alone, absurd', [undefined, 400], MOST_RATE_OF_ONE, 'capped'],
    ['nobody', [undefined, undefined], RATE_WITHOUT_SOURCE, 'none'],
    ['no source at all', [], RATE_WITHOUT_SOURCE, 'none'],
  ] as const)('by %s is bounded and says why, requires: BD-34', (_, said, rate, basis) => {
    const proposal = proposeFee(said);
    expect(proposal).toMatchObject({ satPerVirtualByte: rate, basis });
    expect(feeHint(proposal)).toContain(basis === 'differ' ? 'lowest' : String(rate));
  });

  it('can be changed, within what holders may sign', () => {
    expect(['1', ' 7 ', '500'].map(readFeeRate)).toEqual([1, 7, 500]);
    for (const typed of ['', '0', '501', '999', '1.5', '-1', 'x', '1e2']) {
      expect(readFeeRate(typed)).toBeUndefined();
    }
  });

  it('is asked about where it takes more than a tenth of the amount, requires: BD-35', () => {
    expect(isLargeFee(1_000n, 10_000n)).toBe(false);
    expect(isLargeFee(1_001n, 10_000n)).toBe(true);
    expect(isLargeFee(1n, 0n)).toBe(true);
    expect([feeShare(1n, 10_000n), feeShare(1_001n, 10_000n)]).toEqual(['less than 1 %', '10 %']);
  });
});
