/**
 * The payee's side: answers requests for parts. The same part always gets the same open request,
 * whoever asks, so that two payers with one key cannot pay a part twice.
 */
import {
  actsFor,
  buildRequest,
  isSerial,
  legOf,
  requestMismatch,
  type Bolt11Invoice,
  type Leg,
  type MessageOf,
  type RequestDocument,
} from '@realyield/protocol';
import { mapAtMost } from './at-once.ts';
import { allHeads, embedOwn, nextEventTimeSec, ownContract } from './desk.ts';
import type { Desk, OwnContract } from './desk.ts';
import type { Incoming } from './mailbox.ts';
import { OpenRequests, type OpenRequest } from './open-requests.ts';
import type { Wallet } from './ports.ts';
import { readInvoice } from '../wallet/invoices.ts';
import { sentenceOf } from './words.ts';

/** So many invoices are ordered from the wallet at a time. */
const INVOICES_AT_ONCE = 8;
/** Parts of one request, and characters of its invoices. */
const MOST_IN_REQUEST = 30;
const MOST_INVOICE_BYTES = 14_000;
/** Invoices live this long. */
const INVOICE_SEC = 3_600;
interface Part {
  readonly n: number;
  readonly msat: string;
}

/** A request to answer with, and what was already paid of it. */
interface Answer {
  readonly request: OpenRequest;
  readonly paid: { n: number; preimage: string }[];
}

interface MadePart {
  readonly part: Part;
  readonly invoice: Bolt11Invoice;
}

/**
 * Parts in groups that fit one message each: a wrap holds 28 kB, with the request, its heads and
 * the proofs that may be added later.
 */
function deliverable(made: readonly MadePart[]): readonly (readonly MadePart[])[] {
  const groups: MadePart[][] = [];
  let bytes = 0;
  for (const each of made) {
    const group = groups.at(-1);
    bytes += each.invoice.paymentRequest.length;
    if (group && group.length < MOST_IN_REQUEST && bytes <= MOST_INVOICE_BYTES) group.push(each);
    else {
      groups.push([each]);
      bytes = each.invoice.paymentRequest.length;
    }
  }
  return groups;
}

/** Answers for all contracts in which this person is paid. */
export class Payee {
  readonly #desk: Desk;
  readonly #requests: OpenRequests;
  readonly #queues = new Map<string, Promise<void>>();

  constructor(desk: Desk) {
    this.#desk = desk;
    this.#requests = new OpenRequests(desk);
  }

  /** Takes in a request that another device of this person has handed out. */
  async learn(message: MessageOf<'requestDelivery'>, author: string): Promise<void> {
    const contract = ownContract(this.#desk, message.contract);
    if (contract) await this.#requests.learn(contract, message, author);
  }

  /** Answers one question; questions about one leg are answered one after the other. */
  answer(message: MessageOf<'partsWanted'>, incoming: Incoming): Promise<void> {
    const key = `${message.contract}|${message.leg}`;
    const before = this.#queues.get(key) ?? Promise.resolve();
    const next = before
      .then(() => this.#answer(message, incoming))
      .catch((error: unknown) => {
        console.error(error);
      });
    this.#queues.set(key, next);
    return next;
  }

  async #answer(message: MessageOf<'partsWanted'>, incoming: Incoming): Promise<void> {
    const contract = ownContract(this.#desk, message.contract);
    if (!contract?.own.money) return;
    const { state } = contract.view.fold;
    const leg = legOf(state.contract.document, message.leg);
    // Strangers get no answer: who holds the payer's role is read from the contract.
    if (contract.own.role !== leg.payee || !actsFor(state, incoming.author, leg.payer)) return;
    const isOver = !isSerial(message.leg) && state.status === 'defaulted';
    if (state.effectiveAtSec === undefined || isOver) {
      await this.#refuse(contract, incoming, message.leg, 'notEffective');
      return;
    }
    const parts = message.n.map((n, index) => ({ n, msat: message.units[index] ?? '0' }));
    parts.sort((a, b) => a.n - b.n);
    if (!this.#isPlanned(contract, message, parts)) {
      await this.#refuse(contract, incoming, message.leg, 'wrongParts');
      return;
    }
    const open = new Map<string, Answer>();
    const fresh: Part[] = [];
    for (const part of parts) {
      const found = await this.#requests.find(message.contract, message.leg, part.n);
      if (!found) fresh.push(part);
      else {
        const { request, preimage } = found;
        const answer = open.get(request.event.id) ?? { request, paid: [] };
        if (preimage !== undefined) answer.paid.push({ n: part.n, preimage });
        open.set(request.event.id, answer);
      }
    }
    if (fresh.length > 0) {
      const made = await this.#make(contract, message.leg, fresh);
      for (const request of made) open.set(request.event.id, { request, paid: [] });
      if (made.length === 0)
        await this.#refuse(contract, incoming, message.leg, 'walletUnavailable');
    }
    for (const answer of open.values()) {
      const delivery = this.#delivery(contract, answer.request, answer.paid);
      await this.#reply(contract, incoming, message.leg, delivery);
    }
  }

  #isPlanned(
    contract: OwnContract,
    message: MessageOf<'partsWanted'>,
    parts: readonly Part[],
  ): boolean {
    const numbers = parts.map((part) => part.n);
    if (new Set(numbers).size !== numbers.length) return false;
    if (parts.some((part) => BigInt(part.msat) === 0n)) return false;
    const draft = this.#document(contract, message.leg, parts, []);
    return requestMismatch(contract.view.fold.state.contract.document, draft) === undefined;
  }

  #document(
    contract: OwnContract,
    leg: RequestDocument['leg'],
    parts: readonly Part[],
    hashes: readonly string[],
  ): RequestDocument {
    const nowSec = this.#desk.clock.nowSec();
    const { root, fold } = contract.view;
    const version = fold.state.versions.findLast((each) => each.effectiveAtSec <= nowSec)?.id;
    return {
      v: 1,
      type: 'request',
      contract: root,
      leg,
      notBeforeSec: nowSec,
      expiresAtSec: nowSec + INVOICE_SEC,
      ...(version === undefined || version === root ? {} : { version }),
      n: parts.map((part) => part.n),
      msat: parts.map((part) => part.msat),
      paymentHash: [...hashes],
      seen: allHeads(this.#desk, root),
    };
  }

  /** Requests for parts, several where one would be too long to deliver; none when it fails. */
  async #make(
    contract: OwnContract,
    leg: RequestDocument['leg'],
    parts: readonly Part[],
  ): Promise<readonly OpenRequest[]> {
    const wallet = this.#desk.wallet();
    if (!wallet) return [];
    const order = (part: Part) => this.#invoice(contract, wallet, leg, part);
    const made = await mapAtMost(INVOICES_AT_ONCE, parts, order);
    const right = made.flatMap((invoice, index) => {
      const part = parts[index];
      return invoice && part ? [{ invoice, part }] : [];
    });
    if (right.length < parts.length) return [];
    const requests: OpenRequest[] = [];
    for (const group of deliverable(right)) requests.push(await this.#sign(contract, leg, group));
    return requests;
  }

  async #sign(
    contract: OwnContract,
    leg: RequestDocument['leg'],
    made: readonly MadePart[],
  ): Promise<OpenRequest> {
    const { own, view } = contract;
    if (!own.money) throw new Error('there is no key to sign with');
    const hashes = made.map(({ invoice }) => invoice.paymentHash);
    const parts = made.map(({ part }) => part);
    const expiresAtSec = Math.min(...made.map(({ invoice }) => invoice.expiresAtSec));
    const drafted = this.#document(contract, leg, parts, hashes);
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

  /** An invoice for a part, or a line in the activity log. */
  async #invoice(
    contract: OwnContract,
    wallet: Wallet,
    leg: RequestDocument['leg'],
    part: Part,
  ): Promise<Bolt11Invoice | undefined> {
    const { root, fold } = contract.view;
    const description = `Real Yield ${root.slice(0, 12)} ${leg} ${part.n}`;
    const amountMsat = BigInt(part.msat);
    const order = { amountMsat, description, expirySec: INVOICE_SEC + 60 };
    const answer = await wallet.makeInvoice(order);
    const invoice = answer.state === 'answered' ? readInvoice(answer.value.invoice) : undefined;
    const isRight =
      invoice?.ok === true &&
      invoice.value.amountMsat === amountMsat &&
      invoice.value.network === fold.state.contract.document.network;
    if (isRight) return invoice.value;
    const code = answer.state === 'answered' ? 'WALLET_ANSWER' : 'WALLET_SILENT';
    const sentence = answer.state === 'answered' ? sentenceOf(code) : answer.sentence;
    this.#desk.activity.add({ contract: root, level: 'problem', code, sentence });
    return undefined;
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
    const sentences = {
      notEffective: 'The contract does not have all signatures here yet.',
      wrongParts: 'These parts are not the ones the contract plans.',
      walletUnavailable: 'The payee’s wallet is not answering.',
      paused: 'The payee has paused payments.',
      declined: 'The payee declined.',
      counterpartyUnknown: 'The payee does not know this key.',
    };
    const root = contract.view.root;
    const sentence = sentences[code];
    const refusal = { v: 1, type: 'refusal', contract: root, of: 'parts', code, sentence } as const;
    await this.#reply(contract, incoming, leg, refusal);
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
