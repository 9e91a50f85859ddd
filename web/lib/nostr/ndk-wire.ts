/**
 * NDK as the transport: the only module that knows it. NDK opens the socket, watches that it is
 * alive, and hands over every message as the relay sent it. Messages are taken by its protocol
 * handlers, which come before anything NDK does with events: its de-duplication by the id an
 * event claims, its signature sampling and its cache of verdicts never see one. Nothing NDK says
 * is believed, it signs nothing, and it contacts no relay but the one it is told.
 */
import NDK, { NDKRelay } from '@nostr-dev-kit/ndk';
import type { RelayWire, WireOptions } from './wire.ts';

/** Every message a relay may send us; NDK's own handling of them is never reached. */
const MESSAGES = ['EVENT', 'EOSE', 'OK', 'CLOSED', 'NOTICE', 'AUTH', 'COUNT', 'NEG-MSG', 'NEG-ERR'];

let shared: NDK | undefined;

/** One NDK without relays, signer, cache or outbox model, for the types it insists on. */
function ndk(): NDK {
  shared ??= new NDK({
    explicitRelayUrls: [],
    enableOutboxModel: false,
    autoConnectUserRelays: false,
    initialValidationRatio: 1,
    lowestValidationRatio: 1,
  });
  return shared;
}

class NdkWire implements RelayWire {
  readonly #relay: NDKRelay;
  readonly #options: WireOptions;
  #isOpen = false;
  #isEnded = false;
  #opened: (isOpen: boolean) => void = () => undefined;

  constructor(options: WireOptions) {
    this.#options = options;
    // A relay object serves one connection: after a loss, NDK 3.0.3 reconnects once, mistakes an
    // old socket's end for the new one's, or gives up as "flapping". Reconnecting is our own.
    this.#relay = new NDKRelay(options.url, undefined, ndk());
    // NDK renews this timer for ever, also for relays long let go of.
    Object.defineProperty(this.#relay, 'updateValidationRatio', { value: () => undefined });
    for (const type of MESSAGES) {
      this.#relay.registerProtocolHandler(type, (_, message) => {
        if (this.#isOpen) options.onMessage(message);
      });
    }
    this.#relay.on('connect', () => {
      this.#isOpen = !this.#isEnded;
      this.#opened(this.#isOpen);
    });
    this.#relay.on('disconnect', () => {
      const wasOpen = this.#isOpen;
      this.close();
      this.#opened(false);
      if (wasOpen) options.onClose();
    });
  }

  /** Resolves once, when it is known whether the relay is there. */
  async open(): Promise<boolean> {
    const opened = new Promise<boolean>((resolve) => {
      this.#opened = resolve;
    });
    const timer = setTimeout(() => {
      this.#opened(false);
    }, this.#options.connectMs);
    try {
      await this.#relay.connect(undefined, false);
      return await opened;
    } catch {
      // No address, or a scheme that may not be used here.
      return false;
    } finally {
      clearTimeout(timer);
      if (!this.#isOpen) this.close();
    }
  }

  send(message: readonly unknown[]): boolean {
    if (!this.#isOpen || !this.#relay.connected) return false;
    void this.#relay.connectivity.send(JSON.stringify(message));
    return true;
  }

  close(): void {
    this.#isOpen = false;
    if (this.#isEnded) return;
    this.#isEnded = true;
    const { connectivity } = this.#relay;
    // Not the relay's own disconnect: it leaves timers behind when the other side hung up.
    connectivity.disconnect();
    // NDK orders a reconnection before it tells of a loss, or just after.
    connectivity.resetReconnectionState();
    queueMicrotask(() => {
      connectivity.resetReconnectionState();
    });
  }
}

/** Opens a connection by NDK. */
export async function openNdkWire(options: WireOptions): Promise<RelayWire | undefined> {
  // NDK takes the platform's WebSocket, and Node 20 has none.
  const platform = globalThis as { WebSocket?: typeof WebSocket };
  platform.WebSocket ??= options.webSocket;
  const wire = new NdkWire(options);
  return (await wire.open()) ? wire : undefined;
}
