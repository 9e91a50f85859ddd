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
import { loadWasmVerifier } from '../../web/lib/nostr/verifier/load-wasm.ts';
import { Session } from '../../web/lib/engine/session.ts';
import type { Verifier } from '../../web/lib/engine/ports.ts';
import { BUILD_FOLDER } from './build.ts';
import { startBunker } from './bunker.ts';
import { createControl } from './control.ts';
import { Household } from './household.ts';
import { startHttpServer } from './http-server.ts';
import { startLightningWorld, type LightningWorld } from './lightning-world.ts';
import { bankProfileDocument, offerDocuments } from './listings.ts';
import { loadPersonaKeys, PERSONA_IDS, PROFILES, type PersonaId } from './personas.ts';
import { DEFAULT_RULES } from '../../relay-rules/src/decide.ts';
import { RelayHouse } from './relay-house.ts';
import { systemClock } from './system-clock.ts';
import { WorldFolder } from './world-folder.ts';

/** How to start a world. */
export interface WorldOptions {
  /** Where it lives, and goes on; a temporary folder, removed at the end, unless given. */
  readonly folder?: string;
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

/** A persona as `/world.json` shows it. */
export interface WorldPersona {
  readonly id: PersonaId;
  readonly name: string;
  readonly role: 'investor' | 'bank' | 'business';
  readonly about: string;
  /** 32-byte hex, x-only. */
  readonly publicKey: string;
  /** NIP-46 address of a signer for this persona. */
  readonly bunkerUri: string;
  /** NIP-47 address of its wallet. */
  readonly walletUri: string;
}

/** A running world. The last three members are for tests. */
export interface World {
  /** Address of the page, without a slash at the end. */
  readonly url: string;
  /** The two public relays. */
  readonly relays: readonly string[];
  readonly personas: readonly WorldPersona[];
  /** Serves the client once its build is there; a world given a finished build needs no call. */
  serveClient(): void;
  /** Stops everything; nothing stays open. */
  stop(): Promise<void>;
  readonly households: Readonly<Record<PersonaId, Household>>;
  readonly lightning: LightningWorld;
  /** The two public relays, and the one wallets and signers talk over. */
  readonly relayHouses: readonly RelayHouse[];
}

const NETWORK = 'regtest';
const PAGE_PORT = 4_180;
const RELAY_PORTS = [7_447, 7_448] as const;
/** How long ago the bank published its profile, and how far its offers lie apart. */
const LISTED_SEC = 86_400;
const LISTED_APART_SEC = 6 * 3_600;

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
    this.#folder = WorldFolder.open(this.#path, 'small', options.isFresh === true);
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
    log('Lightning is up: channels between the bank and everybody else.');
    const verifier = createInlineVerifier(await loadWasmVerifier());
    const { personas, households } = await this.#settle(lightning, relays, wire, verifier);
    if (this.#folder.isReady) log('Everybody is back where they were.');
    else {
      await this.#publishListings(households, personas, relays);
      log('The bank has published its profile and three offers.');
    }
    if (helpers) await Promise.all(PERSONA_IDS.map((id) => households[id].setHelper(true)));
    const inside = { households, lightning, relayHouses };
    const server = await startHttpServer({
      port: this.#pagePort(),
      buildFolder: this.#options.buildFolder ?? BUILD_FOLDER,
      world: () => ({ relays, network: NETWORK, personas }),
      control: this.#options.control === true ? createControl(inside) : undefined,
    });
    this.#undo.push(() => server.stop());
    const [first = 0, second = 0, third = 0] = relayHouses.map(({ port }) => port);
    this.#folder.finish({ relays: [first, second, third], page: server.port });
    const { url } = server;
    const serveClient = (): void => {
      server.serveClient();
    };
    return { url, relays, personas, serveClient, stop: () => this.stop(), ...inside };
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
    const keepsChain = !this.#isTemporary;
    const options = { folder, relayUrl, personas: PERSONA_IDS, keepsChain };
    const lightning = await startLightningWorld(options);
    this.#undo.push(() => lightning.stop());
    return lightning;
  }

  /** Gives everybody a key, a signer to be reached by, a wallet and a home. */
  async #settle(
    lightning: LightningWorld,
    relays: readonly string[],
    wire: string,
    verifier: Verifier,
  ) {
    const keys = loadPersonaKeys(this.#folder.data);
    const personas: WorldPersona[] = [];
    const homes = new Map<PersonaId, Household>();
    for (const profile of PROFILES) {
      const { id } = profile;
      const { secretKey, publicKey } = keys[id];
      const bunker = await startBunker({ secretKey, relayUrl: wire });
      const walletUri = lightning.of(id).nwcUri;
      const folder = join(this.#folder.data, 'engines', id);
      const home = new Household({ profile, key: keys[id], folder, relays, walletUri, verifier });
      this.#undo.push(
        () => bunker.stop(),
        () => home.setHelper(false),
      );
      personas.push({ ...profile, publicKey, bunkerUri: bunker.uri, walletUri });
      homes.set(id, home);
    }
    const households = Object.fromEntries(homes) as Readonly<Record<PersonaId, Household>>;
    return { personas, households };
  }

  /** The bank publishes through the same engine its page uses. */
  async #publishListings(
    households: Readonly<Record<PersonaId, Household>>,
    personas: readonly WorldPersona[],
    relays: readonly string[],
  ): Promise<void> {
    const { wallet, ...parts } = households.bank.openParts();
    wallet.close();
    const whenAlone = (): (() => void) => () => undefined;
    const nowSec = systemClock.nowSec();
    // Each a little later than the one before, so that lists show them in a fixed order.
    let atSec = nowSec - LISTED_SEC;
    const clock = { ...systemClock, nowSec: () => atSec };
    const session = new Session({ ...parts, clock, rank: 'helper', whenAlone });
    await session.start();
    const published = [await session.publishProfile(bankProfileDocument(relays))];
    const bakery = personas.find(({ id }) => id === 'bakery')?.publicKey ?? '';
    for (const offer of offerDocuments(bakery, relays, nowSec)) {
      atSec += LISTED_APART_SEC;
      published.push(await session.publishOffer(offer));
    }
    const refused = published.flatMap((result) => (result.ok ? [] : [result.code]));
    await session.stop();
    parts.relays.close();
    await parts.store.close();
    if (refused.length > 0) throw new Error(`Listings were refused: ${refused.join(', ')}.`);
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
