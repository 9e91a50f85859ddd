/**
 * The payee's side: answers requests for parts. The same part always gets the same open request,
 * whoever asks, so that two payers with one key cannot pay a part twice.
 */
import {
  LEGS,
  actsFor,
  buildRequest,
  parseBolt11,
  requestMismatch,
  type MessageOf,
  type RequestDocument,
  type SignedEvent,
} from '@realyield/protocol';
import { allHeads, embedOwn, nextEventTimeSec, ownContract } from './desk.ts';
import type { Desk, OwnContract } from './desk.ts';
import type { Incoming } from './mailbox.ts';
import { sentenceOf } from './words.ts';

/** Invoices live this long. */
const INVOICE_SEC = 3_600;
/** A request with less than this left is not handed out again. */
const MARGIN_SEC = 30;

/** A request handed out: one record per part, all naming the same event. */
interface OpenRequest {
  readonly event: SignedEvent;
  readonly invoices: readonly string[];
}

interface OpenPart {
  readonly request: string;
  readonly paymentHash: string;
  readonly expiresAtSec: number;
}

interface Part {
  readonly n: number;
  readonly msat: string;
}

const requestKey = (id: string): string => `request|${id}`;

/** Answers for all contracts in which this person is paid. */
export class Payee {
  readonly #desk: Desk;
  readonly #queues = new Map<string, Promise<void>>();

  constructor(desk: Desk) {
    this.#desk = desk;
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
    const leg = LEGS[message.leg];
    // Strangers get no answer: who holds the payer's role is read from the contract.
    if (contract.own.role !== leg.payee || !actsFor(state, incoming.author, leg.payer)) return;
    if (state.status !== 'effective' && state.status !== 'closed') {
      await this.#refuse(contract, incoming, 'notEffective');
      return;
    }
    const parts = message.n.map((n, index) => ({ n, msat: message.msat[index] ?? '0' }));
    parts.sort((a, b) => a.n - b.n);
    if (!this.#isPlanned(contract, message, parts)) {
      await this.#refuse(contract, incoming, 'wrongParts');
      return;
    }
    const open = new Map<string, OpenRequest>();
    const fresh: Part[] = [];
    for (const part of parts) {
      const request = await this.#openRequest(contract, message.leg, part.n);
      if (request) open.set(request.event.id, request);
      else fresh.push(part);
    }
    if (fresh.length > 0) {
      const made = await this.#make(contract, message.leg, fresh);
      if (made) open.set(made.event.id, made);
      else await this.#refuse(contract, incoming, 'walletUnavailable');
    }
    for (const request of open.values()) await this.#deliver(contract, incoming, request);
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
    return {
      v: 1,
      type: 'request',
      contract: contract.view.root,
      leg,
      notBeforeSec: nowSec,
      expiresAtSec: nowSec + INVOICE_SEC,
      n: parts.map((part) => part.n),
      msat: parts.map((part) => part.msat),
      paymentHash: [...hashes],
      seen: allHeads(this.#desk, contract.view.root),
    };
  }

  #partKey(root: string, leg: string, n: number): string {
    return `open|${root}|${leg}|${n}`;
  }

  /** The request under which a part can still be, or already was, paid. */
  async #openRequest(
    contract: OwnContract,
    leg: string,
    n: number,
  ): Promise<OpenRequest | undefined> {
    const { store, clock } = this.#desk;
    const part = (await store.get('journal', this.#partKey(contract.view.root, leg, n))) as
      OpenPart | undefined;
    if (!part) return undefined;
    const request = (await store.get('journal', requestKey(part.request))) as
      OpenRequest | undefined;
    if (!request || part.expiresAtSec > clock.nowSec() + MARGIN_SEC) return request;
    // Expired: only a wallet that clearly says it was not paid lets us make another.
    const wallet = this.#desk.wallet();
    const answer = await wallet?.lookup({ paymentHash: part.paymentHash });
    if (answer?.state !== 'answered') return request;
    const isPaid = answer.value?.state === 'settled';
    const isPending = answer.value?.state === 'accepted';
    return isPaid || isPending ? request : undefined;
  }

  async #make(
    contract: OwnContract,
    leg: RequestDocument['leg'],
    parts: readonly Part[],
  ): Promise<OpenRequest | undefined> {
    const { money } = contract.own;
    const wallet = this.#desk.wallet();
    if (!wallet || !money) return undefined;
    const invoices: string[] = [];
    const hashes: string[] = [];
    let expiresAtSec = Infinity;
    for (const part of parts) {
      const description = `Real Yield ${contract.view.root.slice(0, 12)} ${leg} ${part.n}`;
      const amountMsat = BigInt(part.msat);
      const order = { amountMsat, description, expirySec: INVOICE_SEC + 60 };
      const answer = await wallet.makeInvoice(order);
      const invoice = answer.state === 'answered' ? parseBolt11(answer.value.invoice) : undefined;
      const isRight =
        invoice?.ok === true &&
        invoice.value.amountMsat === amountMsat &&
        invoice.value.network === contract.view.fold.state.contract.document.network;
      if (!isRight) {
        const code = answer.state === 'answered' ? 'WALLET_ANSWER' : 'WALLET_SILENT';
        const sentence = answer.state === 'answered' ? sentenceOf(code) : answer.sentence;
        this.#desk.activity.add({ contract: contract.view.root, level: 'problem', code, sentence });
        return undefined;
      }
      invoices.push(invoice.value.paymentRequest);
      hashes.push(invoice.value.paymentHash);
      expiresAtSec = Math.min(expiresAtSec, invoice.value.expiresAtSec);
    }
    const drafted = this.#document(contract, leg, parts, hashes);
    const document = { ...drafted, expiresAtSec: Math.min(drafted.expiresAtSec, expiresAtSec) };
    const atSec = nextEventTimeSec(this.#desk, contract.view.root);
    const event = await money.sign(buildRequest(document, atSec));
    const request = { event, invoices };
    await this.#keep(contract.view.root, document, request);
    return request;
  }

  /** On disk before it is handed out. */
  async #keep(root: string, document: RequestDocument, request: OpenRequest): Promise<void> {
    const parts = document.n.map((n, index) => ({
      table: 'journal' as const,
      key: this.#partKey(root, document.leg, n),
      value: {
        request: request.event.id,
        paymentHash: document.paymentHash[index] ?? '',
        expiresAtSec: document.expiresAtSec,
      },
      contract: root,
    }));
    await this.#desk.store.write([
      { table: 'journal', key: requestKey(request.event.id), value: request, contract: root },
      ...parts,
    ]);
  }

  async #deliver(contract: OwnContract, incoming: Incoming, request: OpenRequest): Promise<void> {
    await this.#reply(contract, incoming, {
      v: 1,
      type: 'requestDelivery',
      contract: contract.view.root,
      request: embedOwn(request.event),
      invoices: [...request.invoices],
    });
  }

  async #refuse(
    contract: OwnContract,
    incoming: Incoming,
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
    await this.#reply(contract, incoming, refusal);
  }

  async #reply(
    contract: OwnContract,
    incoming: Incoming,
    message: MessageOf<'requestDelivery'> | MessageOf<'refusal'>,
  ): Promise<void> {
    const { money } = contract.own;
    if (!money) return;
    const leg = contract.own.role === 'business' ? 'disbursement' : 'repayment';
    const payer = LEGS[leg].payer;
    const { relays } = contract.view.fold.state.contract.document.parties[payer];
    await this.#desk.mailbox.sendOnce(message, money, incoming.author, relays);
  }
}
