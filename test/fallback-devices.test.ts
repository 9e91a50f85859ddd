/**
 * Several devices of a debtor that pays on the chain: what one of them shows the others know of,
 * whoever dies when, and nobody is shown where to pay what is paid.
 * requires: TE-23
 */
import { scriptOfAddress } from '@realyield/protocol';
import { expect, it } from 'vitest';
import type { Session } from '../web/lib/engine/session.ts';
import { Cast } from './faults/cast.ts';
import { SimChain, simSource } from './faults/chain.ts';
import { dueUnits, loan, startAtMs } from './faults/fallback-loan.ts';
import { CALM, UNHARMED, type Fate } from './faults/fates.ts';

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
  return { cast, shownAt, until, send };
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
  await until(() => shownAt('laptop').length > 0);
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
    const { cast, shownAt, until } = castOf(devices, mostDelayMs);
    const done = async <T>(doing: Promise<T> | undefined): Promise<T | undefined> => {
      let isDone = false;
      const settled = doing?.finally(() => {
        isDone = true;
      });
      await until(() => isDone);
      return settled;
    };
    const fallbackOf = (name: string) => cast.session(name)?.fallback;
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
