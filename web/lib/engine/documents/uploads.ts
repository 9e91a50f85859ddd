/**
 * Large documents on their way to the server this person named, and which server that is.
 * Spec: specs/conversation.md, "Documents".
 */
import { serverAddress } from '../../storage/address.ts';
import { uploadBlob, type ServerProblem } from '../../storage/blossom.ts';
import type { Listeners } from '../listeners.ts';
import type { Clock, Store } from '../ports.ts';
import type { Library } from './library.ts';
import type { Vault } from './vault.ts';

const ROW = 'document-server';

/** How an upload stands. */
export interface Upload {
  /** Where it goes to. */
  readonly server: string;
  /** Why it did not get there; undefined while it is on its way. */
  readonly problem?: ServerProblem;
  readonly sentBytes: number;
}

/** Uploads of one person. */
export class Uploads {
  readonly #ports: { readonly store: Store; readonly clock: Clock };
  readonly #library: Library;
  readonly #vault: Vault;
  readonly #changed: Listeners<void>;
  readonly #uploads = new Map<string, Upload>();
  readonly #stops = new Map<string, AbortController>();
  #server: string | undefined;

  constructor(
    ports: { readonly store: Store; readonly clock: Clock },
    library: Library,
    vault: Vault,
    changed: Listeners<void>,
  ) {
    this.#ports = ports;
    this.#library = library;
    this.#vault = vault;
    this.#changed = changed;
  }

  /** Reads which server was named. */
  async load(): Promise<void> {
    const kept = await this.#ports.store.get('settings', ROW);
    this.#server = typeof kept === 'string' ? serverAddress(kept) : undefined;
  }

  /** Where large documents go; undefined while no server is named. */
  get server(): string | undefined {
    return this.#server;
  }

  /** Names a server, or none; what was uploaded stays where it is. */
  async useServer(server: string | undefined): Promise<void> {
    const key = ROW;
    await this.#ports.store.write([
      server === undefined
        ? { table: 'settings', key, remove: true }
        : { table: 'settings', key, value: server },
    ]);
    this.#server = server;
    this.#changed.emit();
  }

  /** How the upload of a document stands; undefined where none was begun, or it is done. */
  find(sha256: string): Upload | undefined {
    return this.#uploads.get(sha256);
  }

  /** Uploads a document to the server that is named; begun again, it begins anew. */
  async start(sha256: string): Promise<void> {
    const server = this.#server;
    const kept = this.#library.find(sha256)?.kept;
    if (server === undefined || !kept || this.#stops.has(sha256)) return;
    const stop = new AbortController();
    this.#stops.set(sha256, stop);
    this.#put(sha256, { server, sentBytes: 0 });
    try {
      const bytes = await this.#vault.ciphertext(kept.blob);
      const onBytes = (sentBytes: number): void => {
        if (!stop.signal.aborted) this.#put(sha256, { server, sentBytes });
      };
      const problem = bytes
        ? await uploadBlob(
            server,
            { blob: kept.blob, bytes: Uint8Array.from(bytes) },
            this.#ports.clock,
            {
              signal: stop.signal,
              onBytes,
            },
          )
        : 'notFound';
      if (stop.signal.aborted) return;
      if (problem !== undefined) this.#put(sha256, { server, problem, sentBytes: 0 });
      else {
        await this.#library.placed(sha256, server);
        this.#uploads.delete(sha256);
      }
    } finally {
      if (this.#stops.get(sha256) === stop) this.#stops.delete(sha256);
      this.#changed.emit();
    }
  }

  /** Ends an upload; it can be begun again. */
  cancel(sha256: string): void {
    this.#stops.get(sha256)?.abort();
    this.#stops.delete(sha256);
    this.#uploads.delete(sha256);
    this.#changed.emit();
  }

  /** Ends all uploads. */
  stop(): void {
    for (const stop of this.#stops.values()) stop.abort();
  }

  #put(sha256: string, upload: Upload): void {
    this.#uploads.set(sha256, upload);
    this.#changed.emit();
  }
}
