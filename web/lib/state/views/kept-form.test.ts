/** The form for an offer as it was kept on this device. */
import { describe, expect, it } from 'vitest';
import { emptyOfferForm, emptyTranche, keptOfferForm } from './offer-fields.ts';

describe('a draft', () => {
  it('comes back as it was, and an odd one as far as it makes sense', () => {
    const form = { ...emptyOfferForm(), purpose: 'An oven' };
    form.plan.type = 'annuity';
    form.tranches.push({ ...emptyTranche(), hasMilestone: true });
    form.documents.push({ name: 'a', sha256: 'b', sizeBytes: 1, sharing: 'anyone' });
    expect(keptOfferForm(structuredClone(form))).toEqual(form);
    const odd = { ...form, title: 7, plan: { type: 'gift', first: '9' }, tranches: [], more: 1 };
    const taken = keptOfferForm(odd);
    expect(taken).toMatchObject({ title: '', purpose: 'An oven', plan: { type: 'bullet' } });
    expect(taken.plan.first).toBe('9');
    expect(taken.tranches).toHaveLength(1);
    expect(keptOfferForm(undefined)).toEqual(emptyOfferForm());
  });
});
