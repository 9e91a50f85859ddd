/** The chain for steps that name a block and for payouts; asked only when somebody acts. */
import type { BitcoinNetwork } from '@realyield/protocol';
import type { ChainPort } from '../engine/bonds/ports.ts';
import type { AddressSource } from '../engine/fallback/ports.ts';
import { loadPart } from '../loading.ts';
import { loadSources, sourcesFor } from './chain-choice.ts';
import { browserClock } from './clock.ts';
import type { World } from './kept.ts';

/** The sources for a network, to be asked about an address of its chain. */
export async function addressSourcesOf(
  world: World | undefined,
  network: BitcoinNetwork,
): Promise<readonly AddressSource[]> {
  const { urls } = sourcesFor(world, loadSources(), network);
  const { EsploraSource } = await loadPart(() => import('../chain/esplora.ts'));
  return urls.map((url) => new EsploraSource(url, browserClock));
}

/** The local world's chain, or the person's sources one after the other. */
export function chainOf(world: World | undefined): ChainPort {
  const parts = () => loadPart(() => import('../chain/esplora.ts'));
  const chosen = (network?: BitcoinNetwork) => {
    return sourcesFor(world, loadSources(), network);
  };
  const sources = async (network?: BitcoinNetwork) => {
    const { urls } = chosen(network);
    const { EsploraSource } = await parts();
    return urls.map((url) => new EsploraSource(url, browserClock));
  };
  return {
    sources,
    blockLookups: async (asked) => {
      return { network: chosen(asked).network, sources: await sources(asked) };
    },
    // What a step of a contract names has to be a block of that contract's chain.
    newestBlock: async (network) => (await parts()).firstOf(await sources(network)).newestBlock(),
  };
}
