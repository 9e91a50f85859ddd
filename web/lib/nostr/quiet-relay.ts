/** nostr-tools' relay connection, made deaf to nonsense and safe to lose. */
import { AbstractRelay, type Subscription } from 'nostr-tools/abstract-relay';
import type { Filter as ToolsFilter } from 'nostr-tools/filter';
import type { Filter } from '../engine/ports.ts';
import { unbreakable } from './unbreakable.ts';

/** What one subscription on one connection tells. */
export interface Hearing {
  readonly onevent: (event: unknown) => void;
  /** The relay itself said that it has sent what it had stored; no timer does. */
  readonly oneose: () => void;
  /** The subscription ended: by us, by the relay, or with the connection. */
  readonly onclose: (reason: string) => void;
}

/** One connection to one relay; every event that comes out is raw and unverified. */
export class QuietRelay extends AbstractRelay {
  override onnotice = (): void => undefined;

  /** Connects to nothing yet; throws when the address is no address. */
  constructor(url: string, webSocket: typeof WebSocket) {
    super(url, {
      // What comes out is verified by our own code, which believes no mark on an object.
      verifyEvent: () => true,
      enablePing: true,
      websocketImplementation: unbreakable(webSocket),
    });
  }

  override _onmessage(message: MessageEvent): void {
    // Anything that is no text cannot be read and would only make noise.
    if (typeof message.data !== 'string') return;
    try {
      super._onmessage(message);
    } catch (error) {
      // A relay's malformed message is its own trouble.
      console.debug(error);
    }
  }

  /** Asks; unlike `subscribe`, nothing pretends after a while that the relay has answered. */
  ask(filters: readonly Filter[], hearing: Hearing): Subscription {
    const plain = JSON.parse(JSON.stringify(filters)) as ToolsFilter[];
    const asked = this.prepareSubscription(plain, hearing);
    const request = JSON.stringify(['REQ', asked.id, ...plain]);
    this.send(request).catch((error: unknown) => {
      asked.close(error instanceof Error ? error.message : String(error));
    });
    return asked;
  }
}
