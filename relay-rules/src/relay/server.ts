/**
 * The embedded relay: a small Nostr relay for tests, the local world and small operators.
 * NIP-01, 09, 11, 40, 42, 45, 70; SQLite underneath; one process, one port.
 */
import type { SignedEvent } from './protocol.ts';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { createEventCheck, type RelayDecide } from './admission.ts';
import { ownRelayUrls } from './authentication.ts';
import { createConnection, type Connection, type RelayCore } from './connection.ts';
import { isEphemeral } from './events.ts';
import { answerHttp, buildInformation } from './information.ts';
import { withDefaultLimits, type RelayLimits } from './limits.ts';
import type { RelayFilter } from './filters.ts';
import type { Viewer } from './query.ts';
import { openStore, type EventStore, type StoredEvent } from './store.ts';
import { createWriter } from './writer.ts';

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
  /** The operator's write rules; everything valid is accepted unless given. */
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

/** A running relay. The last four members exist for tests of clients under faults. */
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
/** How long a client may take to say goodbye when the relay stops. */
const GOODBYE_MS = 500;
const EVERYTHING: readonly RelayFilter[] = [{}];

type Withhold = ((event: SignedEvent) => boolean) | null;

/** Reading with the withheld events taken out. */
function createReader(store: EventStore, limits: RelayLimits, withheld: () => Withhold) {
  const isShown = (event: StoredEvent): boolean =>
    withheld()?.(JSON.parse(event.json) as SignedEvent) !== true;
  return {
    query: (filters: readonly RelayFilter[], viewer: Viewer) =>
      withheld() === null
        ? store.query(filters, viewer, limits.maxLimit)
        : store.query(filters, viewer, limits.maxLimit).filter(isShown),
    count: (filters: readonly RelayFilter[], viewer: Viewer) =>
      withheld() === null
        ? store.count(filters, viewer)
        : store.query(filters, viewer, Number.MAX_SAFE_INTEGER).filter(isShown).length,
  };
}

/** Pings every client now and then and ends those that stay silent. */
function startHeartbeat(server: WebSocketServer, intervalMs: number): NodeJS.Timeout {
  const silent = new WeakSet<object>();
  const timer = setInterval(() => {
    for (const socket of server.clients) {
      if (silent.has(socket)) {
        socket.terminate();
        continue;
      }
      silent.add(socket);
      socket.once('pong', () => silent.delete(socket));
      socket.ping();
    }
  }, intervalMs);
  return timer.unref();
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Closes the websockets politely, then by force, then the port. */
async function closeServers(sockets: WebSocketServer, server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const socket of sockets.clients) socket.close(1001, 'relay is stopping');
  const force = setTimeout(() => {
    for (const socket of sockets.clients) socket.terminate();
  }, GOODBYE_MS);
  sockets.close();
  server.closeIdleConnections();
  await closed;
  clearTimeout(force);
}

/** Starts a relay; rejects when the port or the database cannot be opened. */
export async function startRelay(options: RelayOptions = {}): Promise<RelayHandle> {
  const limits = withDefaultLimits(options);
  const host = options.host ?? '127.0.0.1';
  const nowSec = options.nowSec ?? (() => Math.floor(Date.now() / 1000));
  const requireAuthForWraps = options.requireAuthForWraps ?? false;
  const information = buildInformation(
    {
      name: options.name ?? 'Real Yield relay',
      restrictedWrites: options.decide !== undefined,
      requireAuthForWraps,
    },
    limits,
  );
  const check = await createEventCheck(limits.maxEventBytes);
  const store = openStore(options.databasePath ?? ':memory:');
  const writer = createWriter(store);
  const connections = new Set<Connection>();
  let withhold: Withhold = null;
  let ownUrls: ReadonlySet<string> = new Set();

  function broadcast(event: SignedEvent): void {
    if (withhold?.(event)) return;
    const json = JSON.stringify(event);
    for (const connection of connections) connection.deliver(event, json);
  }

  const core: RelayCore = {
    limits,
    check,
    decide: options.decide ?? null,
    requireAuthForWraps,
    writer,
    relayUrls: () => ownUrls,
    nowSec,
    ...createReader(store, limits, () => withhold),
    broadcast,
  };
  const server = createServer((request, response) => answerHttp(request, response, information));
  const sockets = new WebSocketServer({ server, maxPayload: limits.maxMessageBytes });
  sockets.on('connection', (socket) => {
    socket.on('error', () => socket.terminate());
    if (connections.size >= limits.maxConnections) {
      socket.close(1013, 'too many connections');
      return;
    }
    const connection = createConnection(socket, core);
    connections.add(connection);
    socket.on('message', connection.receive);
    socket.on('close', () => {
      connections.delete(connection);
      connection.dispose();
    });
  });

  const port = await listen(server, options.port ?? 0, host).catch((error: unknown) => {
    store.close();
    throw error;
  });
  const url = `ws://${host.includes(':') ? `[${host}]` : host}:${port}`;
  ownUrls = ownRelayUrls([url, ...(options.publicUrls ?? [])]);
  const heartbeat = startHeartbeat(sockets, limits.pingIntervalMs);
  const sweep = setInterval(() => store.removeExpired(nowSec()), EXPIRY_SWEEP_MS).unref();
  let stopping: Promise<void> | null = null;

  async function stop(): Promise<void> {
    clearInterval(heartbeat);
    clearInterval(sweep);
    await closeServers(sockets, server);
    writer.flush();
    store.close();
  }

  return {
    url,
    port,
    stop: () => (stopping ??= stop()),
    statistics: () => ({
      connections: connections.size,
      subscriptions: [...connections].reduce((sum, item) => sum + item.subscriptionCount(), 0),
      storedEvents: store.count(EVERYTHING, { nowSec: nowSec(), wrapKeys: null }),
    }),
    dropConnections: () => {
      for (const socket of sockets.clients) socket.terminate();
    },
    setWithhold: (predicate) => void (withhold = predicate),
    injectUnchecked(event) {
      if (!isEphemeral(event.kind)) store.insertUnchecked(event);
      broadcast(event);
    },
  };
}
