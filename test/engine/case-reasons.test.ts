/**
 * Each reason for a case is offered where there is something to claim for it and nowhere else, and
 * can be signed there. Not repaid, misrepresented and not acknowledged: cases.test.ts.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { planTicks, type DisputeReason, type OfferDocument } from '@realyield/protocol';
import {
  CASE_DAY_SEC,
  rulingOn,
  TestCase,
  unpaidLoan,
} from '../../protocol/src/testing/disputes.ts';
import type { RelayHandle } from '../../relay-rules/src/relay/server.ts';
import { DEFAULT_RULES } from '../../relay-rules/src/decide.ts';
import type { Session } from '../../web/lib/engine/session.ts';
import { hashOf, Loan, offerDocument } from '../fixtures/loan.ts';
import { claim, decide } from '../fixtures/steps.ts';
import { must } from './agreement-scene.ts';
import { Estate, movedClock, store } from './estate.ts';
import { until } from './until.ts';

/** Long enough that no day passes while a test runs. */
const DAY_SEC = 3_600;
const AWARD = 600_000_000n;
const serving = { arbiter: 'arbiter', fallbackArbiter: 'fallback arbiter' } as const;
const estate = new Estate();
const clock = movedClock();
const source = { name: 'https://one.example', blockAt: async () => undefined };
const chain = {
  blockLookups: async () => ({ network: 'regtest' as const, sources: [source] }),
  newestBlock: () =>
    Promise.resolve({
      ...{ height: 900_000, hash: hashOf('newest block') },
      medianTimeSec: clock.nowSec() - 3_600,
    }),
};
let relay: RelayHandle;
let investor: Session;
let business: Session;

beforeAll(async () => {
  relay = await estate.relay({ rules: DEFAULT_RULES });
  investor = await estate.session('investor', [relay.url], clock, { chain });
  business = await estate.session('business', [relay.url], clock, { chain });
});

afterAll(() => estate.close());

/** A loan that began so many days ago, signed by all. */
function begun(seed: string, daysAgo: number, terms: Partial<OfferDocument> = {}): Loan {
  const relays = [relay.url];
  const { business: named } = offerDocument();
  const loan = new Loan({
    ...{ seed, serving, investorRelays: relays },
    startAtSec: clock.nowSec() - daysAgo * DAY_SEC,
    offer: {
      ...{ identifier: seed, daySec: DAY_SEC, relays, business: { ...named, relays } },
      ...terms,
    },
  });
  loan.signAll();
  return loan;
}

/** What is offered to somebody, once they have all of a loan and of its cases. */
async function offered(session: Session, loan: Loan, made?: TestCase) {
  store(relay, [...loan.events, ...(made?.steps ?? [])]);
  session.catalog.watch(loan.root);
  const { payments, milestones } = loan.fold().state;
  await until('the loan', () => {
    const state = session.ownContract(loan.root)?.view.fold.state;
    const isWhole =
      state?.effectiveAtSec !== undefined &&
      state.payments.length === payments.length &&
      JSON.stringify(state.milestones) === JSON.stringify(milestones);
    const applied = made ? session.catalog.cases.find(made.id)?.fold.applied.length : 0;
    return isWhole && applied === (made?.steps.length ?? 0);
  });
  return session.agreements.cases.claimable(loan.root);
}

/** Opens a case for a reason, and waits until it counts. */
async function opens(session: Session, { root }: Loan, reason: DisputeReason, claimUnits: bigint) {
  const order = { reason, claimUnits, statement: 'So it was.', documents: [] };
  const id = must(await session.agreements.cases.open(root, order));
  await until('the case', () => session.catalog.cases.find(id)?.fold.status === 'open');
  const found = session.agreements.cases.claimable(root).find((each) => each.reason === reason);
  expect(found?.running).toBe(id);
}

it('a business claims what was to be paid out and was not, requires: DI-48', async () => {
  const loan = begun('late-out', 5);
  const [room, ...others] = await offered(business, loan);
  expect(others).toEqual([]);
  expect(room?.reason).toBe('notDisbursed');
  expect(room?.limitUnits).toBeGreaterThan(0n);
  expect(await offered(investor, loan)).toEqual([]);
  await opens(business, loan, 'notDisbursed', room?.limitUnits ?? 0n);
  const over = { reason: 'notDisbursed', claimUnits: 10n ** 15n } as const;
  const too = begun('too-much', 5);
  await offered(business, too);
  const claimed = { ...over, statement: 'More.', documents: [] };
  const refused = await business.agreements.cases.open(too.root, claimed);
  expect(refused).toMatchObject({ ok: false, code: 'CLAIM_EXCEEDED' });
});

it('and not on the day it begins, while one may withdraw, or once nothing can be', async () => {
  expect(await offered(business, begun('just-begun', 0))).toEqual([]);
  const cooling = begun('cooling', 5, { coolingOffDays: 14 });
  expect(await offered(business, cooling)).toEqual([]);
  expect(await offered(business, begun('lapsed', 60))).toEqual([]);
  const paid = begun('paid-out', 12);
  paid.pay('disbursement', planTicks(paid.contract.document), paid.startAtSec + 11 * DAY_SEC);
  expect(await offered(business, paid)).toEqual([]);
});

it('an investor claims that a milestone was not reached, once one is confirmed', async () => {
  const half = { shareBps: 5_000, startDay: 0, streamDays: 10, windowDays: 30, ticks: 5 };
  const milestone = { title: 'The oven stands', description: '' };
  const loan = begun('milestone', 15, {
    tranches: [half, { ...half, startDay: 10, milestone }],
  });
  const ticks = planTicks(loan.contract.document).filter(({ tranche }) => tranche === 0);
  loan.pay('disbursement', ticks, loan.startAtSec + 11 * DAY_SEC);
  const claimed = claim(loan, 1, loan.startAtSec + 12 * DAY_SEC);
  const reasons = async () => (await offered(investor, loan)).map(({ reason }) => reason);
  expect(await reasons()).not.toContain('milestoneFalse');
  // What waits for a milestone is not late.
  expect(await offered(business, loan)).toEqual([]);
  decide(loan, 'approval', claimed, loan.startAtSec + 13 * DAY_SEC);
  expect(await reasons()).toContain('milestoneFalse');
  await opens(investor, loan, 'milestoneFalse', 100_000_000n);
});

/** A loan never repaid, and a case on it that was ruled on so that it is to be paid by a day. */
function ruled(seed: string, payByDay: number): TestCase {
  const relays = [relay.url];
  const { business: named } = offerDocument();
  const startAtSec = clock.nowSec() - 200 * CASE_DAY_SEC;
  const offer = { identifier: seed, relays, business: { ...named, relays } };
  const made = new TestCase(
    unpaidLoan('investor', { seed, startAtSec, investorRelays: relays, offer }),
  );
  made.open(1_020_000_000n);
  made.respond();
  const taken = made.take();
  const awards = [made.award(AWARD, 'repayment')];
  made.step('arbiter', rulingOn(taken, made.steps, awards, made.at(payByDay)), 130);
  return made;
}

it('an investor claims what a ruling awarded once it is overdue, requires: DI-36', async () => {
  const enforcing = async (made: TestCase) =>
    (await offered(investor, made.loan, made)).find(({ reason }) => reason === 'rulingNotComplied');
  expect(await enforcing(ruled('to-be-paid', 10_000))).toBeUndefined();
  const paid = ruled('paid', 144);
  paid.loan.pay('repayment', [{ n: 0, amountUnits: AWARD }], paid.at(140));
  expect(await enforcing(paid)).toBeUndefined();
  const overdue = ruled('overdue', 144);
  const room = await enforcing(overdue);
  expect(room).toMatchObject({ limitUnits: AWARD, mostUnits: AWARD });
  await opens(investor, overdue.loan, 'rulingNotComplied', AWARD);
});

it('a business claims what it was awarded once it is overdue, requires: DI-5, DI-36', async () => {
  const loan = begun('awarded', 40);
  const made = new TestCase(loan);
  const day = (hours: number): number => (hours * DAY_SEC) / CASE_DAY_SEC;
  const claimed = { reason: 'notDisbursed', claimUnits: AWARD.toString() } as const;
  const said = { statement: 'Nothing came.', documents: [], events: [] };
  made.step('business', { type: 'open', ...claimed, ...said }, day(12));
  made.respond(day(14));
  const taken = made.take(day(15));
  const awards = [made.award(AWARD, 'disbursement')];
  made.step('arbiter', rulingOn(taken, made.steps, awards, made.at(day(30))), day(20));
  const [room, ...others] = await offered(business, loan, made);
  expect(others).toEqual([]);
  expect(room).toMatchObject({ reason: 'rulingNotComplied', limitUnits: AWARD });
  expect((await offered(investor, loan, made)).map(({ reason }) => reason)).toEqual([]);
  await opens(business, loan, 'rulingNotComplied', AWARD);
});
