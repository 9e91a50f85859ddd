/** Which bond an offer pins, as it is typed. */
import { describe, expect, it } from 'vitest';
import { PledgeBook } from '../../engine/bonds/pledge-book.ts';
import { keptOfferForm } from './offer-fields.ts';
import { mistakeOf } from './offer-mistakes.ts';
import {
  allocationsOf,
  emptyBondForm,
  nameOfAllocation,
  readPinned,
  type Allocation,
} from './pin-form.ts';
import { FieldReader } from './read-fields.ts';

const forOven: Allocation = { pledge: 'a'.repeat(64), offer: 'oven', valueSat: 2_600_000n };
const chosen = { allocation: nameOfAllocation(forOven), amount: '' };

function pinned(changes: object, guarantee: 'none' | 'bond' = 'none', known = [forOven]) {
  const read = new FieldReader();
  const made = readPinned({ ...emptyBondForm(), ...changes }, guarantee, known, read);
  return { ...made, mistakes: Object.keys(read.mistakes ?? {}) };
}

describe('a bond behind an offer', () => {
  it('is all that is set aside, or so much as is typed, under the offer the pledge knows', () => {
    const bond = { pledge: forOven.pledge, allocationSat: '2600000' };
    expect(pinned(chosen, 'bond')).toEqual({ bond, identifier: 'oven', mistakes: [] });
    const less = pinned({ ...chosen, amount: '1 500 000' });
    expect(less.bond?.allocationSat).toBe('1500000');
    expect(pinned({ ...chosen, amount: '2 600 001' }).mistakes).toEqual(['bond.amount']);
    expect(pinned({ ...chosen, amount: 'much' }).mistakes).toEqual(['bond.amount']);
  });

  it('is none where none is chosen, which no guarantee by the bond can do with', () => {
    expect(pinned({})).toEqual({ mistakes: [] });
    expect(pinned({}, 'bond').mistakes).toEqual(['bond.allocation']);
    expect(pinned(chosen, 'none', []).mistakes).toEqual(['bond.allocation']);
  });

  it('is looked for among the bank’s pledges, and a draft of an older client has none', () => {
    expect(allocationsOf(new PledgeBook(), 'b'.repeat(64), 'mainnet')).toEqual([]);
    expect(keptOfferForm({ guarantee: 'bond' })).toMatchObject({
      guarantee: 'bond',
      bond: emptyBondForm(),
    });
  });

  it('says beside its fields what contradicts', () => {
    const document = { guarantee: { type: 'bond', payDays: 30 }, tranches: [] };
    const mistake = (detail: string) =>
      Object.keys(mistakeOf(document as never, { ok: false, code: 'CONTENT_TERMS', detail }));
    expect(mistake('guarantee')).toEqual(['bond.allocation']);
    expect(mistake('bond')).toEqual(['bond.amount']);
  });
});
