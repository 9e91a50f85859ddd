/**
 * A payee whose clock is ten minutes ahead asks for what may not be paid yet: the payer asks it
 * ever less often, and pays once it may.
 * requires: T-34
 */
import { ledgerOf } from '@realyield/protocol';
import { expect, it } from 'vitest';
import { Cast } from './faults/cast.ts';
import { CALM, UNHARMED } from './faults/fates.ts';
import { firstDueAtMs, orderRepayment, signSilentLoan } from './faults/silent-loan.ts';

const DAY_SEC = 86_400;
const AHEAD_MS = 600_000;
const GIFT_WRAP_KIND = 1_059;

it('takes a few questions, not one every six seconds', async () => {
  const loan = signSilentLoan('wrong', DAY_SEC, undefined);
  const startAtMs = firstDueAtMs(loan, DAY_SEC);
  const units = ledgerOf(loan.fold().state, startAtMs / 1_000 + 60).dueNowUnits;
  const cast = new Cast(1, startAtMs, loan.events, CALM);
  const leap = { atMs: 0, byMs: AHEAD_MS, forMs: DAY_SEC * 1_000 };
  cast.enter({ name: 'investor', side: 'incoming', fate: { ...UNHARMED, leap } });
  cast.enter({
    ...{ name: 'business', side: 'outgoing', fate: UNHARMED },
    act: (session) => orderRepayment(loan, units, session),
  });
  const status = () => cast.session('business')?.payerStatus(loan.root, 'repayment')?.code;
  const isWrong = () => status() === 'PART_WINDOW';
  expect(await cast.time.runUntil(isWrong, startAtMs + 60_000)).toBe(true);
  const before = cast.published().length;
  await cast.time.runUntil(() => false, startAtMs + AHEAD_MS - 120_000);
  const wraps = cast
    .published()
    .slice(before)
    .filter(({ kind }) => kind === GIFT_WRAP_KIND);
  expect(wraps.length).toBeGreaterThan(4);
  expect(wraps.length).toBeLessThan(30);
  const isPaid = () =>
    cast.session('business')?.journalEntries(loan.root, 'repayment')[0]?.step === 'receipted';
  expect(await cast.time.runUntil(isPaid, startAtMs + 3 * AHEAD_MS)).toBe(true);
  cast.end();
});
