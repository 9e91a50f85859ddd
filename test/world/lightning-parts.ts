/** Puts one Lightning node together out of LDK's parts, and keeps every part referenced. */
import * as ldk from 'lightningdevkit';
import type { ChainTip } from './chain.ts';
import { readGraph, readManager, type RestoreTools } from './lightning-restore.ts';
import type { StoredNode } from './node-store.ts';

/** What a hub asks for forwarding a payment: base plus a share of the amount, rounded down. */
const FORWARDING_FEE = { baseMsat: 1_000, proportionalMillionths: 100 } as const;

/** Largest channel taken, in satoshis: ten bitcoin. */
const MAX_FUNDING_SAT = 1_000_000_000n;

/** Payments in flight per channel and direction. */
const MAX_ACCEPTED_HTLCS = 100;

/** Small payments count as dust, of which LDK otherwise allows too little for streaming. */
const MAX_DUST_EXPOSURE_MSAT = 5_000_000_000n;

/** The lowest fee rate LDK knows, in satoshis per 1,000 weight units. */
const FEE_RATE_SAT_PER_KW = 253;

const NETWORK = ldk.Network.LDKNetwork_Regtest;

/** What a node needs from its surroundings. */
export interface LightningPartsOptions {
  /** 32 random bytes that nobody else has. */
  readonly seed: Uint8Array;
  readonly tip: ChainTip;
  /** The system's clock in milliseconds. */
  readonly nowMs: number;
  /** Called by LDK: must not enter LDK again. */
  readonly broadcast: (transaction: Uint8Array) => void;
  /** What LDK hands channel monitors to. */
  readonly persist: ldk.Persist;
  /** What a node that ran before has kept; undefined for a new one. */
  readonly stored: StoredNode | undefined;
}

/** One node's parts. */
export interface LightningParts {
  readonly manager: ldk.ChannelManager;
  readonly peers: ldk.PeerManager;
  readonly graph: ldk.NetworkGraph;
  /** Monitors read from the disk; they know the chain as it was, and are not watched yet. */
  readonly monitors: readonly ldk.ChannelMonitor[];
  readonly watch: ldk.Watch;
  readonly broadcaster: ldk.BroadcasterInterface;
  readonly fees: ldk.FeeEstimator;
  readonly logger: ldk.Logger;
  /** Where blocks go, in this order. */
  readonly listeners: readonly ldk.Listen[];
  readonly eventSources: readonly ldk.EventsProvider[];
  /** Everything that LDK may call or that others rest on; never let go while the node lives. */
  readonly references: readonly object[];
}

function buildConfig(references: object[]): ldk.UserConfig {
  const handshake = ldk.ChannelHandshakeConfig.constructor_default();
  handshake.set_announce_for_forwarding(true);
  handshake.set_minimum_depth(1);
  handshake.set_our_htlc_minimum_msat(1n);
  handshake.set_max_inbound_htlc_value_in_flight_percent_of_channel(100);
  handshake.set_our_max_accepted_htlcs(MAX_ACCEPTED_HTLCS);
  const limits = ldk.ChannelHandshakeLimits.constructor_default();
  limits.set_max_funding_satoshis(MAX_FUNDING_SAT);
  const channel = ldk.ChannelConfig.constructor_default();
  const dust = ldk.MaxDustHTLCExposure.constructor_fixed_limit_msat(MAX_DUST_EXPOSURE_MSAT);
  channel.set_max_dust_htlc_exposure(dust);
  channel.set_forwarding_fee_base_msat(FORWARDING_FEE.baseMsat);
  channel.set_forwarding_fee_proportional_millionths(FORWARDING_FEE.proportionalMillionths);
  const config = ldk.UserConfig.constructor_default();
  config.set_channel_handshake_config(handshake);
  config.set_channel_handshake_limits(limits);
  config.set_channel_config(channel);
  references.push(handshake, limits, channel, dust, config);
  return config;
}

function buildRouter(graph: ldk.NetworkGraph, logger: ldk.Logger, entropy: ldk.EntropySource) {
  const decay = ldk.ProbabilisticScoringDecayParameters.constructor_default();
  const scorer = ldk.ProbabilisticScorer.constructor_new(decay, graph, logger);
  const lock = ldk.MultiThreadedLockableScore.constructor_new(scorer.as_Score());
  const parameters = ldk.ProbabilisticScoringFeeParameters.constructor_default();
  const score = lock.as_LockableScore();
  const router = ldk.DefaultRouter.constructor_new(graph, logger, entropy, score, parameters);
  return { router, references: [scorer, lock, score, parameters, decay] };
}

type Keep = <T extends object>(part: T) => T;

/** Speaks with other nodes: channels and gossip; no onion messages. */
function buildPeers(parts: {
  readonly manager: ldk.ChannelManager;
  readonly graph: ldk.NetworkGraph;
  readonly logger: ldk.Logger;
  readonly entropy: ldk.EntropySource;
  readonly signer: ldk.NodeSigner;
  readonly nowSec: number;
  readonly keep: Keep;
}): ldk.PeerManager {
  const { manager, graph, logger, entropy, signer, nowSec, keep } = parts;
  const lookup = ldk.Option_UtxoLookupZ.constructor_none();
  const gossip = keep(ldk.P2PGossipSync.constructor_new(graph, lookup, logger));
  const ignoring = keep(ldk.IgnoringMessageHandler.constructor_new());
  return keep(
    ldk.PeerManager.constructor_new(
      keep(manager.as_ChannelMessageHandler()),
      keep(gossip.as_RoutingMessageHandler()),
      keep(ignoring.as_OnionMessageHandler()),
      keep(ignoring.as_CustomMessageHandler()),
      nowSec,
      entropy.get_secure_random_bytes(),
      logger,
      signer,
    ),
  );
}

/** The manager of a node that starts at the tip of the chain, without channels. */
function buildManager(
  tools: RestoreTools,
  tip: ChainTip,
  nowSec: number,
  keep: Keep,
): ldk.ChannelManager {
  const best = keep(ldk.BestBlock.constructor_new(tip.hash, tip.height));
  return ldk.ChannelManager.constructor_new(
    tools.fees,
    tools.watch,
    tools.broadcaster,
    tools.router,
    tools.messages,
    tools.logger,
    tools.entropy,
    tools.nodeSigner,
    tools.signers,
    tools.config,
    keep(ldk.ChainParameters.constructor_new(NETWORK, best)),
    nowSec,
  );
}

/** Builds a node, new or from what it kept; LDK must be loaded. */
export function buildLightningParts(options: LightningPartsOptions): LightningParts {
  const { stored, persist } = options;
  const references: object[] = [persist];
  const keep: Keep = (part) => {
    references.push(part);
    return part;
  };
  const nowSec = Math.floor(options.nowMs / 1000);
  const nanoseconds = (options.nowMs % 1000) * 1_000_000;
  const keys = keep(
    ldk.KeysManager.constructor_new(options.seed, BigInt(nowSec), Math.floor(nanoseconds)),
  );
  const fees = keep(
    ldk.FeeEstimator.new_impl({ get_est_sat_per_1000_weight: () => FEE_RATE_SAT_PER_KW }),
  );
  const broadcaster = keep(
    ldk.BroadcasterInterface.new_impl({
      broadcast_transactions: (transactions) => transactions.forEach(options.broadcast),
    }),
  );
  // About a hundred lines per payment, of interest to nobody.
  const logger = keep(ldk.Logger.new_impl({ log: () => undefined }));
  const none = ldk.Option_FilterZ.constructor_none();
  const monitor = keep(ldk.ChainMonitor.constructor_new(none, broadcaster, logger, fees, persist));
  const graph = keep(
    stored?.graph === undefined
      ? ldk.NetworkGraph.constructor_new(NETWORK, logger)
      : readGraph(stored.graph, logger),
  );
  const entropy = keep(keys.as_EntropySource());
  const signer = keep(keys.as_NodeSigner());
  const { router, references: routing } = buildRouter(graph, logger, entropy);
  references.push(router, ...routing);
  const messages = keep(ldk.DefaultMessageRouter.constructor_new(graph, entropy));
  const tools: RestoreTools = {
    entropy,
    nodeSigner: signer,
    signers: keep(keys.as_SignerProvider()),
    fees,
    watch: keep(monitor.as_Watch()),
    broadcaster,
    router: keep(router.as_Router()),
    messages: keep(messages.as_MessageRouter()),
    logger,
    config: buildConfig(references),
  };
  const { manager, monitors } = stored
    ? readManager(stored, tools)
    : { manager: buildManager(tools, options.tip, nowSec, keep), monitors: [] };
  keep(manager);
  const peers = buildPeers({ manager, graph, logger, entropy, signer, nowSec, keep });
  return {
    ...tools,
    manager,
    peers,
    graph,
    monitors,
    listeners: [manager.as_Listen(), monitor.as_Listen()],
    eventSources: [manager.as_EventsProvider(), monitor.as_EventsProvider()],
    references,
  };
}
