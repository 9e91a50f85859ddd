/**
 * One run of a business that repays from the books its investors filled while they are away: one
 * investor or two in step, an order of just what is due, of more or of less. Whoever dies at any
 * moment, each investor receives what was ordered, once.
 * Spec: specs/payments.md, "Books of repayments".
 */
import { ledgerOf, planTicks } from '@realyield/protocol';
import type { Session } from '../../web/lib/engine/session.ts';
import { fundTogether } from '../fixtures/agreements.ts';
import { inThree, Loan, offerDocument } from '../fixtures/loan.ts';
import { auditAccounts, isAtRest, provenUnits, type Account } from './accounts.ts';
import { Cast } from './cast.ts';
import { payerFate, UNHARMED, weatherOf, type Fate, type Weather } from './fates.ts';
import type { Played } from './matrix.ts';
import { randomOf, type Random } from './random.ts';
import { URLS } from './scenario.ts';

const INVESTORS = ['investor', 'second investor'] as const;
const DAY_SEC = 600;
const HOUR_MS = 3_600_000;
const PATIENCE_MS = 40 * HOUR_MS;
const SETTLING_MS = 125_000;
/** What was signed so long after a payer began, another life of it cannot have paid. */
const BEGUN_MS = 130_000;
/** What is ordered beside what is due, msat. */
const EXTRAS = [0n, 500_000n, -1_000_000n] as const;

function signLoans(investors: readonly string[]): readonly Loan[] {
  const { business } = offerDocument();
  const loans = investors.map((investor, index) => {
    const loan = new Loan({
      seed: `repaid to ${investors.length}, ${investor}`,
      cast: (name) => (name === 'investor' ? investor : name),
      principalUnits: BigInt(500_000_000 + index * 70_000_000),
      offer: {
        ...inThree,
        relays: URLS,
        daySec: DAY_SEC,
        business: { ...business, relays: URLS },
      },
      investorRelays: URLS,
    });
    loan.signAll();
    return loan;
  });
  const [first] = loans;
  if (first && loans.length > 1) fundTogether(loans, first.startAtSec + 4);
  for (const loan of loans) {
    loan.pay('disbursement', planTicks(loan.contract.document), loan.startAtSec + 20);
  }
  return loans;
}

const SETS = [signLoans(INVESTORS.slice(0, 1)), signLoans(INVESTORS)] as const;
/** The day on which the first instalment falls due begins. */
const startAtMs = ((SETS[0][0]?.startAtSec ?? 0) + 30 * DAY_SEC) * 1_000;

interface BooksScenario {
  readonly seed: number;
  readonly payer: Fate;
  readonly payees: readonly Fate[];
  readonly extraMsat: number;
  readonly weather: Weather;
}

function payeeFate(random: Random): Fate {
  return {
    ...UNHARMED,
    diesAtMs: random.isLucky(0.5) ? random.below(8_000) : 8_000 + random.below(600_000),
    awayMs: random.below(HOUR_MS / 3),
  };
}

function scenarioOf(seed: number): BooksScenario {
  const random = randomOf(seed + 509);
  const drawn = payerFate(random, Math.floor(seed / 2));
  const canLookUp = random.isLucky(0.9);
  // A wallet that can never tell waits for a book's end, or for the payee that was paid.
  const isTold = (answer: string): boolean => !/never|failure/.test(answer);
  const answers = drawn.answers.filter(isTold);
  const known = canLookUp ? drawn : { ...drawn, answers, canLookUp, dies: undefined };
  const isShared = seed % 2 === 1;
  // Who loses an order of several parts does not know what is left of it.
  const returns = !isShared && random.isLucky(0.3) ? 'new disk' : 'same disk';
  const payer: Fate = { ...known, returns };
  const isLost = payer.returns === 'new disk';
  const extra = isShared || isLost ? 0n : (EXTRAS[random.below(EXTRAS.length)] ?? 0n);
  const payees = (isShared ? INVESTORS : INVESTORS.slice(0, 1)).map(() => payeeFate(random));
  return { seed, payer, payees, extraMsat: Number(extra), weather: weatherOf(random) };
}

/** What each contract's order comes to. */
function orderOf(loans: readonly Loan[], { extraMsat }: BooksScenario): readonly bigint[] {
  return loans.map((loan) => {
    const { dueNowUnits } = ledgerOf(loan.fold().state, startAtMs / 1_000 + 60);
    return dueNowUnits + BigInt(extraMsat);
  });
}

/** The person at the business orders once what is due, and again if the order is nowhere. */
async function order(
  session: Session,
  loans: readonly Loan[],
  units: readonly bigint[],
): Promise<boolean> {
  const roots = loans.map(({ root }) => root);
  const states = roots.flatMap((root) => session.ownContract(root)?.view.fold.state ?? []);
  if (states.length !== roots.length || !session.isRunning) return false;
  const isOrdered = roots.some((root) => session.journalEntries(root, 'repayment').length > 0);
  if (isOrdered || states.some(({ paid }) => paid.count('repayment') > 0)) return true;
  const all = units.reduce((sum, each) => sum + each, 0n);
  const [root = ''] = roots;
  const { repayments } = session;
  const ordered =
    roots.length > 1
      ? await repayments.repayTogether(roots, all)
      : await repayments.repay(root, all);
  return ordered.ok;
}

/** Plays a seed; resolves with its scenario and what was wrong in the end. */
export async function playRepaymentBooks(seed: number): Promise<Played> {
  const scenario = scenarioOf(seed);
  const { payer, payees, weather } = scenario;
  const loans = SETS[payees.length > 1 ? 1 : 0];
  const events = loans.flatMap((loan) => loan.events);
  const cast = new Cast(seed, startAtMs, events, weather);
  const units = orderOf(loans, scenario);
  const accounts = loans.map(({ root }, index): Account => ({
    root,
    leg: 'repayment',
    payer: 'business',
    payee: INVESTORS[index] ?? '',
    isJournalLost: payer.returns === 'new disk' || !payer.canLookUp,
  }));
  const act = (session: Session): Promise<boolean> => order(session, loans, units);
  cast.enter({ name: 'business', side: 'outgoing', fate: payer, act });
  for (const [index, fate] of payees.entries()) {
    const fill = async (session: Session): Promise<boolean> => {
      const filled = await session.books.fill(loans[index]?.root ?? '');
      return filled.ok && filled.value.isWhole;
    };
    cast.time.after(payer.canLookUp ? 0 : BEGUN_MS, () => {
      cast.enter({ name: INVESTORS[index] ?? '', side: 'incoming', fate, act: fill });
    });
  }
  const isDone = (): boolean =>
    accounts.every((account, index) => {
      const least = units[index] ?? 0n;
      return (
        provenUnits(cast, account).every((proven) => proven >= least) && isAtRest(cast, account)
      );
    });
  const inTime = await cast.time.runUntil(isDone, startAtMs + PATIENCE_MS);
  await cast.time.runUntil(() => false, cast.time.nowMs + SETTLING_MS);
  // Whoever has died since is waited for, however long they stay away.
  if (inTime) await cast.time.runUntil(isDone, cast.time.nowMs + PATIENCE_MS);
  const wrong: string[] = [];
  if (!inTime) {
    const session = cast.session('business');
    const codes = loans.map(({ root }) => session?.payerStatus(root, 'repayment')?.code);
    wrong.push(`not all paid in time: ${codes.join(', ')}`);
  }
  wrong.push(...auditAccounts(cast, accounts));
  for (const [index, account] of accounts.entries()) {
    for (const proven of provenUnits(cast, account)) {
      if (proven === units[index]) continue;
      wrong.push(`${account.payee} was to receive ${units[index]} and has received ${proven}`);
    }
    const tenders = cast.stateAt('business', account.root)?.tenders ?? [];
    if (tenders.some(({ isVoid }) => isVoid)) wrong.push('a tender is void');
  }
  const print = cast.print();
  cast.end();
  return { scenario, wrong, print };
}
