/**
 * What a hostile party or stranger could try to change for others by what it signs, dates and
 * names. Each test is an attack that must change nothing but its author's own standing.
 */
import { describe, expect, it } from 'vitest';
import { Loan, sparedSigning } from '../testing/loan.ts';
import { foldContract } from './fold.ts';
import { computeStateHash } from './hash.ts';
import { computeLedger } from './ledger.ts';

const START = 1_800_000_000;
const DAY = 60;

function streamed(delegate?: string): Loan {
  const loan = new Loan({ signing: sparedSigning });
  loan.sign('investor', START + 1);
  loan.sign('business', START + 2, delegate);
  loan.sign('bank', START + 3);
  return loan;
}

function outstanding(loan: Loan, atSec: number): bigint {
  const { state } = loan.fold();
  return computeLedger(state.contract.document, state.payments, atSec).outstandingUnits;
}

describe('agreement', () => {
  it('a withdrawal dated back cannot undo a contract in effect', () => {
    const loan = streamed();
    loan.streamAll();
    const before = computeStateHash(loan.fold().state);
    loan.withdraw('business', START + 1);
    expect(loan.fold().state.status).toBe('effective');
    expect(computeStateHash(loan.fold().state)).toBe(before);
    expect(loan.fold().rejects).toMatchObject([{ code: 'WITHDRAWAL_LATE' }]);
  });

  it('a second acceptance dated back cannot dismiss the delegate of the first', () => {
    const loan = streamed('business phone');
    const last = loan.contract.document.tranches[0]?.toSec ?? 0;
    loan.pay('disbursement', [{ n: 0, amountUnits: 100_000_000n }], START + 9, {
      payee: 'business phone',
    });
    expect(outstanding(loan, last)).toBe(100_000_000n);
    loan.sign('business', START + 1, undefined, []);
    expect(outstanding(loan, last)).toBe(100_000_000n);
    expect(loan.fold().state.equivocations).toMatchObject([{ reason: 'rival signatures' }]);
  });

  it('naming another party’s delegate takes nothing from that party', () => {
    const loan = new Loan({ signing: sparedSigning });
    loan.sign('investor', START + 2, 'investor phone');
    loan.sign('business', START + 1, 'investor phone');
    loan.sign('bank', START + 3);
    loan.pay('disbursement', [{ n: 0, amountUnits: 100_000_000n }], START + 9, {
      payer: 'investor phone',
    });
    expect(loan.fold().state.status).toBe('effective');
    expect(loan.fold().state.payments).toHaveLength(1);
  });
});

describe('order', () => {
  it('a stranger’s closure moves nothing', () => {
    const loan = streamed();
    const withdrawal = loan.withdraw('investor', START + 50);
    loan.streamAll();
    const before = computeStateHash(loan.fold().state);
    loan.close(START + 60, [withdrawal.id], 'stranger');
    expect(loan.fold().state.status).toBe('effective');
    expect(computeStateHash(loan.fold().state)).toBe(before);
  });

  it('a bank’s closure cannot drag a receipt before the signatures', () => {
    const loan = streamed();
    const { receipt } = loan.pay('disbursement', [{ n: 0, amountUnits: 100_000_000n }], START + 9, {
      seen: [],
    });
    loan.close(START + 20, [receipt.id]);
    expect(loan.fold().state.payments).toHaveLength(1);
  });

  it('a payer whose clock is behind still proves its payments', () => {
    const loan = streamed();
    const part = { n: 0, amountUnits: 100_000_000n };
    loan.pay('disbursement', [part], START - 30, { seen: [], prev: [] });
    expect(loan.fold().state.payments).toHaveLength(1);
  });

  it('what strangers name is not reported as missing', () => {
    const loan = streamed();
    loan.close(START + 60, ['ab'.repeat(32)], 'stranger');
    expect(loan.fold().missing).toEqual([]);
  });
});

describe('closure', () => {
  it('that leaves out most of the loan takes no debt and no interest away', () => {
    const loan = streamed();
    const first = loan.pay('disbursement', [{ n: 0, amountUnits: 100_000_000n }], START + 2);
    const back = loan.pay('repayment', [{ n: 0, amountUnits: 100_000_000n }], START + 10);
    for (let n = 1; n < 10; n += 1) {
      loan.pay('disbursement', [{ n, amountUnits: 100_000_000n }], START + n * DAY);
    }
    const asOfSec = START + 200 * DAY;
    const { document } = loan.contract;
    const before = computeLedger(document, loan.fold().state.payments, asOfSec);
    loan.close(4_000_000_000, [first.receipt.id, back.receipt.id]);
    const { state } = loan.fold();
    expect(state.status).toBe('closed');
    const after = computeLedger(document, state.payments, asOfSec);
    expect(after.outstandingUnits).toBe(before.outstandingUnits);
    expect(after.interestAccruedUnits).toBe(before.interestAccruedUnits);
    expect(state.payments.filter((payment) => payment.afterFinal)).toHaveLength(9);
  });

  it('that leaves out the receipts of all ticks but one spares no interest on the others', () => {
    const loan = streamed();
    const first = loan.pay('disbursement', [{ n: 0, amountUnits: 100_000_000n }], START + 2);
    for (let n = 1; n < 10; n += 1) {
      loan.pay('disbursement', [{ n, amountUnits: 100_000_000n }], START + n * DAY);
    }
    const back = loan.pay('repayment', [{ n: 0, amountUnits: 1_000_000_000n }], START + 90 * DAY);
    const asOfSec = START + 100 * DAY;
    const { document } = loan.contract;
    const before = computeLedger(document, loan.fold().state.payments, asOfSec);
    loan.close(START + 91 * DAY, [first.receipt.id, back.receipt.id]);
    const { state } = loan.fold();
    expect(state.status).toBe('closed');
    expect(computeLedger(document, state.payments, asOfSec)).toEqual(before);
  });

  it('a second, stale closure flags nothing the first rested on', () => {
    const loan = streamed();
    loan.streamAll();
    const { document } = loan.contract;
    const owed = computeLedger(document, loan.fold().state.payments, START + 91 * DAY);
    const last = [{ n: 0, amountUnits: owed.payoffUnits }];
    loan.pay('repayment', last, START + 91 * DAY);
    loan.close(START + 91 * DAY + 5);
    const before = loan.fold().state.payments;
    loan.close(START + 4 * DAY, loan.fold().order.slice(0, 5));
    expect(loan.fold().state.payments).toEqual(before);
  });
});

describe('answers', () => {
  it('a refused event is reported once, with its first reason', () => {
    const loan = streamed();
    const { request } = loan.pay('disbursement', [{ n: 0, amountUnits: 100_000_000n }], START + 9);
    loan.acknowledge('investor', request, [0, 5], START + 10);
    loan.acknowledge('business', request, [0, 5], START + 11);
    const { rejects, state } = loan.fold();
    expect(rejects.map((entry) => entry.code)).toEqual(['AUTHOR_ROLE', 'PART_UNKNOWN']);
    expect(state.payments[0]?.class).toBe('preimage+acknowledgement');
  });

  it('strangers are refused for who they are, whatever the state', () => {
    const loan = new Loan({ signing: sparedSigning });
    loan.close(START + 60, [loan.root], 'stranger');
    expect(loan.fold().rejects).toMatchObject([{ code: 'AUTHOR_ROLE' }]);
  });

  it('the same set in reverse, twice, gives the same state', () => {
    const loan = streamed();
    const paid = loan.streamAll();
    for (const { request } of paid) loan.object('business', request, [0], START + 700, START + 700);
    const reversed = foldContract(loan.root, [...loan.parsed, ...loan.parsed].reverse());
    if (!reversed.ok) throw new Error(reversed.code);
    expect(computeStateHash(reversed.value.state)).toBe(computeStateHash(loan.fold().state));
    expect(reversed.value.rejects).toEqual(loan.fold().rejects);
  });
});
