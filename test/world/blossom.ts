/**
 * A Blossom server on loopback, of this project's own: `PUT /upload` (BUD-02) and `GET` and `HEAD`
 * of `/<sha256>` (BUD-01), with the checks those ask of a server. It can be made to misbehave.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verify } from '@realyield/protocol';

/** How the server answers. */
export type Conduct =
  | 'honest'
  /** As many bytes, but others. */
  | 'lies'
  /** Half of a file, and then nothing more; of an upload nothing. */
  | 'hangs'
  /** Without end. */
  | 'endless'
  /** Sends on to another address. */
  | 'redirects'
  /** Knows nobody. */
  | 'refuses'
  /** Says of an upload that it is something else. */
  | 'mistakes'
  /** Takes nothing so large. */
  | 'small'
  /** Cannot at the moment. */
  | 'busy'
  /** Breaks off whatever is begun. */
  | 'away';

/** A running server. */
export interface BlossomHandle {
  readonly url: string;
  /** What it holds, by SHA-256. */
  readonly blobs: ReadonlyMap<string, Buffer>;
  /** Keys that uploaded, one for each upload. */
  readonly uploaders: readonly string[];
  /** Fetches so far. */
  readonly fetches: number;
  /** Bytes it wrote to an answer without end. */
  readonly endlessBytes: number;
  conduct: Conduct;
  /** Where it sends on to. */
  elsewhere: string;
  /** Drops what it holds. */
  forget(): void;
  stop(): Promise<void>;
}

const MOST_BYTES = 32_000_000;

const CROSS_ORIGIN = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'Authorization, *',
  'access-control-allow-methods': 'GET, HEAD, PUT, DELETE',
};

function answerJson(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { ...CROSS_ORIGIN, 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

/** Who may upload this, by the event in the header; undefined where nobody may. */
function uploaderOf(header: string | undefined, hash: string): string | undefined {
  const [scheme, token = ''] = (header ?? '').split(' ');
  // Only what servers that read base64 and such as read its kind for addresses both understand.
  const isPlain = /^[A-Za-z0-9]+$/.test(token) && token.length % 4 === 0;
  if (scheme !== 'Nostr' || !isPlain) return undefined;
  const read = verify(JSON.parse(Buffer.from(token, 'base64').toString('utf8')));
  if (!read.ok) return undefined;
  const { kind, created_at, tags, pubkey } = read.value;
  const nowSec = Date.now() / 1_000;
  const has = (name: string, value: string): boolean =>
    tags.some(([tag, said]) => tag === name && said === value);
  const expiration = Number(tags.find(([tag]) => tag === 'expiration')?.[1] ?? 0);
  const isTimely = created_at <= nowSec && expiration > nowSec;
  return kind === 24_242 && isTimely && has('t', 'upload') && has('x', hash) ? pubkey : undefined;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** What the server holds and does. */
class Blossom {
  readonly blobs = new Map<string, Buffer>();
  readonly uploaders: string[] = [];
  fetches = 0;
  endlessBytes = 0;
  conduct: Conduct = 'honest';
  elsewhere = 'http://127.0.0.1:1';

  forget(): void {
    this.blobs.clear();
  }

  /** Answers one request. */
  answer(request: IncomingMessage, response: ServerResponse): void {
    const { method, url } = request;
    if (this.conduct === 'away') request.socket.destroy();
    else if (method === 'OPTIONS') response.writeHead(204, CROSS_ORIGIN).end();
    else if (method === 'PUT' && url === '/upload') {
      this.#takeUpload(request, response).catch(() => {
        if (!response.headersSent) answerJson(response, 400, { message: 'That cannot be read' });
      });
    } else if (method === 'GET' || method === 'HEAD') this.#giveBlob(request, response);
    else answerJson(response, 405, { message: 'Not that way' });
  }

  async #takeUpload(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    if (this.conduct === 'hangs' || this.#isElsewhere(request, response)) return;
    if (!body || this.conduct === 'small') {
      answerJson(response, 413, { message: 'Too large' });
      return;
    }
    const sha256 = createHash('sha256').update(body).digest('hex');
    const uploader = uploaderOf(request.headers.authorization, sha256);
    if (uploader === undefined || this.conduct === 'refuses') {
      answerJson(response, 401, { message: 'No leave to upload this' });
      return;
    }
    this.blobs.set(sha256, body);
    this.uploaders.push(uploader);
    const url = `http://${request.headers.host ?? ''}/${sha256}`;
    answerJson(response, 200, {
      ...{ url, size: body.length, type: 'application/octet-stream' },
      ...{ sha256: this.conduct === 'mistakes' ? '0'.repeat(64) : sha256 },
      uploaded: Math.floor(Date.now() / 1_000),
    });
  }

  /** Whether the answer is that it cannot now, or is to be had from somebody else. */
  #isElsewhere({ url = '' }: IncomingMessage, response: ServerResponse): boolean {
    if (this.conduct === 'busy') answerJson(response, 503, { message: 'Later' });
    else if (this.conduct === 'redirects') {
      const location = `${this.elsewhere}${url}`;
      response.writeHead(307, { ...CROSS_ORIGIN, location }).end();
    } else return false;
    return true;
  }

  /** Writes until nobody listens any more. */
  #writeEndless(response: ServerResponse): void {
    const chunk = Buffer.alloc(65_536);
    const write = (): void => {
      if (response.destroyed) return;
      this.endlessBytes += chunk.length;
      if (response.write(chunk)) setImmediate(write);
      else response.once('drain', write);
    };
    write();
  }

  #giveBlob(request: IncomingMessage, response: ServerResponse): void {
    const hash = /^\/([0-9a-f]{64})(\.\w+)?$/.exec(request.url ?? '')?.[1] ?? '';
    const blob = this.blobs.get(hash);
    this.fetches += 1;
    if (!blob) {
      answerJson(response, 404, { message: 'There is no such blob' });
      return;
    }
    if (this.#isElsewhere(request, response)) return;
    if (this.conduct === 'refuses') {
      answerJson(response, 401, { message: 'No leave to fetch this' });
      return;
    }
    const isWhole = this.conduct !== 'endless';
    response.writeHead(200, {
      ...CROSS_ORIGIN,
      'content-type': 'application/octet-stream',
      ...(isWhole ? { 'content-length': blob.length } : {}),
    });
    if (request.method === 'HEAD') response.end();
    else if (this.conduct === 'endless') this.#writeEndless(response);
    else if (this.conduct === 'hangs') response.write(blob.subarray(0, blob.length / 2));
    else response.end(this.conduct === 'lies' ? Buffer.alloc(blob.length, 7) : blob);
  }
}

/** Starts a server at a free port, or at the one that is given. */
export async function startBlossom(port = 0): Promise<BlossomHandle> {
  const blossom = new Blossom();
  const server = createServer((request, response) => {
    blossom.answer(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return Object.assign(blossom, {
    url: `http://127.0.0.1:${taken}`,
    stop: (): Promise<void> =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  });
}
