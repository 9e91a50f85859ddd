/**
 * A payee that came back for a moment, handed out a request and is silent again: what may have been
 * paid under it is not offered to be paid on the chain, where no payee could say that it has it.
 * requires: TE-21
 */
import { expect, it } from 'vitest';
import type { Session } from '../web/lib/engine/session.ts';
import { Cast } from './faults/cast.ts';
import { SimChain, simSource } from './faults/chain.ts';
import { DAY_SEC, dueUnits, loan, startAtMs } from './faults/fallback-loan.ts';
import { CALM, UNHARMED, type Fate } from './faults/fates.ts';

const HOUR_MS = 3_600_000;
/** Common nodes take a payment for two hours after its invoice ran out; and a minute. */
const GRACE_MS = 2 * HOUR_MS + 60_000;
const SILENCE_MS = 14 * DAY_SEC * 1_000;

/** A business whose investor hands out one request once it may be paid on the chain. */
async function play(fate: Partial<Fate>, afterMs: number) {
  const cast = new Cast(1, startAtMs, loan.events, CALM);
  const { time, random } = cast;
  const source = simSource(new SimChain(time, random), { time, random, silence: 0 });
  const said: string[] = [];
  let endsAtMs = Infinity;
  const act = async (session: Session): Promise<boolean> => {
    const isOrdered = session.journalEntries(loan.root, 'repayment').length > 0;
    if (!isOrdered) await session.repayments.repay(loan.root, dueUnits);
    if (time.nowMs < endsAtMs + afterMs) return false;
    const begun = await session.fallback.begin(loan.root, 'repayment');
    said.push(begun.ok ? 'shown' : (begun.detail ?? begun.code));
    return true;
  };
  const all = { ...UNHARMED, ...fate };
  cast.enter({ name: 'business', side: 'outgoing', fate: all, act, source });
  const entry = () => cast.journal('business', loan.root, 'repayment')[0];
  const until = async (isSo: () => boolean): Promise<void> => {
    expect(await time.runUntil(isSo, time.nowMs + 4 * HOUR_MS)).toBe(true);
  };
  await time.runUntil(() => false, startAtMs + SILENCE_MS + 30_000);
  cast.enter({ name: 'investor', side: 'incoming', fate: { ...UNHARMED, awayMs: 40 * HOUR_MS } });
  await until(() => entry()?.step === 'sending');
  cast.kill('investor');
  endsAtMs = (entry()?.expiresAtSec ?? 0) * 1_000;
  await until(() => said.length > 0);
  return { cast, said };
}

it('shows nobody where to pay what a wallet that cannot tell has paid', async () => {
  const { cast, said } = await play(
    { canLookUp: false, answers: ['silence, then success'] },
    GRACE_MS,
  );
  expect([...cast.lightning.ledger.values()].map(({ state }) => state)).toEqual(['settled']);
  expect(said).toEqual(['unsaid']);
  cast.end();
});

it('shows where to pay what the wallet says was not paid', async () => {
  const answers = Array.from({ length: 400 }, () => 'refusal' as const);
  const { cast, said } = await play({ answers }, 60_000);
  expect(said).toEqual(['shown']);
  cast.end();
});
