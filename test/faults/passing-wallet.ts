/**
 * The wallet of one process in a run with a bank between: what it does with what it is told, and
 * says about it, follows a script.
 */
import type { HoldOrder, HoldRecord, HoldWallet } from '../../web/lib/engine/forwarding/ports.ts';
import type { PaymentRecord, Wallet, WalletAnswer } from '../../web/lib/engine/ports.ts';
import { paymentHashOf } from '../fixtures/keys.ts';
import type { PayAnswer } from './lightning.ts';
import type { Owner, PassedPayment, PassingLightning } from './passing-lightning.ts';

const REPLY_MS = 30_000;
const REQUEST_MS = 45_000;
const SILENT = { state: 'unknown', sentence: 'The wallet has not answered.' } as const;
const LIMITS = { cltvBlocks: 144, feeBaseMsat: 1_000n, feeMillionths: 1_000n };

/** What a wallet does with what it is told, one after the other; in the end everything succeeds. */
export interface PassingScript {
  readonly answers: PayAnswer[];
  /** How often anything at all gets no answer. */
  readonly silence: number;
}

function answered<T>(value: T): WalletAnswer<T> {
  return { state: 'answered', value };
}

/** One process's connection to a wallet. */
export class PassingWallet implements Wallet {
  readonly hold: HoldWallet;
  readonly #lightning: PassingLightning;
  readonly #owner: Owner;
  readonly #script: PassingScript;
  #isClosed = false;

  constructor(lightning: PassingLightning, owner: Owner, script: PassingScript) {
    this.#lightning = lightning;
    this.#owner = owner;
    this.#script = script;
    this.hold = {
      status: () => this.#ask(() => ({ height: lightning.height, limits: LIMITS })),
      make: (order) => this.#make(order),
      settle: (preimage) =>
        this.#tell(() => {
          const invoice = lightning.find(owner, paymentHashOf(preimage));
          return invoice !== undefined && lightning.settle(invoice);
        }),
      cancel: (paymentHash) =>
        this.#tell(() => {
          const invoice = lightning.find(owner, paymentHash);
          return invoice !== undefined && lightning.cancel(invoice);
        }),
      lookup: (direction, { paymentHash }) =>
        this.#ask(() =>
          direction === 'incoming' ? this.#incoming(paymentHash) : this.#outgoing(paymentHash),
        ),
    };
  }

  info(): Promise<never> {
    return this.#never();
  }
  balance(): Promise<never> {
    return this.#never();
  }
  budget(): Promise<never> {
    return this.#never();
  }
  onPayment(): () => void {
    return () => undefined;
  }
  close(): void {
    this.#isClosed = true;
  }

  makeInvoice({ amountMsat, expirySec }: { amountMsat: bigint; expirySec: number }) {
    return this.#ask(() => {
      const { text, paymentHash } = this.#lightning.make(this.#owner, amountMsat, expirySec);
      return { invoice: text, paymentHash };
    });
  }

  async pay(invoice: string): Promise<WalletAnswer<{ preimage: string; feesPaidMsat: bigint }>> {
    const { time, random } = this.#lightning;
    const send = (): PassedPayment => this.#lightning.send(this.#owner, invoice);
    const answer = this.#script.answers.shift() ?? 'success';
    if (answer === 'refusal') {
      await this.#reply();
      return { state: 'refused', code: 'INSUFFICIENT_BALANCE', sentence: 'No money.' };
    }
    if (answer.startsWith('silence')) {
      if (answer === 'silence, arrives late') time.after(random.below(REQUEST_MS), () => send());
      else if (answer !== 'silence, never arrives') {
        const payment = send();
        if (answer === 'silence, then failure') payment.state = 'failed';
      }
      await time.pass(REPLY_MS);
      return this.#isClosed ? this.#never() : SILENT;
    }
    const payment = send();
    if (answer !== 'success') time.after(5_000, () => send());
    const endMs = time.nowMs + REPLY_MS;
    while (payment.state === 'pending' && time.nowMs < endMs) await time.pass(500);
    await this.#reply();
    const preimage = this.#lightning.preimageOf(payment.invoice.paymentHash);
    if (payment.state !== 'settled' || preimage === undefined) return SILENT;
    return answered({ preimage, feesPaidMsat: payment.feesPaidMsat });
  }

  async lookup({ paymentHash }: { readonly paymentHash: string }) {
    return this.#ask(() => this.#outgoing(paymentHash) ?? this.#incoming(paymentHash));
  }

  #make(order: HoldOrder): Promise<WalletAnswer<{ invoice: string }>> {
    const parsed = this.#lightning.find(this.#owner, order.paymentHash);
    if (parsed) {
      return Promise.resolve({ state: 'refused', code: 'OTHER', sentence: 'It is there already.' });
    }
    return this.#ask(() => {
      const { amountMsat, expirySec } = order;
      return { invoice: this.#lightning.make(this.#owner, amountMsat, expirySec, order).text };
    });
  }

  /** Something is done; its answer may be lost. */
  async #tell(act: () => boolean): Promise<WalletAnswer<Record<string, never>>> {
    const done = await this.#ask(act);
    if (done.state !== 'answered') return done;
    return done.value ? answered({}) : { state: 'refused', code: 'OTHER', sentence: 'No.' };
  }

  /** A question: carried out, and answered unless the answer, or the question, is lost. */
  async #ask<T>(act: () => T): Promise<WalletAnswer<T>> {
    const { random, time } = this.#lightning;
    const isLost = random.isLucky(this.#script.silence);
    await this.#reply();
    if (isLost && random.isLucky(0.5)) act();
    if (!isLost) {
      const value = act();
      await this.#reply();
      return answered(value);
    }
    await time.pass(10_000);
    return this.#isClosed ? this.#never() : SILENT;
  }

  #incoming(paymentHash: string): HoldRecord | undefined {
    const invoice = this.#lightning.find(this.#owner, paymentHash);
    if (!invoice) return undefined;
    const states = { open: 'pending', accepted: 'accepted', settled: 'settled', gone: 'failed' };
    return {
      ...{ state: states[invoice.state] as PaymentRecord['state'], direction: 'incoming' },
      ...{ paymentHash, amountMsat: invoice.amountMsat, feesPaidMsat: 0n },
      preimage: invoice.state === 'settled' ? this.#lightning.preimageOf(paymentHash) : undefined,
      settledAtSec: undefined,
      invoice: invoice.text,
      settleDeadlineHeight: invoice.deadline,
    };
  }

  #outgoing(paymentHash: string): HoldRecord | undefined {
    const payment = this.#lightning.sent(this.#owner, paymentHash);
    if (!payment) return undefined;
    const { state, invoice, feesPaidMsat } = payment;
    const preimage = state === 'settled' ? this.#lightning.preimageOf(paymentHash) : undefined;
    return {
      ...{ state, direction: 'outgoing', paymentHash, preimage, feesPaidMsat },
      ...{ amountMsat: invoice.amountMsat, invoice: invoice.text },
      ...{ settledAtSec: undefined, settleDeadlineHeight: undefined },
    };
  }

  /** An answer takes its time, and never reaches a process that has died. */
  async #reply(): Promise<void> {
    await this.#lightning.time.pass(1 + this.#lightning.random.below(300));
    if (this.#isClosed) await this.#never();
  }

  #never<T>(): Promise<T> {
    return new Promise(() => undefined);
  }
}
