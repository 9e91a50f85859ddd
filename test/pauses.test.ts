/**
 * What is paused on one device is paused on the others: live, on one that was away, and under each
 * of the contracts that one key pays under.
 * requires: P-41
 */
import { expect, it } from 'vitest';
import { Cast } from './faults/cast.ts';
import { CALM, UNHARMED } from './faults/fates.ts';
import { URLS } from './faults/scenario.ts';
import { Loan, offerDocument } from './fixtures/loan.ts';

const MINUTE_MS = 60_000;

/** Two contracts that the investor pays under by one key. */
const loans = ['one', 'another'].map((seed) => {
  const { business } = offerDocument();
  const loan = new Loan({
    seed: `paused ${seed}`,
    offer: { relays: URLS, business: { ...business, relays: URLS } },
    investorRelays: URLS,
  });
  loan.signAll();
  return loan;
});
const [first, second] = loans.map(({ root }) => root) as [string, string];

/** The investor's devices, by name; what is not named has not been opened yet. */
function castOf(...devices: string[]) {
  const startAtMs = ((loans[0]?.startAtSec ?? 0) - 3_600) * 1_000;
  const events = loans.flatMap((loan) => loan.events);
  const cast = new Cast(1, startAtMs, events, CALM);
  const open = (name: string): void => {
    cast.enter({ name, person: 'investor', side: 'outgoing', fate: UNHARMED, hasRivals: true });
  };
  for (const name of devices) open(name);
  const until = async (isSo: () => boolean | undefined): Promise<void> => {
    const inTime = await cast.time.runUntil(() => isSo() === true, cast.time.nowMs + MINUTE_MS);
    expect(inTime).toBe(true);
  };
  const session = (name: string) => {
    const found = cast.session(name);
    if (!found) throw new Error(`${name} is not open`);
    return found;
  };
  const knowBoth = (name: string): Promise<void> =>
    until(() => loans.every(({ root }) => session(name).ownContract(root)));
  return { cast, open, until, session, knowBoth };
}

it('is heard live, a resume and a pace as well as a pause, whichever device says it', async () => {
  const { cast, until, session, knowBoth } = castOf('phone', 'laptop');
  await Promise.all([knowBoth('phone'), knowBoth('laptop')]);
  const [phone, laptop] = [session('phone'), session('laptop')];
  await phone.setPaused(first, true);
  await until(() => laptop.pauses.isPaused(first));
  expect(laptop.pauses.isPaused(second)).toBe(false);
  await laptop.pauses.setPace(first, 50, laptop.ownContract(first));
  await until(() => phone.pauses.paceOf(first)?.percent === 50);
  expect(phone.pauses.isPaused(first)).toBe(true);
  await laptop.setPaused(first, false);
  await until(() => !phone.pauses.isPaused(first));
  expect(phone.pauses.paceOf(first)).toEqual(laptop.pauses.paceOf(first));
  cast.end();
});

it('is known under each contract to a device that is opened later', async () => {
  const { cast, open, until, session, knowBoth } = castOf('phone');
  await knowBoth('phone');
  await session('phone').setPaused(first, true);
  await session('phone').setPaused(second, true);
  await until(() => session('phone').unsent === 0);
  open('laptop');
  const { pauses } = session('laptop');
  await until(() => pauses.isPaused(first) && pauses.isPaused(second));
  cast.end();
});

it('the last said holds, though what was said before arrives after it', async () => {
  const { cast, until, session, knowBoth } = castOf('phone', 'laptop');
  await Promise.all([knowBoth('phone'), knowBoth('laptop')]);
  await session('phone').setPaused(first, true);
  await until(() => session('laptop').pauses.isPaused(first));
  const saidFirst = cast.published().filter(({ kind }) => kind === 30_078);
  // In the same second, on a device whose clock says nothing else.
  await session('laptop').setPaused(first, false);
  await until(() => !session('phone').pauses.isPaused(first));
  for (const relay of cast.relays) {
    for (const { hear } of relay.subscriptions) for (const event of saidFirst) hear(event);
  }
  await cast.time.runUntil(() => false, cast.time.nowMs + MINUTE_MS);
  expect(session('phone').pauses.isPaused(first)).toBe(false);
  expect(session('laptop').pauses.isPaused(first)).toBe(false);
  cast.end();
});
