/** Vectors of amounts, days, interest and the ledger: folder `money`. */
import { lastDueAtSec, planTicks, type OfferDocument } from '@realyield/protocol';
import { inThree, Loan } from '../fixtures/loan.ts';
import { agreed, DAY, folded, START, TICK } from './contracts.ts';
import type { Cases } from './vector.ts';

/** A loan streamed whole on the first day, so that figures can be checked by hand. */
function atOnce(): Loan {
  const loan = agreed();
  loan.pay('disbursement', planTicks(loan.contract.document), START + 20);
  return loan;
}

const repay = (loan: Loan, n: number, amountUnits: bigint, day: number, sec = 10): Loan => {
  loan.pay('repayment', [{ n, amountUnits }], START + day * DAY + sec);
  return loan;
};

const DUE = START + 90 * DAY;
/** 1,000,000 sat at 12 % for 90 days: 29,589,041 msat of interest. */
const OWED = 1_029_589_041n;

function bulletCases(): Cases {
  const fully = repay(atOnce(), 0, OWED - 41n, 90);
  const partly = repay(atOnce(), 0, 500_000_000n, 30);
  const together = repay(repay(atOnce(), 0, 200_000_000n, 30), 1, 300_000_000n, 30, 40);
  const over = repay(atOnce(), 0, 2_000_000_000n, 90);
  const dust = repay(atOnce(), 0, OWED - 999n, 90);
  dust.close(DUE + 300 * DAY);
  return {
    'due-day': folded('Everything owed on the due day', ['M-4', 'M-5', 'M-12'], atOnce(), [], DUE),
    'day-before': folded('A second before the due day', ['M-3'], atOnce(), [], DUE - 1),
    late: folded('Ten days late, interest runs on', ['M-11', 'M-5'], atOnce(), [], DUE + 10 * DAY),
    repaid: folded('Repaid to the satoshi on the due day', ['M-13', 'M-12'], fully, [], DUE + DAY),
    partly: folded('Half repaid on day 30', ['M-8', 'M-4'], partly, [], DUE),
    'partly-in-two': folded('The same half in two payments', ['M-6'], together, [], DUE),
    over: folded('Repaid twice over', ['M-9'], over, [], DUE),
    dust: folded('999 msat never become late', ['M-4', 'M-11', 'M-13'], dust, [], DUE + 300 * DAY),
  };
}

function streamCases(): Cases {
  const streaming = agreed();
  for (const day of [0, 1, 2]) {
    streaming.pay('disbursement', [{ n: day, amountUnits: TICK }], START + day * DAY + 20);
  }
  const excess = atOnce();
  excess.pay('disbursement', [{ n: 0, amountUnits: TICK }], START + 20 * DAY);
  const beforeMore = agreed();
  beforeMore.pay('disbursement', [{ n: 0, amountUnits: TICK }], START + 20);
  repay(beforeMore, 0, 150_000_000n, 1);
  beforeMore.pay('disbursement', [{ n: 1, amountUnits: TICK }], START + 2 * DAY);
  const sameDay = agreed();
  repay(sameDay, 0, TICK, 0, 15);
  sameDay.pay('disbursement', [{ n: 0, amountUnits: TICK }], START + 50);
  const requires = ['M-6', 'M-14', 'M-10'];
  return {
    streaming: folded('Three ticks of ten, two days on', requires, streaming, [], START + 4 * DAY),
    lapsed: folded('The same after the window', requires, streaming, [], START + 31 * DAY),
    excess: folded('A tick paid beyond the principal', ['M-7'], excess, [], DUE),
    'before-more': folded('Repaid too much, then lent more', ['M-9'], beforeMore, [], DUE),
    'same-day': folded('Repaid earlier in the day than lent', ['M-6'], sameDay, [], DUE),
  };
}

function termCases(): Cases {
  const split: Partial<OfferDocument> = {
    minimumTicketUnits: '100000000',
    tranches: [
      { shareBps: 3_333, startDay: 0, streamDays: 3, windowDays: 5, ticks: 7 },
      { shareBps: 6_667, startDay: 10, streamDays: 1, windowDays: 20, ticks: 3 },
    ],
  };
  const uneven = new Loan({ principalUnits: 100_001_000n, offer: split });
  uneven.signAll();
  uneven.pay('disbursement', planTicks(uneven.contract.document), START + 11 * DAY);
  // 2028-02-20 12:00 UTC on real days: the term of 90 days crosses 29 February.
  const startAtSec = 1_834_660_800;
  const leap = new Loan({ startAtSec, offer: { network: 'mainnet', daySec: 86_400 } });
  leap.signAll();
  leap.pay('disbursement', planTicks(leap.contract.document), startAtSec + 3_600);
  const dueAtSec = lastDueAtSec(leap.contract.document);
  const uneasy = ['P-1', 'P-2', 'C-7', 'C-8'];
  return {
    'ticks-uneven': folded('Tranches and ticks with remainders', uneasy, uneven, [], DUE),
    'leap-day': folded('A term over 29 February', ['M-3', 'M-4', 'C-8'], leap, [], dueAtSec),
  };
}

/** Three instalments on days 30, 60 and 90, everything lent on the first day. */
function inInstalments(change: Partial<OfferDocument> = {}): Loan {
  const loan = new Loan({ offer: { ...inThree, ...change } });
  loan.signAll();
  return loan;
}

function instalmentCases(): Cases {
  const at = (day: number): number => START + day * DAY;
  const whole = (): Loan => {
    const loan = inInstalments();
    loan.pay('disbursement', planTicks(loan.contract.document), START + 20);
    return loan;
  };
  const cured = repay(whole(), 0, 343_196_013n, 33);
  const late = repay(repay(whole(), 0, 343_196_013n, 36), 1, 100_000_000n, 61);
  const prepaid = repay(whole(), 0, 400_000_000n, 10);
  const settled = repay(whole(), 0, 1_011_506_000n, 35);
  const half = { shareBps: 5_000, startDay: 0, streamDays: 10, windowDays: 40, ticks: 5 };
  const tranches = [half, { ...half, startDay: 10, windowDays: 45 }];
  const lapsed = inInstalments({ tranches });
  lapsed.pay('disbursement', planTicks(lapsed.contract.document).slice(0, 4), START + 20);
  const due = 'instalments-due';
  const planned = ['M-15', 'M-14', 'PL-1'];
  return {
    'instalments-planned': folded('Three equal parts', planned, whole(), [], at(1)),
    [due]: folded('Two of them due, neither paid', ['M-15', 'M-5', 'M-11'], whole(), [], at(60)),
    'instalment-cured': folded('The first paid in grace', ['M-16'], cured, [], at(40)),
    'instalment-late': folded('Paid late, the next in part', ['M-16', 'M-8'], late, [], at(70)),
    'instalments-prepaid': folded('Prepaid in part', ['M-8', 'M-15'], prepaid, [], at(30)),
    'instalments-settled': folded('All repaid early', ['M-16', 'M-13'], settled, [], at(36)),
    'instalments-open': folded('While ticks can come', ['M-15'], lapsed, [], at(39)),
    'instalments-lapsed': folded('After ticks lapsed', ['M-15', 'M-10'], lapsed, [], at(56)),
  };
}

/** Folder `money`. */
export function figureCases(): Cases {
  return { ...bulletCases(), ...streamCases(), ...instalmentCases(), ...termCases() };
}
