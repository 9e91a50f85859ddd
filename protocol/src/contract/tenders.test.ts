/**
 * Tenders: what is tendered is not late, and nobody gains by dates, silence or wrong invoices.
 * requires: TE-3, TE-4, TE-5, TE-6, TE-7, TE-8, TE-9, TE-10, M-11
 */
import { describe, expect, it } from 'vitest';
import { planTicks } from './ticks.ts';
import { inThree, Loan, realSigning, sparedSigning } from '../testing/loan.ts';
import { bulletPlan, equalPlan, NO_FEES } from '../testing/plans.ts';
import { give } from '../testing/steps.ts';
import { answerTender, tender } from '../testing/tenders.ts';
import { computeStateHash } from './hash.ts';
import type { Instalment } from './instalments.ts';
import { ledgerOf } from './standing.ts';

const DAY = 60;
const START = 1_800_000_000;
const at = (day: number, sec = 10): number => START + day * DAY + sec;
/** The first instalment of three on 1,000,000 sat at 12 %, due on day 30; grace 5 days. */
const FIRST = 343_196_000n;
const part = { n: 0, amountUnits: FIRST };

function lent(offer: ConstructorParameters<typeof Loan>[0] = { offer: inThree }): Loan {
  const loan = new Loan({ signing: sparedSigning, ...offer });
  loan.signAll();
  loan.pay('disbursement', planTicks(loan.contract.document), START + 20);
  return loan;
}

function first(loan: Loan, day: number): Instalment {
  const [instalment] = ledgerOf(loan.fold().state, at(day)).instalments;
  if (!instalment) throw new Error('there is no instalment');
  return instalment;
}

const stand = (loan: Loan, day: number) => {
  const { state, daysPastDue } = first(loan, day);
  return `${state} ${daysPastDue}`;
};

const codes = (loan: Loan): string[] => loan.fold().rejects.map(({ code }) => code);

describe('a payee who is silent', () => {
  it('makes nobody late who tenders on the due day, and again each week', () => {
    const loan = lent();
    tender(loan, part, at(30));
    expect([30, 31, 36, 37].map((day) => stand(loan, day))).toEqual([
      'due 0',
      'tendered 0',
      'tendered 0',
      'late 1',
    ]);
    tender(loan, part, at(36));
    tender(loan, part, at(42));
    expect([37, 48, 49].map((day) => stand(loan, day))).toEqual([
      'tendered 0',
      'tendered 0',
      'late 1',
    ]);
    loan.pay('repayment', [part], at(48));
    expect(first(loan, 60)).toMatchObject({ state: 'paid', daysLate: 0, paidWhen: 'onTime' });
  });

  it('takes away none of the days before the tender', () => {
    const loan = lent();
    tender(loan, part, at(33));
    expect([32, 33, 39, 40].map((day) => stand(loan, day))).toEqual([
      'late 2',
      'tendered 0',
      'tendered 0',
      'late 3',
    ]);
    loan.pay('repayment', [part], at(36));
    expect(first(loan, 60)).toMatchObject({ daysLate: 2, paidWhen: 'inGrace' });
  });

  it('costs no late fee for the days that are tendered', () => {
    const lateFee = { flatUnits: '500000', rateBps: 1_000, capBps: 1_000 };
    const plan = { ...equalPlan(3, 30, 30, 5), lateFee };
    const tranches = [{ shareBps: 10_000, startDay: 0, streamDays: 1, windowDays: 5, ticks: 1 }];
    const offer = { plan, tranches, rateBps: 0 };
    const loan = lent({ offer, principalUnits: 300_000_000n });
    tender(loan, { n: 0, amountUnits: 100_000_000n }, at(30));
    const charged = [36, 37, 41, 42].map((day) => first(loan, day).lateFeeUnits);
    // Nothing for the days 31 to 36; the flat fee and one day at 10 % on 100,000 sat on day 37.
    expect(charged.slice(0, 2)).toEqual([0n, 500_000n + 27_397n]);
    expect(charged[3]).toBe(500_000n + (100_000_000n * 1_000n * 6n) / 3_650_000n);
  });

  it('is answered for by what both legs offer, where the bank has a share', () => {
    const fees = { ...NO_FEES, servicingBps: 1_000 };
    const loan = lent({ offer: { ...inThree, fees } });
    const { dueNow } = ledgerOf(loan.fold().state, at(30));
    tender(loan, { n: 0, amountUnits: dueNow.repaymentUnits }, at(30));
    expect(stand(loan, 31)).toBe('late 1');
    tender(loan, { n: 0, amountUnits: dueNow.servicingUnits }, at(30, 20), { leg: 'servicing' });
    expect(stand(loan, 31)).toBe('tendered 0');
    const paid = lent({ offer: { ...inThree, fees } });
    paid.pay('servicing', [{ n: 0, amountUnits: dueNow.servicingUnits }], at(30));
    tender(paid, { n: 0, amountUnits: dueNow.repaymentUnits }, at(30, 20));
    expect(stand(paid, 31)).toBe('tendered 0');
  });

  it('is not covered by an offer of less than is due', () => {
    const loan = lent();
    tender(loan, { n: 0, amountUnits: FIRST - 2_000_000n }, at(30));
    expect(stand(loan, 31)).toBe('late 1');
  });
});

describe('a payee who comes back', () => {
  const answered = (loan: Loan, from: number) => {
    const offered = tender(loan, part, at(30));
    for (let day = 36; day < from; day += 6) tender(loan, part, at(day));
    return answerTender(loan, offered, part, at(from));
  };

  it('gives three days once somebody else names its answer', () => {
    const loan = lent();
    const { answer } = answered(loan, 40);
    expect(stand(loan, 42)).toBe('tendered 0');
    expect(loan.fold().state.tenders[0]?.answer).toEqual({ id: answer.id, atSec: undefined });
    tender(loan, part, at(42));
    give(loan, 'arrears', at(41), { rests: [answer.id, ...loan.heads('business')] });
    expect(codes(loan)).toEqual(['NOT_LATE']);
    // From day 41 the answer counts: covered up to day 44, and tendered no more after that.
    expect([44, 45, 46].map((day) => stand(loan, day))).toEqual(['tendered 0', 'late 1', 'late 2']);
    expect(loan.fold().state.tenders[0]?.answer?.atSec).toBe(at(41));
    tender(loan, part, at(46));
    expect(stand(loan, 47)).toBe('late 3');
  });

  it('is paid in time by who pays within them', () => {
    const loan = lent();
    const { request } = answered(loan, 40);
    const preimage = loan.preimage();
    const again = answerTender(loan, { id: loan.fold().state.tenders[0]?.id ?? '' }, part, at(41), {
      preimage,
    });
    expect(again.request.id).not.toBe(request.id);
    loan.receipt(again.request, [{ ...part, preimage }], at(42), 'business');
    expect(first(loan, 60)).toMatchObject({ state: 'paid', daysLate: 0, paidWhen: 'onTime' });
  });
});

describe('a payee who contradicts a tender', () => {
  it('gains nothing by an answer dated back that only it names', () => {
    const loan = lent();
    const offered = tender(loan, part, at(30));
    for (const day of [36, 42, 48, 54]) tender(loan, part, at(day));
    answerTender(loan, offered, part, at(30, 30));
    expect([34, 45, 60].map((day) => stand(loan, day))).toEqual([
      'tendered 0',
      'tendered 0',
      'tendered 0',
    ]);
  });

  it('gains nothing by notices that leave the tender out', () => {
    const loan = lent();
    const known = loan.heads('investor', 'bank');
    for (const day of [30, 36, 42, 48, 54, 60]) tender(loan, part, at(day));
    const arrears = give(loan, 'arrears', at(36), { name: 'investor', rests: known });
    const rests = [...known, arrears.id];
    give(loan, 'default', at(61), { name: 'investor', rests });
    const { notices, status } = loan.fold().state;
    expect(status).toBe('defaulted');
    expect(notices.map(({ contested }) => contested)).toEqual([true, true]);
  });
});

describe('a payee who issues wrong invoices', () => {
  it('answers nothing', () => {
    const loan = lent({ offer: inThree, signing: realSigning });
    const offered = tender(loan, part, at(30));
    answerTender(loan, offered, part, at(31), { invoiceMsat: FIRST + 1_000n });
    answerTender(loan, offered, { n: 1, amountUnits: FIRST }, at(32));
    answerTender(loan, offered, { n: 0, amountUnits: FIRST + 1n }, at(33));
    answerTender(loan, offered, part, at(34), { expiresAtSec: at(36) });
    answerTender(loan, offered, part, at(35), { name: 'bank', payee: 'bank' });
    answerTender(loan, { id: loan.root }, part, at(36));
    expect(codes(loan)).toEqual([
      'INVOICE_AMOUNT_MISMATCH',
      'PART_UNKNOWN',
      'PART_AMOUNT',
      'PART_WINDOW',
      'AUTHOR_ROLE',
      'TENDER_UNKNOWN',
    ]);
    expect(loan.fold().state.tenders[0]?.answer).toBeUndefined();
  });
});

describe('a debtor', () => {
  it('tenders in vain what it could have paid', () => {
    const loan = lent();
    const preimages = [loan.preimage(), loan.preimage()];
    const halves = preimages.map((preimage, n) => ({ n, amountUnits: FIRST / 2n, preimage }));
    const window = { expiresAtSec: at(40) };
    const request = loan.request('repayment', halves, at(29), window);
    loan.receipt(request, halves.slice(0, 1), at(29, 20), 'business');
    tender(loan, { n: 1, amountUnits: FIRST / 2n }, at(30));
    expect(loan.fold().state.tenders[0]?.isVoid).toBe(true);
    expect(stand(loan, 31)).toBe('late 1');
    // Once the request has run out it has nothing more to pay by.
    tender(loan, { n: 1, amountUnits: FIRST / 2n }, at(40));
    expect(stand(loan, 41)).toBe('tendered 0');
  });

  it('tenders in vain beside an answer it names', () => {
    const loan = lent();
    const { answer } = answerTender(loan, tender(loan, part, at(30)), part, at(31));
    tender(loan, part, at(33), { prev: [answer.id, ...loan.heads('business')] });
    const [one, other] = loan.fold().state.tenders;
    expect([one?.isVoid, other?.isVoid]).toEqual([false, true]);
    expect([36, 37].map((day) => stand(loan, day))).toEqual(['tendered 0', 'late 1']);
  });

  it('cannot date a tender back to before the bank called it late', () => {
    const loan = lent();
    const known = loan.heads('investor', 'bank', 'business');
    const notice = give(loan, 'arrears', at(37), { rests: known });
    give(loan, 'default', at(60), { rests: [...known, notice.id] });
    for (const day of [30, 36, 42, 48, 54, 60]) tender(loan, part, at(day), { prev: known });
    const { state } = loan.fold();
    expect(state.notices.map(({ contested }) => contested)).toEqual([false, false]);
    expect(stand(loan, 50)).toBe('late 20');
    expect(stand(loan, 61)).toBe('tendered 0');
  });

  it('is judged by the tenders a notice rests on', () => {
    const loan = lent();
    tender(loan, part, at(30));
    tender(loan, part, at(36));
    give(loan, 'arrears', at(40));
    expect(codes(loan)).toEqual(['NOT_LATE']);
  });
});

describe('a set with tenders', () => {
  it('has one state, whatever the order', () => {
    const loan = lent({ offer: { ...inThree, plan: bulletPlan(90) } });
    const offered = tender(loan, part, at(30));
    const { answer } = answerTender(loan, offered, part, at(31));
    tender(loan, part, at(33), { prev: [answer.id] });
    loan.pay('repayment', [part], at(34));
    const { state } = loan.fold();
    const hash = computeStateHash(state);
    const turned = new Loan({
      signing: sparedSigning,
      offer: { ...inThree, plan: bulletPlan(90) },
    });
    for (const event of [...loan.events].reverse()) turned.add(event);
    expect(computeStateHash(turned.fold().state)).toBe(hash);
    expect(state.tenders.map(({ isVoid }) => isVoid)).toEqual([false, true]);
  });
});
