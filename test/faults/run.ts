/**
 * One run of the fault matrix: an investor streams a loan out to a business while processes die,
 * wallets fall silent, relays lose and repeat, clocks leap and disks are full. Everything follows
 * from the seed. When it is over, what the ledger, the journal and the receipts say is compared.
 */
import { planTicks } from '@realyield/protocol';
import type { JournalEntry } from '../../web/lib/engine/journal.ts';
import { createInlineVerifier } from '../../web/lib/nostr/verifier/inline-verifier.ts';
import { Loan, offerDocument, rememberingVerifier } from '../fixtures/loan.ts';
import { bulletPlan } from '../fixtures/plans.ts';
import { Disk, type DiskFaults } from './disk.ts';
import { SimLightning, SimWallet, type LedgerEntry, type PayScript } from './lightning.ts';
import { SimRelay } from './network.ts';
import { SimProcess, WindowLock, type ProcessOptions, type Surroundings } from './process.ts';
import { randomOf, type Random } from './random.ts';
import { scenarioOf, URLS, type Scenario } from './scenario.ts';
import { Time } from './time.ts';

const TICKS = 5;
const HOUR_MS = 3_600_000;
/** How long everything may take; waiting until one invoice is surely over takes three hours. */
const PATIENCE_MS = 24 * HOUR_MS;
const SETTLING_MS = 125_000;
const RECONNECT_MS = 1_200_000;
const NO_FAULTS: DiskFaults = { deathAtStep: undefined, fullAtSteps: new Set() };
const verifier = createInlineVerifier(rememberingVerifier);

/** The loan of every run, signed once. */
function signLoan(): Loan {
  const { business } = offerDocument();
  const loan = new Loan({
    offer: {
      relays: URLS,
      business: { ...business, relays: URLS },
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

/** One run under way. */
class Run {
  readonly #scenario: Scenario;
  readonly #random: Random;
  readonly #time = new Time((loan.startAtSec + 5) * 1_000);
  readonly #relays = URLS.map((url) => new SimRelay(url));
  readonly #lightning: SimLightning;
  readonly #script: PayScript;
  readonly #surroundings: Surroundings;
  readonly #payerDisks = [new Disk()];
  readonly #locks = new Map<Disk, WindowLock>();
  readonly #payeeDisk = new Disk();
  #payer: SimProcess | undefined;
  readonly #rivals: SimProcess[] = [];
  #payee: SimProcess | undefined;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#random = randomOf(scenario.seed + 1_000_003);
    this.#lightning = new SimLightning(this.#time, this.#random, scenario.seed);
    const { canLookUp, loss, repeat, mostDelayMs } = scenario;
    const answers = [...scenario.answers] as PayScript['answers'];
    this.#script = { answers, silence: loss, canLookUp };
    this.#surroundings = {
      time: this.#time,
      random: this.#random,
      relays: this.#relays,
      network: { loss, repeat, mostDelayMs },
      verifier,
    };
    for (const relay of this.#relays) for (const event of loan.events) relay.keep(event);
  }

  /** Lets everything happen; resolves with what is wrong in the end, in words. */
  async play(): Promise<readonly string[]> {
    const { payeeDiesAtMs, relayDown, clockLeap, payerDies, fullAtSteps } = this.#scenario;
    this.#startPayee();
    this.#startPayer({ deathAtStep: payerDies, fullAtSteps: new Set(fullAtSteps) });
    if (this.#scenario.hasTwin) this.#startRival('person');
    if (this.#scenario.hasAgent) this.#startRival('helper');
    if (this.#scenario.hasWindow) this.#startWindow();
    if (payeeDiesAtMs !== undefined) this.#time.after(payeeDiesAtMs, () => this.#payee?.die());
    const relay = this.#relays[relayDown.relay];
    if (relayDown.forMs > 0) {
      this.#time.after(relayDown.fromMs, () => relay?.setUp(false));
      this.#time.after(relayDown.fromMs + relayDown.forMs, () => relay?.setUp(true));
    }
    const leap = (aheadMs: number): void => {
      if (this.#payer) this.#payer.clock.aheadMs = aheadMs;
    };
    this.#time.after(clockLeap.atMs, () => leap(clockLeap.byMs));
    this.#time.after(clockLeap.atMs + clockLeap.forMs, () => leap(0));
    this.#reconnect();
    const endMs = this.#time.nowMs + PATIENCE_MS;
    const isDone = await this.#time.runUntil(() => this.#isComplete(), endMs);
    // What is still on its way in Lightning comes to its end, and whoever died meanwhile is back.
    await this.#time.runUntil(() => false, this.#time.nowMs + SETTLING_MS);
    if (isDone) await this.#time.runUntil(() => this.#isComplete(), this.#time.nowMs + SETTLING_MS);
    if (isDone && this.#hasRivals) await this.#recover();
    const wrong = this.#audit(isDone);
    for (const process of [this.#payer, ...this.#rivals, this.#payee]) process?.die();
    return wrong;
  }

  /** All others go, and whoever is left finds out what became of what it had begun. */
  async #recover(): Promise<void> {
    for (const rival of this.#rivals) rival.die();
    const isKnown = (): boolean => this.#entries().every(({ step }) => step === 'receipted');
    await this.#time.runUntil(isKnown, this.#time.nowMs + PATIENCE_MS);
    await this.#time.runUntil(() => this.#isComplete(), this.#time.nowMs + SETTLING_MS);
  }

  /** No connection lasts for ever: what a relay did not say while it was open is said then. */
  #reconnect(): void {
    this.#time.after(RECONNECT_MS, () => {
      for (const relay of this.#relays) {
        relay.setUp(false);
        relay.setUp(true);
      }
      if (!this.#isOver) this.#reconnect();
    });
  }

  #wallet(side: 'incoming' | 'outgoing'): SimWallet {
    return new SimWallet(this.#lightning, side, this.#script);
  }

  #startPayer(faults: DiskFaults): void {
    const disk = this.#payerDisk;
    const { returns } = this.#scenario;
    const lock = this.#lockOf(disk);
    const options = { person: 'investor', disk, lock, faults, hasRivals: this.#hasRivals } as const;
    const wallet = this.#wallet('outgoing');
    const onDeath = (): void => {
      this.#payer = undefined;
      this.#time.after(this.#random.below(60_000), () => {
        if (this.#isOver) return;
        if (returns === 'new disk') this.#payerDisks.push(new Disk());
        this.#startPayer(NO_FAULTS);
      });
    };
    this.#payer = new SimProcess(this.#surroundings, { ...options, wallet, onDeath });
  }

  get #payerDisk(): Disk {
    const disk = this.#payerDisks.at(-1);
    if (!disk) throw new Error('there is one from the start');
    return disk;
  }

  #lockOf(disk: Disk): WindowLock {
    const lock = this.#locks.get(disk) ?? new WindowLock();
    this.#locks.set(disk, lock);
    return lock;
  }

  get #hasRivals(): boolean {
    return this.#scenario.hasTwin || this.#scenario.hasAgent || this.#scenario.hasWindow;
  }

  /** Another device of the investor, or their agent. */
  #startRival(rank: 'person' | 'helper'): void {
    this.#time.after(this.#random.below(60_000), () => {
      this.#rivals.push(this.#open({ disk: new Disk(), rank }));
    });
  }

  /** Another window of the browser the investor pays from; it is closed again, or goes on alone. */
  #startWindow(): void {
    this.#time.after(this.#random.below(60_000), () => {
      const disk = this.#payerDisk;
      const window = this.#open({ disk, lock: this.#lockOf(disk) });
      this.#rivals.push(window);
      if (this.#random.isLucky(0.5)) {
        this.#time.after(this.#random.below(120_000), () => window.die());
      }
    });
  }

  #open(of: Pick<ProcessOptions, 'disk' | 'rank' | 'lock'>): SimProcess {
    const wallet = this.#wallet('outgoing');
    const onDeath = (): void => undefined;
    const options = { person: 'investor', faults: NO_FAULTS, hasRivals: true } as const;
    return new SimProcess(this.#surroundings, { ...options, ...of, wallet, onDeath });
  }

  #startPayee(): void {
    const options = { person: 'business', disk: this.#payeeDisk, faults: NO_FAULTS } as const;
    const wallet = this.#wallet('incoming');
    const onDeath = (): void => {
      this.#payee = undefined;
      this.#time.after(this.#random.below(60_000), () => {
        if (!this.#isOver) this.#startPayee();
      });
    };
    const process = { ...options, hasRivals: false, wallet, onDeath };
    this.#payee = new SimProcess(this.#surroundings, process);
  }

  #isOver = false;

  #stateAt(process: SimProcess | undefined) {
    return process?.session.catalog.contract(loan.root)?.fold.state;
  }

  /** The payer's journal as it is on its disk, whichever window has written it. */
  #entries(): readonly JournalEntry[] {
    const rows = [...this.#payerDisk.rows('journal')];
    const parts = rows.filter(([key]) => key.startsWith(`part|${loan.root}|disbursement|`));
    return parts.map(([, { value }]) => value as JournalEntry).sort((a, b) => a.n - b.n);
  }

  /** Every part proven and acknowledged, as payer and payee see it. */
  #isComplete(): boolean {
    return [this.#payer, this.#payee].every((process) => {
      const payments = this.#stateAt(process)?.payments ?? [];
      const isAll = payments.filter((one) => one.class === 'preimage+acknowledgement');
      return isAll.length >= TICKS;
    });
  }

  #audit(isDone: boolean): readonly string[] {
    this.#isOver = true;
    const wrong: string[] = [];
    if (!isDone) {
      const { code } = this.#payer?.session.payerStatus(loan.root) ?? { code: 'no payer' };
      const steps = this.#entries().map(({ n, step }) => `${n} ${step}`);
      wrong.push(`not all paid in time: ${code}; ${steps.join(', ')}`);
    }
    const settled = [...this.#lightning.ledger.values()].filter(({ state }) => state === 'settled');
    for (const { n, amountUnits } of ticks) {
      const paid = settled.filter(({ description }) => description.endsWith(` ${n}`));
      if (paid.length > 1) wrong.push(`part ${n} was paid ${paid.length} times`);
      if (isDone && paid[0]?.amountMsat !== amountUnits) wrong.push(`part ${n} was not received`);
    }
    if (isDone) wrong.push(...this.#compareProofs(settled), ...this.#compareJournal(settled));
    return wrong;
  }

  #compareProofs(settled: readonly LedgerEntry[]): readonly string[] {
    const received = settled
      .map(({ preimage }) => preimage)
      .sort()
      .join();
    const wrong: string[] = [];
    for (const [name, process] of [
      ['payer', this.#payer],
      ['payee', this.#payee],
    ] as const) {
      const state = this.#stateAt(process);
      const proven = (state?.payments ?? []).map(({ preimage }) => preimage).sort();
      if (proven.join() !== received)
        wrong.push(`the ${name}’s receipts are not what was received`);
      const principal = BigInt(loan.contract.document.principalUnits);
      if (state?.paid.totalUnits('disbursement') !== principal) {
        wrong.push(`the ${name} counts another sum`);
      }
      if (state?.equivocations.length !== 0) wrong.push(`the ${name} sees equivocations`);
    }
    return wrong;
  }

  #compareJournal(settled: readonly LedgerEntry[]): readonly string[] {
    const entries = this.#entries();
    const open = entries.filter(({ step }) => step !== 'receipted');
    const wrong = open.map(({ n, step }) => `part ${n} is still ${step} in the journal`);
    const { returns } = this.#scenario;
    // Another device's fees are in its own journal, a lost one's are lost.
    if (this.#hasRivals || returns === 'new disk' || !this.#scenario.canLookUp) return wrong;
    const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((a, b) => a + b, 0n);
    const fees = sum(entries.map(({ feesPaidMsat = '0' }) => BigInt(feesPaidMsat)));
    const charged = sum(settled.map(({ feesPaidMsat }) => feesPaidMsat));
    if (fees !== charged) wrong.push(`fees: ${fees} in the journal, ${charged} charged`);
    return wrong;
  }
}

/** Plays a seed; resolves with its scenario and what was wrong in the end. */
export async function playSeed(
  seed: number,
  isCrowd = false,
): Promise<{ readonly scenario: Scenario; readonly wrong: readonly string[] }> {
  const scenario = scenarioOf(seed, isCrowd);
  return { scenario, wrong: await new Run(scenario).play() };
}
