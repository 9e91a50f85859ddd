/**
 * The engine as one module, fetched beside the frame of the page: the first page is drawn and can
 * be used before event checking, contracts, store and relays are here.
 */
export { Catalog } from '../engine/catalog.ts';
export { RelayDirectory, buildRelayLists } from '../engine/relay-lists.ts';
export { createRelays } from '../nostr/relays.ts';
export { createVerifierPool } from '../nostr/verifier/verifier-pool.ts';
export { eraseIndexedDbStore, openIndexedDbStore } from '../store/indexeddb.ts';
export { loadBlocked, loadChoiceFor, loadConnection } from './kept.ts';
