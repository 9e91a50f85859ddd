/** A customer of the local world at the till: paid once, by one of them. */
import { expect, it } from 'vitest';
import type { Wallet } from '../web/lib/engine/ports.ts';
import { payAsCustomer } from '../web/lib/state/customer.ts';
import type { World } from '../web/lib/state/kept.ts';

type People = World['personas'];
type Answer = Awaited<ReturnType<Wallet['pay']>>;

const person = (id: string, role: People[number]['role'], walletUri?: string): People[number] => ({
  ...{ id, name: id, role, about: '', publicKey: id, bunkerUri: '' },
  ...(walletUri === undefined ? {} : { walletUri }),
});
const people = [
  person('ana', 'investor', 'ana'),
  person('ben', 'investor', 'ben'),
  person('mei', 'investor', 'mei'),
  person('luz', 'business', 'luz'),
  person('judge', 'arbiter'),
];
const paid: Answer = { state: 'answered', value: { preimage: '', feesPaidMsat: 0n } };
const refused = { state: 'refused', code: 'PAYMENT_FAILED', sentence: 'It holds too little.' };

function town(answers: Readonly<Record<string, unknown>>) {
  const asked: string[] = [];
  let open = 0;
  const openWallet = (uri: string) => {
    open += 1;
    const pay = () => {
      asked.push(uri);
      return Promise.resolve(answers[uri] ?? paid);
    };
    return Promise.resolve({ pay, close: () => void (open -= 1) } as unknown as Wallet);
  };
  const buy = () => payAsCustomer('lnbcrt1', people, 'mei', openWallet);
  return { asked, buy, left: () => open };
}

it('is asked once where they pay, and another only where the one before refused', async () => {
  const one = town({});
  expect(await one.buy()).toBeUndefined();
  expect(one.asked).toEqual(['ben']);
  const poor = town({ ben: refused });
  expect(await poor.buy()).toBeUndefined();
  expect(poor.asked).toEqual(['ben', 'ana']);
  const nobody = town({ ben: refused, ana: refused });
  expect(await nobody.buy()).toBe('Nobody here could pay it. It holds too little.');
  expect([one, poor, nobody].map(({ left }) => left())).toEqual([0, 0, 0]);
});

it('nobody else pays while it is not known whether one has', async () => {
  const silent = town({ ben: { state: 'unknown', code: 'TIMEOUT', sentence: 'No answer.' } });
  expect(await silent.buy()).toMatch(/^ben’s wallet has not answered\./);
  expect(silent.asked).toEqual(['ben']);
});
