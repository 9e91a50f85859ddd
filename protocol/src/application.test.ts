/**
 * Where an application stands, from messages in any order.
 * requires: AP-1, AP-4, AP-5, AP-6, AP-7
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applicationId, foldApplication, type ApplicationMessage } from './application.ts';
import { formatMessage, parseMessage } from './conversation.ts';
import type { ApplicationCase } from './kinds/application-messages.ts';

const [bank, applicant, stranger, salt] = ['b', 'a', 'c', '5'].map((digit) => digit.repeat(64)) as [
  string,
  string,
  string,
  string,
];
const of: ApplicationCase = {
  ...{ bank, salt, name: 'Bakery', purpose: 'An oven', amountMsat: '1000', months: 12 },
  ...{ businessCase: 'Bread.', useOfFunds: 'Oven.', financialHistory: '', documents: [] },
};
const id = applicationId(applicant, of);

const step = (n: number, status: 'inReview' | 'declined', author = bank): ApplicationMessage => ({
  message: { v: 1, type: 'applicationStep', application: id, step: n, status, reason: `r${n}` },
  author,
  sentAtSec: 10,
});
const note = (digit: string, author: string, sentAtSec: number): ApplicationMessage => ({
  message: {
    ...{ v: 1, type: 'applicationNote', application: id, note: digit.repeat(64) },
    text: `said at ${sentAtSec}`,
  },
  author,
  sentAtSec,
});
const withdrawal = (author: string): ApplicationMessage => ({
  message: { v: 1, type: 'applicationWithdrawal', application: id },
  author,
  sentAtSec: 30,
});

const told = [
  ...[
    step(1, 'inReview'),
    step(2, 'inReview'),
    step(2, 'declined'),
    step(9, 'declined', applicant),
  ],
  ...[note('1', bank, 20), note('1', bank, 19), note('2', applicant, 20), note('3', stranger, 5)],
  withdrawal(bank),
];

describe('foldApplication', () => {
  it('does not depend on order or repetition', () => {
    const expected = foldApplication(applicant, of, told);
    const shuffled = fc.array(fc.constantFrom(...told), { maxLength: 9 });
    fc.assert(
      fc.property(shuffled, (first) => {
        const rest = told.filter((one) => !first.includes(one)).reverse();
        expect(foldApplication(applicant, of, [...first, ...rest])).toEqual(expected);
      }),
    );
  });

  it('hears the bank on its steps, both on notes, and the applicant on a withdrawal', () => {
    const state = foldApplication(applicant, of, told);
    expect(state).toMatchObject({ id, status: 'inReview', step: 2, reason: 'r2' });
    expect(state.notes.map(({ text, author }) => [text, author])).toEqual([
      ['said at 19', bank],
      ['said at 20', applicant],
    ]);
    const withdrawn = foldApplication(applicant, of, [withdrawal(applicant), ...told]);
    expect(withdrawn.status).toBe('withdrawn');
  });

  it('gives another name to the same case of somebody else', () => {
    expect(applicationId(stranger, of)).not.toBe(id);
    expect(foldApplication(stranger, of, told)).toMatchObject({ status: 'new', notes: [] });
  });
});

it('the largest application that is allowed fits a wrap', () => {
  const documents = ['0', '1', '2', '3', '4', '5'].map((digit) => ({
    ...{ name: '"'.repeat(80), sha256: digit.repeat(64) },
  }));
  const text = (length: number): string => '"'.repeat(length);
  const content = formatMessage({
    ...{ v: 1, type: 'application' },
    case: {
      ...{ ...of, documents, name: text(120), purpose: text(120), businessCase: text(3_000) },
      ...{ useOfFunds: text(1_500), financialHistory: text(1_500), months: 600 },
      amountMsat: '2100000000000000000',
    },
  });
  expect(parseMessage(content)).toMatchObject({ ok: true });
  // As a JSON string within the rumor; its other members take less than 300 bytes.
  expect(new TextEncoder().encode(JSON.stringify(content)).length).toBeLessThan(28_672 - 300);
});
