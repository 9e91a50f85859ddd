// The form of an application: what is sent, and the sentence beside each field that does not fit.
import { describe, expect, it } from 'vitest';
import { parseMessage } from '@realyield/protocol';
import {
  APPLICATION_LENGTHS,
  applicationFields,
  applicationNext,
  offerFieldsOf,
  offerOf,
  readApplicationFields,
} from '../web/lib/state/views/applications.ts';

const bank = 'b'.repeat(64);
const good = {
  ...applicationFields(),
  ...{ name: 'Panadería Luz', purpose: 'A second oven', amount: '300 000', months: '12' },
  ...{ businessCase: 'Bread\tfor\r\ntwo schools.', useOfFunds: '<b>An oven</b>' },
};

describe('the form of an application', () => {
  it('gives what the protocol reads, with texts as they were typed', () => {
    const read = readApplicationFields(good, bank, []);
    if (!read.ok) throw new Error(JSON.stringify(read.mistakes));
    expect(read.form).toMatchObject({
      amountMsat: '300000000',
      months: 12,
      businessCase: 'Bread for\ntwo schools.',
      useOfFunds: '<b>An oven</b>',
    });
    const content = { ...read.form, salt: '5'.repeat(64) };
    const message = JSON.stringify({ case: content, type: 'application', v: 1 });
    expect(parseMessage(message)).toMatchObject({ ok: false });
    const sorted = Object.fromEntries(Object.entries(content).sort(([a], [b]) => (a < b ? -1 : 1)));
    expect(parseMessage(JSON.stringify({ case: sorted, type: 'application', v: 1 })).ok).toBe(true);
  });

  it('is what an offer begins with that answers it', () => {
    const read = readApplicationFields(good, bank, []);
    if (!read.ok) throw new Error('not read');
    const state = {
      id: '1',
      case: { ...read.form, salt: '5' },
      applicant: 'a',
      status: 'approved',
    };
    const rest = { reason: '', step: 1, offer: undefined, notes: [], atSec: 0 } as const;
    expect(offerFieldsOf({ ...state, ...rest, status: 'approved' })).toEqual({
      title: 'A second oven',
      purpose: '<b>An oven</b>',
      story: 'Bread for\ntwo schools.',
      businessKey: 'a',
      businessName: 'Panadería Luz',
      amountSought: '300000',
    });
  });

  it('fits the offer’s shorter fields, and leads to the offer that came of it', () => {
    const texts = { name: 'n'.repeat(120), purpose: 'p'.repeat(120), useOfFunds: 'u '.repeat(700) };
    const read = readApplicationFields({ ...good, ...texts }, bank, []);
    if (!read.ok) throw new Error(JSON.stringify(read.mistakes));
    const state = {
      ...{ id: '1', case: { ...read.form, salt: '5' }, applicant: 'a', reason: '', step: 2 },
      ...({ status: 'approved', offer: 'an-oven', notes: [], atSec: 0 } as const),
    };
    const { title, purpose, businessName } = offerFieldsOf(state);
    expect(title.length).toBeLessThanOrEqual(80);
    expect(purpose.length).toBeLessThanOrEqual(160);
    expect(businessName.length).toBeLessThanOrEqual(80);
    expect(offerOf(state)).toBe(`/offers/32811:${bank}:an-oven`);
    expect(offerOf({ ...state, offer: undefined })).toBeUndefined();
    expect(applicationNext(state, false)).toContain('has published the offer');
    expect(applicationNext({ ...state, offer: undefined }, false)).toContain('publishes an offer');
  });

  it('says beside each field what does not fit', () => {
    const read = readApplicationFields(applicationFields(), bank, []);
    expect(read.ok ? [] : Object.keys(read.mistakes).sort()).toEqual([
      'amount',
      'businessCase',
      'months',
      'name',
      'purpose',
      'useOfFunds',
    ]);
    const bad = { ...good, name: 'Pan\u202eadería', months: '0', businessCase: 'x'.repeat(3_001) };
    const mistakes = readApplicationFields(bad, bank, []);
    expect(mistakes).toMatchObject({
      ok: false,
      mistakes: {
        name: expect.stringContaining('cannot be seen') as string,
        months: expect.stringContaining('1 to 600') as string,
        businessCase: `At most ${APPLICATION_LENGTHS.businessCase} characters.`,
      },
    });
  });
});
