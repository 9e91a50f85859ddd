/**
 * Which of two words on one order holds, whatever the way they come.
 * requires: TE-23
 */
import { expect, it } from 'vitest';
import { isBehind, withWord, type ChainOrder } from './orders.ts';

const ID = '1'.repeat(64);
const SHOWN: ChainOrder = {
  ...{ contract: '2'.repeat(64), leg: 'repayment', n: [0], address: 'bcrt1', valueSat: '1000' },
  tender: { id: ID, pubkey: ID, created_at: 1, kind: 2_820, tags: [], content: '{}', sig: '' },
  ...{ startedAtSec: 100, before: ['old:0'], state: 'open', isTold: true },
};
const again: ChainOrder = { ...SHOWN, startedAtSec: 200, before: ['old:0', 'paid:0'] };
const freed = (order: ChainOrder): ChainOrder => ({ ...order, state: 'released' });

const learn = (known: ChainOrder, told: ChainOrder) => withWord(known, told) ?? known;

it('the last showing holds, and of one showing that it was not paid', () => {
  const words = [SHOWN, freed(SHOWN), again, freed(again)];
  words.forEach((word, place) => {
    for (const later of words.slice(place)) {
      const { startedAtSec, state } = later;
      expect(learn(word, later)).toMatchObject({ startedAtSec, state });
      expect(learn(later, word)).toMatchObject({ startedAtSec, state });
    }
  });
});

it('what was paid at either showing is seen, and found once it is found for good', () => {
  expect(learn(SHOWN, again).before).toEqual(['old:0']);
  expect(learn(again, SHOWN).before).toEqual(['old:0']);
  const found = { outpoint: 'paid:0', valueSat: '1000' };
  expect(learn({ ...SHOWN, found }, again)).toMatchObject({ startedAtSec: 200, found });
  expect(learn(again, { ...SHOWN, found })).toMatchObject({ startedAtSec: 200, found });
  // A list that was cut short leaves nothing out.
  const before = Array.from({ length: 200 }, (_each, at) => `cut:${at}`);
  expect(learn(again, { ...SHOWN, before }).before).toEqual(again.before);
});

it('what nobody was told gives way, and what is proven does not', () => {
  const { isTold: _told, ...untold } = again;
  expect(learn(untold, SHOWN)).toMatchObject({ startedAtSec: 100, isTold: true });
  expect(learn(freed(untold), SHOWN)).toMatchObject({ startedAtSec: 100, state: 'open' });
  expect(withWord({ ...SHOWN, state: 'proven' }, again)).toBeUndefined();
  expect(withWord(SHOWN, { ...again, state: 'proven' })).toBeUndefined();
  expect(withWord(SHOWN, SHOWN)).toBeUndefined();
});

it('a word that does not know of what was shown is answered, and no other', () => {
  const { isTold: _told, ...untold } = again;
  expect(isBehind([], [SHOWN])).toBe(true);
  expect(isBehind([freed(SHOWN)], [again])).toBe(true);
  expect(isBehind([SHOWN], [SHOWN])).toBe(false);
  expect(isBehind([again], [SHOWN])).toBe(false);
  expect(isBehind([], [freed(SHOWN), { ...again, state: 'proven' }, untold])).toBe(false);
});
