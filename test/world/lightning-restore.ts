/**
 * Brings a Lightning node back from what it kept: monitors first, then the manager that rests on
 * them, then the blocks that were mined since, to each of them from where it was.
 */
import * as ldk from 'lightningdevkit';
import type { ChainBlock, RegtestChain } from './chain.ts';
import type { LightningParts } from './lightning-parts.ts';
import type { StoredNode } from './node-store.ts';

const UNREADABLE = 'What a Lightning node kept cannot be read.';

/** What reading monitors and manager needs. */
export interface RestoreTools {
  readonly entropy: ldk.EntropySource;
  readonly nodeSigner: ldk.NodeSigner;
  readonly signers: ldk.SignerProvider;
  readonly fees: ldk.FeeEstimator;
  readonly watch: ldk.Watch;
  readonly broadcaster: ldk.BroadcasterInterface;
  readonly router: ldk.Router;
  readonly messages: ldk.MessageRouter;
  readonly logger: ldk.Logger;
  readonly config: ldk.UserConfig;
}

/** The network as the node knew it. */
export function readGraph(stored: Uint8Array, logger: ldk.Logger): ldk.NetworkGraph {
  const read = ldk.NetworkGraph.constructor_read(stored, logger);
  if (read instanceof ldk.Result_NetworkGraphDecodeErrorZ_OK) return read.res;
  throw new Error(UNREADABLE);
}

/** Monitors and manager as they were kept. */
export function readManager(
  stored: StoredNode,
  tools: RestoreTools,
): { readonly manager: ldk.ChannelManager; readonly monitors: readonly ldk.ChannelMonitor[] } {
  const { entropy, nodeSigner, signers } = tools;
  const monitors = stored.monitors.map((bytes) => {
    const read = ldk.UtilMethods.constructor_C2Tuple_ThirtyTwoBytesChannelMonitorZ_read(
      bytes,
      entropy,
      signers,
    );
    const Ok = ldk.Result_C2Tuple_ThirtyTwoBytesChannelMonitorZDecodeErrorZ_OK;
    if (!(read instanceof Ok)) throw new Error(UNREADABLE);
    return read.res.get_b();
  });
  const read = ldk.UtilMethods.constructor_C2Tuple_ThirtyTwoBytesChannelManagerZ_read(
    stored.manager,
    entropy,
    nodeSigner,
    signers,
    tools.fees,
    tools.watch,
    tools.broadcaster,
    tools.router,
    tools.messages,
    tools.logger,
    tools.config,
    monitors,
  );
  const Ok = ldk.Result_C2Tuple_ThirtyTwoBytesChannelManagerZDecodeErrorZ_OK;
  if (!(read instanceof Ok)) throw new Error(UNREADABLE);
  return { manager: read.res.get_b(), monitors };
}

/** The height after which somebody has missed blocks; LDK dies of a block that does not fit. */
function heightOf(best: ldk.BestBlock, chain: RegtestChain): number {
  const height = best.get_height();
  if (height <= chain.tip().height) return height;
  throw new Error('The chain has lost blocks that a Lightning node has seen.');
}

/** Tells manager and monitors of the blocks they missed; after it the monitors are watched. */
export async function catchUp(parts: LightningParts, chain: RegtestChain): Promise<void> {
  const { manager, monitors, watch, broadcaster, fees, logger } = parts;
  if (monitors.length === 0) return;
  const managerHeight = heightOf(manager.current_best_block(), chain);
  const heights = monitors.map((monitor) => heightOf(monitor.current_best_block(), chain));
  const blocks = await chain.blocksAfter(Math.min(managerHeight, ...heights));
  const connect = (monitor: ldk.ChannelMonitor, { header, transactions, height }: ChainBlock) => {
    const data = transactions.map((raw, index) =>
      ldk.TwoTuple_usizeTransactionZ.constructor_new(index, raw),
    );
    monitor.block_connected(header, data, height, broadcaster, fees, logger);
  };
  for (const [index, monitor] of monitors.entries()) {
    const missed = blocks.filter(({ height }) => height > (heights[index] ?? 0));
    for (const block of missed) connect(monitor, block);
  }
  const listen = manager.as_Listen();
  for (const { raw, height } of blocks)
    if (height > managerHeight) listen.block_connected(raw, height);
  for (const monitor of monitors) {
    const channel = monitor.get_funding_txo().get_a();
    if (!watch.watch_channel(channel, monitor).is_ok()) throw new Error(UNREADABLE);
  }
}
