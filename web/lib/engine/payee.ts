/**
 * The payee's side: answers requests for parts. The same part always gets the same open request,
 * whoever asks, so that two payers with one key cannot pay a part twice.
 */
import {
  actsFor,
  buildRequest,
  isSerial,
  LEGS,
  legOf,
  requestMismatch,
  type BookChunk,
  type Leg,
  type MessageOf,
  type RequestDocument,
} from '@realyield/protocol';
import { allHeads, embedOwn, nextEventTimeSec, ownContract } from './desk.ts';
import type { Desk, OwnContract } from './desk.ts';
import { deliverable, makeInvoices, windowSecOf } from './invoices.ts';
import type { BookWindow, MadePart } from './invoices.ts';
import { forPayer, handToBank, viaOf } from './forwarding/asking.ts';
import type { Incoming } from './mailbox.ts';
import { addAnswer, OpenRequests, type Answer, type OpenRequest } from './open-requests.ts';
import { OwnCopies } from './own-copies.ts';
import { moneyAddress } from './parties.ts';
import { Questions } from './questions.ts';
import { pricingOf, UNPRICED, type Part, type Pricing } from './prices/pricing.ts';
import { REFUSAL_SENTENCES, sentenceOf } from './words.ts';

/** What requests are made for: a question, or a book. */
interface Asked {
  readonly leg: Leg;
  readonly via?: MessageOf<'partsWanted'>['via'];
  readonly book?: BookWindow | undefined;
}

/** Answers for all contracts in which this person is paid. */
export class Payee {
  /** What other devices of this person have handed out. */
  readonly copies: OwnCopies;
  readonly questions: Questions;
  readonly #desk: Desk;
  readonly #requests: OpenRequests;
  readonly #queues = new Map<string, Promise<unknown>>();
  #isStopped = false;

  constructor(desk: Desk) {
    this.#desk = desk;
    this.#requests = new OpenRequests(desk);
    this.copies = new OwnCopies(desk, this.#requests);
    this.questions = new Questions(desk, (...question) => this.answer(...question));
  }

  /** Answers nothing more; resolves when what is under way is kept and sent. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.questions.stop();
    await Promise.all(this.#queues.values());
  }

  /** Signs and sends requests in advance, for parts that have none open; yields their number. */
  async fill(root: string, { parts, ...book }: BookChunk): Promise<number> {
    const leg = parts[0]?.leg ?? 'disbursement';
    // What another device has handed out is not asked for again.
    if (!(await this.copies.areRead(root))) return 0;
    return this.#inTurn(`${root}|${leg}`, 0, async () => {
      const contract = ownContract(this.#desk, root);
      if (!contract?.own.money) return 0;
      const fresh: Part[] = [];
      for (const { n, amountUnits } of parts) {
        const found = await this.#requests.find(root, leg, n);
        const isFree = (await this.#requests.freeFromSec(root, leg, n)) <= book.notBeforeSec;
        if (!found && isFree) fresh.push({ n, units: amountUnits.toString() });
      }
      const made = fresh.length > 0 ? await this.#make(contract, { leg, book }, fresh) : [];
      if (typeof made === 'string') return 0;
      const payer = moneyAddress(contract.view.fold.state, LEGS[leg].payer);
      for (const request of made) {
        const delivery = this.#delivery(contract, request, []);
        await this.#desk.mailbox.send(delivery, contract.own.money, payer.publicKey, payer.relays);
      }
      return made.reduce((sum, { invoices }) => sum + invoices.length, 0);
    });
  }

  /** Runs what concerns one leg one after the other; a failure is told and yields `otherwise`. */
  #inTurn<T>(key: string, otherwise: T, run: () => Promise<T>): Promise<T> {
    const before = this.#queues.get(key) ?? Promise.resolve();
    const begin = () => (this.#isStopped ? otherwise : run());
    const next = before.then(begin).catch((error: unknown) => {
      console.error(error);
      return otherwise;
    });
    this.#queues.set(key, next);
    return next;
  }

  /** Answers one question; questions about one leg are answered one after the other. */
  answer(message: MessageOf<'partsWanted'>, incoming: Incoming): Promise<void> {
    const key = `${message.contract}|${message.leg}`;
    return this.#inTurn(key, undefined, () => this.#answer(message, incoming));
  }

  async #answer(message: MessageOf<'partsWanted'>, incoming: Incoming): Promise<void> {
    await this.copies.attend(message.contract);
    const contract = ownContract(this.#desk, message.contract);
    if (!contract?.own.money) return;
    const { state } = contract.view.fold;
    const leg = legOf(state.contract.document, message.leg);
    // Strangers get no answer: who holds the payer's role is read from the contract.
    if (contract.own.role !== leg.payee || !actsFor(state, incoming.author, leg.payer)) return;
    // T-25: "Asked for the `proof`, a payee MUST make no request and hand out none…"
    if (message.proof) {
      const { contract: root, leg, n } = message;
      await this.#prove(contract, leg, await this.#requests.proofs(root, leg, n), incoming);
      return;
    }
    const isOver = !isSerial(message.leg) && state.status === 'defaulted';
    if (state.effectiveAtSec === undefined || isOver) {
      await this.#refuse(contract, incoming, message.leg, 'notEffective');
      return;
    }
    const parts = message.n.map((n, index) => ({ n, units: message.units[index] ?? '0' }));
    parts.sort((a, b) => a.n - b.n);
    if (!this.#isPlanned(contract, message, parts)) {
      await this.#refuse(contract, incoming, message.leg, 'wrongParts');
      return;
    }
    // T-26: "Asked for a part of a leg that counts its parts, a payee MUST first give the proof of
    // what was paid from its books and no receipt proves, and make no request meanwhile…"
    const booked = isSerial(message.leg)
      ? await this.#requests.unprovenBooked(state, message.leg)
      : [];
    if (await this.#prove(contract, message.leg, booked, incoming)) return;
    const open = new Map<string, Answer>();
    const fresh: Part[] = [];
    for (const part of parts) {
      const place = [message.contract, message.leg, part.n] as const;
      const found = await this.#requests.find(...place);
      if (!found) fresh.push({ ...part, fromSec: await this.#requests.freeFromSec(...place) });
      else addAnswer(open, part.n, found);
    }
    if (fresh.length > 0) {
      const made = await this.#make(contract, message, fresh);
      if (typeof made === 'string') await this.#refuse(contract, incoming, message.leg, made);
      else for (const request of made) open.set(request.event.id, { request, paid: [] });
    }
    for (const answer of open.values()) {
      const delivery = this.#delivery(contract, answer.request, answer.paid);
      const toPayer = await handToBank(this.#desk, contract, delivery);
      if (toPayer) await this.#reply(contract, incoming, message.leg, toPayer);
    }
  }

  /** Gives proofs of payments; whether there were any. */
  async #prove(
    contract: OwnContract,
    leg: Leg,
    answers: readonly Answer[],
    incoming: Incoming,
  ): Promise<boolean> {
    for (const { request, paid } of answers) {
      const delivery = forPayer(this.#delivery(contract, request, paid));
      await this.#reply(contract, incoming, leg, delivery);
    }
    return answers.length > 0;
  }

  #isPlanned(
    contract: OwnContract,
    message: MessageOf<'partsWanted'>,
    parts: readonly Part[],
  ): boolean {
    const numbers = parts.map((part) => part.n);
    if (new Set(numbers).size !== numbers.length) return false;
    if (parts.some((part) => BigInt(part.units) === 0n)) return false;
    const { document } = contract.view.fold.state.contract;
    const pricing = UNPRICED(document, this.#desk.clock.nowSec());
    const drafted = parts.map((part) => ({ part, msat: part.units, paymentHash: '' }));
    const draft = this.#document(contract, message.leg, drafted, pricing);
    return requestMismatch(document, draft) === undefined;
  }

  #document(
    contract: OwnContract,
    leg: RequestDocument['leg'],
    made: readonly (Omit<MadePart, 'invoice'> & { readonly paymentHash: string })[],
    pricing: Pricing,
    book?: BookWindow,
  ): RequestDocument {
    const nowSec = this.#desk.clock.nowSec();
    const { root, fold } = contract.view;
    const priced = pricing.pricedOf(made.map(({ part }) => part));
    const version = fold.state.versions.findLast((each) => each.effectiveAtSec <= nowSec)?.id;
    return {
      v: 1,
      type: 'request',
      contract: root,
      leg,
      notBeforeSec: Math.max(nowSec, ...made.map(({ part: { fromSec = 0 } }) => fromSec)),
      expiresAtSec: nowSec + windowSecOf(contract),
      ...(book === undefined ? {} : { ...book, book: true as const }),
      ...(version === undefined || version === root ? {} : { version }),
      n: made.map(({ part }) => part.n),
      msat: made.map(({ msat }) => msat),
      paymentHash: made.map(({ paymentHash }) => paymentHash),
      ...viaOf(made),
      ...(priced === undefined ? {} : { priced }),
      seen: allHeads(this.#desk, root),
    };
  }

  /** Requests for parts, several where one would be too long to deliver; or why there are none. */
  async #make(
    contract: OwnContract,
    { leg, via, book }: Asked,
    parts: readonly Part[],
  ): Promise<readonly OpenRequest[] | 'walletUnavailable' | 'noPrice'> {
    const { root, fold } = contract.view;
    const nowSec = this.#desk.clock.nowSec();
    const pricing = pricingOf(this.#desk.prices, fold.state.contract.document, nowSec);
    if (!pricing || pricing.isNamed) this.#say(root, pricing ? 'PRICE_NAMED' : 'NO_PRICE');
    if (!pricing) return 'noPrice';
    const order = { leg, parts, pricing, via, book };
    const made = await makeInvoices(this.#desk, contract, order);
    if (!made) return 'walletUnavailable';
    const requests: OpenRequest[] = [];
    const prices = pricing.pricedOf([])?.prices.length ?? 0;
    for (const group of deliverable(made, prices, book !== undefined)) {
      requests.push(await this.#sign(contract, { leg, book }, group, pricing));
    }
    return requests;
  }

  #say(root: string, code: 'PRICE_NAMED' | 'NO_PRICE'): void {
    this.#desk.activity.add({ contract: root, level: 'waiting', code, sentence: sentenceOf(code) });
  }

  async #sign(
    contract: OwnContract,
    { leg, book }: Asked,
    made: readonly MadePart[],
    pricing: Pricing,
  ): Promise<OpenRequest> {
    const { own, view } = contract;
    if (!own.money) throw new Error('there is no key to sign with');
    const parts = made.map(({ invoice: { paymentHash }, ...rest }) => ({ ...rest, paymentHash }));
    const expiresAtSec = Math.min(...made.map(({ invoice }) => invoice.expiresAtSec));
    const drafted = this.#document(contract, leg, parts, pricing, book);
    const document = { ...drafted, expiresAtSec: Math.min(drafted.expiresAtSec, expiresAtSec) };
    const atSec = nextEventTimeSec(this.#desk, view.root);
    const event = await own.money.sign(buildRequest(document, atSec));
    const request = { event, invoices: made.map(({ invoice }) => invoice.paymentRequest) };
    // On disk before it is handed out, and known to our other devices.
    await this.#requests.keep(document, request);
    const { relays } = view.fold.state.contract.document.parties[own.role];
    const copy = this.#delivery(contract, request, []);
    await this.#desk.mailbox.send(copy, own.money, own.money.publicKey, relays);
    return request;
  }

  #delivery(
    contract: OwnContract,
    request: OpenRequest,
    paid: Answer['paid'],
  ): MessageOf<'requestDelivery'> {
    return {
      v: 1,
      type: 'requestDelivery',
      contract: contract.view.root,
      request: embedOwn(request.event),
      invoices: [...request.invoices],
      ...(paid.length > 0 ? { paid } : {}),
    };
  }

  async #refuse(
    contract: OwnContract,
    incoming: Incoming,
    leg: Leg,
    code: MessageOf<'refusal'>['code'],
  ): Promise<void> {
    const { root } = contract.view;
    const asked = { of: 'parts', code, sentence: REFUSAL_SENTENCES[code] } as const;
    await this.#reply(contract, incoming, leg, { v: 1, type: 'refusal', contract: root, ...asked });
  }

  async #reply(
    contract: OwnContract,
    incoming: Incoming,
    leg: Leg,
    message: MessageOf<'requestDelivery'> | MessageOf<'refusal'>,
  ): Promise<void> {
    const { money } = contract.own;
    if (!money) return;
    const { document } = contract.view.fold.state.contract;
    const { relays } = document.parties[legOf(document, leg).payer];
    await this.#desk.mailbox.sendOnce(message, money, incoming.author, relays);
  }
}
