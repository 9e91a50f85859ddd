// The form of an application: what is sent, and the sentence beside each field that does not fit.
import { describe, expect, it } from 'vitest';
import { parseMessage } from '@realyield/protocol';
import {
  APPLICATION_LENGTHS,
  applicationFields,
  offerFieldsOf,
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
