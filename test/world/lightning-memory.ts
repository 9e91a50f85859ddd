/**
 * Keeps a Lightning node's disk in step with LDK. LDK asks for every change of a channel's
 * monitor to be written at once, and for the channel manager a little later; killed in between,
 * it would find a manager older than a monitor and close the channel by force. So a change is
 * noted here, and nothing leaves the node (no message, no transaction, no payment event) before
 * monitors and manager are on disk together: a node that is killed is one that never got what
 * it was last sent.
 */
import * as ldk from 'lightningdevkit';
import { toHex } from './ldk.ts';
import type { NodeStore } from './node-store.ts';

/** The memory of one running node. */
export class LightningMemory {
  /** What LDK hands monitors to. */
  readonly persist: ldk.Persist;
  readonly #store: NodeStore;
  #monitors = new Map<string, Uint8Array>();

  constructor(store: NodeStore) {
    this.#store = store;
    const note = (channel: ldk.OutPoint, monitor: ldk.ChannelMonitor) => {
      const name = `${toHex(channel.get_txid())}:${channel.get_index()}`;
      this.#monitors.set(name, monitor.write());
      return ldk.ChannelMonitorUpdateStatus.LDKChannelMonitorUpdateStatus_Completed;
    };
    this.persist = ldk.Persist.new_impl({
      persist_new_channel: note,
      update_persisted_channel: (channel, _update, monitor) => note(channel, monitor),
      archive_persisted_channel: () => undefined,
    });
  }

  /** Whether a channel has changed and the disk does not know it yet: nothing may leave. */
  get isAhead(): boolean {
    return this.#monitors.size > 0;
  }

  /** Writes what has changed; what has happened so far may leave the node afterwards. */
  commit(manager: ldk.ChannelManager): void {
    const isChanged = manager.get_and_clear_needs_persistence();
    if (!isChanged && !this.isAhead) return;
    this.#store.keep(manager.write(), this.#monitors);
    this.#monitors = new Map();
  }

  /** Writes what the node knows of the network, which spares it asking at the next start. */
  keepGraph(graph: ldk.NetworkGraph): void {
    this.#store.keepGraph(graph.write());
  }

  /** Closes the file. */
  close(): void {
    this.#store.close();
  }
}
