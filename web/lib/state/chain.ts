/** Who says which block is the newest, for steps that name one; asked only when one is signed. */
import type { BlockSource } from '../engine/bonds/ports.ts';
import { loadPart } from '../loading.ts';
import { browserClock } from './clock.ts';
import { DEFAULT_CHAIN_SOURCES } from './config.ts';
import type { World } from './kept.ts';

/** The local world's chain, or public sources one after the other. */
export function chainOf(world: World | undefined): BlockSource {
  const local = world?.chain === undefined ? [] : [world.chain];
  const urls = world ? local : DEFAULT_CHAIN_SOURCES;
  return {
    async newestBlock() {
      const { EsploraSource, firstOf } = await loadPart(() => import('../chain/esplora.ts'));
      return firstOf(urls.map((url) => new EsploraSource(url, browserClock))).newestBlock();
    },
  };
}
