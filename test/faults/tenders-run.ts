/**
 * One run of a business that repays while its investor is away for contract days: it tenders, the
 * investor comes back and answers, and whoever dies in between, it is paid once.
 * Spec: specs/tenders.md.
 */
import { ledgerOf } from '@realyield/protocol';
import type { Session } from '../../web/lib/engine/session.ts';
import { auditAccounts, isAtRest, isComplete, type Account } from './accounts.ts';
import { Cast } from './cast.ts';
import { payerFate, UNHARMED, weatherOf, type Fate, type Weather } from './fates.ts';
import type { Played } from './matrix.ts';
import { randomOf } from './random.ts';
import { firstDueAtMs, signSilentLoan } from './silent-loan.ts';

const DAY_SEC = 120;
const HOUR_MS = 3_600_000;
const PATIENCE_MS = 40 * HOUR_MS;
const SETTLING_MS = 125_000;

const loan = signSilentLoan('tenders', DAY_SEC);
/** The day on which the first instalment falls due begins. */
const startAtMs = firstDueAtMs(loan, DAY_SEC);

interface TendersScenario {
  readonly seed: number;
  readonly debtor: Fate;
  readonly payee: Fate;
  readonly payeeComesAtMs: number;
  readonly weather: Weather;
}

function scenarioOf(seed: number): TendersScenario {
  const random = randomOf(seed + 401);
  const debtor = { ...payerFate(random, seed), canLookUp: random.isLucky(0.95) };
  const payee: Fate = {
    ...UNHARMED,
    diesAtMs: random.isLucky(0.4) ? random.below(120_000) : undefined,
    awayMs: random.isLucky(0.3) ? random.below(4 * DAY_SEC * 1_000) : random.below(120_000),
    returns: random.isLucky(0.1) ? 'new disk' : 'same disk',
  };
  const payeeComesAtMs = random.isLucky(0.15) ? 0 : random.below(14 * DAY_SEC * 1_000);
  return { seed, debtor, payee, payeeComesAtMs, weather: weatherOf(random) };
}

/** The person at the business orders once what is due, and again if the order is nowhere. */
async function order(session: Session): Promise<boolean> {
  const state = session.ownContract(loan.root)?.view.fold.state;
  if (!state || !session.isRunning) return false;
  const isOrdered = session.journalEntries(loan.root, 'repayment').length > 0;
  if (isOrdered || state.paid.count('repayment') > 0) return true;
  const nowSec = Math.floor(startAtMs / 1_000) + 60;
  const ordered = await session.repayments.repay(loan.root, ledgerOf(state, nowSec).dueNowUnits);
  return ordered.ok;
}

/** Plays a seed; resolves with its scenario and what was wrong in the end. */
export async function playTenders(seed: number): Promise<Played> {
  const scenario = scenarioOf(seed);
  const { debtor, payee, payeeComesAtMs, weather } = scenario;
  const cast = new Cast(seed, startAtMs, loan.events, weather);
  const dueUnits = ledgerOf(loan.fold().state, startAtMs / 1_000 + 60).dueNowUnits;
  const account: Account = {
    root: loan.root,
    leg: 'repayment',
    payer: 'business',
    payee: 'investor',
    parts: new Map([[0, dueUnits]]),
    isJournalLost: debtor.returns === 'new disk' || !debtor.canLookUp,
  };
  cast.enter({ name: 'business', side: 'outgoing', fate: debtor, act: order });
  cast.time.after(payeeComesAtMs, () => {
    cast.enter({ name: 'investor', side: 'incoming', fate: payee });
  });
  const isDone = (): boolean => isComplete(cast, account, 1) && isAtRest(cast, account);
  const inTime = await cast.time.runUntil(isDone, startAtMs + PATIENCE_MS);
  await cast.time.runUntil(() => false, cast.time.nowMs + SETTLING_MS);
  // Whoever has died since is waited for, however long they stay away.
  if (inTime) await cast.time.runUntil(isDone, cast.time.nowMs + PATIENCE_MS);
  const wrong: string[] = [];
  const session = cast.session('business');
  const { code } = session?.payerStatus(loan.root, 'repayment') ?? { code: 'nobody' };
  if (!inTime) wrong.push(`not paid in time: ${code}`);
  wrong.push(...auditAccounts(cast, [account]));
  const tenders = cast.stateAt('business', loan.root)?.tenders ?? [];
  if (tenders.some(({ isVoid }) => isVoid)) wrong.push('a tender is void');
  const print = cast.print();
  cast.end();
  return { scenario, wrong, print };
}
