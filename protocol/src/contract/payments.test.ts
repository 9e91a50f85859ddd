/** What receipts and answers prove, case by case. */
import { describe, expect, it } from 'vitest';
import { hashOf, Loan, sparedSigning } from '../testing/loan.ts';
import type { Payment } from './state.ts';

const START = 1_800_000_000;
const DAY = 60;
const TICK = 100_000_000n;
const WINDOW = { notBeforeSec: START + 100, expiresAtSec: START + 200 };
const tick = (n: number, preimage?: string) => ({
  n,
  amountUnits: TICK,
  ...(preimage === undefined ? {} : { preimage }),
});

function agreed(): Loan {
  const loan = new Loan({ signing: sparedSigning });
  loan.sign('investor', START + 1, 'investor phone');
  loan.sign('business', START + 2, 'business phone');
  loan.sign('bank', START + 3);
  return loan;
}

const paymentsOf = (loan: Loan): readonly Payment[] => loan.fold().state.payments;
const codesOf = (loan: Loan): string[] => loan.fold().rejects.map((entry) => entry.code);
const timesOf = (loan: Loan): number[] =>
  paymentsOf(loan).map((payment) => payment.settledAtSec - START);

it('is not taken away by who signs for its hash again on another leg', () => {
  const loan = agreed();
  loan.pay('disbursement', [tick(0)], START + 9);
  const preimage = hashOf('known by now');
  loan.pay('repayment', [{ n: 0, amountUnits: 90_000n, preimage }], START + 80);
  const owed = paymentsOf(loan).filter(({ leg }) => leg === 'repayment');
  // The bank and the investor, dated before it, as often as it takes to have a lower id.
  for (let n = 0; n < 20; n += 1) {
    loan.pay('guarantee', [{ n, amountUnits: 1_000n, preimage }], START + 40 + n);
  }
  expect(paymentsOf(loan).filter(({ leg }) => leg === 'repayment')).toEqual(owed);
  expect(owed.map(({ amountUnits }) => amountUnits)).toEqual([90_000n]);
});

describe('who may', () => {
  it('parties and their delegates pay and are paid', () => {
    const loan = agreed();
    loan.pay('disbursement', [tick(0)], START + 9, {
      payer: 'investor phone',
      payee: 'business phone',
    });
    loan.pay('disbursement', [tick(1)], START + 70);
    loan.pay('repayment', [tick(0)], START + 80, {
      payer: 'business phone',
      payee: 'investor phone',
    });
    expect(paymentsOf(loan).map(({ leg, n }) => `${leg} ${n}`)).toEqual([
      'disbursement 0',
      'disbursement 1',
      'repayment 0',
    ]);
  });

  it('nobody else does', () => {
    const loan = agreed();
    const attempts = [
      { payer: 'stranger' },
      { payee: 'stranger' },
      { payer: 'business' },
      { payee: 'investor' },
      { payer: 'bank' },
      { payer: 'business phone', payee: 'investor phone' },
    ];
    for (const keys of attempts) loan.pay('disbursement', [tick(0)], START + 9, keys);
    expect(codesOf(loan)).toEqual(attempts.map(() => 'AUTHOR_ROLE'));
    expect(paymentsOf(loan)).toEqual([]);
  });

  it('a disbursement part is a tick with its amount, a repayment is anything', () => {
    const loan = agreed();
    loan.pay('disbursement', [{ n: 0, amountUnits: TICK + 1n }], START + 9);
    loan.pay('disbursement', [tick(10)], START + 10);
    loan.pay('disbursement', [{ n: 0, amountUnits: 1n }, tick(10)], START + 11);
    loan.pay('repayment', [{ n: 4_000_000_000, amountUnits: 1n }], START + 12);
    expect(codesOf(loan)).toEqual(['PART_AMOUNT', 'PART_UNKNOWN', 'PART_UNKNOWN']);
    expect(paymentsOf(loan)).toHaveLength(1);
  });

  it('a receipt whose request was left out of the set proves nothing', () => {
    const loan = agreed();
    loan.pay('disbursement', [tick(0)], START + 9);
    const index = loan.parsed.findIndex((entry) => entry.name === 'request');
    loan.parsed.splice(index, 1);
    expect(codesOf(loan)).toEqual(['REQUEST_UNKNOWN']);
  });
});

describe('when', () => {
  it('the receipt says, inside the window', () => {
    const loan = agreed();
    loan.pay('disbursement', [tick(0)], START + 50, WINDOW);
    loan.pay('disbursement', [tick(1)], START + 150, WINDOW);
    loan.pay('disbursement', [tick(2)], START + 250, WINDOW);
    expect(timesOf(loan)).toEqual([100, 150, 200]);
  });

  it('of several receipts the latest, and part by part', () => {
    const loan = agreed();
    const parts = [
      { ...tick(0), preimage: hashOf('a') },
      { ...tick(1), preimage: hashOf('b') },
    ];
    const request = loan.request('disbursement', parts, START + 20);
    loan.receipt(request, parts, START + 30, 'investor');
    loan.receipt(request, parts.slice(0, 1), START + 40, 'investor');
    loan.receipt(request, parts.slice(1), START + 25, 'investor phone');
    const settled = paymentsOf(loan).map(({ n, settledAtSec }) => [n, settledAtSec - START]);
    expect(settled).toEqual([
      [1, 30],
      [0, 40],
    ]);
  });

  it('the payee’s objection says, when later and inside the window', () => {
    const loan = agreed();
    const cases: [number, string, number | undefined][] = [
      [0, 'business', 150],
      [1, 'business phone', 200],
      [2, 'business', 201],
      [3, 'business', 99],
      [4, 'investor', 150],
      [5, 'business', undefined],
    ];
    for (const [n, name, second] of cases) {
      const { request } = loan.pay('disbursement', [tick(n)], START + 100, WINDOW);
      loan.object(name, request, [n], START + 300, second === undefined ? second : START + second);
    }
    const found = [...paymentsOf(loan)].sort((a, b) => a.n - b.n);
    expect(found.map((payment) => payment.settledAtSec - START)).toEqual([
      150, 200, 100, 100, 100, 100,
    ]);
    expect(found.map((payment) => payment.timeContested)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it('of several objections the latest time', () => {
    const loan = agreed();
    const { request } = loan.pay('disbursement', [tick(0)], START + 100, WINDOW);
    for (const second of [120, 180, 150, 999]) {
      loan.object('business', request, [0], START + 300, START + second);
    }
    expect(timesOf(loan)).toEqual([180]);
  });
});

describe('what counts once', () => {
  it('one hash under one payee: the request with the lowest id', () => {
    const loan = agreed();
    const one = loan.pay('disbursement', [tick(0, hashOf('same'))], START + 9);
    const two = loan.pay('disbursement', [tick(1, hashOf('same'))], START + 70);
    const lowest = [one.request.id, two.request.id].sort()[0];
    expect(paymentsOf(loan).map((payment) => payment.request)).toEqual([lowest]);
  });

  it('but one hash under two payees is two payments', () => {
    const loan = agreed();
    loan.pay('disbursement', [tick(0, hashOf('same'))], START + 9);
    loan.pay('repayment', [tick(0, hashOf('same'))], START + 70);
    expect(paymentsOf(loan)).toHaveLength(2);
  });

  it('and one part under two hashes is two payments', () => {
    const loan = agreed();
    loan.pay('disbursement', [tick(0)], START + 9);
    loan.pay('disbursement', [tick(0)], START + 3_000);
    expect(paymentsOf(loan).map(({ n, amountUnits }) => [n, amountUnits])).toEqual([
      [0, TICK],
      [0, TICK],
    ]);
    expect(loan.fold().state.equivocations).toEqual([]);
  });

  it('requests for one part at one time are reported with both ids', () => {
    const loan = agreed();
    const ids = [0, 1].map(
      (index) => loan.pay('disbursement', [tick(0)], START + 9 + index).request.id,
    );
    expect(loan.fold().state.equivocations).toMatchObject([
      { reason: 'overlapping requests', events: ids.sort() },
    ]);
  });
});

describe('answers', () => {
  it('by the payee raise the class of the parts they name, and move no time', () => {
    const loan = agreed();
    const { request } = loan.pay('disbursement', [tick(0), tick(1)], START + 70);
    loan.acknowledge('business phone', request, [1], START + 500);
    expect(paymentsOf(loan).map((payment) => payment.class)).toEqual([
      'preimage',
      'preimage+acknowledgement',
    ]);
    expect(timesOf(loan)).toEqual([70, 70]);
  });
});

describe('after a closure', () => {
  it('a disbursement it does not rest on is flagged, not lost, and keeps its date', () => {
    const loan = agreed();
    loan.pay('disbursement', [tick(0)], START + 9);
    loan.pay('repayment', [{ n: 0, amountUnits: 102_958_000n }], START + 90 * DAY);
    loan.close(START + 95 * DAY);
    loan.pay('disbursement', [tick(1)], START + DAY, { prev: [] });
    loan.pay('repayment', [{ n: 1, amountUnits: 7_000n }], START + 2 * DAY);
    const found = paymentsOf(loan).map(({ leg, n, settledAtSec, afterFinal }) => [
      `${leg} ${n}`,
      settledAtSec - START,
      afterFinal,
    ]);
    expect(found).toEqual([
      ['disbursement 0', 9, false],
      ['disbursement 1', DAY, true],
      ['repayment 1', 2 * DAY, false],
      ['repayment 0', 90 * DAY, false],
    ]);
    expect(loan.fold().state.status).toBe('closed');
  });
});
