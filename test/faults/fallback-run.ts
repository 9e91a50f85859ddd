/**
 * One run of a business whose investor is silent until it may be paid on the chain, and comes back
 * before, meanwhile or after: what the person at the business is shown they pay, or say that they
 * did not, on one device or two, which die at any moment. The investor receives it once.
 * Spec: specs/tenders.md, "Clients".
 */
import { scriptOfAddress } from '@realyield/protocol';
import type { ChainOrder } from '../../web/lib/engine/fallback/orders.ts';
import { allUnanswered } from '../../web/lib/engine/fallback/standing.ts';
import type { Session } from '../../web/lib/engine/session.ts';
import { Cast } from './cast.ts';
import { SimChain, simSource } from './chain.ts';
import { contradict } from './contradiction.ts';
import { auditFallback, isPaidOnce, type FallbackAccount } from './fallback-accounts.ts';
import { DAY_SEC, dueUnits, loan, startAtMs } from './fallback-loan.ts';
import { payerFate, UNHARMED, weatherOf, type Fate, type Weather } from './fates.ts';
import type { Played } from './matrix.ts';
import { randomOf, type Random } from './random.ts';

const HOUR_MS = 3_600_000;
const PATIENCE_MS = 40 * HOUR_MS;
const SETTLING_MS = 125_000;
/** A wallet of the person's own is not always at hand. */
const MOST_LEISURE_MS = 600_000;
/** Journal steps of payments on the chain at which a debtor may die. */
const CHAIN_STEPS = 6;

/** What the person does with what they are shown: pays it, pays less, or says that they did not. */
type Decision = 'pays' | 'pays less' | 'declines';

interface FallbackScenario {
  readonly seed: number;
  readonly debtor: Fate;
  readonly payee: Fate;
  readonly payeeComesAtMs: number;
  /** When another device of the business is opened. */
  readonly laptopAtMs: number | undefined;
  readonly laptop: Pick<Fate, 'diesAtMs' | 'awayMs'>;
  /** When the payee answers in public what it had never asked for, and the day it writes on it. */
  readonly contradiction: { readonly atMs: number; readonly isDatedBack: boolean } | undefined;
  readonly paysOnChain: boolean;
  readonly decisions: readonly Decision[];
  /** How often a source of the chain does not answer. */
  readonly silence: number;
  readonly weather: Weather;
}

/** Dies at a step of its payments on the chain, or at any. */
function debtorFate(random: Random, seed: number): Fate {
  const drawn = { ...payerFate(random, seed), canLookUp: random.isLucky(0.95) };
  const side = Math.floor(seed / CHAIN_STEPS) % 2 === 0 ? 'after' : 'before';
  const dies = { step: seed % CHAIN_STEPS, side, of: 'chain' } as const;
  return random.isLucky(0.6) ? { ...drawn, dies } : drawn;
}

function decisionOf(random: Random): Decision {
  if (random.isLucky(0.3)) return 'declines';
  return random.isLucky(0.15) ? 'pays less' : 'pays';
}

function scenarioOf(seed: number): FallbackScenario {
  const random = randomOf(seed + 601);
  const dayMs = DAY_SEC * 1_000;
  const drawn = debtorFate(random, seed);
  const payee: Fate = {
    ...UNHARMED,
    diesAtMs: random.isLucky(0.4) ? random.below(10 * dayMs) : undefined,
    awayMs: random.isLucky(0.5) ? random.below(20 * dayMs) : random.below(120_000),
    returns: random.isLucky(0.1) ? 'new disk' : 'same disk',
  };
  const contradiction = { atMs: random.below(32 * dayMs), isDatedBack: random.isLucky(0.5) };
  const hasLaptop = random.isLucky(0.3);
  const laptopAtMs = random.below(30 * dayMs);
  const laptop = { diesAtMs: random.below(30 * dayMs), awayMs: random.below(20 * dayMs) };
  const weather = weatherOf(random);
  const { relayDown } = weather;
  return {
    seed,
    debtor: { ...drawn, diesAtMs: random.isLucky(0.3) ? random.below(30 * dayMs) : undefined },
    payee,
    // Most are silent until they may be paid on the chain, by its own clock.
    payeeComesAtMs: random.below(20 * dayMs) + (random.isLucky(0.7) ? 20 * dayMs : 0),
    laptopAtMs: hasLaptop ? laptopAtMs : undefined,
    laptop,
    contradiction: random.isLucky(0.3) ? contradiction : undefined,
    paysOnChain: random.isLucky(0.9),
    decisions: [decisionOf(random), decisionOf(random)],
    silence: random.isLucky(0.5) ? random.share() * 0.3 : 0,
    // Where no relay carries it, no device can know what another has begun.
    weather: hasLaptop ? { ...weather, relayDown: { ...relayDown, forMs: 0 } } : weather,
  };
}

/** Who sits at the business's devices, and what they have done with their own wallet. */
class Person {
  readonly sentSat = new Map<string, bigint>();
  readonly #decided = new Map<string, Decision>();
  readonly #decisions: Decision[];
  readonly #chain: SimChain;
  readonly #cast: Cast;
  readonly #paysOnChain: boolean;

  constructor(cast: Cast, chain: SimChain, scenario: FallbackScenario) {
    this.#cast = cast;
    this.#chain = chain;
    this.#decisions = [...scenario.decisions];
    this.#paysOnChain = scenario.paysOnChain;
  }

  /** One look at what a device shows; there is always another. */
  async act(session: Session): Promise<boolean> {
    const state = session.ownContract(loan.root)?.view.fold.state;
    if (!state || !session.isRunning) return false;
    const orders = session.fallback.of(loan.root);
    for (const order of orders) await this.#treat(session, order);
    const isOrdered = session.journalEntries(loan.root, 'repayment').length > 0;
    if (!isOrdered && !state.paid.numbers('repayment').has(0)) {
      await session.repayments.repay(loan.root, dueUnits);
    }
    const nowSec = Math.floor(this.#cast.time.nowMs / 1_000);
    const isOffered = allUnanswered(state, nowSec).some(({ fromSec }) => fromSec <= nowSec);
    if (isOffered && this.#paysOnChain) await session.fallback.begin(loan.root, 'repayment');
    return false;
  }

  async #treat({ fallback }: Session, order: ChainOrder): Promise<void> {
    if (order.state !== 'open') return;
    const { tender, valueSat, address } = order;
    const shown = `${tender.id} ${order.startedAtSec}`;
    const decision = this.#decided.get(shown) ?? this.#decisions.shift() ?? 'pays';
    if (decision === 'declines') await fallback.release(tender.id);
    else if (!this.#decided.has(shown)) {
      const less = decision === 'pays less' ? 1_000n : 0n;
      this.#pay(tender.id, address, BigInt(valueSat) - less);
    }
    this.#decided.set(shown, decision);
    if (order.other) await fallback.claim(tender.id);
  }

  #pay(tender: string, address: string, valueSat: bigint): void {
    const script = scriptOfAddress(address, 'regtest');
    if (!script.ok) throw new Error(script.code);
    this.sentSat.set(tender, valueSat);
    this.#cast.time.after(this.#cast.random.below(MOST_LEISURE_MS), () => {
      this.#chain.send(script.value, valueSat);
    });
  }
}

/** Lets everybody come in; the names of the business's devices. */
function enterAll(cast: Cast, person: Person, chain: SimChain, scenario: FallbackScenario) {
  const { debtor, payee, laptopAtMs, silence } = scenario;
  const source = simSource(chain, { time: cast.time, random: cast.random, silence });
  const act = (session: Session): Promise<boolean> => person.act(session);
  const hasRivals = laptopAtMs !== undefined;
  const device = { side: 'outgoing', act, source, hasRivals } as const;
  cast.enter({ ...device, name: 'business', fate: debtor });
  cast.time.after(scenario.payeeComesAtMs, () => {
    cast.enter({ name: 'investor', side: 'incoming', fate: payee });
  });
  if (!hasRivals) return ['business'];
  const fate = { ...UNHARMED, ...scenario.laptop, canLookUp: debtor.canLookUp };
  cast.time.after(laptopAtMs, () => {
    cast.enter({ ...device, name: 'laptop', person: 'business', fate });
  });
  return ['business', 'laptop'];
}

/** Plays a seed; resolves with its scenario and what was wrong in the end. */
export async function playFallback(seed: number): Promise<Played> {
  const scenario = scenarioOf(seed);
  const { debtor, contradiction, weather } = scenario;
  const cast = new Cast(seed, startAtMs, loan.events, weather);
  const chain = new SimChain(cast.time, cast.random);
  const person = new Person(cast, chain, scenario);
  const devices = enterAll(cast, person, chain, scenario);
  if (contradiction) {
    const { atMs, isDatedBack } = contradiction;
    cast.time.after(atMs, () => {
      contradict(cast, loan, dueUnits, isDatedBack);
    });
  }
  const account: FallbackAccount = {
    root: loan.root,
    devices,
    dueUnits,
    chain,
    isJournalLost: debtor.returns === 'new disk' || !debtor.canLookUp || devices.length > 1,
  };
  const isDone = (): boolean => isPaidOnce(cast, account);
  const inTime = await cast.time.runUntil(isDone, startAtMs + PATIENCE_MS);
  await cast.time.runUntil(() => false, cast.time.nowMs + SETTLING_MS);
  // Whoever has died since is waited for, however long they stay away.
  if (inTime) await cast.time.runUntil(isDone, cast.time.nowMs + PATIENCE_MS);
  const { code } = cast.session('business')?.payerStatus(loan.root, 'repayment') ?? {
    code: 'nobody',
  };
  const wrong = inTime ? [] : [`not paid in time: ${code}`];
  wrong.push(...auditFallback(cast, account));
  const print = cast.print();
  cast.end();
  return { scenario, wrong, print };
}
