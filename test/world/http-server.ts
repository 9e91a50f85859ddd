/**
 * The local world's only door for browsers: the built client, `/world.json`, and for end-to-end
 * tests `/control`. On loopback, and only for pages that were asked for by a loopback name, so
 * that no site elsewhere can read the personas' wallets by pointing its own name at 127.0.0.1.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import sirv, { type RequestHandler } from 'sirv';

/** What the server serves. */
export interface HttpServerOptions {
  /** Preferred port; any free one when it is taken. 0 takes a free one at once. */
  readonly port: number;
  /** Folder of the built client; read once, when `serveClient` is called. */
  readonly buildFolder: string;
  /** The body of `/world.json`. */
  readonly world: () => unknown;
  /** Answers a POST to `/control`; undefined: there is no such address. */
  readonly control: ((body: unknown) => Promise<ControlAnswer>) | undefined;
}

/** What `/control` says: done, with what was asked for, or why not. */
export type ControlAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly sentence: string };

/** A running server. */
export interface HttpServerHandle {
  /** Its address, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Serves the client from now on: its folder is there. */
  serveClient(): void;
  /** Closes the port and every connection. */
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';
const LOOPBACK_NAME = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;
const MOST_BODY_BYTES = 262_144;

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}

function answerJson(response: ServerResponse, status: number, value: unknown): void {
  answer(response, status, 'application/json', JSON.stringify(value));
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}

async function answerControl(
  request: IncomingMessage,
  response: ServerResponse,
  control: NonNullable<HttpServerOptions['control']>,
): Promise<void> {
  // A form of another site cannot send this type without asking first.
  const isJson = request.headers['content-type']?.startsWith('application/json') === true;
  if (request.method !== 'POST' || !isJson) {
    answerJson(response, 405, { ok: false, sentence: 'POST a JSON document.' });
    return;
  }
  const result = await control(await readBody(request));
  // Kept open, it could end just as a busy machine's test asks the next thing over it.
  response.setHeader('connection', 'close');
  answerJson(response, result.ok ? 200 : 400, result);
}

/** Where a page lies that was asked for with a slash at its end; undefined where it was not. */
function withoutSlash(url: string): string | undefined {
  const [path = '/', ...query] = url.split('?');
  // Its files are named relative to it. One slash in front: two would name another server.
  const page = `/${path.replace(/^\/+|\/+$/g, '')}`;
  return path.endsWith('/') && page !== '/' ? [page, ...query].join('?') : undefined;
}

function openClient(buildFolder: string): RequestHandler {
  return sirv(buildFolder, {
    etag: true,
    single: '200.html',
    setHeaders(response, pathname) {
      response.setHeader('x-content-type-options', 'nosniff');
      const isForever = pathname.startsWith('/_app/immutable/');
      response.setHeader('cache-control', isForever ? 'max-age=31536000,immutable' : 'no-cache');
    },
  });
}

/** Opens the port, or any free one when it is taken. */
async function listen(server: Server, port: number): Promise<number> {
  const open = (wanted: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(wanted, HOST, () => {
        server.off('error', reject);
        resolve();
      });
    });
  try {
    await open(port);
  } catch (error) {
    if (port === 0 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    await open(0);
  }
  return (server.address() as AddressInfo).port;
}

/** Starts the server; `/world.json` and `/control` answer at once. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServerHandle> {
  let client: RequestHandler | undefined;
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? '/').split('?', 1)[0];
    if (!LOOPBACK_NAME.test(request.headers.host ?? '')) {
      answer(response, 403, 'text/plain', 'This world is only for the machine it runs on.\n');
    } else if (path === '/world.json') answerJson(response, 200, options.world());
    else if (path === '/control' && options.control) {
      await answerControl(request, response, options.control);
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      answer(response, 405, 'text/plain', 'Only GET.\n');
    } else if (client) {
      const page = withoutSlash(request.url ?? '/');
      if (page !== undefined) {
        response.writeHead(308, { location: page, 'cache-control': 'no-store' }).end();
        return;
      }
      client(request, response, () => {
        answer(response, 404, 'text/plain', 'There is nothing at this address.\n');
      });
    } else answer(response, 503, 'text/plain', 'The client is still being built.\n');
  };
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      console.error(error);
      if (!response.headersSent) answer(response, 500, 'text/plain', 'That did not work.\n');
    });
  });
  const port = await listen(server, options.port);
  return {
    url: `http://${HOST}:${port}`,
    port,
    serveClient() {
      client = openClient(options.buildFolder);
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
