/** A loan before money moves: time to withdraw, and who is about to pay. */
import { expect, it } from 'vitest';
import type { Catalog } from '../web/lib/engine/catalog.ts';
import { wantedEntry, type JournalEntry } from '../web/lib/engine/journal.ts';
import { statusOf, type StatusCode } from '../web/lib/engine/words.ts';
import { isRowRead } from '../web/lib/state/cut-off.ts';
import {
  isCooling,
  isTooLate,
  sentenceOfContract,
  statusView,
} from '../web/lib/state/views/contract-sentence.ts';
import { contractNow, streamModel, streamPayer } from '../web/lib/state/views/contract.ts';
import { contractRow } from '../web/lib/state/views/lists.ts';
import type { Names } from '../web/lib/state/views/people.ts';
import { inThree, Loan } from './fixtures/loan.ts';

const nobody = {
  bankProfile: () => undefined,
  listings: { arbiter: () => undefined, offerOfBusiness: () => undefined },
};
const names: Names = {
  catalog: nobody as unknown as Catalog,
  world: undefined,
  own: new Set(),
};
const tranche = { shareBps: 10_000, startDay: 0, streamDays: 15, windowDays: 20, ticks: 15 };

function at(coolingOffDays: number, day: number) {
  const loan = new Loan({ offer: { ...inThree, tranches: [tranche], coolingOffDays } });
  loan.signAll();
  const view = { root: loan.root, fold: loan.fold(), stateHash: '' };
  return contractNow(view, loan.startAtSec + day * 60);
}

it('a loan that may still be withdrawn is not called paid out', () => {
  expect(statusView(at(14, 3)).text).toBe('agreed, may be withdrawn');
  expect(sentenceOfContract(at(14, 3))).toMatch(
    /^Agreed\. The investor may withdraw until day 1[45]; nothing is paid before that\.$/,
  );
  expect(sentenceOfContract(at(14, 15))).toBe('Being paid out, 0 of 15 payments.');
});

it('what the relays have not sent yet is called neither unsigned nor unpaid nor late', () => {
  const loan = new Loan({ offer: { ...inThree, tranches: [tranche] } });
  const view = () => ({ root: loan.root, fold: loan.fold(), stateHash: '' });
  const seen = (day: number, isRead: boolean) => {
    const atSec = loan.startAtSec + day * 60;
    const now = contractNow(view(), atSec, isRead);
    const { next } = contractRow(view(), 'business', atSec, isRead);
    return [statusView(now).text, next.text, sentenceOfContract(now).slice(0, 17)];
  };
  const unread = ['being read', 'wait a moment', 'Still being read:'];
  expect(seen(0, false)).toEqual(unread);
  expect(seen(0, true)[0]).toBe('proposed');
  loan.signAll();
  expect(seen(22, false)).toEqual(unread);
  expect(seen(22, true)[0]).toBe('never paid out');
  loan.streamAll();
  expect(seen(22, false)).toEqual(seen(22, true));
  expect(seen(200, false)).toEqual(unread);
  expect(seen(200, true).slice(0, 2)).toEqual(['late', 'repay']);
});

it('a proposal whose window closed before all had signed says so before one signs', () => {
  const loan = new Loan({ offer: { ...inThree, tranches: [tranche] } });
  const onDay = (day: number) => {
    const view = { root: loan.root, fold: loan.fold(), stateHash: '' };
    return isTooLate(contractNow(view, loan.startAtSec + day * 60));
  };
  expect([onDay(0), onDay(14), onDay(22)]).toEqual([false, false, true]);
  loan.signAll();
  expect(onDay(22)).toBe(false);
});

it('a proposal in a list is read once the relays in use were heard', () => {
  const loan = new Loan({ offer: { ...inThree, tranches: [tranche] } });
  const relayStates = [{ url: 'wss://one.example', state: 'open', sinceMs: 0 }] as const;
  const isRead = (isListed: boolean, isWatchListed = false) => {
    const contract = () => ({ root: loan.root, fold: loan.fold(), stateHash: '' });
    const catalog = { isListed, isWatchListed: () => isWatchListed, contract };
    return isRowRead({ catalog, relayStates }, loan.root);
  };
  expect(isRead(false)).toBe(false);
  expect(isRead(true)).toBe(true);
  loan.signAll();
  expect(isRead(true)).toBe(false);
  expect(isRead(true, true)).toBe(true);
});

it('a loan that lapsed unpaid is not called one that may be withdrawn', () => {
  const loan = new Loan({ offer: { ...inThree, tranches: [tranche], coolingOffDays: 14 } });
  // Signed so late that the time to withdraw outlives the window.
  const signedAtSec = loan.startAtSec + 13 * 60;
  for (const role of ['investor', 'business', 'bank'] as const) loan.sign(role, signedAtSec);
  const view = { root: loan.root, fold: loan.fold(), stateHash: '' };
  const onDay = (day: number) => contractNow(view, loan.startAtSec + day * 60);
  expect(isCooling(onDay(15))).toBe(true);
  expect(onDay(22).nowSec).toBeLessThan(view.fold.state.coolingOffEndsAtSec ?? 0);
  expect(isCooling(onDay(22))).toBe(false);
  expect(sentenceOfContract(onDay(22))).toBe('Nothing was paid out before the window closed.');
});

it('the page says once who else pays, and says when this window is about to', () => {
  const stream = (code: StatusCode) => streamModel(names, at(0, 1), statusOf('waiting', code));
  expect(stream('ELSEWHERE')).toMatchObject({ state: 'waiting' });
  expect(stream('ELSEWHERE').reason).toBeUndefined();
  expect(stream('BEGINNING').reason).toContain('in a moment');
  const early = streamModel(names, at(14, 3), statusOf('waiting', 'BEGINNING'));
  const until = /^You may withdraw until day 1[45]; the stream begins then\.$/;
  expect(early.reason).toMatch(until);
  expect(streamModel(names, at(14, 3), statusOf('waiting', 'coolingOff')).reason).toMatch(until);
  expect(streamModel(names, at(14, 3), undefined).reason).toMatch(
    /^The investor may withdraw until/,
  );
});

it('a pause is seen, and can be ended, in a window that does not pay', () => {
  const seen = (isRunning: boolean, isPaused: boolean, code?: StatusCode) => {
    const status = code && statusOf('waiting', code);
    const pauses = { isPaused: () => isPaused };
    const session = { isRunning, pauses, payerStatus: () => status };
    return streamModel(names, at(0, 3), streamPayer(session, 'root'));
  };
  // A second window has no payer at all; another device has one that stands back.
  for (const code of [undefined, 'ELSEWHERE'] as const) {
    expect(seen(false, true, code).state).toBe('paused');
    expect(seen(false, true, code).reason).toContain('Paused by you');
    expect(seen(false, false, code).state).toBe('waiting');
  }
  // Who pays says itself how it stands: what is on its way is finished first.
  expect(seen(true, true, 'inFlight').state).not.toBe('paused');
});

/** The stream three minutes in, with a payer that says it moves and this in its journal. */
function streamOf(
  code: StatusCode,
  agoSec: number,
  made: Partial<JournalEntry>,
  before: (nowSec: number) => readonly JournalEntry[] = () => [],
) {
  const now = at(0, 3);
  const agoMs = (now.nowSec - agoSec) * 1_000;
  const entry = { ...wantedEntry(now.state.root, 'disbursement', 1, 1_000n, agoMs), ...made };
  const sent = 'sentAtMs' in made ? { sentAtMs: agoMs } : {};
  const asked = entry.step === 'wanted' ? { askedAtMs: agoMs } : {};
  const all = [...before(now.nowSec), { ...entry, ...sent, ...asked }];
  return streamModel(names, now, statusOf('working', code), { entries: all });
}

it('a stream that stands still says so after seconds, what it waits for and how long', () => {
  const told = { step: 'sending', sentAtMs: 0 } as const;
  expect(streamOf('PAYING', 3, told)).toMatchObject({ state: 'flowing' });
  expect(streamOf('PAYING', 40, told)).toMatchObject({ state: 'waiting' });
  expect(streamOf('PAYING', 40, told).reason).toMatch(/^Your wallet was told to pay 40 s ago/);
  expect(streamOf('inFlight', 75, { ...told, step: 'unknown' }).reason).toMatch(/for 1 min 15 s/);
  expect(streamOf('PAYING', 12, { step: 'checked' }).reason).toMatch(/next payment for 12 s/);
  expect(streamOf('ASKING', 9, { step: 'wanted' }).reason).toMatch(
    /^The business was asked .* 9 s/,
  );
  // What the payer itself says comes first, and what is paid says nothing.
  expect(streamOf('PAYEE_REFUSED', 40, told).reason).not.toContain('wallet');
  expect(streamOf('PAYING', 40, { step: 'receipted' })).toMatchObject({ state: 'flowing' });
  const justPaid = (nowSec: number): JournalEntry[] => [
    { ...wantedEntry('', 'disbursement', 0, 1_000n, nowSec * 1_000 - 2_000), step: 'receipted' },
  ];
  const catchingUp = streamOf('PAYING', 60, { step: 'checked' }, justPaid);
  expect(catchingUp).toMatchObject({ state: 'flowing' });
});
