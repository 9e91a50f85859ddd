/** A loan with instalments and a milestone in words: where it stands, what waits, what is late. */
import type { ParsedEvent } from '@realyield/protocol';
import { describe, expect, it } from 'vitest';
import type { Catalog, ContractView } from '../web/lib/engine/catalog.ts';
import type { Repayments } from '../web/lib/engine/repayments.ts';
import { inThree, Loan } from './fixtures/loan.ts';
import { claim, decide, give } from './fixtures/steps.ts';
import { sentenceOfContract, statusView } from '../web/lib/state/views/contract-sentence.ts';
import {
  contractNow,
  offlineStream,
  streamModel,
  type ContractNow,
} from '../web/lib/state/views/contract.ts';
import { arrearsRows, owedViews } from '../web/lib/state/views/desk.ts';
import { contractRow } from '../web/lib/state/views/lists.ts';
import { milestoneViews } from '../web/lib/state/views/milestones.ts';
import { noticeViews, outlookSentence } from '../web/lib/state/views/notices.ts';
import type { Names } from '../web/lib/state/views/people.ts';
import { orderRepayment, repaymentPlan } from '../web/lib/state/views/repayments.ts';
import { scheduleView } from '../web/lib/state/views/schedule.ts';
import { timelineView } from '../web/lib/state/views/timeline.ts';

const nobody = {
  bankProfile: () => undefined,
  listings: { arbiter: () => undefined, offerOfBusiness: () => undefined },
  cases: { ofContract: () => [] },
};
const names: Names = {
  catalog: nobody as unknown as Catalog,
  world: undefined,
  own: new Set(),
};

const gated = {
  ...inThree,
  tranches: [
    { shareBps: 6_000, startDay: 0, streamDays: 10, windowDays: 20, ticks: 10 },
    {
      shareBps: 4_000,
      startDay: 12,
      streamDays: 10,
      windowDays: 40,
      ticks: 5,
      milestone: { title: 'The oven is installed', description: 'A photograph.' },
    },
  ],
};

function signed(): Loan {
  const loan = new Loan({ offer: gated });
  loan.signAll();
  return loan;
}

const DAY = 60;
const plain = (text: string): string => text.replaceAll('\u202f', ' ');

function viewOf(loan: Loan): ContractView {
  return { root: loan.root, fold: loan.fold(), stateHash: '' };
}

function at(loan: Loan, day: number): ContractNow {
  return contractNow(viewOf(loan), loan.startAtSec + day * DAY);
}

const sentence = (loan: Loan, day: number): string => plain(sentenceOfContract(at(loan, day)));

/** The first tranche, paid out at its ticks. */
function streamed(loan: Loan): Loan {
  for (let n = 0; n < 10; n += 1) {
    loan.pay('disbursement', [{ n, amountUnits: 60_000_000n }], loan.startAtSec + n * DAY + 1);
  }
  return loan;
}

function repay(loan: Loan, n: number, day: number): void {
  const now = at(loan, day);
  loan.pay('repayment', [{ n, amountUnits: now.ledger.dueNowUnits }], now.nowSec);
}

/** Each once, as a catalog holds them. */
function eventsOf(loan: Loan): ParsedEvent[] {
  return [...new Map(loan.parsed.map((parsed) => [parsed.event.id, parsed])).values()];
}

const milestonesAt = (loan: Loan, day: number) =>
  milestoneViews(names, at(loan, day), eventsOf(loan), new Set());

describe('a tranche that waits for a milestone', () => {
  it('is named where the contract stands, in the stream and in the desk’s next step', () => {
    const loan = streamed(signed());
    expect(sentence(loan, 13)).toBe(
      'Waiting for the milestone “The oven is installed”. 400 000 sat has not left the investor.',
    );
    expect(statusView(at(loan, 13)).text).toBe('waits for a milestone');
    const stream = streamModel(names, at(loan, 13), undefined);
    expect(stream).toMatchObject({ state: 'waiting', paidUnits: 600_000_000n });
    expect(stream.reason).toContain('“The oven is installed”');
    const row = (role: 'business' | 'bank' | 'investor') =>
      contractRow(viewOf(loan), role, at(loan, 13).nowSec).next.text;
    expect(row('business')).toBe('claim the milestone');
    expect(row('bank')).toBe('wait for the milestone');
    claim(loan, 1, loan.startAtSec + 13 * DAY);
    expect(row('business')).toBe('wait for the milestone');
    expect(row('bank')).toBe('decide on the milestone');
  });

  it('shows its claim and the decision, and may be claimed again after a refusal', () => {
    const loan = streamed(signed());
    expect(milestonesAt(loan, 13)).toMatchObject([
      {
        tranche: 1,
        isClaimable: true,
        openClaim: undefined,
        claims: [],
        amountUnits: 400_000_000n,
      },
    ]);
    const first = claim(loan, 1, loan.startAtSec + 13 * DAY);
    expect(milestonesAt(loan, 13)).toMatchObject([
      { isClaimable: false, openClaim: first.id, claims: [{ id: first.id, decisions: [] }] },
    ]);
    decide(loan, 'refusal', first, loan.startAtSec + 14 * DAY);
    expect(milestonesAt(loan, 14)).toMatchObject([
      { isClaimable: true, status: { text: 'refused' }, claims: [{ decisions: [{}] }] },
    ]);
    const second = claim(loan, 1, loan.startAtSec + 15 * DAY);
    decide(loan, 'approval', second, loan.startAtSec + 16 * DAY);
    const [milestone] = milestonesAt(loan, 16);
    expect(milestone).toMatchObject({ isClaimable: false, status: { text: 'confirmed' } });
    expect(milestone?.claims.map(({ id }) => id)).toEqual([second.id, first.id]);
    expect(sentence(loan, 16)).toBe('Being paid out, 10 of 15 payments.');
  });

  it('says so when both were signed, and when it lapsed', () => {
    const loan = streamed(signed());
    const claimed = claim(loan, 1, loan.startAtSec + 13 * DAY);
    decide(loan, 'approval', claimed, loan.startAtSec + 14 * DAY);
    decide(loan, 'refusal', claimed, loan.startAtSec + 15 * DAY);
    const [contradicted] = milestonesAt(loan, 15);
    expect(contradicted?.claims[0]?.isContradicted).toBe(true);
    expect(contradicted?.status.text).toBe('refused');
    const lapsed = milestonesAt(streamed(signed()), 53)[0];
    expect(lapsed).toMatchObject({ isClaimable: false, status: { text: 'lapsed' } });
    expect(plain(lapsed?.sentence ?? '')).toContain('400 000 sat never left the investor');
  });
});

describe('instalments', () => {
  it('are counted, with what comes next', () => {
    const loan = streamed(signed());
    repay(loan, 0, 30);
    expect(sentence(loan, 54)).toMatch(/^Repaying, 1 of 3\. Next \d{3} \d{3} sat due day 60\.$/);
    const [owed] = owedViews(
      [
        { view: viewOf(loan), own: { role: 'business', main: {}, money: undefined, pays: [] } },
      ] as never,
      at(loan, 54).nowSec,
    );
    expect(plain(owed?.which ?? '')).toBe('instalment 2 of 3, loan of 1 000 000 sat');
    expect(owed).toMatchObject({ dueNowUnits: 0n });
  });

  it('late say since when, and paid late say by how much', () => {
    const loan = streamed(signed());
    expect(sentence(loan, 33)).toMatch(
      /^Late since day 30, 3 days past due: [\d ]+ sat is owed by now\.$/,
    );
    repay(loan, 0, 33);
    expect(scheduleView(at(loan, 54)).instalments).toMatchObject([
      { state: 'paid', paidLate: { days: 3, isInGrace: true } },
      { state: 'upcoming' },
      { state: 'upcoming' },
    ]);
  });
});

describe('arrears and default', () => {
  const noticed = (): Loan => {
    const loan = streamed(signed());
    give(loan, 'arrears', loan.startAtSec + 40 * DAY);
    return loan;
  };

  it('a notice says until when it can be cured, and that it was', () => {
    const loan = noticed();
    const sentences = (day: number) =>
      noticeViews(names, at(loan, day), eventsOf(loan)).map(({ sentence: text }) => text);
    expect(sentences(40)).toEqual(['Instalment 1 is late. Paying it by day 50 cures it.']);
    repay(loan, 0, 45);
    expect(sentences(46)[0]).toContain('which cured it');
  });

  it('a default is final, and repaying after it is still said', () => {
    const loan = noticed();
    give(loan, 'default', loan.startAtSec + 70 * DAY);
    expect(sentence(loan, 70)).toMatch(/^In default since day 70\. [\d ]+ sat is owed\.$/);
    expect(statusView(at(loan, 70)).text).toBe('in default');
    expect(streamModel(names, at(loan, 70), undefined).state).toBe('stopped');
    const titles = timelineView(names, viewOf(loan), eventsOf(loan)).map(({ title }) => title);
    expect(titles.slice(0, 2)).toEqual(['Default declared', 'Arrears notice: instalment 1']);
  });

  it('the desk shows who is late, the last notice and what may be done', () => {
    const loan = noticed();
    const own = [{ view: viewOf(loan), own: { role: 'bank' } }] as never;
    const rows = (when: 'now' | 'later') =>
      arrearsRows(names, own, at(loan, 41).nowSec, () =>
        when === 'now'
          ? { when }
          : {
              when,
              atSec: loan.startAtSec + 51 * DAY,
              refused: { ok: false, code: 'CURE_RUNNING' },
            },
      );
    expect(rows('now')[0]?.next.text).toBe('declare default');
    expect(rows('later')[0]).toMatchObject({
      next: { text: 'wait until day 51' },
      cells: { days: { count: 11 }, notice: { text: 'day 40, to cure until day 50' } },
    });
  });

  it('what is not possible yet says why and from when', () => {
    const loan = noticed();
    const now = at(loan, 41);
    const later = {
      when: 'later',
      atSec: loan.startAtSec + 60 * DAY,
      refused: { ok: false, code: 'CURE_RUNNING' },
    } as const;
    expect(outlookSentence(now, 'default', { when: 'now' })).toBeUndefined();
    expect(outlookSentence(now, 'default', later)).toBe(
      'Possible from day 60 if nothing is paid: the terms ask for 30 days past due, and 10 days ' +
        'to cure after an arrears notice.',
    );
    expect(outlookSentence(now, 'arrears', later)).toContain('5 days of grace');
    const refused = { ok: false, code: 'NOT_LATE' } as const;
    const unnoticed = at(streamed(signed()), 41);
    expect(outlookSentence(unnoticed, 'default', { when: 'never', refused })).toBe(
      'Default rests on an arrears notice of what is late, and there is none yet.',
    );
  });
});

describe('a repayment before it is ordered', () => {
  const due = { names, view: viewOf(streamed(signed())) };
  const planAt = (choice: 'due' | 'everything' | bigint, day: number) => {
    const { state } = due.view.fold;
    const atSec = state.contract.document.startAtSec + day * DAY;
    return repaymentPlan(due.names, due.view, choice, atSec);
  };

  it('is for exactly what the ledger says at that time', () => {
    const { ledger } = at(streamed(signed()), 41);
    expect(planAt('due', 41)).toMatchObject({ order: 'part', amountUnits: ledger.dueNowUnits });
    const everything = { order: 'everything', amountUnits: ledger.payoffUnits };
    expect(planAt('everything', 41)).toMatchObject(everything);
    expect(planAt(5_000n, 41)).toMatchObject({ order: 'part', amountUnits: 5_000n });
    expect(planAt('due', 1)).toBeUndefined();
    expect(planAt(0n, 41)).toBeUndefined();
  });

  it('is ordered once, as it was shown, and a refusal is a sentence', async () => {
    const plan = planAt('due', 41);
    if (!plan) throw new Error('nothing is due');
    const orders: [string, bigint][] = [];
    const repayments = {
      repay: (root: string, amountUnits: bigint) => {
        orders.push([root, amountUnits]);
        return Promise.resolve(
          orders.length === 1 ? { ok: true, value: 0 } : { ok: false, code: 'PART_AMOUNT' },
        );
      },
    } as unknown as Repayments;
    expect(await orderRepayment(repayments, plan)).toBeUndefined();
    expect(await orderRepayment(repayments, plan)).toMatch(/\.$/);
    expect(orders).toEqual([
      [plan.root, plan.amountUnits],
      [plan.root, plan.amountUnits],
    ]);
  });
});

describe('a device without a network', () => {
  it('does not say that money flows', () => {
    const now = at(streamed(signed()), 3);
    const stream = { ...streamModel(names, now, undefined), state: 'flowing' as const };
    expect(offlineStream(stream, true)).toBe(stream);
    expect(offlineStream(stream, false)).toMatchObject({ state: 'waiting' });
    const paused = { ...stream, state: 'paused' as const };
    expect(offlineStream(paused, false)).toBe(paused);
  });
});
