/** Who says which block is the newest, for steps that name one; asked only when one is signed. */
import type { BlockSource } from '../engine/bonds/ports.ts';
import { loadPart } from '../loading.ts';
import { loadSources, sourcesIn } from './chain-choice.ts';
import { browserClock } from './clock.ts';
import type { World } from './kept.ts';

/** The local world's chain, or the person's sources one after the other. */
export function chainOf(world: World | undefined): BlockSource {
  return {
    async newestBlock() {
      const { urls } = sourcesIn(world, loadSources());
      const { EsploraSource, firstOf } = await loadPart(() => import('../chain/esplora.ts'));
      return firstOf(urls.map((url) => new EsploraSource(url, browserClock))).newestBlock();
    },
  };
}
