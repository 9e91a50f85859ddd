/**
 * The local world in one process: relays, Lightning, personas with their signers and helpers,
 * what the bank has published, and the page's server. All of it lives in a folder, and a world
 * that was stopped or killed goes on there. Secret keys stay in this process and its folder; a
 * page gets a remote signer's address and a wallet's.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInlineVerifier } from '../../web/lib/nostr/verifier/inline-verifier.ts';
import { loadWasmSignatures } from '../../web/lib/nostr/verifier/load-wasm.ts';
import type { Verifier } from '../../web/lib/engine/ports.ts';
import { useSignatures } from '../../web/lib/signer/signatures.ts';
import { APPOINTEES, type AppointeeProfile } from './appointees.ts';
import { BUILD_FOLDER } from './build.ts';
import { startBunker } from './bunker.ts';
import { createControl } from './control.ts';
import { serveExplorers } from './esplora.ts';
import { fillWorld } from './filling.ts';
import { Household, type Households } from './household.ts';
import { startHttpServer } from './http-server.ts';
import { startLightningWorld, type LightningWorld } from './lightning-world.ts';
import { Oracles } from './oracles.ts';
import { loadPersonaKeys, SMALL_CAST, type KeyHolder, type PersonaId } from './personas.ts';
import type { PersonaKey, PersonaProfile } from './personas.ts';
import { PROFILES } from './profiles.ts';
import { DEFAULT_RULES } from '../../relay-rules/src/decide.ts';
import { RelayHouse } from './relay-house.ts';
import { shareVerifier } from './sharing-verifier.ts';
import { systemClock } from './system-clock.ts';
import { WorldFolder, type CastName } from './world-folder.ts';

/** How to start a world. */
export interface WorldOptions {
  /** Where it lives, and goes on; a temporary folder, removed at the end, unless given. */
  readonly folder?: string;
  /**
   * How large a new world is: four personas and four open offers, or two banks, five businesses
   * and six investors with months behind them. Small unless given.
   */
  readonly cast?: CastName;
  /** Whether what lives in the folder is wiped and a new world begun. */
  readonly isFresh?: boolean;
  /**
   * Preferred port of the page; any free one when it is taken. Unless given, or where it is 0,
   * the one it had before; for a new world 4180.
   */
  readonly httpPort?: number;
  /** Preferred ports of a new world's two relays; 7447 and 7448 unless given. */
  readonly relayPorts?: readonly [number, number];
  /** Whether personas nobody plays act for themselves; they do unless told not to. */
  readonly helpers?: boolean;
  /** Whether `/control` exists; for tests only. */
  readonly control?: boolean;
  /** The built client; `build/` unless given. */
  readonly buildFolder?: string;
  /** Hears what is being done, in plain lines. */
  readonly log?: (line: string) => void;
}

/** By what anybody of the world is reached. */
interface Reached {
  /** 32-byte hex, x-only. */
  readonly publicKey: string;
  /** NIP-46 address of a signer for this persona. */
  readonly bunkerUri: string;
}

/** An appointee as `/world.json` shows them. */
export type WorldAppointee = AppointeeProfile & Reached;

/** A persona as `/world.json` shows it. */
export interface WorldPersona extends Reached {
  readonly id: PersonaId;
  readonly name: string;
  readonly role: 'investor' | 'bank' | 'business';
  readonly about: string;
  readonly biography: string;
  readonly place: { readonly country: string; readonly locality: string };
  /** NIP-47 address of its wallet. */
  readonly walletUri: string;
}

/** A running world. The last four members are for tests. */
export interface World {
  /** Address of the page, without a slash at the end. */
  readonly url: string;
  /** The two public relays. */
  readonly relays: readonly string[];
  readonly personas: readonly WorldPersona[];
  /** In the whole cast alone. */
  readonly appointees: readonly WorldAppointee[];
  /** Serves the client once its build is there; a world given a finished build needs no call. */
  serveClient(): void;
  /** Stops everything; nothing stays open. */
  stop(): Promise<void>;
  readonly households: Households;
  readonly lightning: LightningWorld;
  /** The two public relays, and the one wallets and signers talk over. */
  readonly relayHouses: readonly RelayHouse[];
  readonly oracles: Oracles;
}

/** On what everybody settles. */
interface Ground {
  readonly lightning: LightningWorld;
  readonly relays: readonly string[];
  /** The relay of signers and wallets. */
  readonly wire: string;
  readonly keyOf: (id: KeyHolder) => PersonaKey;
}

const NETWORK = 'regtest';
/** The channel between the two banks. */
const BANKS_SAT = 200_000_000n;
const PAGE_PORT = 4_180;
const RELAY_PORTS = [7_447, 7_448] as const;
class Builder {
  readonly #options: WorldOptions;
  readonly #path: string;
  readonly #isTemporary: boolean;
  readonly #folder: WorldFolder;
  readonly #undo: (() => Promise<void> | void)[] = [];
  #stopping: Promise<void> | undefined;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#isTemporary = options.folder === undefined;
    this.#path = options.folder ?? mkdtempSync(join(tmpdir(), 'real-yield-world-'));
    this.#folder = WorldFolder.open(this.#path, options.cast ?? 'small', options.isFresh === true);
    this.#undo.push(() => {
      this.#folder.close();
    });
  }

  async build(): Promise<World> {
    const { log = () => undefined, helpers = true } = this.#options;
    const relayHouses = await this.#openRelays();
    const relays = relayHouses.slice(0, 2).map(({ url }) => url);
    const wire = relayHouses[2]?.url ?? '';
    log(`Relays at ${relays.join(' and ')}.`);
    const lightning = await this.#startLightning(wire);
    log('Lightning is up: everybody has a channel.');
    const signatures = await loadWasmSignatures();
    useSignatures(signatures);
    const verifier = shareVerifier(createInlineVerifier(signatures.verify));
    const keyOf = loadPersonaKeys(this.#folder.data);
    const { personas, households } = await this.#settle(
      { lightning, relays, wire, keyOf },
      verifier,
    );
    const appointees = await this.#appoint(keyOf, wire);
    const explorers = await serveExplorers(lightning.chain);
    this.#undo.push(() => explorers.stop());
    const oracles = new Oracles(this.#folder.data, relays);
    this.#undo.push(() => {
      oracles.stop();
    });
    if (this.#folder.isReady) log('Everybody is back where they were.');
    else {
      const parts = { lightning, households, personas, keyOf, verifier, oracles, relays, log };
      await fillWorld({ cast: this.#folder.cast, ...parts });
    }
    await oracles.start(systemClock);
    const homes = Object.values(households);
    if (helpers) await Promise.all(homes.map((home) => home.setHelper(true)));
    const inside = { households, lightning, relayHouses, oracles };
    const server = await startHttpServer({
      port: this.#pagePort(),
      buildFolder: this.#options.buildFolder ?? BUILD_FOLDER,
      world: () => ({
        ...{ relays, network: NETWORK, chains: explorers.urls },
        personas: [...personas, ...appointees],
      }),
      control: this.#options.control === true ? createControl(inside) : undefined,
    });
    this.#undo.push(() => server.stop());
    if (!this.#folder.isReady) this.#folder.flush();
    const [first = 0, second = 0, third = 0] = relayHouses.map(({ port }) => port);
    this.#folder.finish({ relays: [first, second, third], page: server.port });
    const { url } = server;
    const serveClient = (): void => {
      server.serveClient();
    };
    const shown = { url, relays, personas, appointees };
    return { ...shown, serveClient, stop: () => this.stop(), ...inside };
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    for (let undo = this.#undo.pop(); undo; undo = this.#undo.pop()) await undo();
    if (this.#isTemporary) rmSync(this.#path, { recursive: true, force: true });
  }

  /** Browsers keep what they know of a page by its port. */
  #pagePort(): number {
    const { httpPort } = this.#options;
    const known = this.#folder.ports?.page;
    return httpPort === 0 ? (known ?? 0) : (httpPort ?? known ?? PAGE_PORT);
  }

  /** Fixed ports where they are free, so that links and stored contracts go on working. */
  async #openRelays(): Promise<readonly RelayHouse[]> {
    const known = this.#folder.ports?.relays;
    const ports = known ?? [...(this.#options.relayPorts ?? RELAY_PORTS), 0];
    const houses: RelayHouse[] = [];
    for (const [index, port] of ports.entries()) {
      const house = await RelayHouse.open({
        name: `Local relay ${index + 1}`,
        databasePath: join(this.#folder.data, `relay-${index + 1}.sqlite`),
        port,
        isPortFixed: known !== undefined,
        // The public relays keep the protocol's write rules; wallets and signers need none.
        ...(index < 2 ? { rules: DEFAULT_RULES } : {}),
      });
      this.#undo.push(() => house.stop());
      houses.push(house);
    }
    return houses;
  }

  async #startLightning(relayUrl: string): Promise<LightningWorld> {
    const folder = join(this.#folder.data, 'lightning');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const profiles = this.#profiles();
    const channels = profiles.flatMap(({ id, role, hub }) => {
      if (hub === undefined) return [];
      return [{ of: id, hub, ...(role === 'bank' ? { capacitySat: BANKS_SAT } : {}) }];
    });
    const lightning = await startLightningWorld({
      folder,
      relayUrl,
      personas: profiles.map(({ id }) => id),
      channels,
      keepsChain: !this.#isTemporary,
    });
    this.#undo.push(() => lightning.stop());
    return lightning;
  }

  /** Gives everybody a key, a signer to be reached by, a wallet and a home. */
  async #settle(ground: Ground, verifier: Verifier) {
    const { lightning, relays, wire, keyOf } = ground;
    const personas: WorldPersona[] = [];
    const homes = new Map<PersonaId, Household>();
    for (const profile of this.#profiles()) {
      const { id, name, role, about, biography, place } = profile;
      const key = keyOf(id);
      const { secretKey, publicKey } = key;
      const bunker = await startBunker({ secretKey, relayUrl: wire });
      const walletUri = lightning.of(id).nwcUri;
      const folder = join(this.#folder.data, 'engines', id);
      const home = new Household({ profile, key, folder, relays, walletUri, verifier });
      this.#undo.push(
        () => bunker.stop(),
        () => home.setHelper(false),
      );
      const shown = { id, name, role, about, biography, place };
      personas.push({ ...shown, publicKey, bunkerUri: bunker.uri, walletUri });
      homes.set(id, home);
    }
    const households = Object.fromEntries(homes) as unknown as Households;
    return { personas, households };
  }

  /** Gives those who are only appointed a signer: no wallet, and nobody acts for them. */
  async #appoint(keyOf: Ground['keyOf'], wire: string): Promise<readonly WorldAppointee[]> {
    if (this.#folder.cast !== 'whole') return [];
    return Promise.all(
      APPOINTEES.map(async (profile) => {
        const { secretKey, publicKey } = keyOf(profile.id);
        const bunker = await startBunker({ secretKey, relayUrl: wire });
        this.#undo.push(() => bunker.stop());
        return { ...profile, publicKey, bunkerUri: bunker.uri };
      }),
    );
  }

  #profiles(): readonly PersonaProfile[] {
    const small: readonly PersonaId[] = SMALL_CAST;
    const isIn = ({ id }: PersonaProfile): boolean =>
      this.#folder.cast === 'whole' || small.includes(id);
    return PROFILES.filter(isIn);
  }
}

/** Starts a world; when that fails, nothing is left behind. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const builder = new Builder(options);
  try {
    return await builder.build();
  } catch (error) {
    await builder.stop();
    throw error;
  }
}
