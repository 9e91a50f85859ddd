/**
 * The payer of one leg of one contract: asks for parts, checks what comes, pays each once,
 * proves it. One step at a time; every step is in the journal before it is taken.
 */
import {
  LEGS,
  checkInvoice,
  checkRequest,
  actsFor,
  planDisbursement,
  planTicks,
  unembed,
  type Leg,
  type MessageOf,
  type ParsedRequest,
} from '@realyield/protocol';
import type { Desk, OwnContract } from './desk.ts';
import { ownContract } from './desk.ts';
import type { Journal, JournalEntry } from './journal.ts';
import { Listeners } from './listeners.ts';
import { contractRelays, moneyAddress } from './parties.ts';
import { payEntry, resolveEntry, type PaymentContext } from './payment.ts';
import { writeReceipts } from './receipts.ts';
import { statusOf, type PayerStatus } from './words.ts';

const MOST_PARTS = 10;
const AHEAD_SEC = 600;
const ASK_AGAIN_MS = 6_000;
const RETRY_MS = 10_000;
const IDLE_MS = 30_000;
const SILENT_AFTER_ASKS = 2;

/** Runs one leg until stopped. */
export class Payer {
  readonly root: string;
  readonly leg: Leg;
  readonly changed = new Listeners<void>();
  readonly #desk: Desk;
  readonly #holds: () => 'run' | 'paused' | 'elsewhere';
  readonly #startedAtMs: number;
  #status: PayerStatus = statusOf('waiting', 'ASKING');
  #asks = 0;
  #running = false;
  #again = false;
  #stopped = false;
  #stopTimer: (() => void) | undefined;
  #checking: Promise<void> = Promise.resolve();

  constructor(desk: Desk, root: string, leg: Leg, holds: () => 'run' | 'paused' | 'elsewhere') {
    this.#desk = desk;
    this.root = root;
    this.leg = leg;
    this.#holds = holds;
    this.#startedAtMs = desk.clock.nowMs();
  }

  /** How it stands, in words. */
  get status(): PayerStatus {
    return this.#status;
  }

  /** Entries of this leg. */
  entries(): readonly JournalEntry[] {
    return this.#journal.entries(this.root, this.leg);
  }

  /** Looks at once at what can be done. */
  wake(): void {
    if (this.#stopped) return;
    this.#again = true;
    if (!this.#running) void this.#run();
  }

  /** Stops after the step under way. */
  stop(): void {
    this.#stopped = true;
    this.#stopTimer?.();
  }

  /** Orders a part of a given amount (repayments); the journal has it when this resolves. */
  async order(n: number, amountMsat: bigint): Promise<void> {
    await this.#journal.write([this.#wanted(n, amountMsat)]);
    this.wake();
  }

  /** Tries again now what failed. */
  async retry(): Promise<void> {
    const failed = this.entries().filter((entry) => entry.step === 'failed');
    await this.#journal.write(failed.map((entry) => ({ ...entry, updatedAtMs: 0 })));
    this.#asks = 0;
    this.wake();
  }

  /** Takes a delivery in; deliveries are checked one after the other. */
  deliver(message: MessageOf<'requestDelivery'>, author: string): Promise<void> {
    this.#checking = this.#checking
      .then(() => this.#check(message, author))
      .catch((error: unknown) => {
        console.error(error);
      });
    return this.#checking;
  }

  /** The payee cannot serve; we ask again later. */
  refused(message: MessageOf<'refusal'>): void {
    this.#say(statusOf('waiting', 'PAYEE_REFUSED', { detail: message.sentence || undefined }));
  }

  get #journal(): Journal {
    return this.#desk.journal;
  }

  #wanted(n: number, amountMsat: bigint): JournalEntry {
    return {
      contract: this.root,
      leg: this.leg,
      n,
      amountMsat: amountMsat.toString(),
      step: 'wanted',
      updatedAtMs: this.#desk.clock.nowMs(),
      askedAtMs: 0,
    };
  }

  #say(status: PayerStatus): void {
    const isNew = status.code !== this.#status.code || status.sentence !== this.#status.sentence;
    this.#status = status;
    if (isNew && (status.level === 'problem' || status.level === 'done')) {
      const level = status.level === 'problem' ? 'problem' : 'info';
      const { code, sentence } = status;
      this.#desk.activity.add({ contract: this.root, level, code, sentence });
    }
    this.changed.emit();
  }

  async #run(): Promise<void> {
    this.#running = true;
    this.#stopTimer?.();
    let waitMs = IDLE_MS;
    try {
      while (this.#again && !this.#stopped) {
        this.#again = false;
        waitMs = await this.#step();
      }
    } catch (error) {
      console.error(error);
      waitMs = RETRY_MS;
    }
    this.#running = false;
    if (this.#stopped) return;
    this.#stopTimer = this.#desk.clock.after(Math.max(50, waitMs), () => {
      this.wake();
    });
  }

  /** One look at everything; returns how long to wait, ms. */
  async #step(): Promise<number> {
    const contract = ownContract(this.#desk, this.root);
    if (!contract?.own.money) {
      this.#say(statusOf('problem', 'KEY_MISSING'));
      return IDLE_MS;
    }
    await this.#settleElsewhere(contract);
    const receiptsMs = await writeReceipts(this.#desk, contract, this.leg);
    const wallet = this.#desk.wallet();
    if (!wallet) {
      this.#say(statusOf('problem', 'WALLET_MISSING'));
      return IDLE_MS;
    }
    const context: PaymentContext = { desk: this.#desk, contract, wallet };
    const openMs = await this.#resolveOpen(context);
    if (openMs !== undefined) return Math.min(openMs, receiptsMs);
    const held = this.#holds();
    if (held === 'paused') this.#say(statusOf('paused', 'PAUSED'));
    if (held === 'elsewhere') this.#say(statusOf('waiting', 'ELSEWHERE'));
    if (held !== 'run') return Math.min(IDLE_MS, receiptsMs);
    const planMs = await this.#plan(contract);
    const payMs = await this.#payChecked(context);
    const askMs = await this.#ask(contract);
    const lastMs = await writeReceipts(this.#desk, contract, this.leg);
    return Math.min(planMs, payMs, askMs, lastMs);
  }

  /** Parts that another device has paid and proven are done here too. */
  async #settleElsewhere(contract: OwnContract): Promise<void> {
    const proven = new Set(
      contract.view.fold.state.payments
        .filter((payment) => payment.leg === this.leg)
        .map((payment) => payment.n),
    );
    const done = this.entries().filter(
      (entry) =>
        proven.has(entry.n) &&
        (entry.step === 'wanted' || entry.step === 'checked' || entry.step === 'failed'),
    );
    if (done.length > 0) {
      await this.#journal.write(done.map((entry) => ({ ...entry, step: 'receipted' as const })));
    }
  }

  /** Looks up what has no clear outcome; nothing new is paid meanwhile. */
  async #resolveOpen(context: PaymentContext): Promise<number | undefined> {
    const open = this.entries().filter(
      (entry) => entry.step === 'sending' || entry.step === 'unknown',
    );
    for (const entry of open) {
      const after = await resolveEntry(context, entry);
      if (after.step === 'unknown' || after.step === 'sending') {
        this.#say(statusOf('problem', 'WALLET_SILENT'));
        return 1_500;
      }
    }
    if (open.length > 0) this.#again = true;
    return undefined;
  }

  async #plan(contract: OwnContract): Promise<number> {
    const { state } = contract.view.fold;
    const nowSec = this.#desk.clock.nowSec();
    if (this.leg === 'repayment') {
      const busy = this.entries().some((entry) => entry.step !== 'receipted');
      if (!busy) this.#say(statusOf('done', 'nothingDue'));
      return IDLE_MS;
    }
    const inHand = new Set(this.entries().map((entry) => entry.n));
    const plan = planDisbursement(state, inHand, nowSec, MOST_PARTS, AHEAD_SEC);
    const waiting = this.entries().some((entry) => entry.step === 'wanted');
    if (plan.action === 'pay') {
      // One set of parts is asked for at a time, so that a silent payee costs nothing.
      if (waiting) return ASK_AGAIN_MS;
      const wanted = plan.parts.map((part) => this.#wanted(part.n, part.amountMsat));
      await this.#journal.write(wanted);
      return IDLE_MS;
    }
    const level = plan.reason === 'complete' || plan.reason === 'lapsed' ? 'done' : 'waiting';
    const isBusy = this.entries().some((entry) => entry.step !== 'receipted');
    if (!isBusy) this.#say(statusOf(level, plan.reason, { untilSec: plan.untilSec }));
    return plan.untilSec === undefined ? IDLE_MS : (plan.untilSec - nowSec) * 1_000;
  }

  /** When a part may be paid: its tick, or at once. */
  #dueAtSec(contract: OwnContract): (n: number) => { dueAtSec: number; lapsesAtSec: number } {
    if (this.leg === 'repayment') return () => ({ dueAtSec: 0, lapsesAtSec: Infinity });
    const ticks = planTicks(contract.view.fold.state.contract.document);
    return (n) => ticks[n] ?? { dueAtSec: 0, lapsesAtSec: 0 };
  }

  async #payChecked(context: PaymentContext): Promise<number> {
    const dueOf = this.#dueAtSec(context.contract);
    for (const entry of this.entries()) {
      if (this.#holds() !== 'run' || this.#stopped) return 0;
      const nowSec = this.#desk.clock.nowSec();
      const tick = dueOf(entry.n);
      const isOpen = entry.step === 'checked' || entry.step === 'failed';
      if (!isOpen || tick.lapsesAtSec <= nowSec) continue;
      if (entry.step === 'failed') {
        const waitMs = entry.updatedAtMs + RETRY_MS - this.#desk.clock.nowMs();
        if (waitMs > 0) return waitMs;
      }
      if ((entry.expiresAtSec ?? 0) <= nowSec + 5) {
        await this.#journal.write([this.#wanted(entry.n, BigInt(entry.amountMsat))]);
        continue;
      }
      if (tick.dueAtSec > nowSec) {
        this.#say(statusOf('waiting', 'nextTick', { untilSec: tick.dueAtSec }));
        return (tick.dueAtSec - nowSec) * 1_000;
      }
      this.#say(statusOf('working', 'PAYING'));
      const after = await payEntry(context, entry, this.#startedAtMs);
      if (after.step === 'failed') {
        this.#say(statusOf('problem', 'WALLET_REFUSED', { detail: after.reason }));
        return RETRY_MS;
      }
      this.changed.emit();
      if (after.step === 'unknown') {
        this.#say(statusOf('problem', 'WALLET_SILENT'));
        return 500;
      }
      await writeReceipts(this.#desk, context.contract, this.leg);
    }
    return IDLE_MS;
  }

  async #ask(contract: OwnContract): Promise<number> {
    const { state } = contract.view.fold;
    const nowMs = this.#desk.clock.nowMs();
    const wanted = this.entries().filter((entry) => entry.step === 'wanted');
    const first = wanted[0];
    const money = contract.own.money;
    if (!first || !money) return IDLE_MS;
    const lastMs = Math.max(...wanted.map((entry) => entry.askedAtMs));
    if (nowMs - lastMs < ASK_AGAIN_MS) return lastMs + ASK_AGAIN_MS - nowMs;
    this.#asks += 1;
    if (this.#asks > SILENT_AFTER_ASKS) this.#say(statusOf('problem', 'PAYEE_SILENT'));
    else this.#say(statusOf('working', 'ASKING'));
    await this.#journal.write(wanted.map((entry) => ({ ...entry, askedAtMs: nowMs })));
    const address = moneyAddress(state, LEGS[this.leg].payee);
    await this.#desk.mailbox.sendOnce(
      {
        v: 1,
        type: 'partsWanted',
        contract: this.root,
        leg: this.leg,
        n: wanted.map((entry) => entry.n),
        msat: wanted.map((entry) => entry.amountMsat),
      },
      money,
      address.publicKey,
      address.relays.length > 0 ? address.relays : contractRelays(state),
    );
    return ASK_AGAIN_MS;
  }

  /** The payer's checks: nothing is paid on a delivery that fails one of them. */
  async #check(message: MessageOf<'requestDelivery'>, author: string): Promise<void> {
    const contract = ownContract(this.#desk, this.root);
    if (!contract) return;
    const { state } = contract.view.fold;
    if (!actsFor(state, author, LEGS[this.leg].payee)) return;
    const [read] = await this.#desk.verifier.readBatch([unembed(message.request)]);
    const parsed = read?.ok ? read.value.find((entry) => entry.name === 'request') : undefined;
    if (!read?.ok || !parsed) {
      this.#say(statusOf('problem', read?.ok === false ? read.code : 'MESSAGE_SHAPE'));
      return;
    }
    const checked = checkRequest(state, parsed);
    if (!checked.ok) {
      this.#say(statusOf('problem', checked.code));
      return;
    }
    if (parsed.document.leg !== this.leg) return;
    this.#asks = 0;
    await this.#accept(contract, checked.value, message.invoices);
    this.wake();
  }

  async #accept(
    contract: OwnContract,
    request: ParsedRequest,
    invoices: readonly string[],
  ): Promise<void> {
    const nowSec = this.#desk.clock.nowSec();
    const payable: JournalEntry[] = [];
    const used = new Map(this.entries().map((entry) => [entry.paymentHash, entry.n]));
    for (const [index, n] of request.document.n.entries()) {
      const entry = this.#journal.get(this.root, this.leg, n);
      if (entry?.step !== 'wanted') continue;
      const part = checkInvoice(contract.view.fold.state, request, index, invoices[index], nowSec);
      if (part.ok && part.value.amountMsat.toString() !== entry.amountMsat) {
        this.#say(statusOf('problem', 'INVOICE_AMOUNT_MISMATCH'));
      } else if (part.ok && (used.get(part.value.paymentHash) ?? n) !== n) {
        this.#say(statusOf('problem', 'INVOICE_HASH_MISMATCH'));
      } else if (!part.ok) {
        this.#say(statusOf('problem', part.code));
      } else {
        payable.push({
          ...entry,
          step: 'checked',
          updatedAtMs: this.#desk.clock.nowMs(),
          request: { ...request.event, tags: request.event.tags.map((tag) => [...tag]) },
          invoice: part.value.invoice,
          paymentHash: part.value.paymentHash,
          expiresAtSec: part.value.expiresAtSec,
        });
      }
    }
    if (payable.length > 0) await this.#journal.write(payable);
  }
}
