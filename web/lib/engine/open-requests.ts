/**
 * Requests a payee has handed out, by part: the same part always gets the same open request, and
 * one that was paid gets the request it was paid under. A copy of each goes to the payee's own
 * mailbox, so that their other devices answer alike.
 */
import {
  actsFor,
  checkRequest,
  hasEnded,
  LEGS,
  MAX_BOOK_WINDOW_SEC,
  unembed,
  unitsOf,
  type AskedPart,
  type ContractState,
  type Leg,
  type MessageOf,
  type RequestDocument,
  type SignedEvent,
} from '@realyield/protocol';
import type { Desk, OwnContract } from './desk.ts';
import { isPreimageOf } from './payment.ts';

/** Requests of one part that are remembered beside the last. */
const MOST_EARLIER = 8;

/** A request handed out: one record per part, all naming the same event. */
export interface OpenRequest {
  readonly event: SignedEvent;
  readonly invoices: readonly string[];
}

/** The request to answer with for a part. */
export interface FoundRequest {
  readonly request: OpenRequest;
  /** Proof that the part was paid under it. */
  readonly preimage: string | undefined;
}

/** A request to answer with, and what was already paid of it. */
export interface Answer {
  readonly request: OpenRequest;
  readonly paid: { n: number; preimage: string }[];
}

/** Adds what was found of a part to the answers by request. */
export function addAnswer(
  answers: Map<string, Answer>,
  n: number,
  { request, preimage }: FoundRequest,
): void {
  const answer = answers.get(request.event.id) ?? { request, paid: [] };
  if (preimage !== undefined) answer.paid.push({ n, preimage });
  answers.set(request.event.id, answer);
}

/** A part that was asked for, in a book or not. */
export interface HandedPart extends AskedPart {
  readonly isBooked: boolean;
}

interface Handout {
  readonly request: string;
  readonly paymentHash: string;
  readonly expiresAtSec: number;
}

interface OpenPart extends Handout {
  /** Handed out before it, all expired; a payment that was under way may have arrived since. */
  readonly earlier: readonly Handout[];
}

const requestKey = (id: string): string => `request|${id}`;
const partKey = (root: string, leg: Leg, n: number): string => `open|${root}|${leg}|${n}`;

/** The open requests of one person. */
export class OpenRequests {
  readonly #desk: Desk;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** The request under which a part was, or can still be, paid; undefined: a new one is needed. */
  async find(root: string, leg: Leg, n: number): Promise<FoundRequest | undefined> {
    const part = await this.#part(root, leg, n);
    if (!part) return undefined;
    let isUnclear = false;
    for (const handout of [part, ...part.earlier]) {
      const answer = await this.#desk.wallet()?.lookup({ paymentHash: handout.paymentHash });
      const record = answer?.state === 'answered' ? answer.value : undefined;
      if (answer?.state !== 'answered') isUnclear = true;
      else if (record?.direction === 'outgoing') continue;
      // T-11: "A payee MUST answer for a part with a request under which it was paid…"
      if (record?.state !== 'settled' && record?.state !== 'accepted') continue;
      const request = await this.#request(handout.request);
      const { preimage = '' } = record;
      const isProof = record.state === 'settled' && isPreimageOf(preimage, handout.paymentHash);
      if (request) return { request, preimage: isProof ? preimage : undefined };
    }
    // Expired: only a wallet that clearly says it was not paid lets us make another.
    const isOpen = part.expiresAtSec > this.#desk.clock.nowSec();
    const request = await this.#request(part.request);
    // P-32: "…What was signed by a key that has ended is as good as not sent…"
    const isUsable = isUnclear || (isOpen && !this.#hasEnded(root, leg, request));
    return request && isUsable ? { request, preimage: undefined } : undefined;
  }

  /** The requests under which parts were paid, with the preimages: of these nothing is made. */
  async proofs(root: string, leg: Leg, parts: readonly number[]): Promise<readonly Answer[]> {
    const answers = new Map<string, Answer>();
    for (const n of parts) {
      const found = await this.find(root, leg, n);
      if (found?.preimage !== undefined) addAnswer(answers, n, found);
    }
    return [...answers.values()];
  }

  /**
   * From when on a part can be asked for again without contradicting what was handed out, Unix
   * seconds: two requests for one part must not overlap.
   */
  async freeFromSec(root: string, leg: Leg, n: number): Promise<number> {
    const part = await this.#part(root, leg, n);
    // What an ended key asked for contradicts nothing.
    if (!part || this.#hasEnded(root, leg, await this.#request(part.request))) return 0;
    return part.expiresAtSec;
  }

  /** Keeps a request that was made here; on disk when this resolves. */
  keep(document: RequestDocument, request: OpenRequest): Promise<void> {
    return this.#inTurn(() => this.#write(document, request, (made, before) => [made, ...before]));
  }

  /**
   * Takes in what another device of the same payee has handed out; whether it was right, as far as
   * the contract is known. Copies come in any order: what ran out last is what is handed out.
   */
  async learn(
    contract: OwnContract,
    message: MessageOf<'requestDelivery'>,
    author: string,
  ): Promise<boolean> {
    const { state } = contract.view.fold;
    if (!actsFor(state, author, contract.own.role)) return false;
    const [read] = await this.#desk.verifier.readBatch([unembed(message.request)]);
    const parsed = read?.ok ? read.value.find((entry) => entry.name === 'request') : undefined;
    // One's own: at whatever price it is, it can be paid.
    if (!parsed || !checkRequest(state, parsed, parsed.event.id).ok) return false;
    const { document, event } = parsed;
    if (LEGS[document.leg].payee !== contract.own.role) return false;
    const tags = event.tags.map((tag) => [...tag]);
    const request = { event: { ...event, tags }, invoices: message.invoices };
    await this.#inTurn(async () => {
      if (await this.#request(event.id)) return;
      await this.#write(document, request, (made, before) =>
        [...before, made].sort((a, b) => b.expiresAtSec - a.expiresAtSec),
      );
    });
    return true;
  }

  /** One write after the other: each adds to what the one before it left of a part. */
  #inTurn(run: () => Promise<void>): Promise<void> {
    const turn = this.#writing.then(run);
    this.#writing = turn.catch(() => undefined);
    return turn;
  }

  async #write(
    document: RequestDocument,
    request: OpenRequest,
    ordered: (made: Handout, before: readonly Handout[]) => readonly Handout[],
  ): Promise<void> {
    const { contract, leg, expiresAtSec } = document;
    const { id } = request.event;
    const parts = await Promise.all(
      document.n.map(async (n, index) => {
        const known = await this.#part(contract, leg, n);
        const before = known ? [withoutEarlier(known), ...known.earlier] : [];
        const others = before.filter((handout) => handout.request !== id);
        const paymentHash = document.paymentHash[index] ?? '';
        const made: Handout = { request: id, paymentHash, expiresAtSec };
        const [last = made, ...earlier] = ordered(made, others);
        const value: OpenPart = { ...last, earlier: earlier.slice(0, MOST_EARLIER) };
        return { table: 'journal' as const, key: partKey(contract, leg, n), value, contract };
      }),
    );
    const key = requestKey(id);
    await this.#desk.store.write([{ table: 'journal', key, value: request, contract }, ...parts]);
  }

  /** Parts of a leg for which a request is open, and when each ends, Unix seconds. */
  async open(root: string, leg: Leg): Promise<ReadonlyMap<number, number>> {
    const nowSec = this.#desk.clock.nowSec();
    const open = new Map<number, number>();
    for (const { n, expiresAtSec } of await this.asked(root, leg)) {
      if (expiresAtSec > nowSec) open.set(n, Math.max(open.get(n) ?? 0, expiresAtSec));
    }
    return open;
  }

  /** All parts of a leg that were ever asked for; by a key that has ended, none is open. */
  async asked(root: string, leg: Leg): Promise<readonly HandedPart[]> {
    const kept = await this.#desk.store.byContract('journal', root);
    return kept.flatMap((value) => {
      const { event, invoices } = value as Partial<OpenRequest>;
      if (!event || !invoices) return [];
      const document = JSON.parse(event.content) as RequestDocument;
      if (document.leg !== leg) return [];
      const hasEnded = this.#hasEnded(root, leg, { event, invoices });
      const { notBeforeSec, book = false } = document;
      const expiresAtSec = hasEnded ? 0 : document.expiresAtSec;
      const units = unitsOf(document);
      return document.n.map((n, place) => {
        const amountUnits = BigInt(units[place] ?? '0');
        return { n, amountUnits, notBeforeSec, expiresAtSec, isBooked: book };
      });
    });
  }

  /**
   * The proofs of parts of a book that were paid and no receipt proves: whoever asks for another
   * part meanwhile may have lost the journal they stand in.
   */
  async unprovenBooked({ root, paid }: ContractState, leg: Leg): Promise<readonly Answer[]> {
    const proven = paid.numbers(leg);
    const nowSec = this.#desk.clock.nowSec();
    const sinceSec = nowSec - MAX_BOOK_WINDOW_SEC;
    const open = (await this.asked(root, leg)).filter(
      ({ n, isBooked, notBeforeSec, expiresAtSec }) =>
        isBooked && !proven.has(n) && notBeforeSec <= nowSec && expiresAtSec > sinceSec,
    );
    return this.proofs(root, leg, [...new Set(open.map(({ n }) => n))]);
  }

  #hasEnded(root: string, leg: Leg, request: OpenRequest | undefined): boolean {
    const state = this.#desk.catalog.contract(root)?.fold.state;
    const { pubkey = '' } = request?.event ?? {};
    return state !== undefined && hasEnded(state, pubkey, LEGS[leg].payee, Infinity);
  }

  async #request(id: string): Promise<OpenRequest | undefined> {
    return (await this.#desk.store.get('journal', requestKey(id))) as OpenRequest | undefined;
  }

  async #part(root: string, leg: Leg, n: number): Promise<OpenPart | undefined> {
    const found = await this.#desk.store.get('journal', partKey(root, leg, n));
    return found as OpenPart | undefined;
  }
}

function withoutEarlier({ request, paymentHash, expiresAtSec }: OpenPart): Handout {
  return { request, paymentHash, expiresAtSec };
}
