/** What counts as standing still: trouble and a used-up limit, however often it is tried again. */
import { expect, it } from 'vitest';
import { sideStatus, withinLimits } from './payer-orders.ts';
import { Standstill } from './standstill.ts';
import { statusOf } from './words.ts';

it('says since when a stream stands, and forgets it once it goes on', () => {
  const standstill = new Standstill();
  const paying = statusOf('working', 'PAYING');
  const refused = statusOf('problem', 'WALLET_REFUSED');
  standstill.note(paying, 100);
  expect(standstill.stopped).toBeUndefined();
  standstill.note(refused, 110);
  standstill.note(paying, 120);
  standstill.note(statusOf('waiting', 'budget'), 130);
  expect(standstill.stopped).toMatchObject({ status: { code: 'budget' }, sinceSec: 110 });
  standstill.goesOn();
  expect(standstill.stopped).toBeUndefined();
  standstill.note(refused, 140);
  standstill.note(statusOf('waiting', 'nextTick'), 150);
  expect(standstill.stopped).toBeUndefined();
});

it('a payee that nobody hears stops a stream; one that it was tendered to does not', () => {
  const standstill = new Standstill();
  const silence = { whom: 'payee', sinceSec: 50 } as const;
  standstill.note(sideStatus('problem', { silence }), 100);
  standstill.note(statusOf('working', 'ASKING'), 110);
  expect(standstill.stopped).toMatchObject({ status: { code: 'payeeUnreachable' }, sinceSec: 100 });
  standstill.note(statusOf('waiting', 'tendered'), 120);
  expect(standstill.stopped).toBeUndefined();
});

it('a plan goes as far as there is room, and then names the limit', () => {
  const part = (n: number) => ({ leg: 'disbursement' as const, n, amountUnits: 40n });
  const plan = { action: 'pay', parts: [part(0), part(1), part(2)] } as const;
  const limitOf = (roomMsat: bigint) => (amountMsat: bigint) =>
    amountMsat > roomMsat ? ({ limit: 'day', untilSec: 900 } as const) : undefined;
  expect(withinLimits(plan, limitOf(120n))).toEqual(plan);
  expect(withinLimits(plan, limitOf(100n))).toEqual({ ...plan, parts: [part(0), part(1)] });
  const none = { action: 'wait', reason: 'budget', limit: 'day', untilSec: 900 };
  expect(withinLimits(plan, limitOf(39n))).toEqual(none);
});
