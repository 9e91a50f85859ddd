/** An arbiter's form: names and letters of languages and countries, fees, and what is wrong. */
import { describe, expect, it } from 'vitest';
import { arbiterDocument } from './fixtures/loan.ts';
import { arbiterForm, readArbiterForm } from '../web/lib/state/views/arbiter-form.ts';
import {
  arbiterRecordFacts,
  arbiterSentence,
  feeWords,
  profileLine,
} from '../web/lib/state/views/arbiters.ts';

const relays = ['ws://127.0.0.1:7001'];
const none = { cases: 0, taken: 0, ruled: 0, ruledInTime: 0, silent: 0, overdue: 0, overruled: 0 };
const record = { ...none, contradicted: 0, daysToRuling: undefined };

describe('an arbiter’s form', () => {
  it('is what was published, read back', () => {
    const document = arbiterDocument();
    const form = arbiterForm(document);
    expect(form).toMatchObject({ languages: 'English, Swahili', countries: 'Kenya, El Salvador' });
    expect(form).toMatchObject({ caseSat: '50000', awardPercent: '2' });
    expect(readArbiterForm(form, relays)).toEqual({ ok: true, document });
  });

  it('takes letters and names, each once and in order', () => {
    const form = { ...arbiterForm(arbiterDocument()), countries: '' };
    const read = readArbiterForm({ ...form, languages: 'spanish; en, es' }, relays);
    expect(read).toMatchObject({ document: { languages: ['en', 'es'], countries: [] } });
  });

  it('says what is wrong beside each field', () => {
    const read = readArbiterForm({ ...arbiterForm(undefined), countries: 'Atlantis' }, relays);
    if (read.ok) throw new Error('an empty form was taken');
    const fields = ['name', 'languages', 'countries', 'country', 'locality', 'scope', 'rules'];
    expect(Object.keys(read.mistakes)).toEqual(expect.arrayContaining(fields));
    expect(read.mistakes['countries']).toContain('“Atlantis”');
  });
});

describe('an arbiter in words', () => {
  it('is named with its profile or without one, requires: L-20', () => {
    expect(profileLine(undefined)).toBe('No profile of this arbiter is known here.');
    expect(profileLine(arbiterDocument())).toMatch(
      /^English, Swahili; loans in El Salvador, Kenya\. Asks 50.000.sat a case and 2.% of what/,
    );
    const fee = { caseMsat: '0', awardBps: 0, paidBy: 'bank' } as const;
    expect(feeWords(fee)).toBe('no fee');
  });

  it('has its record beside it, requires: L-20', () => {
    expect(arbiterSentence(record)).toBe('No case known here was theirs to decide.');
    const some = { ...record, cases: 3, taken: 2, ruled: 2, ruledInTime: 1, daysToRuling: 12 };
    expect(arbiterSentence({ ...some, silent: 1 })).toBe(
      'Had 3 cases to decide, took 2, ruled on 2, 1 in time. ' +
        'A case is typically decided 12 days after it was taken. ' +
        '1 silent until the fallback arbiter was called.',
    );
    const one = { ...record, cases: 1, taken: 1, ruled: 1, ruledInTime: 1 };
    expect(arbiterSentence({ ...one, daysToRuling: 0 })).toBe(
      'Had 1 case to decide, took 1, ruled on 1, in time. It was decided on the day it was taken.',
    );
    expect(arbiterSentence({ ...one, ruledInTime: 0, daysToRuling: 61 })).toBe(
      'Had 1 case to decide, took 1, ruled on 1, late. It was decided 61 days after it was taken.',
    );
    const pace = arbiterRecordFacts({ ...one, daysToRuling: 0 })[3];
    expect(pace).toEqual({ label: 'From taking to ruling', text: 'the same day', note: undefined });
  });
});
