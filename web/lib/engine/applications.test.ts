/** Room for applications: nobody fills that of all. */
import { expect, it } from 'vitest';
import { Applications } from './applications.ts';
import type { Desk } from './desk.ts';
import type { Incoming } from './mailbox.ts';

const [bank, busy, other] = ['b', 'a', 'c'].map((digit) => digit.repeat(64)) as [
  string,
  string,
  string,
];
const texts = { name: 'Bakery', purpose: 'An oven', businessCase: 'Bread.', useOfFunds: 'Oven.' };

it('keeps so many of one sender, and those of others all the same', async () => {
  const desk = { person: { publicKey: bank }, store: { write: () => Promise.resolve() } };
  const applications = new Applications(desk as unknown as Desk);
  const send = (author: string, n: number): Promise<void> => {
    const salt = n.toString(16).padStart(64, '0');
    const rest = { amountMsat: '1000', months: 12, financialHistory: '', documents: [] };
    const of = { bank, salt, ...texts, ...rest };
    return applications.receive({ v: 1, type: 'application', case: of }, {
      author,
      sentAtSec: 10,
    } as Incoming);
  };
  for (let n = 0; n < 30; n += 1) await send(busy, n);
  expect(applications.received()).toHaveLength(20);
  await send(busy, 3);
  await send(other, 1);
  expect(applications.received().filter(({ applicant }) => applicant === other)).toHaveLength(1);
  expect(applications.received()).toHaveLength(21);
});
