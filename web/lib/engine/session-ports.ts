/** Through what a session reaches the world, and what is agreed about who runs. */
import type { BitcoinNetwork } from '@realyield/protocol';
import type { ChainPort } from './bonds/ports.ts';
import type { AddressSource } from './fallback/ports.ts';
import type { SessionLease } from './lease.ts';
import type { Clock, Relays, Signer, Store, Verifier } from './ports.ts';

/** What a session needs. */
export interface SessionPorts {
  readonly person: Signer;
  readonly relays: Relays;
  readonly store: Store;
  readonly verifier: Verifier;
  readonly clock: Clock;
  /** Who says which block is the newest; without it nothing is signed that names one. */
  readonly chain?: ChainPort;
  /** Who can be asked what pays to a network's address; without them nothing is paid on it. */
  readonly addressSources?: (network: BitcoinNetwork) => Promise<readonly AddressSource[]>;
  /** Helpers of the local world step back when the person's own client is open. */
  readonly rank: 'helper' | 'person';
  /** How it is agreed who runs; one more holder among this person's devices unless given. */
  readonly lease?: SessionLease;
  /**
   * Calls back once this process may run the journal (Web Locks in a browser: one window at a
   * time); the returned function lets go.
   */
  readonly whenAlone: (run: () => Promise<void>) => () => void;
}
