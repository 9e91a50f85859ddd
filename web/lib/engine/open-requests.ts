/**
 * Requests a payee has handed out, by part: the same part always gets the same open request. A
 * copy of each goes to the payee's own mailbox, so that their other devices answer alike.
 */
import {
  actsFor,
  checkRequest,
  LEGS,
  unembed,
  type Leg,
  type MessageOf,
  type RequestDocument,
  type SignedEvent,
} from '@realyield/protocol';
import type { Desk, OwnContract } from './desk.ts';

/** A request with less than this left is not handed out again. */
const MARGIN_SEC = 30;

/** A request handed out: one record per part, all naming the same event. */
export interface OpenRequest {
  readonly event: SignedEvent;
  readonly invoices: readonly string[];
}

interface OpenPart {
  readonly request: string;
  readonly paymentHash: string;
  readonly expiresAtSec: number;
}

const requestKey = (id: string): string => `request|${id}`;
const partKey = (root: string, leg: Leg, n: number): string => `open|${root}|${leg}|${n}`;

/** The open requests of one person. */
export class OpenRequests {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** The request under which a part can still be, or already was, paid. */
  async find(root: string, leg: Leg, n: number): Promise<OpenRequest | undefined> {
    const { store, clock } = this.#desk;
    const part = await this.#part(root, leg, n);
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

  /** Keeps a request; on disk when this resolves. */
  async keep(document: RequestDocument, request: OpenRequest): Promise<void> {
    const { contract, leg } = document;
    const parts = document.n.map((n, index) => {
      const value: OpenPart = {
        request: request.event.id,
        paymentHash: document.paymentHash[index] ?? '',
        expiresAtSec: document.expiresAtSec,
      };
      return { table: 'journal' as const, key: partKey(contract, leg, n), value, contract };
    });
    const key = requestKey(request.event.id);
    await this.#desk.store.write([{ table: 'journal', key, value: request, contract }, ...parts]);
  }

  /** Takes in what another device of the same payee has handed out. */
  async learn(
    contract: OwnContract,
    message: MessageOf<'requestDelivery'>,
    author: string,
  ): Promise<void> {
    const { state } = contract.view.fold;
    const [read] = await this.#desk.verifier.readBatch([unembed(message.request)]);
    const parsed = read?.ok ? read.value.find((entry) => entry.name === 'request') : undefined;
    if (!parsed || !checkRequest(state, parsed).ok) return;
    const { document, event } = parsed;
    const isOurs = LEGS[document.leg].payee === contract.own.role;
    if (!isOurs || !actsFor(state, author, contract.own.role)) return;
    for (const n of document.n) {
      const known = await this.#part(state.root, document.leg, n);
      if (known && known.expiresAtSec >= document.expiresAtSec) return;
    }
    const tags = event.tags.map((tag) => [...tag]);
    await this.keep(document, { event: { ...event, tags }, invoices: message.invoices });
  }

  async #part(root: string, leg: Leg, n: number): Promise<OpenPart | undefined> {
    const found = await this.#desk.store.get('journal', partKey(root, leg, n));
    return found as OpenPart | undefined;
  }
}
