/** A notice dated ahead counts when its time comes, not before. */
import { describe, expect, it } from 'vitest';
import { foldContract, planTicks } from '@realyield/protocol';
import { Loan } from './fixtures/loan.ts';
import { give } from './fixtures/steps.ts';
import { ripeEvents } from '../web/lib/engine/ripe.ts';

const START = 1_800_000_000;
const DAY = 60;

describe('notices dated ahead', () => {
  const loan = new Loan();
  loan.signAll();
  loan.pay('disbursement', planTicks(loan.contract.document), START + 20);
  give(loan, 'arrears', START + 100 * DAY);
  give(loan, 'default', START + 200 * DAY);
  const statusAt = (nowSec: number): string | undefined => {
    const fold = foldContract(loan.root, ripeEvents(loan.parsed, nowSec).events);
    return fold.ok ? fold.value.state.status : undefined;
  };

  it('are set aside until their time, and say when that is', () => {
    const now = START + 10 * DAY;
    expect(ripeEvents(loan.parsed, now).nextAtSec).toBe(START + 99 * DAY);
    expect(statusAt(now)).toBe('effective');
    expect(statusAt(START + 198 * DAY)).toBe('effective');
    expect(statusAt(START + 199 * DAY)).toBe('defaulted');
    expect(ripeEvents(loan.parsed, START + 199 * DAY)).toEqual({
      events: loan.parsed,
      nextAtSec: undefined,
    });
  });
});
