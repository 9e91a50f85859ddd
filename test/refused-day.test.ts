/**
 * A day of a payer whose payee cannot serve: what the two of them put on other people's relays.
 * requires: T-34
 */
import { ledgerOf } from '@realyield/protocol';
import { expect, it } from 'vitest';
import type { Session } from '../web/lib/engine/session.ts';
import { Cast } from './faults/cast.ts';
import { CALM, UNHARMED } from './faults/fates.ts';
import { firstDueAtMs, orderRepayment, signSilentLoan } from './faults/silent-loan.ts';

const DAY_SEC = 86_400;
const GIFT_WRAP_KIND = 1_059;

it('takes some hundred wraps', async () => {
  const loan = signSilentLoan('refused', DAY_SEC, undefined);
  const startAtMs = firstDueAtMs(loan, DAY_SEC);
  const units = ledgerOf(loan.fold().state, startAtMs / 1_000 + 60).dueNowUnits;
  const cast = new Cast(1, startAtMs, loan.events, CALM);
  // The payee's wallet is not connected.
  let isWithout = false;
  const act = async (session: Session): Promise<boolean> => {
    session.useWallet(undefined);
    isWithout = session.isRunning;
    return isWithout;
  };
  cast.enter({ name: 'investor', side: 'incoming', fate: UNHARMED, act });
  expect(await cast.time.runUntil(() => isWithout, startAtMs + 60_000)).toBe(true);
  cast.enter({
    ...{ name: 'business', side: 'outgoing', fate: UNHARMED },
    act: (session) => orderRepayment(loan, units, session),
  });
  const status = () => cast.session('business')?.payerStatus(loan.root, 'repayment')?.code;
  expect(await cast.time.runUntil(() => status() === 'PAYEE_REFUSED', startAtMs + 600_000)).toBe(
    true,
  );
  await cast.time.runUntil(() => false, startAtMs + DAY_SEC * 1_000);
  expect(status()).toBe('PAYEE_REFUSED');
  const wraps = cast.published().filter(({ kind }) => kind === GIFT_WRAP_KIND);
  expect(wraps.length).toBeGreaterThan(2 * 144);
  expect(wraps.length).toBeLessThan(600);
  cast.end();
});
