/**
 * One client: its subscriptions, its authenticated keys, and the answer to each message.
 */
import type { VerifiedEvent, SignedEvent } from './protocol.ts';
import { WebSocket, type RawData } from 'ws';
import { admit, type EventCheck, type RelayDecide } from './admission.ts';
import { authenticate, createChallenge } from './authentication.ts';
import { isEphemeral, isWrap, tagValues, WRAP_KINDS } from './events.ts';
import { matchesAny, parseFilters, type RelayFilter } from './filters.ts';
import type { RelayLimits } from './limits.ts';
import {
  parseClientMessage,
  readClaimedId,
  writeEventMessage,
  writeMessage,
  type ClientMessage,
  type RelayMessage,
} from './messages.ts';
import type { Viewer } from './query.ts';
import type { StoredEvent, StoreOutcome } from './store.ts';
import type { Writer } from './writer.ts';

/** What all connections of a relay share. */
export interface RelayCore {
  readonly limits: RelayLimits;
  readonly check: EventCheck;
  readonly decide: RelayDecide | null;
  readonly requireAuthForWraps: boolean;
  readonly writer: Writer;
  readonly relayUrls: () => ReadonlySet<string>;
  readonly nowSec: () => number;
  readonly query: (filters: readonly RelayFilter[], viewer: Viewer) => StoredEvent[];
  readonly count: (filters: readonly RelayFilter[], viewer: Viewer) => number;
  readonly broadcast: (event: SignedEvent) => void;
}

/** One client as the server sees it. */
export interface Connection {
  readonly socket: WebSocket;
  /** Number of open subscriptions. */
  readonly subscriptionCount: () => number;
  /** Passes a live event to the subscriptions it matches. */
  readonly deliver: (event: SignedEvent, json: string) => void;
  /** Answers one websocket message; never throws. */
  readonly receive: (data: RawData, isBinary: boolean) => void;
  /** Forgets everything; called once the socket has closed. */
  readonly dispose: () => void;
}

const OUTCOMES: Record<StoreOutcome | 'failed', readonly [boolean, string]> = {
  stored: [true, ''],
  duplicate: [true, 'duplicate: the relay has this event'],
  outdated: [true, 'duplicate: the relay has a newer version'],
  deleted: [false, 'blocked: its author has deleted this event'],
  failed: [false, 'error: the event could not be stored'],
};

/** Creates the state of one client and greets it with its AUTH challenge. */
export function createConnection(socket: WebSocket, core: RelayCore): Connection {
  const { limits } = core;
  const subscriptions = new Map<string, readonly RelayFilter[]>();
  const authenticated = new Set<string>();
  const challenge = createChallenge();

  function sendText(text: string): void {
    if (socket.readyState !== WebSocket.OPEN) return;
    if (socket.bufferedAmount > limits.maxBufferedBytes) {
      socket.terminate();
      return;
    }
    socket.send(text);
  }
  const send = (message: RelayMessage): void => sendText(writeMessage(message));

  function viewer(): Viewer {
    const wrapKeys = core.requireAuthForWraps ? [...authenticated] : null;
    return { nowSec: core.nowSec(), wrapKeys };
  }

  function mayRead(event: SignedEvent): boolean {
    if (!core.requireAuthForWraps || !isWrap(event)) return true;
    return tagValues(event, 'p').some((key) => authenticated.has(key));
  }

  /** Why a request for wraps is refused; one that names no kinds just gets none of them. */
  function findWrapRefusal(filters: readonly RelayFilter[]): string | null {
    if (!core.requireAuthForWraps) return null;
    for (const filter of filters) {
      if (!filter.kinds?.some((kind) => WRAP_KINDS.includes(kind))) continue;
      if (authenticated.size === 0) return 'auth-required: gift wraps are for their recipient';
      const recipients = filter['#p'];
      if (recipients?.length && !recipients.some((key) => authenticated.has(key))) {
        return 'restricted: gift wraps are for their recipient';
      }
    }
    return null;
  }

  function publish(input: unknown): void {
    const id = readClaimedId(input);
    if (id === null) {
      send(['NOTICE', 'invalid: EVENT needs an event with an id']);
      return;
    }
    const nowSec = core.nowSec();
    const admission = admit(input, { ...core, authenticated, nowSec });
    if (!admission.ok) {
      send(['OK', id, false, admission.reason]);
    } else if (isEphemeral(admission.event.kind)) {
      send(['OK', id, true, '']);
      core.broadcast(admission.event);
    } else {
      store(admission.event);
    }
  }

  function store(event: VerifiedEvent): void {
    core.writer.write(event, (outcome) => {
      const [accepted, reason] = OUTCOMES[outcome];
      send(['OK', event.id, accepted, reason]);
      if (outcome === 'stored') core.broadcast(event);
    });
  }

  /** The filters of a request, or null after the CLOSED that refuses it. */
  function admitFilters(id: string, inputs: readonly unknown[]): readonly RelayFilter[] | null {
    const parsed = parseFilters(inputs, limits.maxFilters);
    const reason = parsed.ok ? findWrapRefusal(parsed.filters) : parsed.reason;
    if (parsed.ok && reason === null) return parsed.filters;
    send(['CLOSED', id, reason ?? 'error: the filters could not be read']);
    return null;
  }

  function subscribe(id: string, inputs: readonly unknown[]): void {
    // A REQ under a known id replaces it, also when the new one is refused.
    subscriptions.delete(id);
    const filters = admitFilters(id, inputs);
    if (filters === null) return;
    if (subscriptions.size >= limits.maxSubscriptions) {
      send(['CLOSED', id, `restricted: at most ${limits.maxSubscriptions} subscriptions at once`]);
      return;
    }
    // Committed before reading, so that the answer has every event already answered with OK.
    core.writer.flush();
    subscriptions.set(id, filters);
    for (const event of core.query(filters, viewer())) {
      sendText(writeEventMessage(id, event.json));
    }
    send(['EOSE', id]);
  }

  function count(id: string, inputs: readonly unknown[]): void {
    const filters = admitFilters(id, inputs);
    if (filters === null) return;
    core.writer.flush();
    send(['COUNT', id, { count: core.count(filters, viewer()) }]);
  }

  function identify(input: unknown): void {
    const id = readClaimedId(input);
    if (id === null) {
      send(['NOTICE', 'invalid: AUTH needs an event with an id']);
      return;
    }
    const relayUrls = core.relayUrls();
    const nowSec = core.nowSec();
    const result = authenticate(input, { check: core.check, challenge, relayUrls, nowSec });
    if (!result.ok) {
      send(['OK', id, false, result.reason]);
    } else if (authenticated.size >= limits.maxAuthenticatedKeys) {
      send(['OK', id, false, `restricted: at most ${limits.maxAuthenticatedKeys} keys`]);
    } else {
      authenticated.add(result.publicKeyHex);
      send(['OK', id, true, '']);
    }
  }

  function answer(message: ClientMessage): void {
    switch (message.type) {
      case 'EVENT':
        return publish(message.event);
      case 'AUTH':
        return identify(message.event);
      case 'REQ':
        return subscribe(message.subscriptionId, message.filters);
      case 'COUNT':
        return count(message.subscriptionId, message.filters);
      case 'CLOSE':
        return void subscriptions.delete(message.subscriptionId);
      case 'bad':
        return send(['NOTICE', message.reason]);
      default:
        return send(['NEG-ERR', message.subscriptionId, 'unsupported: no negentropy here']);
    }
  }

  function receive(data: RawData, isBinary: boolean): void {
    if (isBinary) {
      send(['NOTICE', 'invalid: messages are text']);
      return;
    }
    try {
      const text = Array.isArray(data) ? Buffer.concat(data).toString() : data.toString();
      answer(parseClientMessage(text, limits.maxSubscriptionIdLength));
    } catch {
      // Only a failing disk or a bug comes here; the client hears of it and the relay lives on.
      send(['NOTICE', 'error: the relay could not answer this message']);
    }
  }

  send(['AUTH', challenge]);
  return {
    socket,
    subscriptionCount: () => subscriptions.size,
    deliver(event, json) {
      if (subscriptions.size === 0 || !mayRead(event)) return;
      for (const [id, filters] of subscriptions) {
        if (matchesAny(filters, event)) sendText(writeEventMessage(id, json));
      }
    },
    receive,
    dispose() {
      subscriptions.clear();
      authenticated.clear();
    },
  };
}
