/** Contracts kept in a currency: prices, what they make of amounts, and what a request proves. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  computeStateHash,
  foldContract,
  ledgerOf,
  medianPrice,
  msatFor,
  offerContradiction,
  readEvent,
  unitsFor,
  unitsOf,
} from './index.ts';
import type { FiatDenomination, Fold } from './index.ts';
import { buildRequest } from './publish.ts';
import { Loan, offerDocument, publicOf, signAs, type PayOptions } from './testing/loan.ts';
import { DOLLAR, dollars, ORACLES, PRICE, priceEvent, type Pricing } from './testing/prices.ts';

const MINUTE = 30_000_000;
const START = MINUTE * 60;
const DAY = 60;
const TICK = 10n * DOLLAR;

function dollarLoan(changes: Partial<FiatDenomination> = {}): Loan {
  const units = { amountSoughtUnits: '30000000000', minimumTicketUnits: '1000000000' };
  const offer = { ...units, minimumTotalUnits: '1000000000', denomination: dollars(changes) };
  const loan = new Loan({ offer, principalUnits: 100n * DOLLAR, startAtSec: START });
  loan.signAll();
  return loan;
}

function folded(pricing: Pricing, amountUnits = TICK, options: PayOptions = {}): Fold {
  const loan = dollarLoan();
  loan.pay('disbursement', [{ n: 0, amountUnits }], START + 9, { pricing, ...options });
  return loan.fold();
}

const price = fc.bigInt({ min: 1n, max: 2_000_000_000_000n });
const amount = fc.bigInt({ min: 0n, max: 2_000_000_000_000_000_000n });

describe('amounts at a price', () => {
  // requires: PR-9
  it('cost the payer less than a millisatoshi more than they are worth, and never less', () => {
    fc.assert(
      fc.property(amount, price, (units, at) => {
        const msat = msatFor(units, at);
        expect(msat * at).toBeGreaterThanOrEqual(units * 100_000n);
        expect((msat - 1n) * at < units * 100_000n).toBe(true);
        expect(unitsFor(msat, at)).toBeGreaterThanOrEqual(units);
        if (msat > 0n) expect(unitsFor(msat - 1n, at)).toBeLessThan(units + 1n);
      }),
    );
  });

  it('in parts cost less than a millisatoshi a part more than in one', () => {
    fc.assert(
      fc.property(fc.array(amount, { minLength: 1, maxLength: 20 }), price, (parts, at) => {
        const whole = msatFor(
          parts.reduce((sum, each) => sum + each, 0n),
          at,
        );
        const apart = parts.reduce((sum, each) => sum + msatFor(each, at), 0n);
        expect(apart).toBeGreaterThanOrEqual(whole);
        expect(apart).toBeLessThan(whole + BigInt(parts.length));
      }),
    );
  });

  // requires: PR-8
  it('are at the middle price, or half way between the two in the middle', () => {
    expect(medianPrice([7n])).toBe(7n);
    expect(medianPrice([9n, 1n, 5n])).toBe(5n);
    expect(medianPrice([8n, 1n, 9n, 5n])).toBe(6n);
    fc.assert(
      fc.property(fc.array(price, { minLength: 1, maxLength: 7 }), (prices) => {
        const median = medianPrice(prices);
        const below = prices.filter((each) => each < median).length;
        const above = prices.filter((each) => each > median).length;
        expect(Math.max(below, above) * 2).toBeLessThanOrEqual(prices.length);
        expect(medianPrice([...prices].reverse())).toBe(median);
      }),
    );
  });
});

describe('a price', () => {
  const codeOf = (event: unknown): string => {
    const read = readEvent(event);
    return read.ok ? read.value.map(({ name }) => name).join() : read.code;
  };

  // requires: PR-4
  it('is given in its minute or soon after', () => {
    const at = (atSec: number): string =>
      codeOf(priceEvent('oracle one', MINUTE, PRICE, { atSec }));
    expect(at(START)).toBe('price');
    expect(at(START + 660)).toBe('price');
    expect(at(START - 1)).toBe('PRICE_MINUTE');
    expect(at(START + 661)).toBe('PRICE_MINUTE');
    expect(codeOf(priceEvent('oracle one', MINUTE, 0n))).toBe('CONTENT_TERMS');
    const odd = { currency: 'usd' };
    expect(codeOf(priceEvent('oracle one', MINUTE, PRICE, odd))).toBe('CONTENT_SCHEMA');
  });

  // requires: PR-5, PR-6
  it('is used for its minute, and for an hour', () => {
    const loan = dollarLoan();
    const request = (pricing: Pricing, options: PayOptions = {}): string => {
      const part = { n: 0, amountUnits: TICK, preimage: loan.preimage() };
      return codeOf(loan.request('disbursement', [part], START + 10, { pricing, ...options }));
    };
    const prices = ORACLES.map(() => 'price').join();
    expect(request({})).toBe(`${prices},request`);
    expect(request({ minute: MINUTE - 5 })).toBe(`${prices},request`);
    expect(request({ minute: MINUTE - 6 })).toBe('PRICE_MINUTE');
    expect(request({ minute: MINUTE + 1 })).toBe('PRICE_MINUTE');
    const other = [['oracle one', PRICE, { minute: MINUTE - 2, atSec: START - 60 }]] as const;
    expect(request({ by: other })).toBe('EMBEDDED_MISMATCH');
    const [one] = ORACLES;
    const twice = [one, one].map((name) => [name, PRICE] as const);
    expect(request({ by: twice })).toBe('CONTENT_TERMS');
    const minute = MINUTE;
    expect(request({ minute }, { expiresAtSec: START + 3_660 })).toBe(`${prices},request`);
    expect(request({ minute }, { expiresAtSec: START + 3_661 })).toBe('PART_WINDOW');
  });

  it('has as many units as parts, each worth something', () => {
    const loan = dollarLoan();
    const part = { n: 0, amountUnits: TICK, preimage: loan.preimage() };
    const read = readEvent(loan.request('disbursement', [part], START + 10));
    const asked = read.ok ? read.value.at(-1) : undefined;
    if (asked?.name !== 'request' || !asked.document.priced) throw new Error('no request');
    const { document } = asked;
    const codeWith = (units: string[]): string => {
      const priced = { ...asked.document.priced, units } as typeof document.priced;
      return codeOf(signAs('business', buildRequest({ ...document, priced }, START)));
    };
    expect(codeWith(['1', '2'])).toBe('CONTENT_TERMS');
    expect(codeWith(['0'])).toBe('CONTENT_TERMS');
  });
});

describe('terms in a currency', () => {
  // requires: PR-3
  it('name more than half of their oracles as the quorum, and no party among them', () => {
    const fieldOf = (changes: Partial<FiatDenomination>): string | undefined =>
      offerContradiction(offerDocument({ denomination: dollars(changes) }))?.detail;
    expect(fieldOf({})).toBe(undefined);
    expect(fieldOf({ quorum: 1 })).toBe('quorum');
    expect(fieldOf({ quorum: 4 })).toBe('quorum');
    expect(fieldOf({ oracles: [publicOf('business')], quorum: 1 })).toBe('oracles');
    expect(() => dollarLoan({ oracles: [publicOf('bank')], quorum: 1 })).toThrow('oracles');
  });

  // requires: PR-1, PR-2
  it('are in whole minor units', () => {
    const offer = { ...offerDocument({ denomination: dollars() }), minimumTicketUnits: '1500000' };
    expect(offerContradiction(offer)?.detail).toBe('minimumTicketUnits');
    const tick = dollarLoan().contract.document.tranches[0];
    expect(tick?.amountUnits).toBe('10000000000');
  });
});

describe('a loan in dollars', () => {
  // requires: PR-7
  it('is paid out and repaid in dollars, whatever a bitcoin costs', () => {
    const loan = dollarLoan();
    const at = (n: number): bigint => PRICE + BigInt(n) * 100_001n;
    for (let n = 0; n < 10; n += 1) {
      const by = ORACLES.map((name, k) => [name, at(n) + BigInt(k)] as const);
      const options = { pricing: { by } };
      loan.pay('disbursement', [{ n, amountUnits: TICK }], START + n * DAY + 20, options);
    }
    const due = START + 90 * DAY;
    const owed = ledgerOf(loan.fold().state, due);
    expect(owed.outstandingUnits).toBe(100n * DOLLAR);
    // Principal and interest in whole cents.
    expect(owed.payoffUnits % 1_000_000n).toBe(0n);
    loan.pay('repayment', [{ n: 0, amountUnits: owed.payoffUnits }], due + 30);
    const { state } = loan.fold();
    const after = ledgerOf(state, due);
    expect(after).toMatchObject({ repaid: true, unallocatedUnits: 0n });
    expect(state.unprovenPrices).toEqual([]);
    for (const { amountUnits, amountMsat, leg, n } of state.payments) {
      const price = leg === 'repayment' ? PRICE : at(n) + 1n;
      expect(amountMsat).toBe(msatFor(amountUnits, price));
    }
  });

  // requires: PR-10
  it('is paid at its oracles’ price, or not at all', () => {
    const codes = (pricing: Pricing, amountUnits = TICK): string[] =>
      folded(pricing, amountUnits).rejects.map(({ code }) => code);
    expect(codes({})).toEqual([]);
    expect(codes({ isPriced: false })).toEqual(['DENOMINATION_MISMATCH']);
    const exact = msatFor(TICK, PRICE);
    expect(codes({ msat: [exact + 1n] })).toEqual(['PRICE_MISMATCH']);
    expect(codes({ msat: [exact - 1n] })).toEqual(['PRICE_MISMATCH']);
    const strange = [...ORACLES, 'business'].map((name) => [name, PRICE] as const);
    expect(codes({ by: strange })).toEqual(['PRICE_UNKNOWN']);
    const foreign = [['oracle one', PRICE, { currency: 'KES' }]] as const;
    expect(codes({ by: foreign })).toEqual(['PRICE_UNKNOWN']);
    expect(codes({}, TICK - 1n)).toEqual(['PART_AMOUNT']);
    const bitcoin = new Loan({ startAtSec: START });
    bitcoin.signAll();
    const pricing = { isPriced: true, by: [] };
    const parts = [{ n: 0, amountUnits: 100_000_000n }];
    bitcoin.pay('disbursement', parts, START + 9, { pricing });
    expect(bitcoin.fold().rejects[0]?.code).toBe('DENOMINATION_MISMATCH');
  });

  // requires: PR-12
  it('counts what was paid without a quorum, and says so', () => {
    for (const by of [[], [['oracle two', PRICE]] as const]) {
      const { state, rejects } = folded({ by, msat: [1n] });
      expect(rejects).toEqual([]);
      expect(state.payments[0]).toMatchObject({ amountUnits: TICK, amountMsat: 1n });
      expect(state.unprovenPrices).toEqual([state.payments[0]?.request]);
    }
  });

  // requires: PR-11, PR-12
  it('counts an oracle that contradicts itself for nothing in that minute', () => {
    const loan = dollarLoan();
    const pay = (n: number, by: NonNullable<Pricing['by']>): void => {
      const options = { pricing: { by, minute: MINUTE } };
      loan.pay('disbursement', [{ n, amountUnits: TICK }], START + 20, options);
    };
    pay(0, [
      ['oracle one', PRICE],
      ['oracle two', PRICE],
    ]);
    pay(1, [
      ['oracle one', PRICE + 1n],
      ['oracle two', PRICE],
      ['oracle three', PRICE],
    ]);
    const { state } = loan.fold();
    const [found] = state.equivocations;
    expect(found).toMatchObject({
      reason: 'contradictory prices',
      author: publicOf('oracle one'),
    });
    const first = state.payments.find(({ n }) => n === 0)?.request;
    expect(state.unprovenPrices).toEqual([first]);
    expect(state.payments.map(({ amountUnits }) => amountUnits)).toEqual([TICK, TICK]);
    const backwards = foldContract(loan.root, [...loan.parsed].reverse());
    expect(backwards.ok && computeStateHash(backwards.value.state)).toBe(computeStateHash(state));
    expect(backwards.ok && backwards.value.state.unprovenPrices).toEqual([first]);
  });

  it('credits what its requests say, part by part', () => {
    const requests = [...folded({}).state.paid.requests()].map(({ request }) => request.document);
    expect(requests.map(unitsOf)).toEqual([[TICK.toString()]]);
  });
});
