/**
 * Whom this device asks about the chain: the person's choice, or the local world's, or what the
 * client came with. Never an address that an event names. Spec: specs/bonds.md, BD-17.
 */
import type { BitcoinNetwork } from '@realyield/protocol';
import { DEFAULT_CHAIN_SOURCES, type PublicNetwork } from './config.ts';
import type { World } from './kept.ts';

/** Where the choice is kept. */
const KEPT_SOURCES = 'realyield.chain-sources';
const KEPT_NETWORK = 'realyield.chain-network';

const PUBLIC_NETWORKS: readonly PublicNetwork[] = ['mainnet', 'testnet', 'signet'];

/** More are not needed, and each one sees what is asked of it. */
export const MOST_SOURCES = 5;

/** Sources for one network. */
export interface SourceChoice {
  readonly network: BitcoinNetwork;
  /** Those that may be asked when a person acts. */
  readonly urls: readonly string[];
  /** Whether somebody chose them: those it came with are asked only when the person says so. */
  readonly isChosen: boolean;
}

/** The sources chosen on this device, by network. */
export type ChosenSources = Readonly<Partial<Record<PublicNetwork, readonly string[]>>>;

function addressesIn(kept: unknown): readonly string[] | undefined {
  if (!Array.isArray(kept)) return undefined;
  const urls = kept.filter((url): url is string => sourceAddress(url) === url);
  return urls.length > 0 ? urls.slice(0, MOST_SOURCES) : undefined;
}

/** The sources chosen on this device. */
export function loadSources(): ChosenSources {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEPT_SOURCES) ?? 'null');
    // An earlier client kept one list, of the network looked at.
    if (Array.isArray(kept)) {
      const urls = addressesIn(kept);
      return urls ? { [loadNetwork()]: urls } : {};
    }
    const lists = typeof kept === 'object' && kept !== null ? kept : {};
    const chosen: Partial<Record<PublicNetwork, readonly string[]>> = {};
    for (const network of PUBLIC_NETWORKS) {
      const urls = network in lists && addressesIn(lists[network as keyof typeof lists]);
      if (urls) chosen[network] = urls;
    }
    return chosen;
  } catch {
    return {};
  }
}

/** Keeps what was chosen. */
export function saveSources(chosen: ChosenSources): void {
  if (Object.keys(chosen).length === 0) localStorage.removeItem(KEPT_SOURCES);
  else localStorage.setItem(KEPT_SOURCES, JSON.stringify(chosen));
}

/** The network looked at on this device. */
export function loadNetwork(): PublicNetwork {
  try {
    const kept = localStorage.getItem(KEPT_NETWORK);
    return kept === 'testnet' || kept === 'signet' ? kept : 'mainnet';
  } catch {
    return 'mainnet';
  }
}

/** Keeps which network is looked at. */
export function saveNetwork(network: PublicNetwork): void {
  if (network === 'mainnet') localStorage.removeItem(KEPT_NETWORK);
  else localStorage.setItem(KEPT_NETWORK, network);
}

/**
 * The sources for a network, or for the one looked at: what was chosen for it; else, for the one
 * looked at alone, those the client came with; in a local world that world's, for its chain alone.
 */
export function sourcesFor(
  world: World | undefined,
  chosen: ChosenSources,
  asked?: BitcoinNetwork,
  looked: PublicNetwork = loadNetwork(),
): SourceChoice {
  // The local world's chain is nobody else's: what was chosen for the real one knows nothing of it.
  const here: BitcoinNetwork = world ? 'regtest' : looked;
  const network = asked ?? here;
  if (network === 'regtest') return { network, urls: world?.chains ?? [], isChosen: true };
  const urls = world ? undefined : chosen[network];
  if (urls) return { network, urls, isChosen: true };
  // DI-39: "…and where its person has chosen none for that chain and looks at another, ask nobody…"
  return { network, urls: network === here ? DEFAULT_CHAIN_SOURCES[network] : [], isChosen: false };
}

/** Those the client came with for a network, to be offered to its person. */
export function offeredSources(
  world: World | undefined,
  network: BitcoinNetwork,
): readonly string[] {
  return world || network === 'regtest' ? [] : DEFAULT_CHAIN_SOURCES[network];
}

/** An address in one form: https, or http on this machine, without a slash at the end. */
export function sourceAddress(text: unknown): string | undefined {
  if (typeof text !== 'string' || text.length > 200 || !URL.canParse(text)) return undefined;
  const { protocol, hostname, host, pathname, username, password, search, hash } = new URL(text);
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  const isSafe = protocol === 'https:' || (protocol === 'http:' && isHere);
  // Some browsers take a blank for a part of a name, written as %20.
  const isHost = /^([a-z0-9._-]+|\[[0-9a-f:.]+\])$/.test(hostname);
  if (!isSafe || !isHost || `${username}${password}${search}${hash}` !== '') return undefined;
  return `${protocol}//${host}${pathname}`.replace(/\/+$/, '');
}

/** An address a person typed, or what is wrong with it as a sentence. */
export type TypedSource =
  { readonly ok: true; readonly url: string } | { readonly ok: false; readonly sentence: string };

const wrong = (sentence: string): TypedSource => ({ ok: false, sentence });

/** Reads an address as people type it; `https://` may be left out. */
export function readSource(typed: string, inUse: readonly string[]): TypedSource {
  const text = typed.trim();
  if (text === '') return wrong('Type the address of a source, such as mempool.space/api.');
  const url = sourceAddress(/^[a-z]+:\/\//i.test(text) ? text : `https://${text}`);
  if (url === undefined) {
    return wrong('This is not the address of a source. One looks like https://mempool.space/api.');
  }
  if (inUse.some((other) => new URL(other).host === new URL(url).host)) {
    return wrong('You ask this host already: two at one host count as one.');
  }
  if (inUse.length >= MOST_SOURCES) {
    return wrong(`${MOST_SOURCES} sources are enough. Remove one before you add another.`);
  }
  return { ok: true, url };
}
