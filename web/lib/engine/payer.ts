/**
 * The payer of one leg of one contract: asks for parts, checks what comes, pays each once, proves
 * it. Every step is in the journal before it is taken.
 */
import type { Leg, MessageOf } from '@realyield/protocol';
import { applyDelivery, checkDelivery, isInVain } from './delivery-check.ts';
import { ownContract, type Desk, type OwnContract } from './desk.ts';
import { Examiner } from './handed.ts';
import { paidMsat, renewedEntry, type JournalEntry } from './journal.ts';
import { Lanes } from './lanes.ts';
import { Listeners } from './listeners.ts';
import { AskingPace, LEAST_PAUSE_MS } from './asking-pace.ts';
import { askForParts, withoutBooked } from './asking.ts';
import { paceTermsOf, silentStatus } from './forwarding/asking.ts';
import { restMsOf, RETRY_MS, type PaymentContext } from './payment.ts';
import { heldStatus, isAnswered, noteStatus, refusedStatus } from './payer-orders.ts';
import { sideStatus, type PayerOrders } from './payer-orders.ts';
import { planStep } from './planning.ts';
import { Prover } from './receipts.ts';
import { Standstill, type Stopped } from './standstill.ts';
import {
  dropExcessOrders,
  dueTimesOf,
  isBusy,
  isListed,
  isPriced,
  liveEntries,
  settleElsewhere,
  whyStale,
} from './ticks-due.ts';
import { Unclear } from './unclear.ts';
import { statusOf, type PayerStatus } from './words.ts';

const IDLE_MS = 30_000;
/** How long a payer waits for a relay to say what is already paid. */
const LISTING_MS = 5_000;
const LOOK_AGAIN_MS = 250;
const SILENT_WALLET_MS = 1_500;

/** Runs one leg until stopped. */
export class Payer {
  readonly root: string;
  readonly leg: Leg;
  readonly changed = new Listeners<void>();
  readonly #desk: Desk;
  readonly #orders: PayerOrders;
  readonly #startedAtMs: number;
  readonly #examiner = new Examiner();
  readonly #lanes = new Lanes();
  readonly #standstill = new Standstill();
  readonly #prover: Prover;
  readonly #unclear: Unclear;
  #status: PayerStatus = statusOf('waiting', 'ASKING');
  readonly #pace = new AskingPace();
  #run: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  #stopTimer: (() => void) | undefined;
  #checking: Promise<void> = Promise.resolve();

  constructor(desk: Desk, root: string, leg: Leg, orders: PayerOrders) {
    this.#desk = desk;
    this.root = root;
    this.leg = leg;
    this.#orders = orders;
    this.#prover = new Prover(desk, leg);
    this.#unclear = new Unclear(leg);
    this.#startedAtMs = desk.clock.nowMs();
  }

  /** How it stands, in words. */
  get status(): PayerStatus {
    return this.#status;
  }

  /** What stopped it, and since when; undefined while it goes on. */
  get stopped(): Stopped | undefined {
    return this.#standstill.stopped;
  }

  /** Entries of this leg. */
  entries(): readonly JournalEntry[] {
    return this.#desk.journal.entries(this.root, this.leg);
  }

  /** Looks at once at what can be done. */
  wake(): void {
    if (this.#stopped) return;
    this.#again = true;
    this.#run ??= this.#work();
  }

  /** Takes no further step; resolves when the one under way is done and in the journal. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopTimer?.();
    await Promise.all([this.#run, this.#checking]);
  }

  /** Tries again now what failed. */
  async retry(): Promise<void> {
    const failed = this.entries().filter((entry) => entry.step === 'failed');
    await this.#desk.journal.change(failed, (current, entry) =>
      current === entry ? { ...entry, updatedAtMs: 0 } : undefined,
    );
    this.#pace.answered(true);
    this.wake();
  }

  /** Takes the payee's delivery in; deliveries are checked one after the other. */
  deliver(message: MessageOf<'requestDelivery'>): Promise<void> {
    this.#checking = this.#checking
      .then(() => this.#check(message))
      .catch((error: unknown) => {
        console.error(error);
      });
    return this.#checking;
  }

  /** The payee cannot serve; we ask again later. */
  refused(message: MessageOf<'refusal'>): void {
    if (!this.entries().some(({ step }) => step === 'wanted')) return;
    const wasSilent = this.#pace.refused(message, this.#desk.clock.nowMs());
    this.#say(refusedStatus(message));
    if (wasSilent) this.wake();
  }

  /** Since when nobody else can have paid, ms. */
  get #sinceMs(): number {
    return Math.max(this.#startedAtMs, this.#orders.heldSinceMs());
  }

  #say(status: PayerStatus): void {
    const isNew = status.code !== this.#status.code || status.sentence !== this.#status.sentence;
    this.#status = status;
    this.#standstill.note(status, this.#desk.clock.nowSec());
    if (isNew) noteStatus(this.#desk.activity, this.root, status);
    this.changed.emit();
  }

  /** Trying again is no news while the wallet does not answer; a payment made is. */
  #sayWorking(code: 'ASKING' | 'PAYING', isPaid = false): void {
    if (isPaid) this.#standstill.goesOn();
    if (isPaid || this.#status.code !== 'WALLET_SILENT') this.#say(statusOf('working', code));
  }

  /** Says how it stands; returns how long to wait, ms. */
  #wait(waitMs: number, status: PayerStatus): number {
    this.#say(status);
    return waitMs;
  }

  async #work(): Promise<void> {
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
    this.#run = undefined;
    if (this.#stopped) return;
    this.#stopTimer = this.#desk.clock.after(Math.max(50, waitMs), () => this.wake());
  }

  /** One look at everything; returns how long to wait, ms. */
  async #step(): Promise<number> {
    const contract = ownContract(this.#desk, this.root);
    if (!contract?.own.money) return this.#wait(IDLE_MS, statusOf('problem', 'KEY_MISSING'));
    await settleElsewhere(this.#desk, contract, this.leg);
    const receiptsMs = await this.#prover.write(contract);
    const wallet = this.#desk.wallet();
    if (!wallet) return this.#wait(IDLE_MS, statusOf('problem', 'WALLET_MISSING'));
    const context: PaymentContext = { desk: this.#desk, contract, wallet };
    // Nothing new is paid while something has no clear outcome.
    const open = await this.#unclear.resolve(context);
    if (typeof open === 'object') return this.#wait(Math.min(SILENT_WALLET_MS, receiptsMs), open);
    if (open === 'changed') this.#again = true;
    await this.#unclear.completeFees(context);
    const held = heldStatus(this.#orders.holds());
    if (held) return this.#wait(Math.min(IDLE_MS, receiptsMs), held);
    const ageMs = this.#desk.clock.nowMs() - this.#startedAtMs;
    if (ageMs < LISTING_MS && !isListed(this.#desk, contract)) return LOOK_AGAIN_MS;
    const examined = await this.#examiner.look(context, this.leg, this.#sinceMs);
    if (examined === 'changed') this.#again = true;
    // One that cannot tell has no more to say the sooner it is asked again.
    const isMute = typeof examined === 'object' && examined.code === 'NO_LOOKUP';
    if (typeof examined === 'object') this.#say(examined);
    if (examined !== 'clear') return isMute ? IDLE_MS : SILENT_WALLET_MS;
    await dropExcessOrders(this.#desk, contract, this.leg);
    const planMs = await this.#plan(contract);
    // The payee makes the next requests while these are paid.
    await this.#ask(contract);
    const payMs = await this.#payChecked(context);
    // T-35: "A payer MUST NOT ask anew for a part while another request that it was handed for it…"
    const askMs = this.#again ? 0 : await this.#ask(contract);
    return Math.min(planMs, payMs, askMs, await this.#prover.write(contract));
  }

  async #plan(contract: OwnContract): Promise<number> {
    const { wanted, status, waitMs } = planStep(this.#desk, contract, this.leg, this.#orders);
    if (status && !isBusy(this.#desk, contract, this.leg)) this.#say(status);
    if (wanted.length > 0) await this.#desk.journal.write(wanted);
    return waitMs;
  }

  /** Pays what may be paid, several parts at a time; returns how long to wait, ms. */
  async #payChecked(context: PaymentContext): Promise<number> {
    const nowSec = this.#desk.clock.nowSec();
    const dueOf = dueTimesOf(context.contract, this.leg, nowSec, this.#orders.pace());
    const live = liveEntries(this.#desk, context.contract, this.leg);
    const ready = live.filter(({ step }) => step === 'checked' || step === 'failed');
    const pay = (entry: JournalEntry) => this.#payNext(context, entry, dueOf(entry.n).dueAtSec);
    const due = ready.filter(({ n }) => dueOf(n).dueAtSec <= nowSec);
    // What is not due says so only where nothing else waits.
    const later = ready.filter((entry) => !due.includes(entry)).slice(0, 1);
    return (await this.#lanes.run(due, pay)) ?? (await this.#lanes.run(later, pay)) ?? IDLE_MS;
  }

  /** Pays one part; how long all wait where nothing more may be paid now, ms. */
  async #payNext(
    context: PaymentContext,
    entry: JournalEntry,
    dueAtSec: number,
  ): Promise<number | undefined> {
    const isHeld = this.#orders.holds() !== 'run' || this.#desk.wallet() !== context.wallet;
    if (isHeld || this.#stopped) return 0;
    const restMs = restMsOf(entry, this.#desk.clock.nowMs());
    if (restMs > 0) return restMs;
    const nowSec = this.#desk.clock.nowSec();
    const stale = whyStale(this.#desk, context.contract, entry);
    if (stale) {
      if (stale !== 'INVOICE_EXPIRED') this.#say(statusOf('problem', stale));
      this.#again = true;
      await this.#desk.journal.replace(entry, renewedEntry(entry, this.#desk.clock.nowMs()));
      return undefined;
    }
    if (dueAtSec > nowSec) {
      const status = statusOf('waiting', 'nextTick', { untilSec: dueAtSec });
      return this.#wait((dueAtSec - nowSec) * 1_000, status);
    }
    const early = this.#examiner.waitOn(entry);
    const others = early ?? this.#orders.aheadOf(entry);
    if (others) return this.#wait(early ? SILENT_WALLET_MS : LOOK_AGAIN_MS, others);
    const room = this.#orders.holdRoom(paidMsat(entry));
    if ('limit' in room) return this.#wait(IDLE_MS, sideStatus('waiting', { limit: room }));
    this.#sayWorking('PAYING');
    const after = await this.#examiner.pay(context, entry, this.#sinceMs).finally(room.release);
    this.#lanes.note(after.step === 'paid');
    if (after.step === 'paid') this.#sayWorking('PAYING', true);
    if (after.step === 'failed') {
      return this.#wait(RETRY_MS, statusOf('problem', 'WALLET_REFUSED', { detail: after.reason }));
    }
    this.changed.emit();
    if (after.step === 'unknown' || after.step === 'checked') {
      return this.#wait(SILENT_WALLET_MS, statusOf('problem', 'WALLET_SILENT'));
    }
    await this.#prover.write(context.contract);
    return undefined;
  }

  async #ask(contract: OwnContract): Promise<number> {
    const { wanted, isBooked } = await withoutBooked(this.#desk, contract, this.leg);
    if (isBooked) this.#again = true;
    const [first] = wanted;
    if (!first) return IDLE_MS;
    // A price does not keep: nothing is asked for at one before it may be paid.
    const others = isPriced(contract) ? this.#orders.aheadOf(first) : undefined;
    if (others) return this.#wait(LOOK_AGAIN_MS, others);
    const limit = isPriced(contract) ? undefined : this.#orders.limitOn(paidMsat(first));
    if (limit) return this.#wait(IDLE_MS, sideStatus('waiting', { limit }));
    const nowMs = this.#desk.clock.nowMs();
    const terms = paceTermsOf(this.#desk, contract, this.leg, this.#orders.connectedAtMs());
    const leftMs = this.#pace.leftMs(wanted, terms, nowMs);
    if (leftMs <= 0) this.#pace.ask(nowMs);
    const isAllAsked = liveEntries(this.#desk, contract, this.leg).length === wanted.length;
    if (this.#pace.isSilent && (leftMs <= 0 || isAllAsked)) {
      this.#say(silentStatus(contract, wanted, nowMs));
    } else if (leftMs <= 0 && !isAnswered(this.#status)) this.#sayWorking('ASKING');
    if (leftMs > 0) return leftMs;
    this.#pace.sent(await askForParts(this.#desk, contract, this.leg, wanted));
    return LEAST_PAUSE_MS;
  }

  async #check(message: MessageOf<'requestDelivery'>): Promise<void> {
    const contract = ownContract(this.#desk, this.root);
    if (!contract) return;
    const checked = await checkDelivery(this.#desk, contract, this.leg, message);
    for (const code of checked.refused) this.#say(statusOf('problem', code));
    if (!checked.isAnswer) return;
    if (isInVain(checked)) this.#pace.answeredInVain(this.#desk.clock.nowMs());
    else this.#pace.answered(checked.payable.length > 0);
    await applyDelivery(this.#desk, contract, checked);
    this.wake();
  }
}
