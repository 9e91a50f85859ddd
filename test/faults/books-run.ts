/**
 * One run of an investor who streams from books while the business that filled them is away:
 * it goes at any moment, while it fills them too, and comes back with its disk or without.
 * Spec: specs/payments.md, "Books".
 */
import { planTicks } from '@realyield/protocol';
import type { Session } from '../../web/lib/engine/session.ts';
import { Loan, offerDocument } from '../fixtures/loan.ts';
import { bulletPlan } from '../fixtures/plans.ts';
import { auditAccounts, isAtRest, isComplete, type Account } from './accounts.ts';
import { Cast } from './cast.ts';
import { payerFate, UNHARMED, weatherOf, type Fate, type Weather } from './fates.ts';
import type { Played } from './matrix.ts';
import { randomOf } from './random.ts';
import { URLS } from './scenario.ts';

const TICKS = 6;
const HOUR_MS = 3_600_000;
const PATIENCE_MS = 30 * HOUR_MS;
const SETTLING_MS = 125_000;
/** What was signed so long after a payer began, another life of it cannot have paid. */
const BEGUN_MS = 130_000;

function signLoan(): Loan {
  const { business } = offerDocument();
  const stream = { streamDays: 4, windowDays: 1_000, ticks: TICKS };
  const loan = new Loan({
    seed: 'books',
    offer: {
      relays: URLS,
      daySec: 600,
      business: { ...business, relays: URLS },
      tranches: [{ shareBps: 10_000, startDay: 0, ...stream }],
      plan: bulletPlan(1_200, 10),
    },
    investorRelays: URLS,
  });
  loan.signAll();
  return loan;
}

const loan = signLoan();
const startAtMs = (loan.startAtSec + 5) * 1_000;

interface BooksScenario {
  readonly seed: number;
  readonly payer: Fate;
  readonly payee: Fate;
  readonly weather: Weather;
}

function scenarioOf(seed: number): BooksScenario {
  const random = randomOf(seed + 307);
  const drawn = payerFate(random, seed);
  const canLookUp = random.isLucky(0.9);
  // A wallet that can never tell waits for a book's end, or for the payee that was paid.
  const isTold = (answer: string): boolean => !/never|failure/.test(answer);
  const answers = drawn.answers.filter(isTold);
  const payer = canLookUp ? drawn : { ...drawn, answers, canLookUp, dies: undefined };
  const payee: Fate = {
    ...UNHARMED,
    diesAtMs: random.isLucky(0.5) ? random.below(8_000) : 8_000 + random.below(600_000),
    awayMs: random.below(6 * HOUR_MS),
    returns: random.isLucky(0.15) ? 'new disk' : 'same disk',
  };
  return { seed, payer, payee, weather: weatherOf(random) };
}

/** Plays a seed; resolves with its scenario and what was wrong in the end. */
export async function playBooks(seed: number): Promise<Played> {
  const scenario = scenarioOf(seed);
  const { payer, payee, weather } = scenario;
  const cast = new Cast(seed, startAtMs, loan.events, weather);
  const account: Account = {
    root: loan.root,
    leg: 'disbursement',
    payer: 'investor',
    payee: 'business',
    parts: new Map(planTicks(loan.contract.document).map((tick) => [tick.n, tick.amountUnits])),
    isJournalLost: payer.returns === 'new disk' || !payer.canLookUp,
  };
  cast.enter({ name: 'investor', side: 'outgoing', fate: payer });
  const act = async (session: Session): Promise<boolean> => {
    const filled = await session.books.fill(loan.root);
    return filled.ok && filled.value.isWhole;
  };
  cast.time.after(payer.canLookUp ? 0 : BEGUN_MS, () => {
    cast.enter({ name: 'business', side: 'incoming', fate: payee, act });
  });
  const isDone = (): boolean => isComplete(cast, account, TICKS) && isAtRest(cast, account);
  const inTime = await cast.time.runUntil(isDone, startAtMs + PATIENCE_MS);
  await cast.time.runUntil(() => false, cast.time.nowMs + SETTLING_MS);
  // Whoever has died since is waited for, however long they stay away.
  if (inTime) await cast.time.runUntil(isDone, cast.time.nowMs + PATIENCE_MS);
  const wrong: string[] = [];
  const { code } = cast.session('investor')?.payerStatus(loan.root) ?? { code: 'nobody' };
  if (!inTime) wrong.push(`not all paid in time: ${code}`);
  wrong.push(...auditAccounts(cast, [account]));
  const print = cast.print();
  cast.end();
  return { scenario, wrong, print };
}
