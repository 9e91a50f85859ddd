/**
 * Several devices of a debtor that pays on the chain: what one of them shows the others know of,
 * whoever dies when, and nobody is shown where to pay what is paid.
 * requires: TE-23
 */
import { scriptOfAddress, type SignedEvent } from '@realyield/protocol';
import { expect, it } from 'vitest';
import type { Session } from '../web/lib/engine/session.ts';
import { createLocalSigner } from '../web/lib/signer/local-signer.ts';
import { Cast } from './faults/cast.ts';
import { SimChain, simSource } from './faults/chain.ts';
import { dueUnits, loan, startAtMs } from './faults/fallback-loan.ts';
import { CALM, UNHARMED, type Fate } from './faults/fates.ts';
import { secretOf } from './fixtures/keys.ts';

const HOUR_MS = 3_600_000;
const DAYS_MS = 16 * 60_000;

/** The business's devices; the first begins whatever can be begun, all order what is due. */
function castOf(devices: Readonly<Record<string, Partial<Fate>>>, mostDelayMs = 50) {
  const weather = { ...CALM, network: { ...CALM.network, mostDelayMs } };
  const cast = new Cast(1, startAtMs, loan.events, weather);
  const { time, random } = cast;
  const chain = new SimChain(time, random);
  const source = simSource(chain, { time, random, silence: 0 });
  const [first] = Object.keys(devices);
  const act = async (session: Session, name: string): Promise<boolean> => {
    if (!session.isRunning || !session.ownContract(loan.root)) return false;
    const isOrdered = session.journalEntries(loan.root, 'repayment').length > 0;
    if (!isOrdered) await session.repayments.repay(loan.root, dueUnits);
    if (name === first) await session.fallback.begin(loan.root, 'repayment');
    return false;
  };
  for (const [name, fate] of Object.entries(devices)) {
    const device = { person: 'business', side: 'outgoing', hasRivals: true, source } as const;
    const own = (session: Session): Promise<boolean> => act(session, name);
    cast.enter({ ...device, name, fate: { ...UNHARMED, ...fate }, act: own });
  }
  const shownAt = (name: string) =>
    (cast.session(name)?.fallback.of(loan.root) ?? []).filter(({ state }) => state === 'open');
  const until = async (isSo: () => boolean): Promise<void> => {
    expect(await cast.time.runUntil(isSo, cast.time.nowMs + HOUR_MS)).toBe(true);
  };
  /** What a wallet of the person's own does. */
  const send = (valueSat: bigint): void => {
    const { fallbackAddress = '' } = loan.contract.document.parties.investor;
    const script = scriptOfAddress(fallbackAddress, 'regtest');
    if (!script.ok) throw new Error(script.code);
    chain.send(script.value, valueSat);
  };
  const done = async <T>(doing: Promise<T> | undefined): Promise<T | undefined> => {
    let isDone = false;
    const settled = doing?.finally(() => {
      isDone = true;
    });
    await until(() => isDone);
    return settled;
  };
  const setUp = (isUp: boolean): void => {
    for (const relay of cast.relays) relay.setUp(isUp);
  };
  const fallbackOf = (name: string) => cast.session(name)?.fallback;
  return { cast, shownAt, until, send, done, setUp, fallbackOf };
}

/** Whether a relay has what tells the other devices. */
function isTold(cast: Cast): boolean {
  const name = `realyield-chain-${loan.root.slice(0, 16)}`;
  return cast.published().some(({ tags }) => tags[0]?.[1] === name);
}

it('shows nobody where to pay before a relay has it, also after it died in between', async () => {
  const dies = { step: 0, side: 'after', of: 'chain' } as const;
  const { cast, shownAt, until } = castOf({ phone: { dies, awayMs: 10_000 } });
  await until(() => cast.session('phone') === undefined);
  expect(isTold(cast)).toBe(false);
  let wasShownUntold = false;
  await until(() => {
    const isShown = shownAt('phone').length > 0;
    wasShownUntold ||= isShown && !isTold(cast);
    return isShown;
  });
  expect(wasShownUntold).toBe(false);
  cast.end();
});

it('shows a device that was away nothing of what another has paid and proven', async () => {
  const { cast, shownAt, until, send } = castOf({ phone: {}, laptop: { awayMs: DAYS_MS } });
  await until(() => shownAt('phone').length > 0 && shownAt('laptop').length > 0);
  const [{ valueSat } = { valueSat: '0' }] = shownAt('phone');
  cast.kill('laptop');
  send(BigInt(valueSat));
  await until(() => shownAt('phone').length === 0);
  expect(cast.stateAt('phone', loan.root)?.paid.chain).toHaveLength(1);
  const steps = () => cast.journal('laptop', loan.root, 'repayment').map(({ step }) => step);
  expect(steps()).toEqual(['chain']);
  await until(() => steps().join() === 'receipted');
  await until(() => shownAt('laptop').length === 0);
  cast.end();
});

// Relays say it before the sources of the chain answer, or long after.
it.each([50, 3_000])(
  'frees nothing that another device has shown again since: relays take up to %i ms',
  async (mostDelayMs) => {
    const devices = { phone: { awayMs: DAYS_MS }, laptop: {} };
    const { cast, shownAt, until, done, fallbackOf } = castOf(devices, mostDelayMs);
    await until(() => shownAt('phone').length > 0 && shownAt('laptop').length > 0);
    const [first] = shownAt('phone');
    const tender = first?.tender.id ?? '';
    cast.kill('phone');
    await until(() => cast.session('laptop')?.isRunning === true);
    expect(await done(fallbackOf('laptop')?.release(tender))).toMatchObject({ ok: true });
    const again = await done(fallbackOf('laptop')?.begin(loan.root, 'repayment'));
    expect(again).toMatchObject({ ok: true });
    const startedAtSec = again?.ok === true ? again.value.startedAtSec : 0;
    expect(startedAtSec).toBeGreaterThan(first?.startedAtSec ?? Infinity);
    await until(() => shownAt('phone').length > 0);
    expect(shownAt('phone')).toMatchObject([{ startedAtSec: first?.startedAtSec }]);
    const refused = { ok: false, code: 'STATE_FORBIDS', detail: 'elsewhere' };
    expect(await done(fallbackOf('phone')?.release(tender))).toMatchObject(refused);
    for (const name of ['phone', 'laptop']) {
      await until(() => shownAt(name)[0]?.startedAtSec === startedAtSec);
    }
    cast.end();
  },
);

it('frees nothing while no relay says what another device has shown again', async () => {
  const devices = { phone: { awayMs: DAYS_MS }, laptop: {} };
  const { cast, shownAt, until, done, setUp, fallbackOf } = castOf(devices);
  await until(() => shownAt('phone').length > 0 && shownAt('laptop').length > 0);
  const tender = shownAt('phone')[0]?.tender.id ?? '';
  cast.kill('phone');
  await until(() => cast.session('laptop')?.isRunning === true);
  await done(fallbackOf('laptop')?.release(tender));
  await done(fallbackOf('laptop')?.begin(loan.root, 'repayment'));
  const [again] = shownAt('laptop');
  expect(again?.tender.id).toBe(tender);
  setUp(false);
  await until(() => shownAt('phone').length > 0);
  const untold = { ok: false, code: 'STATE_FORBIDS', detail: 'untold' };
  expect(await done(fallbackOf('phone')?.release(tender))).toMatchObject(untold);
  setUp(true);
  await until(() => shownAt('phone')[0]?.startedAtSec === again?.startedAtSec);
  expect(shownAt('laptop')).toMatchObject([{ startedAtSec: again?.startedAtSec }]);
  cast.end();
});

/** What a device of the business tells the others. */
async function wordOf(orders: readonly unknown[], atSec: number): Promise<SignedEvent> {
  const signer = createLocalSigner(secretOf('business'));
  const text = JSON.stringify({ v: 1, contract: loan.root, orders });
  return signer.sign({
    kind: 30_078,
    created_at: atSec,
    tags: [['d', `realyield-chain-${loan.root.slice(0, 16)}`]],
    content: await signer.encrypt(signer.publicKey, text),
  });
}

it('what could not be told takes nothing back that another device has shown', async () => {
  const { cast, shownAt, until, done, setUp, fallbackOf } = castOf({ phone: {} });
  await until(() => shownAt('phone').length > 0);
  const [order] = shownAt('phone');
  const tender = order?.tender.id ?? '';
  await done(fallbackOf('phone')?.release(tender));
  const startedAtSec = (order?.startedAtSec ?? 0) + 1;
  const { isTold: _told, ...drafted } = { ...order };
  // Told before this device tries again, and heard only after that.
  const earlier = await wordOf([{ ...drafted, startedAtSec }], startedAtSec);
  setUp(false);
  expect(await done(fallbackOf('phone')?.begin(loan.root, 'repayment'))).toMatchObject({
    detail: 'untold',
  });
  expect(shownAt('phone')).toEqual([]);
  setUp(true);
  for (const relay of cast.relays) relay.keep(earlier);
  await until(() => shownAt('phone').length > 0);
  expect(shownAt('phone')).toMatchObject([{ startedAtSec }]);
  const steps = () => cast.journal('phone', loan.root, 'repayment').map(({ step }) => step);
  expect(steps()).toEqual(['chain']);
  cast.end();
});
