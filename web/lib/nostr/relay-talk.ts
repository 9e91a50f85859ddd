/**
 * The relay protocol over one open connection (NIP-01, NIP-42, NIP-77): questions, publications,
 * proofs of who we are. Every event that comes out is raw and unverified.
 */
import type { SignedEvent } from '@realyield/protocol';
import type { Filter, Signer } from '../engine/ports.ts';
import { matches } from './paging.ts';
import type { RelayWire } from './wire.ts';

const AUTHENTICATION_KIND = 22_242;
/** A relay that has been silent so long is asked for a sign of life, ms. */
const QUIET_MS = 25_000;
const ALIVE = 'alive';
const NO_EVENT = { ids: ['0'.repeat(64)], limit: 1 };
/** Brief questions wait while so many are open: relays allow twenty or more at a time. */
const MOST_ASKED = 16;
/** So many brief questions are asked all the same, however many subscriptions there are. */
const FEWEST_BRIEF = 4;

/** What one question on one connection tells. */
export interface Hearing {
  readonly onEvent: (event: unknown) => void;
  readonly onEndOfStored: () => void;
  /** The relay ended it. */
  readonly onClosed: (reason: string) => void;
}

interface Question extends Hearing {
  readonly filters: readonly Filter[];
  readonly isBrief: boolean;
}

interface Waiting {
  readonly settle: (accepted: boolean, reason: string) => void;
}

/** What a relay says to one publication. */
export interface Verdict {
  readonly accepted: boolean;
  readonly reason: string;
}

/** One conversation; ends with its connection. */
export class RelayTalk {
  readonly #wire: RelayWire;
  readonly #url: string;
  readonly #onDead: () => void;
  readonly #asked = new Map<string, Question>();
  readonly #queue = new Map<string, Question>();
  readonly #waiting = new Map<string, Waiting>();
  readonly #proofs = new Map<string, Promise<boolean>>();
  readonly #reconciling = new Map<string, (message: string | undefined) => void>();
  #challenge: string | undefined;
  #serial = 0;
  #quietTimer: ReturnType<typeof setTimeout> | undefined;
  #isProbing = false;

  constructor(url: string, wire: RelayWire, onDead: () => void) {
    this.#url = url;
    this.#wire = wire;
    this.#onDead = onDead;
    this.#watchLife();
  }

  /** Takes in one message; nonsense harms nobody. */
  hear(message: readonly unknown[]): void {
    this.#isProbing = false;
    this.#watchLife();
    const [type, subject, third, fourth] = message;
    if (type === 'AUTH' && typeof subject === 'string') {
      // A new challenge makes what was proven before void.
      if (subject !== this.#challenge) this.#proofs.clear();
      this.#challenge = subject;
    }
    if (typeof subject !== 'string') return;
    const reason = (word: unknown): string => (typeof word === 'string' ? word : '');
    if (type === 'EVENT') {
      const question = this.#asked.get(subject);
      if (question?.filters.some((filter) => matches(filter, third))) question.onEvent(third);
    } else if (type === 'EOSE') {
      if (subject === ALIVE) this.#wire.send(['CLOSE', ALIVE]);
      this.#asked.get(subject)?.onEndOfStored();
    }
    if (type === 'OK') this.#waiting.get(subject)?.settle(third === true, reason(fourth));
    else if (type === 'CLOSED') {
      const question = this.#asked.get(subject);
      this.#forget(subject);
      question?.onClosed(reason(third));
    } else if (type === 'NEG-MSG') this.#reconciling.get(subject)?.(reason(third));
    else if (type === 'NEG-ERR') this.#reconciling.get(subject)?.(undefined);
  }

  /** Asks; a brief question ends with its stored answers. The returned function ends it. */
  ask(filters: readonly Filter[], hearing: Hearing, isBrief: boolean): () => void {
    const id = `q${(this.#serial += 1)}`;
    this.#queue.set(id, { ...hearing, filters, isBrief });
    this.#askNext();
    return () => {
      if (this.#asked.has(id)) this.#wire.send(['CLOSE', id]);
      this.#forget(id);
    };
  }

  /** Publishes; what the relay answers, or why there is no answer. */
  publish(event: SignedEvent, timeoutMs: number): Promise<Verdict> {
    return this.#say('EVENT', event, timeoutMs);
  }

  /** Whether the relay wants to know who we are. */
  get hasChallenge(): boolean {
    return this.#challenge !== undefined;
  }

  /**
   * Proves a key by NIP-42, once for each connection; false where the relay or the signer will
   * not. Nothing but this one kind of event is ever signed for a relay.
   */
  prove(signer: Signer, timeoutMs: number): Promise<boolean> {
    const challenge = this.#challenge;
    if (challenge === undefined) return Promise.resolve(false);
    const known = this.#proofs.get(signer.publicKey);
    if (known) return known;
    const proof = this.#prove(signer, challenge, timeoutMs).catch(() => false);
    this.#proofs.set(signer.publicKey, proof);
    return proof;
  }

  /** Whether a key has been proven, or is being proven. */
  hasProven(publicKey: string): boolean {
    return this.#proofs.has(publicKey);
  }

  /**
   * NIP-77: sends our messages for a filter and gives the relay's to `answer`, which says what to
   * send next, or undefined when both sides know. False when the relay will not or cannot.
   */
  reconcile(
    filter: Filter,
    first: string,
    answer: (message: string) => string | undefined,
    timeoutMs: number,
  ): Promise<boolean> {
    const id = `n${(this.#serial += 1)}`;
    return new Promise((resolve) => {
      const finish = (isDone: boolean): void => {
        clearTimeout(timer);
        this.#reconciling.delete(id);
        this.#wire.send(['NEG-CLOSE', id]);
        resolve(isDone);
      };
      const timer = setTimeout(() => {
        finish(false);
      }, timeoutMs);
      this.#reconciling.set(id, (message) => {
        try {
          const next = message === undefined ? undefined : answer(message);
          if (next === undefined) finish(message !== undefined);
          else this.#wire.send(['NEG-MSG', id, next]);
        } catch {
          // A message that cannot be read.
          finish(false);
        }
      });
      this.#wire.send(['NEG-OPEN', id, filter, first]);
    });
  }

  /** The connection is gone: nobody is left waiting. */
  end(): void {
    clearTimeout(this.#quietTimer);
    this.#asked.clear();
    this.#queue.clear();
    for (const { settle } of [...this.#waiting.values()]) settle(false, 'connection lost');
    for (const answer of [...this.#reconciling.values()]) answer(undefined);
  }

  #forget(id: string): void {
    this.#queue.delete(id);
    if (this.#asked.delete(id)) this.#askNext();
  }

  #askNext(): void {
    for (const [id, question] of this.#queue) {
      const brief = [...this.#asked.values()].filter((other) => other.isBrief).length;
      const isFull = this.#asked.size >= MOST_ASKED && brief >= FEWEST_BRIEF;
      if (question.isBrief && isFull) continue;
      this.#queue.delete(id);
      this.#asked.set(id, question);
      this.#wire.send(['REQ', id, ...question.filters]);
    }
  }

  async #prove(signer: Signer, challenge: string, timeoutMs: number): Promise<boolean> {
    const event = await signer.sign({
      kind: AUTHENTICATION_KIND,
      created_at: Math.floor(Date.now() / 1_000),
      tags: [
        ['relay', this.#url],
        ['challenge', challenge],
      ],
      content: '',
    });
    const { accepted } = await this.#say('AUTH', event, timeoutMs);
    return accepted;
  }

  #say(type: 'EVENT' | 'AUTH', event: SignedEvent, timeoutMs: number): Promise<Verdict> {
    const { id, pubkey, created_at, kind, content, sig } = event;
    const tags = event.tags.map((tag) => [...tag]);
    return new Promise((resolve) => {
      const settle = (accepted: boolean, reason: string): void => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        resolve({ accepted, reason });
      };
      const timer = setTimeout(() => {
        settle(false, 'publish timed out');
      }, timeoutMs);
      this.#waiting.set(id, { settle });
      const plain = { id, pubkey, created_at, kind, tags, content, sig };
      // Only what was never sent is called not reachable: a payment may hang on it.
      if (!this.#wire.send([type, plain])) settle(false, 'not reachable');
    });
  }

  /** A connection whose other end vanished tells nobody: after a silence it is asked. */
  #watchLife(): void {
    clearTimeout(this.#quietTimer);
    this.#quietTimer = setTimeout(() => {
      if (this.#isProbing) {
        this.#onDead();
        return;
      }
      this.#isProbing = true;
      this.#wire.send(['REQ', ALIVE, NO_EVENT]);
      this.#watchLife();
    }, QUIET_MS);
  }
}
