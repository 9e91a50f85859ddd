/** A fold that grows: what comes late changes what it must, and nothing that was given out. */
import { describe, expect, it } from 'vitest';
import type { ParsedEvent } from '../events.ts';
import { Loan, sparedSigning } from '../testing/loan.ts';
import { ContractFold, foldContract, type Fold } from './fold.ts';
import { computeStateHash } from './hash.ts';

const START = 1_800_000_000;
const TICK = 100_000_000n;

const hex = (n: number): string => n.toString(16).padStart(2, '0');

/** A loan with one tick paid, acknowledged and objected to. */
function paidOnce(): Loan {
  const loan = new Loan({ signing: sparedSigning });
  loan.signAll();
  const { request } = loan.pay('disbursement', [{ n: 0, amountUnits: TICK }], START + 100);
  loan.acknowledge('business', request, [0], START + 101);
  loan.object('business', request, [0], START + 102, START + 200);
  return loan;
}

function foldOf(growing: ContractFold): Fold {
  const fold = growing.fold();
  if (!fold.ok) throw new Error(fold.code);
  return fold.value;
}

function expectSame(growing: ContractFold, events: readonly ParsedEvent[]): void {
  const whole = foldContract(growing.root, events);
  if (!whole.ok) throw new Error(whole.code);
  expect({ ...foldOf(growing) }).toEqual({ ...whole.value });
  expect(computeStateHash(foldOf(growing).state)).toBe(computeStateHash(whole.value.state));
}

describe('a growing fold', () => {
  it('counts answers that came before what they answer', () => {
    const loan = paidOnce();
    const isPayment = ({ name }: ParsedEvent): boolean => name === 'receipt';
    const growing = new ContractFold(loan.root);
    growing.add(loan.parsed.filter((parsed) => !isPayment(parsed)));
    expect(foldOf(growing).rejects.map(({ code }) => code)).toEqual([
      'REQUEST_UNKNOWN',
      'REQUEST_UNKNOWN',
    ]);
    growing.add(loan.parsed.filter(isPayment));
    expect(foldOf(growing).rejects).toEqual([]);
    expectSame(growing, loan.parsed);
  });

  it('proves nothing by a receipt until the request is there', () => {
    const loan = paidOnce();
    const growing = new ContractFold(loan.root);
    growing.add(loan.parsed.filter(({ name }) => name !== 'request'));
    expect(foldOf(growing).state.payments).toEqual([]);
    growing.add(loan.parsed.filter(({ name }) => name === 'request'));
    expect(foldOf(growing).state.payments).toHaveLength(1);
    expectSame(growing, loan.parsed);
  });

  it('judges a closure anew when a receipt it rests on comes late', () => {
    const loan = new Loan({ signing: sparedSigning });
    loan.signAll();
    loan.streamAll();
    loan.pay('repayment', [{ n: 0, amountUnits: 1_200_000_000n }], START + 60 * 60);
    loan.close(START + 61 * 60);
    const late = loan.parsed.at(-2);
    const growing = new ContractFold(loan.root);
    growing.add(loan.parsed.filter((parsed) => parsed !== late));
    expect(foldOf(growing).rejects.map(({ code }) => code)).toEqual(['NOT_REPAID']);
    if (late) growing.add([late]);
    expect(foldOf(growing).state.status).toBe('closed');
    expectSame(growing, loan.parsed);
  });

  it('leaves what it gave as it was', () => {
    const loan = paidOnce();
    const last = loan.parsed.length - 1;
    const growing = new ContractFold(loan.root);
    growing.add(loan.parsed.slice(0, last));
    const before = foldOf(growing);
    growing.add(loan.parsed);
    expect(foldOf(growing)).not.toBe(before);
    expect(before.order).toHaveLength(foldOf(growing).order.length - 1);
    expect(before.state.payments[0]?.timeContested).toBe(false);
    expect(foldOf(growing).state.payments[0]?.timeContested).toBe(true);
    growing.add(loan.parsed);
    expect(foldOf(growing)).toBe(foldOf(growing));
  });

  it('keeps the hash of many payments up to date, also when some cease to count', () => {
    const loan = new Loan({ signing: sparedSigning });
    loan.signAll();
    const growing = new ContractFold(loan.root);
    const preimages = Array.from({ length: 45 }, (_, n) => loan.preimage().slice(0, 62) + hex(n));
    const grow = (from: number, count: number, each: number): void => {
      for (let n = from; n < from + count; n += 1) {
        const preimage = preimages[n % preimages.length] ?? '';
        loan.pay('repayment', [{ n, amountUnits: 1_000n, preimage }], START + 1_000 + n);
        growing.add(loan.parsed);
        if (n % each === 0) expectSame(growing, loan.parsed);
      }
    };
    grow(0, 45, 1);
    // The hashes of the first come again: of two requests the one of the higher id loses.
    grow(45, 40, 3);
    expect(foldOf(growing).state.payments).toHaveLength(45);
  });
});
