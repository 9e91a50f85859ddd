/**
 * A wallet: one Lightning node and its ledger. A payment is written down before it is sent and
 * sent once per hash, whoever asks and however often; who asks again gets what became of it.
 */
import { createHash } from 'node:crypto';
import { parseBolt11, REJECT_SENTENCES, type Bolt11Invoice } from '@realyield/protocol';
import { fromHex } from './ldk.ts';
import type { LightningNode } from './lightning-node.ts';
import {
  computeFeeLimitMsat,
  USUAL_LIMITS,
  type SendLimits,
  type SendOutcome,
} from './lightning-payments.ts';
import { keepPaymentEvent, NO_ROUTE, type LedgerNews } from './wallet-events.ts';
import type { Direction, LedgerEntry, WalletLedger } from './wallet-ledger.ts';
import { done, refuse, type WalletOutcome } from './wallet-outcome.ts';
import {
  buildEntry,
  findRefusal,
  nowSec,
  type WalletInvoiceOrder,
  type WalletPaymentOrder,
} from './wallet-rules.ts';

export type { WalletInvoiceOrder, WalletPaymentOrder } from './wallet-rules.ts';

/** Expiry of an invoice that names none. */
const DEFAULT_EXPIRY_SEC = 3_600;

/** How long a hold invoice can be held unless it says otherwise. */
const HOLD_BLOCKS = 144;

/** How long settling a held payment may take before the wallet says that it does not know. */
const SETTLE_PATIENCE_MS = 10_000;

/** News of a payment, for notifications. */
export type WalletNotice = 'payment_received' | 'payment_sent' | 'hold_invoice_accepted';

/** Hears of payments. */
export type NoticeListener = (notice: WalletNotice, entry: LedgerEntry) => void;

const NOTICES = {
  accepted: 'hold_invoice_accepted',
  received: 'payment_received',
  sent: 'payment_sent',
} as const;

const SEND_FAILURES: Readonly<Record<Exclude<SendOutcome, 'sent' | 'duplicate'>, string>> = {
  'no-route': NO_ROUTE,
  expired: 'The invoice has expired.',
  unreadable: 'The invoice cannot be read.',
  other: 'The payment could not be started.',
};

/** A wallet on a running node. The ledger must be nobody else's. */
export class LightningWallet {
  readonly node: LightningNode;
  readonly ledger: WalletLedger;
  /** Of every payment it sends. */
  readonly limits: SendLimits;
  readonly #listeners = new Set<NoticeListener>();
  readonly #waiters = new Map<string, Set<(entry: LedgerEntry) => void>>();
  #isClosed = false;

  private constructor(node: LightningNode, ledger: WalletLedger, limits: SendLimits) {
    this.limits = limits;
    this.node = node;
    this.ledger = ledger;
  }

  /** Opens a wallet and brings its ledger up to date with what the node did meanwhile. */
  static open(
    node: LightningNode,
    ledger: WalletLedger,
    limits: SendLimits = USUAL_LIMITS,
  ): LightningWallet {
    const wallet = new LightningWallet(node, ledger, limits);
    node.setListener((event) => {
      wallet.#tell(keepPaymentEvent(ledger, event, nowSec()));
    });
    wallet.#reconcile();
    return wallet;
  }

  /** Calls back for every payment received, sent or held; the returned function ends it. */
  onNotice(listener: NoticeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Makes an invoice, with a hash given: a hold invoice. */
  makeInvoice(order: WalletInvoiceOrder): WalletOutcome<LedgerEntry> {
    const { amountMsat, description, paymentHash } = order;
    if (amountMsat <= 0n) return refuse('OTHER', 'An invoice needs an amount above zero.');
    if (paymentHash !== undefined && this.ledger.entry('incoming', paymentHash)) {
      return refuse('OTHER', 'There is an invoice with this payment hash already.');
    }
    const expiresAtSec = nowSec() + (order.expirySec ?? DEFAULT_EXPIRY_SEC);
    const isHold = paymentHash !== undefined;
    const minFinalCltvExpiry = order.minFinalCltvExpiry ?? HOLD_BLOCKS;
    const hold = isHold ? { paymentHash, minFinalCltvExpiry } : {};
    const bolt11 = this.node.makeInvoice({ amountMsat, description, expiresAtSec, ...hold });
    const parsed = parseBolt11(bolt11);
    if (!parsed.ok) return refuse('INTERNAL', REJECT_SENTENCES[parsed.code]);
    const entry = { ...buildEntry('incoming', parsed.value, amountMsat), isHold };
    this.ledger.put(entry);
    return done(entry);
  }

  /** Pays an invoice once; resolves when it is settled or has definitely failed. */
  async pay(order: WalletPaymentOrder): Promise<WalletOutcome<LedgerEntry>> {
    const parsed = parseBolt11(order.bolt11);
    if (!parsed.ok) return refuse('PAYMENT_FAILED', REJECT_SENTENCES[parsed.code]);
    const invoice = parsed.value;
    const known = this.ledger.entry('outgoing', invoice.paymentHash);
    if (known && known.state !== 'failed') return this.#join(known, invoice);
    const amountMsat = invoice.amountMsat ?? order.amountMsat ?? 0n;
    const { connection } = order;
    const entry = { ...buildEntry('outgoing', invoice, amountMsat), connection };
    const refusal = findRefusal(invoice, order, {
      amountMsat,
      balanceMsat: this.node.balanceMsat(),
      spentMsat: connection === undefined ? 0n : this.computeSpentMsat(connection),
      isOwn: this.ledger.byInvoice(invoice.paymentRequest).some(isIncoming),
      limits: this.limits,
    });
    if (refusal) {
      this.ledger.put({ ...entry, state: 'failed', failure: refusal.message });
      return { ok: false, error: refusal };
    }
    this.ledger.put(entry);
    const free = invoice.amountMsat === undefined ? amountMsat : undefined;
    const sent = this.node.send(invoice.paymentRequest, free, this.limits);
    if (sent !== 'sent' && sent !== 'duplicate') {
      const failure = SEND_FAILURES[sent];
      this.ledger.change('outgoing', invoice.paymentHash, { state: 'failed', failure });
    }
    return this.outcomeOf(invoice.paymentHash);
  }

  /** What became of a payment sent from here; waits until that is clear. */
  async outcomeOf(paymentHash: string): Promise<WalletOutcome<LedgerEntry>> {
    const entry = this.ledger.entry('outgoing', paymentHash);
    if (!entry) return refuse('PAYMENT_FAILED', 'Nothing was sent for this invoice.');
    const ended = entry.state === 'pending' ? await this.#wait('outgoing', paymentHash) : entry;
    if (ended.state === 'settled') return done(ended);
    const failure = ended.failure ?? 'The payment failed.';
    // No way was found because the fees of any would exceed what is left.
    const costMsat = entry.amountMsat + computeFeeLimitMsat(entry.amountMsat, this.limits);
    const isShort = failure === NO_ROUTE && costMsat > this.node.balanceMsat();
    return refuse(isShort ? 'INSUFFICIENT_BALANCE' : 'PAYMENT_FAILED', failure);
  }

  /** Claims a held payment with its preimage (hex); again is no mistake. */
  async settleHold(preimage: string): Promise<WalletOutcome<LedgerEntry>> {
    const paymentHash = createHash('sha256').update(fromHex(preimage)).digest('hex');
    const entry = this.ledger.entry('incoming', paymentHash);
    if (!entry?.isHold) return refuse('NOT_FOUND', 'There is no hold invoice for this preimage.');
    if (entry.state === 'settled') return done(entry);
    if (entry.state === 'pending') return refuse('OTHER', 'The hold invoice is not paid yet.');
    if (entry.state === 'failed') return refuse('OTHER', 'The payment went back to the payer.');
    const settled = this.#wait('incoming', paymentHash, SETTLE_PATIENCE_MS);
    this.ledger.change('incoming', paymentHash, { preimage });
    this.node.claim(preimage);
    const ended = await settled;
    if (ended.state === 'settled') return done(ended);
    return ended.state === 'failed'
      ? refuse('OTHER', 'The payment went back to the payer.')
      : refuse('INTERNAL', 'The payment is being settled; look it up.');
  }

  /** Gives a held payment back, or voids an unpaid hold invoice; again is no mistake. */
  cancelHold(paymentHash: string): WalletOutcome<LedgerEntry> {
    const entry = this.ledger.entry('incoming', paymentHash);
    if (!entry?.isHold) return refuse('NOT_FOUND', 'There is no hold invoice with this hash.');
    if (entry.state === 'failed') return done(entry);
    if (entry.state === 'settled' || entry.preimage !== undefined) {
      return refuse('OTHER', 'The payment is settled and cannot be cancelled.');
    }
    const change = { state: 'failed', failure: 'The hold invoice was cancelled.' } as const;
    const cancelled = this.ledger.change('incoming', paymentHash, change) ?? entry;
    if (entry.state === 'accepted') this.node.release(paymentHash);
    return done(cancelled);
  }

  /** What a connection has spent, with the most that payments under way may cost, in msat. */
  computeSpentMsat(connection: string): bigint {
    return this.ledger.ofConnection(connection).reduce((sum, entry) => {
      const { amountMsat, feesPaidMsat, state } = entry;
      const feeMsat =
        state === 'settled' ? feesPaidMsat : computeFeeLimitMsat(amountMsat, this.limits);
      return sum + amountMsat + feeMsat;
    }, 0n);
  }

  /** Stops listening to the node, which keeps its news for the next wallet; closes the ledger. */
  close(): void {
    this.#isClosed = true;
    this.node.setListener(null);
    this.#listeners.clear();
    this.#waiters.clear();
    this.ledger.close();
  }

  /** An invoice of a hash that is paid or on its way: the same one gets that payment's outcome. */
  async #join(known: LedgerEntry, invoice: Bolt11Invoice): Promise<WalletOutcome<LedgerEntry>> {
    if (known.bolt11 === invoice.paymentRequest) return this.outcomeOf(known.paymentHash);
    return refuse('PAYMENT_FAILED', 'Another invoice with this payment hash was paid before.');
  }

  #tell(news: LedgerNews): void {
    const { act, entry, notice } = news;
    if (act?.type === 'claim') this.node.claim(act.preimage);
    if (act?.type === 'release') this.node.release(act.paymentHash);
    if (!entry || !notice) return;
    // Not from inside LDK: whoever waits may ask the node something.
    setImmediate(() => {
      if (this.#isClosed) return;
      if (notice !== 'accepted') this.#wake(entry.direction, entry.paymentHash);
      if (notice === 'ended') return;
      for (const listener of this.#listeners) listener(NOTICES[notice], entry);
    });
  }

  /** Resolves with the entry when it ends, or as it is when patience runs out. */
  #wait(direction: Direction, paymentHash: string, patienceMs?: number): Promise<LedgerEntry> {
    return new Promise((resolve) => {
      const key = `${direction} ${paymentHash}`;
      const waiters = this.#waiters.get(key) ?? new Set();
      this.#waiters.set(key, waiters);
      waiters.add(resolve);
      if (patienceMs === undefined) return;
      const timer = setTimeout(() => {
        const entry = this.#isClosed ? undefined : this.ledger.entry(direction, paymentHash);
        if (entry) resolve(entry);
      }, patienceMs);
      waiters.add(() => clearTimeout(timer));
    });
  }

  #wake(direction: Direction, paymentHash: string): void {
    const entry = this.ledger.entry(direction, paymentHash);
    // A failed payment may have been started anew in the meantime.
    if (entry?.state !== 'settled' && entry?.state !== 'failed') return;
    const key = `${direction} ${paymentHash}`;
    for (const waiter of this.#waiters.get(key) ?? []) waiter(entry);
    this.#waiters.delete(key);
  }

  /** After a stop: what was written down but never sent failed, what is held is held still. */
  #reconcile(): void {
    for (const { paymentHash } of this.ledger.inState('outgoing', 'pending')) {
      if (this.node.isSending(paymentHash)) continue;
      const failure = 'The wallet stopped before it sent the payment.';
      this.ledger.change('outgoing', paymentHash, { state: 'failed', failure });
    }
    for (const { paymentHash, preimage } of this.ledger.inState('incoming', 'accepted')) {
      if (!this.node.isHolding(paymentHash)) {
        const failure = 'The payment went back to the payer while the wallet was closed.';
        this.ledger.change('incoming', paymentHash, { state: 'failed', failure });
      } else if (preimage !== undefined) this.node.claim(preimage);
    }
  }
}

function isIncoming(entry: LedgerEntry): boolean {
  return entry.direction === 'incoming';
}
