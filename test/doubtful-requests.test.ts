/**
 * A part whose request ran out without a clear word on whether it was paid: it is asked for again
 * once nothing can come of that request any more, so that the next one is paid and does not run
 * out in its turn while the first is waited for. A device that takes over waits for what the former
 * one may just have told the wallet, before it pays by another request.
 * requires: T-13, T-35, P-32
 */
import { ledgerOf } from '@realyield/protocol';
import { afterEach, expect, it } from 'vitest';
import type { Session } from '../web/lib/engine/session.ts';
import { Cast, type Part } from './faults/cast.ts';
import { CALM, UNHARMED, type Fate } from './faults/fates.ts';
import type { PayAnswer } from './faults/lightning.ts';
import { URLS } from './faults/scenario.ts';
import { firstDueAtMs, orderRepayment, signSilentLoan } from './faults/silent-loan.ts';
import { Loan, offerDocument } from './fixtures/loan.ts';
import { bulletPlan } from './fixtures/plans.ts';

const HOUR_MS = 3_600_000;
/** For so long common nodes still take a payment of an invoice that has run out. */
const GRACE_MS = 2 * HOUR_MS;
const DAY_SEC = 86_400;

const repaid = signSilentLoan('doubtful requests', DAY_SEC);
const dueAtMs = firstDueAtMs(repaid, DAY_SEC);
const { dueNowUnits } = ledgerOf(repaid.fold().state, dueAtMs / 1_000 + 60);
const { business } = offerDocument();
const paidOut = new Loan({
  offer: {
    relays: URLS,
    business: { ...business, relays: URLS },
    tranches: [{ shareBps: 10_000, startDay: 0, streamDays: 1, windowDays: 1_000, ticks: 1 }],
    plan: bulletPlan(1_200, 5),
  },
  investorRelays: URLS,
});
paidOut.signAll();

const act = (session: Session): Promise<boolean> => orderRepayment(repaid, dueNowUnits, session);

const begun: Cast[] = [];

afterEach(() => {
  for (const cast of begun.splice(0)) cast.end();
});

/** Payers without lookups and a payee, who come when they are told to. */
function castOf({ root, events }: Loan, leg: 'disbursement' | 'repayment', atMs: number) {
  const cast = new Cast(1, atMs, events, CALM);
  begun.push(cast);
  const payee = leg === 'disbursement' ? 'business' : 'investor';
  const pays = (name: string, fate: Partial<Fate>, part: Partial<Part> = {}): void => {
    const all = { ...UNHARMED, canLookUp: false, ...fate };
    cast.enter({ name, side: 'outgoing', fate: all, ...part });
  };
  const isPaid = (): void => cast.enter({ name: payee, side: 'incoming', fate: UNHARMED });
  const entryAt = (name: string) => cast.journal(name, root, leg)[0];
  const until = async (isSo: () => boolean, ms: number): Promise<void> => {
    expect(await cast.time.runUntil(isSo, cast.time.nowMs + ms)).toBe(true);
  };
  const untilStep = (name: string, step: string, ms = HOUR_MS): Promise<void> =>
    until(() => entryAt(name)?.step === step, ms);
  const pass = (endMs: number) => cast.time.runUntil(() => false, endMs);
  const timesPaid = () => [...cast.lightning.ledger.values()].map((entry) => entry.timesPaid);
  const statusAt = (name: string) => cast.session(name)?.payerStatus(root, leg);
  return { cast, pays, isPaid, entryAt, until, untilStep, pass, timesPaid, statusAt };
}

it('pays the next request where a mute wallet refused the first until it ran out', async () => {
  const play = castOf(paidOut, 'disbursement', (paidOut.startAtSec + 5) * 1_000);
  const answers = Array.from({ length: 400 }, () => 'refusal' as const);
  play.pays('investor', { answers });
  play.isPaid();
  await play.untilStep('investor', 'failed');
  const endsAtMs = (play.entryAt('investor')?.expiresAtSec ?? 0) * 1_000;
  await play.pass(endsAtMs + GRACE_MS - 1_000);
  expect(play.timesPaid()).toEqual([0]);
  await play.untilStep('investor', 'receipted');
  expect(play.timesPaid()).toEqual([0, 1]);
});

it('asks for no other request while another device may have paid the first', async () => {
  const play = castOf(repaid, 'repayment', dueAtMs);
  const { cast, entryAt } = play;
  const device = { person: 'business', hasRivals: true, act };
  const answers = ['silence, never arrives'] as const;
  play.pays('laptop', {}, device);
  await play.untilStep('laptop', 'wanted');
  play.pays('phone', { answers, awayMs: 40 * HOUR_MS }, device);
  await play.untilStep('phone', 'wanted');
  play.isPaid();
  await play.untilStep('phone', 'unknown');
  await play.until(() => entryAt('laptop')?.paymentHash === entryAt('phone')?.paymentHash, HOUR_MS);
  const endsAtMs = (entryAt('phone')?.expiresAtSec ?? 0) * 1_000;
  await play.pass(endsAtMs + 1_000);
  cast.kill('phone');
  await play.pass(endsAtMs + GRACE_MS - 1_000);
  expect(cast.session('laptop')?.isRunning).toBe(true);
  expect(play.timesPaid()).toEqual([0]);
  const untilSec = (endsAtMs + GRACE_MS) / 1_000 + 1;
  expect(play.statusAt('laptop')).toMatchObject({ code: 'NO_LOOKUP', untilSec });
  await play.untilStep('laptop', 'receipted');
  expect(play.timesPaid()).toEqual([0, 1]);
});

it('pays what its payee handed out anew while the first ran out under a pause', async () => {
  const play = castOf(repaid, 'repayment', dueAtMs);
  const { cast, entryAt } = play;
  const answers = Array.from({ length: 400 }, () => 'refusal' as const);
  play.pays('business', { answers }, { act });
  play.isPaid();
  const tenders = () => cast.stateAt('investor', repaid.root)?.tenders.length ?? 0;
  await play.until(() => tenders() > 0, HOUR_MS);
  const endsAtMs = (entryAt('business')?.expiresAtSec ?? 0) * 1_000;
  await play.pass(endsAtMs - 20_000);
  await cast.session('business')?.setPaused(repaid.root, true);
  expect(entryAt('business')?.step).toBe('failed');
  // What it answers a tender by lasts for a week.
  await play.until(() => play.timesPaid().length === 2, HOUR_MS);
  await play.pass(endsAtMs + HOUR_MS);
  await cast.session('business')?.setPaused(repaid.root, false);
  await play.untilStep('business', 'receipted', GRACE_MS);
  expect(play.timesPaid()).toEqual([0, 1]);
});

/** A phone is lost just after it told its wallet of a part; a laptop that knows nothing goes on. */
async function playLost(answer: PayAnswer, isKeyReplaced: boolean) {
  const { root } = paidOut;
  const play = castOf(paidOut, 'disbursement', (paidOut.startAtSec + 5) * 1_000);
  const { cast } = play;
  const device = { person: 'investor', hasRivals: true };
  const fate = { canLookUp: true, awayMs: 40 * HOUR_MS };
  play.pays('phone', { ...fate, answers: [answer] }, device);
  play.isPaid();
  await play.untilStep('phone', 'sending');
  cast.kill('phone');
  const lostAtMs = cast.time.nowMs;
  play.pays('laptop', fate, device);
  const payee = cast.session('business');
  const key = payee?.ownContract(root)?.own.money?.publicKey ?? '';
  // Of what an ended key asked for, the payee asks anew.
  if (isKeyReplaced) void payee?.agreements.keys.replace(root, key);
  await play.untilStep('laptop', 'receipted');
  const tookMs = cast.time.nowMs - lostAtMs;
  // Whatever is on its way has arrived by then.
  await play.pass(lostAtMs + HOUR_MS);
  return { tookMs, timesPaid: play.timesPaid() };
}

it('pays no other request while what a lost device told may still arrive', async () => {
  const { tookMs, timesPaid } = await playLost('silence, arrives late', true);
  expect(timesPaid).toEqual([1, 0]);
  expect(tookMs).toBeLessThan(90_000);
});

it('pays the other request once it cannot arrive any more', async () => {
  const { tookMs, timesPaid } = await playLost('silence, never arrives', true);
  expect(timesPaid).toEqual([0, 1]);
  expect(tookMs).toBeGreaterThan(90_000);
  expect(tookMs).toBeLessThan(100_000);
});

it('waits for nothing where it would pay the same request', async () => {
  const { tookMs, timesPaid } = await playLost('silence, never arrives', false);
  expect(timesPaid).toEqual([1]);
  expect(tookMs).toBeLessThan(10_000);
});
