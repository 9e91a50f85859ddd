/** What an agent pays beside repayments, and when: a guarantee on its day, a recovery at once. */
import { planTicks } from '@realyield/protocol';
import { expect, it } from 'vitest';
import { inThree, Loan, sparedSigning } from './fixtures/loan.ts';
import { give, recover } from './fixtures/steps.ts';
import { duesOf } from '../web/lib/agent/repaying.ts';

const DAY = 60;
const guarantee = { type: 'firstLoss', shareBps: 2_000, payDays: 30 } as const;

it('a bank’s guarantee is paid on its day, its recovery at once, neither by others', () => {
  const loan = new Loan({ offer: { ...inThree, guarantee }, signing: sparedSigning });
  loan.signAll();
  const time = (day: number): number => loan.startAtSec + day * DAY;
  loan.pay('disbursement', planTicks(loan.contract.document), loan.startAtSec + 20);
  give(loan, 'arrears', time(36));
  give(loan, 'default', time(60));
  const dues = (day: number) => duesOf(loan.fold().state, ['guarantee', 'recovery'], time(day));
  expect(dues(61)).toEqual([]);
  expect(dues(90)).toEqual(['guarantee']);
  const shares = [{ contract: loan.root, shareUnits: 900_000n }];
  const got = { grossUnits: 1_000_000n, costsUnits: 100_000n, shares };
  recover(loan, { ...got, recoveredAtSec: time(70) }, time(71));
  expect(dues(72)).toEqual(['recovery']);
  expect(duesOf(loan.fold().state, ['disbursement', 'repayment', 'servicing'], time(90))).toEqual(
    [],
  );
});
