/**
 * One run of several investors of one offer who stream in step, while processes die, wallets fall
 * silent and relays lose what they are told. Spec: specs/payments.md, "In step with the others".
 */
import {
  cohortHold,
  foldContract,
  planTicks,
  readEvent,
  ticksOf,
  type ParsedEvent,
} from '@realyield/protocol';
import { fundTogether } from '../fixtures/agreements.ts';
import { Loan, offerDocument } from '../fixtures/loan.ts';
import { bulletPlan } from '../fixtures/plans.ts';
import { auditAccounts, isAtRest, isComplete, type Account } from './accounts.ts';
import { Cast } from './cast.ts';
import { payerFate, UNHARMED, weatherOf, type Fate, type Weather } from './fates.ts';
import { ANSWERS, type LedgerEntry } from './lightning.ts';
import type { Played } from './matrix.ts';
import { randomOf, type Random } from './random.ts';
import { URLS } from './scenario.ts';

const INVESTORS = ['investor', 'second investor', 'third investor'] as const;
const TICKS = 4;
const HOUR_MS = 3_600_000;
const PATIENCE_MS = 30 * HOUR_MS;
const SETTLING_MS = 125_000;

function signLoans(): readonly Loan[] {
  const { business } = offerDocument();
  const stream = { streamDays: 1, windowDays: 1_000, ticks: TICKS };
  const loans = INVESTORS.map((investor, index) => {
    const loan = new Loan({
      seed: `in step ${investor}`,
      cast: (name) => (name === 'investor' ? investor : name),
      principalUnits: BigInt(500_000_000 + index * 70_000_000),
      offer: {
        relays: URLS,
        daySec: 600,
        business: { ...business, relays: URLS },
        tranches: [{ shareBps: 10_000, startDay: 0, ...stream }],
        plan: bulletPlan(1_200, 5),
      },
      investorRelays: URLS,
    });
    loan.signAll();
    return loan;
  });
  const [first] = loans;
  if (first) fundTogether(loans, first.startAtSec + 4);
  return loans;
}

const loans = signLoans();
const startAtMs = ((loans[0]?.startAtSec ?? 0) + 5) * 1_000;

/** What a run is made of. */
interface LockstepScenario {
  readonly seed: number;
  readonly fates: readonly Fate[];
  readonly payee: Fate;
  readonly weather: Weather;
}

/** Those who are not the seed's victim suffer less. */
function otherFate(random: Random): Fate {
  const answer = ANSWERS[random.below(ANSWERS.length)] ?? 'success';
  return {
    ...UNHARMED,
    diesAtMs: random.isLucky(0.3) ? random.below(300_000) : undefined,
    awayMs: random.isLucky(0.2) ? random.below(2 * HOUR_MS) : random.below(120_000),
    answers: random.isLucky(0.4) ? [answer] : [],
    silence: random.isLucky(0.3) ? random.share() * 0.2 : 0,
  };
}

function scenarioOf(seed: number): LockstepScenario {
  const random = randomOf(seed + 211);
  const victim = seed % INVESTORS.length;
  const fates = INVESTORS.map((_, index) =>
    index === victim
      ? { ...payerFate(random, Math.floor(seed / 3)), canLookUp: random.isLucky(0.95) }
      : otherFate(random),
  );
  const payee: Fate = {
    ...UNHARMED,
    diesAtMs: random.isLucky(0.3) ? random.below(300_000) : undefined,
    awayMs: random.below(120_000),
  };
  return { seed, fates, payee, weather: weatherOf(random) };
}

const GIFT_WRAP_KIND = 1_059;

/** Events that were read before; signatures take their time. */
const parsed = new Map<string, readonly ParsedEvent[]>();

/** What is public at a moment, as the protocol reads it. */
function readAll(cast: Cast): readonly ParsedEvent[] {
  const open = cast.published().filter(({ kind }) => kind !== GIFT_WRAP_KIND);
  return open.flatMap((event) => {
    const known = parsed.get(event.id);
    if (known) return known;
    const read = readEvent(event);
    parsed.set(event.id, read.ok ? read.value : []);
    return read.ok ? read.value : [];
  });
}

/** Contracts that a part is ahead of, by what was public at a time and the clock of now. */
function behindOf(cast: Cast, root: string, n: number, untilSec: number): readonly string[] {
  const known = readAll(cast).filter(({ event }) => event.created_at <= untilSec);
  const members = loans.map((loan) => {
    const fold = foldContract(loan.root, known);
    return { root: loan.root, state: fold.ok ? fold.value.state : undefined };
  });
  const own = members.find((member) => member.root === root)?.state;
  const nowSec = Math.floor(cast.time.nowMs / 1_000);
  const tick = own && ticksOf(own, nowSec).find((each) => each.n === n);
  const others = members.filter((member) => member.root !== root);
  const hold = own && tick && cohortHold(own, others, tick, nowSec);
  return hold?.reason === 'cohortBehind' ? hold.behind : [];
}

/**
 * P-26: whether a part is paid that is ahead of another contract both by what is public and by what
 * was a minute ago. What a payer knows lies between; one that had stopped may just have gone on.
 */
function isAhead(cast: Cast, root: string, n: number): boolean {
  const before = behindOf(cast, root, n, Math.floor(cast.time.nowMs / 1_000) - 60);
  const now = behindOf(cast, root, n, Infinity);
  return before.some((other) => now.includes(other));
}

/** Plays a seed; resolves with its scenario and what was wrong in the end. */
export async function playLockstep(seed: number): Promise<Played> {
  const scenario = scenarioOf(seed);
  const events = loans.flatMap((loan) => loan.events);
  const cast = new Cast(seed, startAtMs, events, scenario.weather);
  const wrong: string[] = [];
  const { network, relayDown } = scenario.weather;
  const isCalm = network.loss === 0 && relayDown.forMs === 0;
  const accounts = loans.map((loan, index): Account => ({
    root: loan.root,
    leg: 'disbursement',
    payer: INVESTORS[index] ?? '',
    payee: 'business',
    parts: new Map(planTicks(loan.contract.document).map((tick) => [tick.n, tick.amountUnits])),
    isJournalLost:
      scenario.fates[index]?.returns === 'new disk' || scenario.fates[index]?.canLookUp === false,
  }));
  cast.enter({ name: 'business', side: 'incoming', fate: scenario.payee });
  for (const [index, name] of INVESTORS.entries()) {
    const fate = scenario.fates[index] ?? UNHARMED;
    const root = loans[index]?.root ?? '';
    const onPay = ({ description }: LedgerEntry): void => {
      const n = Number(description.split(' ').at(-1));
      // Who heard nothing of the others, or whose clock leaps, takes them for late.
      if (!isCalm || fate.leap.byMs !== 0 || !isAhead(cast, root, n)) return;
      wrong.push(`${name} paid part ${n} ahead of the others`);
    };
    cast.enter({ name, side: 'outgoing', fate, onPay });
  }
  const isDone = (): boolean =>
    accounts.every((account) => isComplete(cast, account, TICKS) && isAtRest(cast, account));
  const inTime = await cast.time.runUntil(isDone, startAtMs + PATIENCE_MS);
  await cast.time.runUntil(() => false, cast.time.nowMs + SETTLING_MS);
  // Whoever has died since is waited for, however long they stay away.
  if (inTime) await cast.time.runUntil(isDone, cast.time.nowMs + PATIENCE_MS);
  if (!inTime) {
    const codes = loans.map((loan, index) => {
      const session = cast.session(INVESTORS[index] ?? '');
      return session?.payerStatus(loan.root)?.code ?? 'nobody';
    });
    wrong.push(`not all paid in time: ${codes.join(', ')}`);
  }
  wrong.push(...auditAccounts(cast, accounts));
  const print = cast.print();
  cast.end();
  parsed.clear();
  return { scenario, wrong, print };
}
