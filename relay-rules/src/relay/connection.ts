/**
 * One client: its subscriptions, its proven keys, and the answer to each of its messages.
 */
import type { RawData, WebSocket } from 'ws';
import { findWrapRefusal, mayReadWrap } from './access.ts';
import { refuse } from '../reasons.ts';
import { admit, reasonOf, type EventCheck, type RelayDecide } from './admission.ts';
import { authenticate, createChallenge } from './authentication.ts';
import { isEphemeral } from './events.ts';
import { matchesAny, parseFilters, type RelayFilter } from './filters.ts';
import type { RelayLimits } from './limits.ts';
import {
  parseClientMessage,
  readClaimedId,
  writeEventMessage,
  type ClientMessage,
} from './messages.ts';
import { buildNegentropySet, type NegentropySet } from './negentropy.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import type { SignedEvent, VerifiedEvent } from '@realyield/protocol';
import type { Viewer } from './query.ts';
import type { Reader } from './reader.ts';
import type { StoreOutcome } from './store.ts';
import type { Writer } from './writer.ts';

/** What all connections of a relay share. */
export interface RelayCore {
  readonly limits: RelayLimits;
  readonly check: EventCheck;
  readonly rules: RelayDecide | null;
  readonly decide: RelayDecide | null;
  readonly requireAuthForWraps: boolean;
  readonly reader: Reader;
  readonly writer: Writer;
  readonly relayUrls: () => ReadonlySet<string>;
  readonly nowSec: () => number;
  readonly broadcast: (event: SignedEvent) => void;
}

const OUTCOMES: Record<StoreOutcome | 'failed', readonly [boolean, string]> = {
  stored: [true, ''],
  duplicate: [true, 'duplicate: the relay has this event'],
  outdated: [true, 'duplicate: the relay has a newer version'],
  deleted: [false, 'blocked: its author has deleted this event'],
  vanished: [false, reasonOf(refuse('KEY_VANISHED'))],
  failed: [false, 'error: the event could not be stored'],
};

function readText(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return (Buffer.isBuffer(data) ? data : Buffer.from(data)).toString();
}

/** The state of one client; greets it with its AUTH challenge. */
export class Connection {
  readonly #core: RelayCore;
  readonly #outbox: Outbox;
  readonly #challenge = createChallenge();
  readonly #authenticated = new Set<string>();
  readonly #subscriptions = new Map<string, readonly RelayFilter[]>();
  readonly #reconciliations = new Map<string, NegentropySet>();

  constructor(socket: WebSocket, core: RelayCore) {
    this.#core = core;
    this.#outbox = createOutbox(socket, core.limits.maxBufferedBytes);
    this.#outbox.send(['AUTH', this.#challenge]);
  }

  /** Number of open subscriptions and reconciliations. */
  get subscriptionCount(): number {
    return this.#subscriptions.size + this.#reconciliations.size;
  }

  /** Forgets everything; called once the socket has closed. */
  dispose(): void {
    this.#subscriptions.clear();
    this.#reconciliations.clear();
    this.#authenticated.clear();
  }

  /** Passes a live event, also given as JSON, to the subscriptions it matches. */
  deliver(event: SignedEvent, json: string): void {
    if (this.#subscriptions.size === 0) return;
    if (this.#core.requireAuthForWraps && !mayReadWrap(event, this.#authenticated)) return;
    for (const [id, filters] of this.#subscriptions) {
      if (matchesAny(filters, event)) this.#outbox.sendText(writeEventMessage(id, json));
    }
  }

  /** Answers one websocket message; never throws. */
  receive(data: RawData, isBinary: boolean): void {
    if (isBinary) {
      this.#outbox.send(['NOTICE', 'invalid: messages are text']);
      return;
    }
    try {
      this.#answer(parseClientMessage(readText(data), this.#core.limits.maxSubscriptionIdLength));
    } catch {
      // Only a failing disk or a bug comes here; the client hears of it and the relay lives on.
      this.#outbox.send(['NOTICE', 'error: the relay could not answer this message']);
    }
  }

  #answer(message: ClientMessage): void {
    switch (message.type) {
      case 'EVENT':
        return this.#publish(message.event);
      case 'AUTH':
        return this.#identify(message.event);
      case 'REQ':
        return this.#subscribe(message.subscriptionId, message.filters);
      case 'COUNT':
        return this.#count(message.subscriptionId, message.filters);
      case 'CLOSE':
        return void this.#subscriptions.delete(message.subscriptionId);
      case 'NEG-OPEN':
        return this.#reconcile(message.subscriptionId, message.filter, message.message);
      case 'NEG-MSG':
        return this.#continue(message.subscriptionId, message.message);
      case 'NEG-CLOSE':
        return void this.#reconciliations.delete(message.subscriptionId);
      case 'bad':
        return this.#outbox.send(['NOTICE', message.reason]);
    }
  }

  #viewer(): Viewer {
    const wrapKeys = this.#core.requireAuthForWraps ? [...this.#authenticated] : null;
    return { nowSec: this.#core.nowSec(), wrapKeys };
  }

  #publish(input: unknown): void {
    const id = readClaimedId(input);
    if (id === null) {
      this.#outbox.send(['NOTICE', 'invalid: EVENT needs an event with an id']);
      return;
    }
    const admission = admit(input, {
      ...this.#core,
      authenticated: this.#authenticated,
      nowSec: this.#core.nowSec(),
      relayUrls: this.#core.relayUrls(),
    });
    if (!admission.ok) {
      this.#outbox.send(['OK', id, false, admission.reason]);
    } else if (isEphemeral(admission.event.kind)) {
      this.#outbox.send(['OK', id, true, '']);
      this.#core.broadcast(admission.event);
    } else {
      this.#store(admission.event);
    }
  }

  #store(event: VerifiedEvent): void {
    this.#core.writer.write(event, (outcome) => {
      const [accepted, reason] = OUTCOMES[outcome];
      this.#outbox.send(['OK', event.id, accepted, reason]);
      if (outcome === 'stored') this.#core.broadcast(event);
    });
  }

  /** The filters of a request, or the reason that refuses it. */
  #admitFilters(inputs: readonly unknown[]): readonly RelayFilter[] | string {
    const parsed = parseFilters(inputs, this.#core.limits.maxFilters);
    if (!parsed.ok) return parsed.reason;
    if (!this.#core.requireAuthForWraps) return parsed.filters;
    return findWrapRefusal(parsed.filters, this.#authenticated) ?? parsed.filters;
  }

  #findLimitRefusal(): string | null {
    const { maxSubscriptions } = this.#core.limits;
    if (this.subscriptionCount < maxSubscriptions) return null;
    return `restricted: at most ${maxSubscriptions} subscriptions at once`;
  }

  #subscribe(id: string, inputs: readonly unknown[]): void {
    // A REQ under a known id replaces it, also when the new one is refused.
    this.#subscriptions.delete(id);
    const filters = this.#admitFilters(inputs);
    const refusal = typeof filters === 'string' ? filters : this.#findLimitRefusal();
    if (typeof filters === 'string' || refusal !== null) {
      this.#outbox.send(['CLOSED', id, refusal ?? 'error: the filters could not be read']);
      return;
    }
    // Committed before reading, so that the answer has every event already answered with OK.
    this.#core.writer.flush();
    const { limits, reader } = this.#core;
    const found = reader.list(filters, this.#viewer(), limits.maxLimit);
    this.#subscriptions.set(id, filters);
    this.#sendStored(id, filters, found).catch(() => {
      this.#subscriptions.delete(id);
      this.#outbox.send(['CLOSED', id, 'error: the stored events could not be read']);
    });
  }

  /**
   * Sends what was found, then EOSE. A slow reader makes it wait; live events may then overtake
   * stored ones. It ends early when the subscription is closed or replaced meanwhile.
   */
  async #sendStored(
    id: string,
    filters: readonly RelayFilter[],
    found: readonly { readonly id: string }[],
  ): Promise<void> {
    for (const position of found) {
      if (this.#subscriptions.get(id) !== filters) return;
      const json = this.#core.reader.read(position.id);
      if (json === undefined) continue;
      const text = writeEventMessage(id, json);
      if (this.#outbox.isFull()) await this.#outbox.sendAndWait(text);
      else this.#outbox.sendText(text);
    }
    if (this.#subscriptions.get(id) === filters) this.#outbox.send(['EOSE', id]);
  }

  #count(id: string, inputs: readonly unknown[]): void {
    const filters = this.#admitFilters(inputs);
    if (typeof filters === 'string') {
      this.#outbox.send(['CLOSED', id, filters]);
      return;
    }
    this.#core.writer.flush();
    this.#outbox.send(['COUNT', id, { count: this.#core.reader.count(filters, this.#viewer()) }]);
  }

  #identify(input: unknown): void {
    const id = readClaimedId(input);
    if (id === null) {
      this.#outbox.send(['NOTICE', 'invalid: AUTH needs an event with an id']);
      return;
    }
    const { check, limits, nowSec, relayUrls } = this.#core;
    const context = { check, challenge: this.#challenge, relayUrls: relayUrls(), nowSec: nowSec() };
    const result = authenticate(input, context);
    if (!result.ok) {
      this.#outbox.send(['OK', id, false, result.reason]);
    } else if (this.#authenticated.size >= limits.maxAuthenticatedKeys) {
      this.#outbox.send([
        'OK',
        id,
        false,
        `restricted: at most ${limits.maxAuthenticatedKeys} keys`,
      ]);
    } else {
      this.#authenticated.add(result.publicKeyHex);
      this.#outbox.send(['OK', id, true, '']);
    }
  }

  #reconcile(id: string, filter: unknown, message: string): void {
    this.#reconciliations.delete(id);
    const { limits, reader, writer } = this.#core;
    const filters = this.#admitFilters([filter]);
    const refusal = typeof filters === 'string' ? filters : this.#findLimitRefusal();
    if (typeof filters === 'string' || refusal !== null) {
      this.#outbox.send(['NEG-ERR', id, refusal ?? 'error: the filter could not be read']);
      return;
    }
    writer.flush();
    const found = reader.list(filters, this.#viewer(), limits.maxNegentropyEvents + 1);
    if (found.length > limits.maxNegentropyEvents) {
      this.#outbox.send(['NEG-ERR', id, 'blocked: this query is too big']);
      return;
    }
    // Half a frame of bytes is a whole message as hex.
    this.#reconciliations.set(id, buildNegentropySet(found, limits.maxMessageBytes / 2 - 256));
    this.#continue(id, message);
  }

  #continue(id: string, message: string): void {
    const set = this.#reconciliations.get(id);
    if (set === undefined) {
      this.#outbox.send(['NEG-ERR', id, 'closed: no such reconciliation is open']);
      return;
    }
    try {
      this.#outbox.send(['NEG-MSG', id, set.answer(message)]);
    } catch {
      this.#reconciliations.delete(id);
      this.#outbox.send(['NEG-ERR', id, 'invalid: the message is malformed']);
    }
  }
}
