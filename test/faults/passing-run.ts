/**
 * One run of the fault matrix of payments that a bank passes on: an investor streams a loan out to
 * a business by way of the bank, while each of the three dies at a step of its journal and comes
 * back, and their wallets fall silent. When it is over, what each purse has is compared with what
 * was proven. Everything follows from the seed.
 */
import { planTicks } from '@realyield/protocol';
import { createInlineVerifier } from '../../web/lib/nostr/verifier/inline-verifier.ts';
import { FORWARDING } from '../fixtures/forwarding.ts';
import { Loan, offerDocument, rememberingVerifier } from '../fixtures/loan.ts';
import { bulletPlan, NO_FEES } from '../fixtures/plans.ts';
import { Disk, type DiskFaults } from './disk.ts';
import { ANSWERS, type PayAnswer } from './lightning.ts';
import { SimRelay } from './network.ts';
import { PassingLightning, type Owner } from './passing-lightning.ts';
import { PassingWallet } from './passing-wallet.ts';
import { SimProcess, type Surroundings } from './process.ts';
import { randomOf } from './random.ts';
import { Time } from './time.ts';

const URLS = ['ws://127.0.0.1:7003'];
const TICKS = 3;
const HOUR_MS = 3_600_000;
const PATIENCE_MS = 60 * HOUR_MS;
const SETTLING_MS = 300_000;
const OWNERS = ['bank', 'investor', 'business'] as const;
/** Journal steps at which a process is killed, one after the other, seed by seed. */
const STEPS = 20;
const NO_FAULTS: DiskFaults = { deathAtStep: undefined, fullAtSteps: new Set() };
const verifier = createInlineVerifier(rememberingVerifier);

/** The loan of every run, signed once. */
function signLoan(): Loan {
  const { business } = offerDocument();
  const loan = new Loan({
    seed: 'passing',
    offer: {
      relays: URLS,
      daySec: 600,
      business: { ...business, relays: URLS },
      fees: { ...NO_FEES, forwarding: FORWARDING },
      tranches: [{ shareBps: 10_000, startDay: 0, streamDays: 1, windowDays: 1_000, ticks: TICKS }],
      plan: bulletPlan(1_200, 5),
    },
    investorRelays: URLS,
  });
  loan.signAll();
  return loan;
}

const loan = signLoan();
const ticks = planTicks(loan.contract.document);

/** What a run is made of, for whoever reads of its failure. */
export interface PassingScenario {
  readonly seed: number;
  readonly dies: Owner;
  readonly at: DiskFaults['deathAtStep'];
  /** How long whoever died stays away, ms. */
  readonly awayMs: number;
  readonly answers: Readonly<Record<Owner, readonly PayAnswer[]>>;
  readonly silence: number;
}

/** The scenario of a seed: who dies, where and how the bank's wallet answers in turn. */
export function passingScenarioOf(seed: number): PassingScenario {
  const random = randomOf(seed + 77);
  const answer = (): PayAnswer => ANSWERS[random.below(ANSWERS.length)] ?? 'success';
  const some = (): PayAnswer[] => Array.from({ length: random.below(3) }, answer);
  const first = ANSWERS[Math.floor(seed / 6) % ANSWERS.length] ?? 'success';
  return {
    seed,
    dies: OWNERS[seed % 3] ?? 'bank',
    at: {
      step: Math.floor(seed / 6) % STEPS,
      side: Math.floor(seed / 3) % 2 === 0 ? 'before' : 'after',
    },
    awayMs: random.isLucky(0.1) ? 40 * HOUR_MS : random.below(120_000),
    answers: { bank: [first, ...some()], investor: some(), business: [] },
    silence: random.isLucky(0.5) ? random.share() * 0.15 : 0,
  };
}

/** One run under way. */
class Run {
  readonly #scenario: PassingScenario;
  readonly #time = new Time((loan.startAtSec + 5) * 1_000);
  readonly #relays = URLS.map((url) => new SimRelay(url));
  readonly #lightning: PassingLightning;
  readonly #surroundings: Surroundings;
  readonly #disks = { investor: new Disk(), business: new Disk(), bank: new Disk() };
  readonly #processes = new Map<Owner, SimProcess>();
  #isOver = false;
  /** How long it took until everything was paid and proven, ms. */
  tookMs = 0;
  readonly said = new Set<string>();

  constructor(scenario: PassingScenario) {
    this.#scenario = scenario;
    const random = randomOf(scenario.seed + 1_000_003);
    this.#lightning = new PassingLightning(this.#time, random, scenario.seed);
    const network = { loss: 0, repeat: 0, mostDelayMs: 50 };
    const relays = this.#relays;
    this.#surroundings = { time: this.#time, random, relays, network, verifier };
    for (const relay of relays) for (const event of loan.events) relay.keep(event);
  }

  get paidToVoid(): number {
    return this.#lightning.paidToVoid;
  }

  /** Lets everything happen; resolves with what is wrong in the end, in words. */
  async play(patienceMs: number): Promise<readonly string[]> {
    for (const owner of OWNERS) {
      const isDoomed = owner === this.#scenario.dies;
      this.#start(owner, isDoomed ? { ...NO_FAULTS, deathAtStep: this.#scenario.at } : NO_FAULTS);
    }
    const beginMs = this.#time.nowMs;
    const isDone = await this.#time.runUntil(() => {
      this.#listen();
      return this.#isComplete();
    }, beginMs + patienceMs);
    this.tookMs = this.#time.nowMs - beginMs;
    if (isDone) {
      await this.#time.runUntil(() => this.#isAtRest(), this.#time.nowMs + 48 * HOUR_MS);
      await this.#time.runUntil(() => false, this.#time.nowMs + SETTLING_MS);
    }
    const wrong = this.#audit(isDone);
    this.#isOver = true;
    for (const process of this.#processes.values()) process.die();
    return wrong;
  }

  #start(person: Owner, faults: DiskFaults): void {
    const { answers, silence, awayMs } = this.#scenario;
    const script = { answers: [...answers[person]], silence };
    const process = new SimProcess(this.#surroundings, {
      person,
      faults,
      disk: this.#disks[person],
      hasRivals: false,
      wallet: new PassingWallet(this.#lightning, person, script),
      onDeath: () => {
        this.#processes.delete(person);
        this.#time.after(awayMs, () => {
          if (!this.#isOver) this.#start(person, NO_FAULTS);
        });
      },
    });
    this.#processes.set(person, process);
  }

  #stateAt(owner: Owner) {
    return this.#processes.get(owner)?.session.catalog.contract(loan.root)?.fold.state;
  }

  /** Keeps what the investor reads. */
  #listen(): void {
    const status = this.#processes.get('investor')?.session.payerStatus(loan.root);
    if (status) this.said.add(status.sentence);
  }

  /** Every part proven and acknowledged, as payer and payee see it. */
  #isComplete(): boolean {
    return (['investor', 'business'] as const).every((owner) => {
      const payments = this.#stateAt(owner)?.payments ?? [];
      return payments.filter((one) => one.class === 'preimage+acknowledgement').length >= TICKS;
    });
  }

  #entries() {
    return this.#processes.get('bank')?.session.forwarder.entries() ?? [];
  }

  /** The bank is there, and nothing is open in its journal. */
  #isAtRest(): boolean {
    const ends = ['settled', 'cancelled', 'lost'];
    if (!this.#processes.has('bank')) return false;
    return this.#entries().every(({ step }) => ends.includes(step));
  }

  #audit(isDone: boolean): readonly string[] {
    const entries = this.#entries();
    if (!isDone || !this.#isAtRest()) {
      const { code = 'no payer' } =
        this.#processes.get('investor')?.session.payerStatus(loan.root) ?? {};
      const steps = entries.map(({ n, step }) => `${n} ${step}`);
      return [`not all paid in time: ${code}; ${steps.join(', ')}`];
    }
    return [...this.#auditPurses(), ...this.#auditProofs()];
  }

  /** The payee has each part's net amount once, the payer paid each part's gross amount once. */
  #auditPurses(): readonly string[] {
    const wrong: string[] = [];
    const { payments } = this.#lightning;
    const settled = payments.filter(({ state }) => state === 'settled');
    const grossMsat = ticks.reduce((sum, { amountUnits }) => sum + amountUnits, 0n);
    // What the payee was asked for directly, because the bank was away, has no fee.
    const feesMsat = (this.#stateAt('business')?.payments ?? []).reduce(
      (sum, { amountMsat, receivedMsat }) => sum + amountMsat - receivedMsat,
      0n,
    );
    const lost = this.#entries().filter(({ step }) => step === 'lost');
    const sumOf = (amounts: readonly string[]): bigint =>
      amounts.reduce((sum, amount) => sum + BigInt(amount), 0n);
    const routing = (owner: Owner): bigint =>
      settled.reduce((sum, each) => (each.payer === owner ? sum + each.feesPaidMsat : sum), 0n);
    const expected = {
      business: grossMsat - feesMsat,
      // What was lost came back to the payer, whose part is paid all the same.
      investor: sumOf(lost.map((entry) => entry.grossMsat)) - grossMsat - routing('investor'),
      bank: feesMsat - sumOf(lost.map((entry) => entry.grossMsat)) - routing('bank'),
    };
    for (const owner of OWNERS) {
      const hasMsat = this.#lightning.balanceMsat(owner);
      if (hasMsat === expected[owner]) continue;
      wrong.push(`${owner} has ${hasMsat} and should have ${expected[owner]}`);
    }
    const isLong = this.#scenario.awayMs > 24 * HOUR_MS && this.#scenario.dies === 'bank';
    if (lost.length > 0 && !isLong) wrong.push('the bank lost something within the deadline');
    return wrong;
  }

  #auditProofs(): readonly string[] {
    const wrong: string[] = [];
    for (const owner of ['investor', 'business'] as const) {
      const state = this.#stateAt(owner);
      const principal = BigInt(loan.contract.document.principalUnits);
      if (state?.paid.totalUnits('disbursement') !== principal) wrong.push(`${owner}’s sum`);
      if (state?.payments.length !== TICKS) wrong.push(`the ${owner} sees other payments`);
      if (state?.equivocations.length !== 0) wrong.push(`the ${owner} sees equivocations`);
    }
    const kept = this.#entries().filter(({ step }) => step === 'settled' || step === 'lost');
    const charged = this.#lightning.payments.filter(({ payer, state }) => {
      return payer === 'bank' && state === 'settled';
    });
    if (kept.length !== charged.length) wrong.push('the bank’s journal is not what it paid');
    return wrong;
  }
}

/** What came of a scenario beside what was wrong in the end. */
export interface PassingOutcome {
  readonly wrong: readonly string[];
  /** How long it took until everything was paid and proven, ms. */
  readonly tookMs: number;
  /** How often an invoice was paid that the bank had voided before. */
  readonly paidToVoid: number;
  /** What the investor read meanwhile, in no order. */
  readonly said: ReadonlySet<string>;
}

/** Plays a scenario; what is not paid in time, however little that is, is wrong. */
export async function playScenario(
  scenario: PassingScenario,
  patienceMs = PATIENCE_MS,
): Promise<PassingOutcome> {
  const run = new Run(scenario);
  const wrong = await run.play(patienceMs);
  const { tookMs, paidToVoid, said } = run;
  return { wrong, tookMs, paidToVoid, said };
}

/** Plays a seed; resolves with its scenario and what was wrong in the end. */
export async function playPassing(
  seed: number,
): Promise<{ readonly scenario: PassingScenario; readonly wrong: readonly string[] }> {
  const scenario = passingScenarioOf(seed);
  const { wrong } = await playScenario(scenario);
  return { scenario, wrong };
}
