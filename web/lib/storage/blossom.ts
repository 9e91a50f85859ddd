/**
 * Encrypted documents at Blossom servers: BUD-01 (`GET /<sha256>`) and BUD-02 (`PUT /upload`).
 * A server is a stranger: it can refuse, hang, lie and send without end.
 * Spec: specs/conversation.md, "Documents".
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import type { SignedEvent } from '@realyield/protocol';
import * as z from 'zod/mini';
import type { Clock } from '../engine/ports.ts';
import { randomHex } from '../engine/random.ts';
import { createLocalSigner } from '../signer/local-signer.ts';
import { orAborted, put } from './put.ts';

/** Why a server does not help. */
export type ServerProblem =
  /** It does not answer, or no more, or sends on to another address. */
  | 'unreachable'
  /** It has no such thing. */
  | 'notFound'
  /** It does not want to. */
  | 'refused'
  /** It takes no file of that size. */
  | 'tooLarge'
  /** It wants to be paid. */
  | 'payment'
  /** It cannot now, or has been asked too often. */
  | 'busy'
  /** What it sends, or says it has, is something else. */
  | 'otherBytes';

/** How a transfer is followed, and ended. */
export interface Follow {
  readonly signal: AbortSignal;
  /** So many bytes are through. */
  readonly onBytes: (bytes: number) => void;
}

/** An encrypted document by its hash. */
export interface Blob {
  readonly blob: string;
  readonly sizeBytes: number;
}

/** What came of a request; a problem is undefined where its person ended it. */
export type Fetched =
  | { readonly ok: true; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly ok: false; readonly problem: ServerProblem };

const AUTHORIZATION_KIND = 24_242;
/** An upload may begin a minute before the server's clock says so, and takes an hour at most. */
const EARLY_SEC = 60;
const LASTS_SEC = 3_600;
/** Without a byte for so long, it hangs. */
const STALL_MS = 60_000;

const descriptorSchema = z.object({ sha256: z.string() });

/** The problem that a status stands for. */
function problemOf(status: number): ServerProblem {
  const known: Partial<Record<number, ServerProblem>> = {
    402: 'payment',
    404: 'notFound',
    410: 'notFound',
    413: 'tooLarge',
    429: 'busy',
  };
  return known[status] ?? (status >= 500 ? 'busy' : 'refused');
}

/** Ends a request when its person does, or when nothing has moved for a while. */
class Watch {
  readonly #clock: Pick<Clock, 'after'>;
  readonly #ending = new AbortController();
  readonly #follow: Follow;
  #stop: (() => void) | undefined;

  constructor(clock: Pick<Clock, 'after'>, follow: Follow) {
    this.#clock = clock;
    this.#follow = follow;
    follow.signal.addEventListener('abort', this.end);
    if (follow.signal.aborted) this.end();
    this.#restart();
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** Something moved. */
  readonly moved = (bytes: number): void => {
    this.#restart();
    this.#follow.onBytes(bytes);
  };

  readonly end = (): void => {
    this.#stop?.();
    this.#follow.signal.removeEventListener('abort', this.end);
    this.#ending.abort();
  };

  #restart(): void {
    this.#stop?.();
    this.#stop = this.#clock.after(STALL_MS, this.end);
  }
}

/** Fetches an encrypted document, no more of it than it is long, and compares it with its hash. */
export async function fetchBlob(
  server: string,
  { blob, sizeBytes }: Blob,
  clock: Pick<Clock, 'after'>,
  follow: Follow,
): Promise<Fetched> {
  const watch = new Watch(clock, follow);
  const failed = (problem: ServerProblem): Fetched => ({ ok: false, problem });
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  try {
    // T-31: "A receiver MUST NOT contact a server that a delivery names unless its person has seen
    // the name of the host and said so, nor follow a redirect…"
    const answer = fetch(`${server}/${blob}`, {
      ...{ signal: watch.signal, redirect: 'error', credentials: 'omit', cache: 'no-store' },
      referrerPolicy: 'no-referrer',
    });
    const response = await orAborted(watch.signal, answer);
    reader = response.body?.getReader();
    if (!response.ok) return failed(problemOf(response.status));
    const bytes = new Uint8Array(sizeBytes);
    const hash = sha256.create();
    let at = 0;
    for (;;) {
      const read = reader && (await orAborted(watch.signal, reader.read()));
      if (!read || read.done) break;
      // T-32: "A receiver MUST end the answer of a server that is longer than `sizeBytes` and the
      // tag, and MUST NOT decrypt one whose SHA-256 is not `blob`…"
      if (at + read.value.length > sizeBytes) return failed('otherBytes');
      bytes.set(read.value, at);
      hash.update(read.value);
      at += read.value.length;
      watch.moved(at);
    }
    const isIt = at === sizeBytes && bytesToHex(hash.digest()) === blob;
    return isIt ? { ok: true, bytes } : failed('otherBytes');
  } catch {
    return failed('unreachable');
  } finally {
    // Whatever still comes is not waited for.
    watch.end();
    reader?.cancel().catch(() => undefined);
  }
}

/** Uploads an encrypted document; undefined when the server says that it has it. */
export async function uploadBlob(
  server: string,
  { blob, bytes }: { readonly blob: string; readonly bytes: Uint8Array<ArrayBuffer> },
  clock: Pick<Clock, 'after' | 'nowSec'>,
  follow: Follow,
): Promise<ServerProblem | undefined> {
  const watch = new Watch(clock, follow);
  try {
    const reply = await put({
      url: `${server}/upload`,
      headers: {
        authorization: await authorization(blob, clock.nowSec()),
        'content-type': 'application/octet-stream',
      },
      body: bytes,
      signal: watch.signal,
      onSent: watch.moved,
    });
    if (!reply) return 'unreachable';
    if (reply.status < 200 || reply.status > 299) return problemOf(reply.status);
    const said = descriptorSchema.safeParse(parsed(reply.text));
    return said.success && said.data.sha256 === blob ? undefined : 'otherBytes';
  } finally {
    watch.end();
  }
}

/** Leave to upload one thing, by a key that is used for nothing else. */
async function authorization(blob: string, nowSec: number): Promise<string> {
  // T-33: "A holder MUST upload the ciphertext alone, under a key drawn for that upload…"
  const signer = createLocalSigner(hexToBytes(randomHex()));
  const sign = (content: string): Promise<SignedEvent> =>
    signer.sign({
      kind: AUTHORIZATION_KIND,
      created_at: nowSec - EARLY_SEC,
      content,
      tags: [
        ['t', 'upload'],
        ['x', blob],
        ['expiration', String(nowSec + LASTS_SEC)],
      ],
    });
  let content = 'Upload an encrypted file.';
  let json = JSON.stringify(await sign(content));
  // Some servers read base64 with padding, others the kind for addresses without it, and each
  // refuses the other. Of plain ASCII in whole groups of three bytes the two are the same.
  while (json.length % 3 !== 0) {
    content += '.';
    json = JSON.stringify(await sign(content));
  }
  signer.close();
  return `Nostr ${btoa(json)}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
