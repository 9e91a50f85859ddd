/** The port below the relay protocol: one open connection that carries JSON messages. */
import { loadPart } from '../loading.ts';

/** An open connection to one relay. */
export interface RelayWire {
  /** Whether the message went out; false when the connection is gone. */
  send(message: readonly unknown[]): boolean;
  /** Hangs up; `onClose` is not called for it. */
  close(): void;
}

/** How a connection is opened, and who hears of it. */
export interface WireOptions {
  readonly url: string;
  readonly connectMs: number;
  /** For Node 20, which has no WebSocket of its own. */
  readonly webSocket: typeof WebSocket;
  /** Whatever the relay sent that is a JSON list; nothing in it is checked. */
  readonly onMessage: (message: readonly unknown[]) => void;
  /** The connection is gone, and not because we hung up; called once at most. */
  readonly onClose: () => void;
}

/** Opens a connection; undefined when the relay cannot be reached now. Never rejects. */
export type OpenWire = (options: WireOptions) => Promise<RelayWire | undefined>;

/** NDK's connection, fetched when the first relay is needed. */
export async function openWireLazily(options: WireOptions): Promise<RelayWire | undefined> {
  try {
    const { openNdkWire } = await loadPart(() => import('./ndk-wire.ts'));
    return await openNdkWire(options);
  } catch (error) {
    // The chunk could not be fetched: as good as a relay that is away; it is tried again.
    console.debug(error);
    return undefined;
  }
}
