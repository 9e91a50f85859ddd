/** What the bank types about payments it passes on and shares of sales, and what comes of it. */
import { expect, it } from 'vitest';
import type { OfferDocument, TillShare } from '@realyield/protocol';
import { emptyPassingForm, readPassing, type PassingForm } from './passing-form.ts';
import { FieldReader } from './read-fields.ts';
import { emptyTillShareForm, readTillShare, type TillShareForm } from './till-form.ts';

const bullet = { type: 'bullet' } as OfferDocument['plan'];
const revenue = { type: 'revenueShare', shareBps: 700 } as OfferDocument['plan'];

function passing(changes: Partial<PassingForm>) {
  const read = new FieldReader();
  const terms = readPassing({ ...emptyPassingForm(), ...changes }, read);
  return read.mistakes ?? terms;
}

function till(changes: Partial<TillShareForm>, plan = bullet) {
  const read = new FieldReader();
  const share = readTillShare({ ...emptyTillShareForm(), ...changes }, plan, read);
  return read.mistakes ?? share;
}

it('passes nothing on unless the bank says so, and keeps what it says', () => {
  expect(passing({})).toBeUndefined();
  expect(passing({ percent: 'much' })).toBeUndefined();
  const terms = { use: 'always', mostBps: 50, mostBaseMsat: '1000' };
  expect(passing({ use: 'always' })).toEqual(terms);
  const free = { use: 'noRoute', mostBps: 0, mostBaseMsat: '0' };
  expect(passing({ use: 'noRoute', percent: '0', baseSat: '' })).toEqual(free);
  expect(passing({ use: 'always', percent: '51' })).toHaveProperty(['passing.percent']);
  expect(passing({ use: 'always', baseSat: 'one' })).toHaveProperty(['passing.baseSat']);
});

it('shares sales at a till, more after a default only at the bank’s', () => {
  expect(till({})).toBeUndefined();
  const own: TillShare = { runBy: 'business', shareBps: 500, recoveryBps: 500, thresholdSat: 100 };
  expect(till({ runBy: 'business', sharePercent: '5', recoveryPercent: '50' })).toEqual(own);
  const atBank = { runBy: 'bank', sharePercent: '5', recoveryPercent: '20' } as const;
  expect(till(atBank)).toEqual({ ...own, runBy: 'bank', recoveryBps: 2_000 });
  expect(till({ ...atBank, recoveryPercent: '' })).toEqual({ ...own, runBy: 'bank' });
  expect(till({ ...atBank, recoveryPercent: '4' })).toHaveProperty(['till.recoveryPercent']);
  expect(till({ runBy: 'business' })).toHaveProperty(['till.sharePercent']);
  expect(till({ ...atBank, thresholdSat: '0' })).toHaveProperty(['till.thresholdSat']);
  // Under a revenue share it is the plan's, whatever was typed.
  expect(till({ runBy: 'business', sharePercent: '5' }, revenue)).toMatchObject({ shareBps: 700 });
});
