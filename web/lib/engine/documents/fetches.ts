/**
 * Documents that wait at servers their holders named: fetched when this person says so, from the
 * host they saw. Spec: specs/conversation.md, "Documents".
 */
import { serverAddress } from '../../storage/address.ts';
import { fetchBlob } from '../../storage/blossom.ts';
import type { Listeners } from '../listeners.ts';
import type { Clock } from '../ports.ts';
import type { Transfer } from './transfer.ts';
import type { Transfers } from './transfers.ts';

/** Bytes by which AES-256-GCM makes a document longer. */
const CIPHER_TAG_BYTES = 16;

/** The server that is asked first, or next when that one did not help. */
export function serverOf({ head, tries = 0 }: Transfer): string | undefined {
  const servers = (head?.servers ?? []).filter((url) => serverAddress(url) === url);
  return servers[tries % Math.max(servers.length, 1)];
}

/** Fetches of one person. */
export class Fetches {
  readonly #clock: Clock;
  readonly #transfers: Transfers;
  readonly #changed: Listeners<void>;
  readonly #going = new Map<string, { readonly stop: AbortController; bytes: number }>();

  constructor(clock: Clock, transfers: Transfers, changed: Listeners<void>) {
    this.#clock = clock;
    this.#transfers = transfers;
    this.#changed = changed;
  }

  /** How many bytes are here; undefined where nothing is being fetched. */
  progress(sha256: string): number | undefined {
    return this.#going.get(sha256)?.bytes;
  }

  /** Fetches a document from the server that was shown. */
  async fetch(sha256: string, server: string): Promise<void> {
    const transfer = this.#transfers.find(sha256);
    const { head } = transfer ?? {};
    const isShown = transfer?.state === 'stored' && serverOf(transfer) === server;
    if (!transfer || !head || !isShown || this.#going.has(sha256)) return;
    const going = { stop: new AbortController(), bytes: 0 };
    this.#going.set(sha256, going);
    this.#changed.emit();
    const onBytes = (bytes: number): void => {
      going.bytes = bytes;
      this.#changed.emit();
    };
    const { signal } = going.stop;
    const blob = { blob: head.blob, sizeBytes: head.sizeBytes + CIPHER_TAG_BYTES };
    try {
      const fetched = await fetchBlob(server, blob, this.#clock, { signal, onBytes });
      // Ended by its person, or dropped meanwhile: what came is nobody's.
      if (signal.aborted) return;
      await (fetched.ok
        ? this.#transfers.settle(transfer.transfer, fetched.bytes)
        : this.#transfers.failed(transfer.transfer, fetched.problem));
    } finally {
      if (this.#going.get(sha256) === going) this.#going.delete(sha256);
      this.#changed.emit();
    }
  }

  /** Ends a fetch; it can be begun again. */
  cancel(sha256: string): void {
    this.#going.get(sha256)?.stop.abort();
    this.#going.delete(sha256);
    this.#changed.emit();
  }

  /** Ends all. */
  stop(): void {
    for (const { stop } of this.#going.values()) stop.abort();
  }
}
