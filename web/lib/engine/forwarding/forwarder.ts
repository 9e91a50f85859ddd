/**
 * The bank between payer and payee: takes requests by way of it, makes hold invoices on their
 * hashes, and passes on what is paid on them. It goes on with what it has begun whoever pays for
 * its owner, because nobody else has this journal. Spec: specs/forwarding.md, "The bank".
 */
import { unembed, type MessageOf, type ParsedRequest } from '@realyield/protocol';
import { mapAtMost } from '../at-once.ts';
import { ownContract, type Desk, type OwnContract } from '../desk.ts';
import { Listeners } from '../listeners.ts';
import type { Incoming } from '../mailbox.ts';
import { moneyAddress } from '../parties.ts';
import { checkOrder, whyCrowded } from './checks.ts';
import { ForwardJournal, isGivenBack, isOver, type ForwardEntry } from './journal.ts';
import { offerParts, sendOffer } from './offering.ts';
import type { HoldWallet } from './ports.ts';
import { stepForward, type ForwardContext } from './steps.ts';

/** The wallet is asked about so many hashes at a time. */
const LOOKUPS_AT_ONCE = 8;
const SOON_MS = 1_500;
const POLL_MS = 20_000;
const RETRY_MS = 10_000;
const ANEW = 'It is asked for anew as soon as the payee’s request has run out, within an hour.';
const GIVEN_BACK = `The bank gave a payment back and paid nothing on. ${ANEW}`;
const NOT_MADE = `The bank’s wallet made no invoice for a payment. ${ANEW}`;

/** Whether a delivery is a payee's to its bank, to be passed on by this person. */
export function isBank(
  desk: Desk,
  { contract, forward, request }: MessageOf<'requestDelivery'>,
  { author, recipient }: Incoming,
): boolean {
  const isAsked = forward === undefined && request.content['via'] !== undefined;
  return isAsked && author !== recipient && ownContract(desk, contract)?.own.role === 'bank';
}

/** Passes payments on until stopped. */
export class Forwarder {
  readonly changed = new Listeners<void>();
  readonly #desk: Desk;
  readonly #journal: ForwardJournal;
  readonly #running = new Map<string, Promise<void>>();
  readonly #again = new Set<string>();
  readonly #timers = new Map<string, () => void>();
  #taking: Promise<void> = Promise.resolve();
  #isLoaded = false;
  #isStopped = false;

  constructor(desk: Desk) {
    this.#desk = desk;
    this.#journal = new ForwardJournal(desk.store);
  }

  /** Payments that were passed on or are being, in no order. */
  entries(): readonly ForwardEntry[] {
    return this.#journal.all();
  }

  /** Reads the journal and goes on with what is open; this process has the store to itself. */
  async start(): Promise<void> {
    await this.#journal.load();
    this.#isLoaded = true;
    this.wake();
  }

  /** Looks at once at everything that is open. */
  wake(): void {
    if (!this.#isLoaded) return;
    for (const entry of this.#journal.all()) if (!isOver(entry)) this.#look(entry.paymentHash);
  }

  /** Something happened to a payment in the wallet. */
  notice(paymentHash: string): void {
    const entry = this.#journal.get(paymentHash);
    if (entry && !isOver(entry)) this.#look(paymentHash);
  }

  /** Takes no further step; resolves when those under way are in the journal. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const stop of this.#timers.values()) stop();
    this.#timers.clear();
    await Promise.all([this.#taking, ...this.#running.values()]);
  }

  /** Takes a payee's request in; one after the other, so that a hash is taken once. */
  take(message: MessageOf<'requestDelivery'>, incoming: Incoming): Promise<void> {
    this.#taking = this.#taking
      .then(() => this.#take(message, incoming))
      .catch((error: unknown) => {
        console.error(error);
      });
    return this.#taking;
  }

  #context(contract: OwnContract): ForwardContext | undefined {
    const wallet = this.#desk.wallet();
    const { hold } = wallet ?? {};
    if (!wallet || !hold) return undefined;
    return { desk: this.#desk, journal: this.#journal, contract, wallet, hold };
  }

  async #take(message: MessageOf<'requestDelivery'>, { author }: Incoming): Promise<void> {
    const contract = ownContract(this.#desk, message.contract);
    if (!this.#isLoaded || contract?.own.role !== 'bank' || !contract.own.money) return;
    const [read] = await this.#desk.verifier.readBatch([unembed(message.request)]);
    const request = read?.ok ? read.value.find((entry) => entry.name === 'request') : undefined;
    // Only the payee itself hands its invoices out.
    if (request?.event.pubkey !== author) return;
    const known = this.#journal.ofRequest(request.event.id);
    if (known.length > 0) {
      await sendOffer(this.#desk, contract, known);
      const back = known.filter(isGivenBack);
      const why = back.some(({ forward }) => forward) ? GIVEN_BACK : NOT_MADE;
      if (back.length > 0) await this.#refuse(contract, request, why);
      return;
    }
    const context = this.#context(contract);
    const sentence = context
      ? await this.#order(context, request, message.invoices)
      : 'The bank’s wallet cannot pass payments on.';
    if (sentence !== undefined) await this.#refuse(contract, request, sentence);
  }

  /** Puts a request's parts into the journal; or says why not. */
  async #order(
    context: ForwardContext,
    request: ParsedRequest,
    invoices: readonly string[],
  ): Promise<string | undefined> {
    const { contract, hold } = context;
    const status = await hold.status();
    const limits = status.state === 'answered' ? status.value.limits : undefined;
    const nowMs = this.#desk.clock.nowMs();
    const order = checkOrder(contract.view.fold.state, request, invoices, { limits, nowMs });
    if (!order.ok) return order.sentence;
    const open = this.#journal.all().filter((entry) => !isOver(entry));
    const crowded = whyCrowded(order.entries, open);
    if (crowded !== undefined) return crowded;
    const isNew = await mapAtMost(LOOKUPS_AT_ONCE, order.entries, (entry) =>
      this.#isNew(hold, entry.paymentHash),
    );
    if (isNew.includes(false)) return 'A payment hash was used before.';
    await this.#journal.write(order.entries);
    for (const { paymentHash } of order.entries) this.#look(paymentHash);
    return undefined;
  }

  // FW-10: "…or a hash of which its journal or its wallet knows already, in either direction: who
  // knows a preimage could take what is held."
  async #isNew(hold: HoldWallet, paymentHash: string): Promise<boolean> {
    if (this.#journal.get(paymentHash)) return false;
    for (const direction of ['incoming', 'outgoing'] as const) {
      const answer = await hold.lookup(direction, { paymentHash });
      if (answer.state !== 'answered' || answer.value) return false;
    }
    return true;
  }

  async #refuse(contract: OwnContract, request: ParsedRequest, sentence: string): Promise<void> {
    const { own, view } = contract;
    if (!own.money) return;
    const declined = { v: 1, type: 'refusal', of: 'parts', code: 'declined' } as const;
    const refusal = { ...declined, contract: view.root, sentence };
    const { leg } = request.document;
    const payer = moneyAddress(view.fold.state, leg === 'repayment' ? 'business' : 'investor');
    const { publicKey, relays } = payer;
    await this.#desk.mailbox.sendOnce(refusal, own.money, publicKey, relays);
  }

  #look(paymentHash: string): void {
    if (this.#isStopped) return;
    this.#timers.get(paymentHash)?.();
    this.#timers.delete(paymentHash);
    if (this.#running.has(paymentHash)) {
      this.#again.add(paymentHash);
      return;
    }
    const run = this.#work(paymentHash).finally(() => {
      this.#running.delete(paymentHash);
      if (this.#again.delete(paymentHash)) this.#look(paymentHash);
    });
    this.#running.set(paymentHash, run);
  }

  /** Takes steps with one payment until it waits for something. */
  async #work(paymentHash: string): Promise<void> {
    let waitMs = RETRY_MS;
    try {
      for (;;) {
        const entry = this.#journal.get(paymentHash);
        if (!entry || isOver(entry) || this.#isStopped) return;
        const contract = ownContract(this.#desk, entry.contract);
        const context = contract && this.#context(contract);
        if (!context) break;
        const isDone = await stepForward(context, entry);
        const after = this.#journal.get(paymentHash);
        if (after?.step === 'made') await offerParts(context, after.request.id);
        if (after !== entry) this.changed.emit();
        if (isDone === 'waits') {
          waitMs = after?.step === 'offered' ? POLL_MS : SOON_MS;
          break;
        }
      }
    } catch (error) {
      console.error(error);
    }
    this.#later(paymentHash, waitMs);
  }

  #later(paymentHash: string, waitMs: number): void {
    const entry = this.#journal.get(paymentHash);
    if (this.#isStopped || !entry || isOver(entry)) return;
    this.#timers.get(paymentHash)?.();
    const stop = this.#desk.clock.after(waitMs, () => {
      this.#timers.delete(paymentHash);
      this.#look(paymentHash);
    });
    this.#timers.set(paymentHash, stop);
  }
}
