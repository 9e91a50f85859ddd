/**
 * The port of the relay: HTTP for its information, websockets for everything else, and an end
 * that leaves nothing open.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { answerHttp } from './information.ts';
import type { RelayLimits } from './limits.ts';

/** What the port needs to know. */
export interface ListenerOptions {
  readonly limits: RelayLimits;
  /** The NIP-11 document. */
  readonly information: object;
  /** Called with each client that is let in. */
  readonly connect: (socket: WebSocket) => void;
}

/** An open port. */
export interface Listener {
  /** Opens it and resolves to its number; rejects when it cannot be opened. */
  listen(port: number, host: string): Promise<number>;
  /** Cuts every websocket without a goodbye. */
  dropConnections(): void;
  /** Closes everything; resolves when nothing is left open. */
  close(): Promise<void>;
}

/** How long a client may take to say goodbye when the relay stops. */
const GOODBYE_MS = 500;

/** Pings every client now and then and ends those that stay silent. */
function startHeartbeat(sockets: WebSocketServer, intervalMs: number): NodeJS.Timeout {
  const silent = new WeakSet<WebSocket>();
  sockets.on('connection', (socket) => socket.on('pong', () => silent.delete(socket)));
  const timer = setInterval(() => {
    for (const socket of sockets.clients) {
      if (silent.has(socket)) {
        socket.terminate();
        continue;
      }
      silent.add(socket);
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
async function close(sockets: WebSocketServer, server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  sockets.close();
  for (const socket of sockets.clients) socket.close(1001, 'the relay is stopping');
  const force = setTimeout(() => {
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
  }, GOODBYE_MS);
  await closed;
  clearTimeout(force);
}

/** Creates the port without opening it. */
export function createListener(options: ListenerOptions): Listener {
  const { limits } = options;
  const server = createServer((request, response) =>
    answerHttp(request, response, options.information),
  );
  const sockets = new WebSocketServer({ server, maxPayload: limits.maxMessageBytes });
  // Errors of the server surface where it is opened; ws merely repeats them.
  sockets.on('error', () => undefined);
  sockets.on('connection', (socket) => {
    // ws closes a socket that breaks the protocol by itself, with the fitting code.
    socket.on('error', () => undefined);
    if (sockets.clients.size > limits.maxConnections) socket.close(1013, 'too many connections');
    else options.connect(socket);
  });
  const heartbeat = startHeartbeat(sockets, limits.pingIntervalMs);
  return {
    listen: (port, host) => listen(server, port, host),
    dropConnections() {
      for (const socket of sockets.clients) socket.terminate();
    },
    close() {
      clearInterval(heartbeat);
      return close(sockets, server);
    },
  };
}
