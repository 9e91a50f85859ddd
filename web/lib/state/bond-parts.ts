/** What bonds are checked with, fetched when one is first looked at. */
export { EsploraSource } from '../chain/esplora.ts';
export { checkBlocks } from '../engine/cases/block-checks.ts';
export { BondWatch } from '../engine/bonds/bond-watch.ts';
export { openIndexedDbStore } from '../store/indexeddb.ts';
