/** One persona of the local world: keys, and the helper that acts while nobody plays it. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Verifier } from '../../web/lib/engine/ports.ts';
import { createRelays } from '../../web/lib/nostr/relays.ts';
import { createLocalSigner } from '../../web/lib/signer/local-signer.ts';
import { createNwcWallet, parseWalletUri } from '../../web/lib/wallet/nwc.ts';
import type { EngineParts } from './engine-parts.ts';
import { Helper } from './helper.ts';
import { nodeWebSocket } from './node-web-socket.ts';
import type { PersonaId, PersonaKey, PersonaProfile, SMALL_CAST } from './personas.ts';
import { openSqliteStore } from './sqlite-store.ts';

/** What a household is founded on. */
export interface HouseholdOptions {
  readonly profile: PersonaProfile;
  readonly key: PersonaKey;
  readonly folder: string;
  readonly relays: readonly string[];
  readonly walletUri: string;
  readonly verifier: Verifier;
}

/** The homes of a world: in every one those of the small cast. */
export type Households = Readonly<
  Record<(typeof SMALL_CAST)[number], Household> & Partial<Record<PersonaId, Household>>
>;

/** A persona at home. */
export class Household {
  readonly #options: HouseholdOptions;
  #helper: Helper | undefined;
  /** Switching on and off, one after another. */
  #switching: Promise<void> = Promise.resolve();

  constructor(options: HouseholdOptions) {
    this.#options = options;
    mkdirSync(options.folder, { recursive: true });
  }

  /** The helper, while it is on. */
  get helper(): Helper | undefined {
    return this.#helper;
  }

  /** Opens signer, relays, store and wallet of this persona. */
  openParts(storeName = 'helper', isDurable = true): EngineParts {
    const { key, relays, folder, verifier, walletUri } = this.#options;
    const connection = parseWalletUri(walletUri);
    if (!connection.ok) throw new Error(`the wallet's address is wrong: ${connection.code}`);
    return {
      // A signer owns its key and wipes it; ours is needed again.
      person: createLocalSigner(key.secretKey.slice()),
      relays: createRelays({ urls: relays, webSocket: nodeWebSocket }),
      store: openSqliteStore(join(folder, `${storeName}.sqlite`), isDurable),
      verifier,
      wallet: createNwcWallet(connection.value, { webSocket: nodeWebSocket }),
    };
  }

  /** Turns the helper on or off; resolves when it is. */
  setHelper(isOn: boolean): Promise<void> {
    const switched = this.#switching.then(() => (isOn ? this.#turnOn() : this.#turnOff()));
    this.#switching = switched.catch(() => undefined);
    return switched;
  }

  async #turnOn(): Promise<void> {
    if (this.#helper) return;
    const { name, isStruggling = false } = this.#options.profile;
    const helper = new Helper({ name, isStruggling, ...this.openParts() });
    this.#helper = helper;
    await helper.start();
  }

  async #turnOff(): Promise<void> {
    const helper = this.#helper;
    this.#helper = undefined;
    await helper?.stop();
  }
}
