/**
 * The embedded relay: a small Nostr relay for tests, the local world and small operators.
 * NIP-01, 09, 11, 40, 42, 45, 62, 70, 77; SQLite underneath; one process, one port.
 */
import type { Rules } from '../decide.ts';
import { loadVerifier } from '../verifier.ts';
import { createEventCheck, type RelayDecide } from './admission.ts';
import { ownRelayUrls } from './authentication.ts';
import { Connection, type RelayCore } from './connection.ts';
import { isEphemeral } from './events.ts';
import type { RelayFilter } from './filters.ts';
import { buildInformation } from './information.ts';
import { withDefaultLimits, type RelayLimits } from './limits.ts';
import { createListener, type Listener } from './listener.ts';
import type { SignatureVerifier, SignedEvent } from '@realyield/protocol';
import { createReader, type Withhold } from './reader.ts';
import { readKeyEvents } from './parties.ts';
import { createRules, describeRules } from './rules.ts';
import { openStore, type EventStore } from './store.ts';
import { createWriter, type Writer } from './writer.ts';

export type { RelayDecide, RelayDecision } from './admission.ts';
export type { RelayLimits } from './limits.ts';

/** How to run a relay; every limit of `RelayLimits` may be given too. */
export interface RelayOptions extends Partial<RelayLimits> {
  /** TCP port; 0, the default, takes a free one. */
  readonly port?: number;
  /** Address to listen on; loopback unless given. */
  readonly host?: string;
  /** SQLite file; in memory unless given. */
  readonly databasePath?: string;
  /** Name in the NIP-11 document. */
  readonly name?: string;
  /** The protocol's write rules (specs/relays.md); off unless given. */
  readonly rules?: Rules;
  /** The operator's further rule, asked last; everything is accepted unless given. */
  readonly decide?: RelayDecide;
  /** Serve gift wraps only to the authenticated key in their p tag; off unless given. */
  readonly requireAuthForWraps?: boolean;
  /** Further addresses clients know the relay by, such as wss://relay.example. */
  readonly publicUrls?: readonly string[];
  /** The relay's clock in seconds; the system's unless given. */
  readonly nowSec?: () => number;
}

/** What a relay holds at this moment, to find leaks. */
export interface RelayStatistics {
  readonly connections: number;
  readonly subscriptions: number;
  readonly storedEvents: number;
}

/** A running relay. The last three members exist for tests of clients under faults. */
export interface RelayHandle {
  /** Its websocket address. */
  readonly url: string;
  readonly port: number;
  /** Closes every connection and the database; resolves when nothing is left open. */
  stop(): Promise<void>;
  /** Open connections and subscriptions, and stored events. */
  statistics(): RelayStatistics;
  /** Cuts every connection without a goodbye, as a lost network would; keeps listening. */
  dropConnections(): void;
  /** Hides the events for which the predicate is true from every answer and live; null ends it. */
  setWithhold(predicate: ((event: SignedEvent) => boolean) | null): void;
  /** Stores and sends out an event nobody checked, as a hostile relay would. */
  injectUnchecked(event: SignedEvent): void;
}

/** How often expired events are dropped; until then they are merely not shown. */
const EXPIRY_SWEEP_MS = 60_000;
const EVERYTHING: readonly RelayFilter[] = [{}];

class EmbeddedRelay implements RelayHandle {
  readonly #store: EventStore;
  readonly #writer: Writer;
  readonly #nowSec: () => number;
  readonly #connections = new Set<Connection>();
  readonly #core: RelayCore;
  #listener: Listener | null = null;
  #ownUrls: ReadonlySet<string> = new Set();
  #withhold: Withhold = null;
  #sweep: NodeJS.Timeout | null = null;
  #stopping: Promise<void> | null = null;
  url = '';
  port = 0;

  constructor(options: RelayOptions, limits: RelayLimits, verifier: SignatureVerifier) {
    this.#nowSec = options.nowSec ?? (() => Math.floor(Date.now() / 1000));
    this.#store = openStore(options.databasePath ?? ':memory:');
    this.#writer = createWriter(this.#store);
    const relayUrls = (): ReadonlySet<string> => this.#ownUrls;
    this.#core = {
      limits,
      check: createEventCheck(verifier, limits.maxEventBytes),
      rules: options.rules
        ? createRules({
            rules: { ...options.rules, maxFutureSec: limits.maxFutureSec },
            verifier,
            read: (id) => this.#store.read(id),
            keyEvents: (root) => readKeyEvents(this.#store, root, this.#nowSec()),
            relayUrls,
            nowSec: this.#nowSec,
          })
        : null,
      decide: options.decide ?? null,
      requireAuthForWraps: options.requireAuthForWraps ?? false,
      reader: createReader(this.#store, () => this.#withhold),
      writer: this.#writer,
      relayUrls,
      nowSec: this.#nowSec,
      broadcast: (event) => this.#broadcast(event),
    };
  }

  async listen(options: RelayOptions): Promise<void> {
    const { limits, requireAuthForWraps } = this.#core;
    const name = options.name ?? 'Real Yield relay';
    const writeRules = options.rules
      ? describeRules(options.rules)
      : options.decide
        ? 'What may be written is up to its operator.'
        : null;
    const host = options.host ?? '127.0.0.1';
    this.#listener = createListener({
      limits,
      information: buildInformation({ name, writeRules, requireAuthForWraps }, limits),
      connect: (socket) => {
        const connection = new Connection(socket, this.#core);
        this.#connections.add(connection);
        socket.on('message', (data, isBinary) => connection.receive(data, isBinary));
        socket.on('close', () => {
          this.#connections.delete(connection);
          connection.dispose();
        });
      },
    });
    this.port = await this.#listener.listen(options.port ?? 0, host);
    this.url = `ws://${host.includes(':') ? `[${host}]` : host}:${this.port}`;
    this.#ownUrls = ownRelayUrls([this.url, ...(options.publicUrls ?? [])]);
    this.#sweep = setInterval(() => this.#store.removeExpired(this.#nowSec()), EXPIRY_SWEEP_MS);
    this.#sweep.unref();
  }

  #broadcast(event: SignedEvent): void {
    if (this.#withhold?.(event)) return;
    const json = JSON.stringify(event);
    for (const connection of this.#connections) connection.deliver(event, json);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    if (this.#sweep !== null) clearInterval(this.#sweep);
    await this.#listener?.close();
    this.#writer.flush();
    this.#store.close();
  }

  statistics(): RelayStatistics {
    let subscriptions = 0;
    for (const connection of this.#connections) subscriptions += connection.subscriptionCount;
    return {
      connections: this.#connections.size,
      subscriptions,
      storedEvents: this.#store.count(EVERYTHING, { nowSec: this.#nowSec(), wrapKeys: null }),
    };
  }

  dropConnections(): void {
    this.#listener?.dropConnections();
  }

  setWithhold(predicate: Withhold): void {
    this.#withhold = predicate;
  }

  injectUnchecked(event: SignedEvent): void {
    if (!isEphemeral(event.kind)) this.#store.insertUnchecked(event);
    this.#broadcast(event);
  }
}

/** Starts a relay; rejects when the port or the database cannot be opened. */
export async function startRelay(options: RelayOptions = {}): Promise<RelayHandle> {
  const maxFutureSec = options.maxFutureSec ?? options.rules?.maxFutureSec;
  const limits = withDefaultLimits(
    maxFutureSec === undefined ? options : { ...options, maxFutureSec },
  );
  const relay = new EmbeddedRelay(options, limits, await loadVerifier());
  try {
    await relay.listen(options);
    return relay;
  } catch (error) {
    await relay.stop();
    throw error;
  }
}
