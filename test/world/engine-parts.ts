/** What an engine in Node works with. */
import type { Relays, Signer, Store, Verifier, Wallet } from '../../web/lib/engine/ports.ts';

/** One persona's parts; whoever opens them closes them. */
export interface EngineParts {
  readonly person: Signer;
  readonly relays: Relays;
  readonly store: Store;
  readonly verifier: Verifier;
  readonly wallet: Wallet;
}
