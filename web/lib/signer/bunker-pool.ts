/**
 * The relay connections of a remote signer's client, as nostr-tools' BunkerSigner wants them, with
 * the edges taken off: bad answers are dropped instead of being thrown into the void, a relay
 * that never says OK is no failure, and losing the connection is told.
 */
import {
  AbstractSimplePool,
  type SubCloser,
  type SubscribeManyParams,
} from 'nostr-tools/abstract-pool';
import type { Event } from 'nostr-tools/core';
import type { Filter } from 'nostr-tools/filter';
import { unbreakable } from '../nostr/unbreakable.ts';

const CONNECT_MS = 6_000;

/** Relays of one remote signer. */
export class BunkerPool extends AbstractSimplePool {
  readonly #onLost: () => void;

  constructor(webSocket: typeof WebSocket, onLost: () => void) {
    super({
      // NIP-44 authenticates both ends; a forged answer does not decrypt.
      verifyEvent: () => true,
      websocketImplementation: unbreakable(webSocket),
      enablePing: true,
      maxWaitForConnection: CONNECT_MS,
    });
    this.#onLost = onLost;
  }

  override subscribe(relays: string[], filter: Filter, params: SubscribeManyParams): SubCloser {
    const { onevent, onclose } = params;
    // The handler is asynchronous in fact, and rejects over what it cannot read.
    const handle = onevent as ((event: Event) => Promise<void> | void) | undefined;
    return super.subscribe(relays, filter, {
      ...params,
      onevent: (event) => {
        void Promise.resolve(handle?.(event)).catch(() => undefined);
      },
      onclose: (reasons) => {
        onclose?.(reasons);
        this.#onLost();
      },
    });
  }

  override publish(relays: string[], event: Event): Promise<string>[] {
    return super.publish(relays, event).map((outcome) =>
      outcome.catch((error: unknown) => {
        // Sent, and not confirmed: some relays never answer for events they do not keep.
        if (error instanceof Error && error.message === 'publish timed out') return '';
        throw error;
      }),
    );
  }
}
