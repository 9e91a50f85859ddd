/** What a Lightning node has and knows, read out of LDK. */
import type { ChannelManager, ChannelUpdateInfo, NetworkGraph, PeerManager } from 'lightningdevkit';
import { toHex } from './ldk.ts';

/** Ids of all its channels, hex, in order. */
export function channelIds(manager: ChannelManager): readonly string[] {
  const channels = manager.list_channels();
  return channels.map((channel) => toHex(channel.get_channel_id().write())).sort();
}

/** What can be sent, in msat: own balance less the reserves that must stay in the channels. */
export function balanceMsat(manager: ChannelManager): bigint {
  const channels = manager.list_channels();
  return channels.reduce((sum, channel) => sum + channel.get_outbound_capacity_msat(), 0n);
}

/** Whether the Lightning handshake with a peer is done. */
export function isPeer(peers: PeerManager, nodeId: string): boolean {
  return peers.list_peers().some((peer) => toHex(peer.get_counterparty_node_id()) === nodeId);
}

/** Whether it has a channel with a peer, usable or not. */
export function hasChannelWith(manager: ChannelManager, nodeId: string): boolean {
  const channels = manager.list_channels();
  return channels.some((channel) => toHex(channel.get_counterparty().get_node_id()) === nodeId);
}

/** Channels of which both ends have said what they ask for, so that payments can go over them. */
export function countKnownChannels(graph: NetworkGraph): number {
  const view = graph.read_only();
  try {
    return view.list_channels().filter((id) => {
      const channel = view.channel(id);
      return isThere(channel.get_one_to_two()) && isThere(channel.get_two_to_one());
    }).length;
  } finally {
    // A lock: while it is held, LDK dies of the next change.
    view.free();
  }
}

/** LDK wraps what is not there: an object that points nowhere. */
function isThere(direction: ChannelUpdateInfo): boolean {
  return direction['ptr'] !== 0n;
}
