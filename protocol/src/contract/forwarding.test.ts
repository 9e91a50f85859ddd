/** Payments by way of the bank: value is conserved, and debts fall by what the payer paid. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FORWARDING, payThrough } from '../testing/forwarding.ts';
import { Loan } from '../testing/loan.ts';
import { NO_FEES } from '../testing/plans.ts';
import { ledgerOf } from './standing.ts';
import { forwardingFeesMsat, forwardingTermsOf, mostForwardingFeeMsat } from './forwarding.ts';

function agreed(): Loan {
  const loan = new Loan({ offer: { fees: { ...NO_FEES, forwarding: FORWARDING } } });
  loan.signAll();
  loan.streamAll();
  return loan;
}

const terms = fc.record({
  use: fc.constant('always' as const),
  mostBps: fc.integer({ min: 0, max: 5_000 }),
  mostBaseMsat: fc.integer({ min: 0, max: 100_000 }).map(String),
});

describe('what the bank may keep', () => {
  it('is never more for a smaller part, and never beyond its share and base', () => {
    const amount = fc.bigInt({ min: 1n, max: 10n ** 15n });
    fc.assert(
      fc.property(terms, amount, amount, (forwarding, one, more) => {
        const most = mostForwardingFeeMsat(one, forwarding);
        const base = BigInt(forwarding.mostBaseMsat);
        expect((most - base) * 10_000n).toBeLessThanOrEqual(one * BigInt(forwarding.mostBps));
        expect(mostForwardingFeeMsat(one + more, forwarding)).toBeGreaterThanOrEqual(most);
      }),
    );
  });

  it('is nothing on legs on which the bank itself pays or is paid', () => {
    const fees = { ...NO_FEES, forwarding: FORWARDING };
    expect(forwardingTermsOf({ fees }, 'disbursement')).toBe(FORWARDING);
    expect(forwardingTermsOf({ fees }, 'repayment')).toBe(FORWARDING);
    for (const leg of ['servicing', 'originationFee', 'guarantee', 'recovery'] as const) {
      expect(forwardingTermsOf({ fees }, leg)).toBeUndefined();
    }
  });
});

describe('a repayment by way of the bank', () => {
  it('lowers the debt by exactly what the business paid, whatever the bank kept', () => {
    const before = agreed();
    const atSec = before.startAtSec + 100_000;
    const repaid = (loan: Loan): bigint => ledgerOf(loan.fold().state, atSec).repaidUnits;
    const already = repaid(before);
    fc.assert(
      fc.property(fc.integer({ min: 1_000, max: 900_000_000 }), fc.nat(), (paid, share) => {
        const grossMsat = BigInt(paid);
        const mostMsat = mostForwardingFeeMsat(grossMsat, FORWARDING);
        const keptMsat = BigInt(share) % (mostMsat < grossMsat ? mostMsat + 1n : grossMsat);
        const loan = agreed();
        const how = { payee: 'investor', payer: 'business', keptMsat };
        const part = { n: 0, amountUnits: grossMsat };
        const { request } = payThrough(loan, 'repayment', [part], atSec - 50, how);
        const { rejects, state } = loan.fold();
        expect(rejects).toEqual([]);
        expect(repaid(loan) - already).toBe(grossMsat);
        const own = [...state.paid.requests()].find((each) => each.request.event.id === request.id);
        const kept = own && forwardingFeesMsat(own.request.document);
        const net = BigInt(own?.request.document.via?.netMsat[0] ?? 0);
        expect(kept).toEqual([keptMsat]);
        expect(net + keptMsat).toBe(grossMsat);
      }),
      { numRuns: 12 },
    );
  });
});
