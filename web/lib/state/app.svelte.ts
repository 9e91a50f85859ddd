/**
 * The client's state for one page tree: the catalog anyone sees, and the session of whoever is
 * connected. Made by the layout and handed down by context; nothing here is module-level.
 */
import { getContext, setContext } from 'svelte';
import type { Catalog } from '../engine/catalog.ts';
import type { Relays, RelayState, Signer, Store, Verifier } from '../engine/ports.ts';
import type { Session } from '../engine/session.ts';
import { isCutOff } from './cut-off.ts';
import { whenAlone } from './alone.ts';
import { addressSourcesOf, chainOf } from './chain.ts';
import { afterPaint, browserClock } from './clock.ts';
import { findWorld, type Persona } from './config.ts';
import { isConnectionKept, saveConnection } from './connection.ts';
import { SignIn } from './sign-in.svelte.ts';
import type { Connection, World } from './kept.ts';
import type { BankAnswer } from './figures/desk.ts';
import { Figures } from './figures/figures.svelte.ts';
import { People } from './people.ts';
import { keepResidence } from './residence.ts';
import { RelayDesk } from './relays.svelte.ts';
import type { Names } from './views/people.ts';
import { WalletDesk } from './wallet.svelte.ts';
import { randomHex } from '../engine/random.ts';
import { loadPart } from '../loading.ts';

const CONTEXT_KEY = Symbol('app');
const REDRAW_MS = 80;
const NO_OPENINGS: readonly [] = [];
const parts = () => loadPart(() => import('./parts.ts'));

/** Each person's data on this device is a database of its own. */
const storeOf = (publicKey: string): string => `realyield-${publicKey}`;

/** What the whole client shows. */
export class App {
  /** Counts changes of facts: read to be drawn again. */
  version = $state(0);
  /** The reader's clock, unix seconds, moved once a second. */
  nowSec = $state(Math.floor(Date.now() / 1_000));
  /** The local world, when this page is served by one. */
  world = $state.raw<World | undefined>(undefined);
  session = $state.raw<Session | undefined>(undefined);
  /** Whether stored data is in and a remembered person, if any, is connected. */
  isReady = $state(false);
  relayStates = $state.raw<readonly RelayState[]>([]);
  readonly wallet = new WalletDesk();
  readonly signIn = new SignIn();
  /** Which relays are in use, for the page that changes it. */
  readonly relays = new RelayDesk();
  readonly figures = new Figures();
  readonly #people = new People();
  #catalog = $state.raw<Catalog | undefined>(undefined);
  /** The session whose stored data is in; until then its catalog is empty. */
  #loaded = $state.raw<Session | undefined>(undefined);
  #relays: Relays | undefined;
  #verifier: Verifier | undefined;
  #redraw: (() => void) | undefined;
  #store: Store | undefined;
  #turn: Promise<void> = Promise.resolve();
  #stops: (() => void)[] = [];

  /** The public facts; undefined only until the store is open. */
  get catalog(): Catalog | undefined {
    const isLoaded = this.session !== undefined && this.session === this.#loaded;
    return isLoaded ? this.#loaded?.catalog : this.#catalog;
  }

  /** Where names come from; undefined until the store is open. */
  get names(): Names | undefined {
    return this.catalog && this.#people.names(this.catalog, this.world, this.session);
  }

  /** Whether the relays have sent what they had stored. */
  get isListed(): boolean {
    return this.version >= 0 && this.catalog?.isListed === true;
  }

  /**
   * A bank's figures, once all its receipts are read and added up; while no relay can be reached,
   * from what is stored here.
   */
  bankFigures(bank: string, isDetailed = false): BankAnswer | undefined {
    const { catalog, version } = this;
    if (version < 0 || !catalog || !(isCutOff(this.relayStates) || catalog.banks.isRead(bank)))
      return undefined;
    this.figures.useOpenings(this.session?.agreements.openings.all() ?? NO_OPENINGS);
    return this.figures.bank(catalog, bank, this.nowSec, isDetailed);
  }

  /** Why starting or the last connection did not work, as a sentence. */
  get problem(): string | undefined {
    return this.signIn.problem;
  }

  /** Whether somebody is connected, or was before and is about to be again. */
  get isKnown(): boolean {
    if (this.session !== undefined || this.signIn.locked !== undefined) return true;
    return !this.isReady && isConnectionKept();
  }

  /** The persona this browser is, in a local world. */
  get persona(): Persona | undefined {
    const own = this.session?.person.publicKey;
    return this.world?.personas.find(({ publicKey }) => publicKey === own);
  }

  /** Opens store and relays, then whoever was connected before. */
  async start(): Promise<void> {
    const timer = setInterval(() => {
      this.nowSec = browserClock.nowSec();
    }, 1_000);
    this.#stops.push(clearInterval.bind(globalThis, timer));
    const [world, engine] = await Promise.all([findWorld(), parts()]);
    this.world = world;
    this.#verifier = engine.createVerifierPool();
    const relays = this.relays.open(this.world, this.#verifier, engine);
    this.#relays = relays;
    this.#stops.push(
      relays.onState((states) => {
        this.relayStates = states;
      }),
    );
    const store = await engine.openIndexedDbStore('realyield-public');
    const catalog = new engine.Catalog({ ...this.#ports(), store });
    this.#catalog = catalog;
    const tell = (): void => this.#changed();
    this.#stops.push(catalog.changed.add(tell), catalog.agreed.add(tell));
    await catalog.start();
    this.version += 1;
    void afterPaint().then(() => this.relays.connect());
    void this.#people.load().then(tell);
    await this.resume();
    this.isReady = true;
  }

  /** Becomes a persona of the local world, wallet included. */
  async bePersona(id: string): Promise<void> {
    const persona = this.world?.personas.find((entry) => entry.id === id);
    if (!persona) return;
    const clientSecret = randomHex();
    await this.#connect({ type: 'persona', id, clientSecret });
  }

  /** Connects through a browser extension (NIP-07). */
  async connectExtension(): Promise<void> {
    await this.#connect({ type: 'nip07' });
  }

  /** Connects with an encrypted key (NIP-49). */
  async connectKey(ncryptsec: string, passphrase: string): Promise<void> {
    await this.#connect({ type: 'ncryptsec', ncryptsec }, passphrase);
  }

  /** Connects through a remote signer (NIP-46) by its bunker:// address. */
  async connectBunker(uri: string, clientSecret = randomHex()): Promise<void> {
    await this.#connect({ type: 'bunker', uri: uri.trim(), clientSecret });
  }

  /**
   * Stops the session and forgets the connection. Data, journal and an encrypted key stay on this
   * device, unless they are to be erased: then only the signer brings them back.
   */
  async disconnect(isErased = false): Promise<void> {
    await this.#inTurn(async () => {
      const publicKey = this.session?.person.publicKey;
      await this.#leave();
      this.signIn.locked = undefined;
      this.signIn.waiting = undefined;
      this.signIn.problem = undefined;
      saveConnection(undefined);
      if (!isErased || publicKey === undefined) return;
      (await loadPart(() => import('./kept-keys.ts'))).forgetKey(publicKey);
      keepResidence(publicKey, undefined);
      await (await parts()).eraseIndexedDbStore(storeOf(publicKey));
    });
  }

  /** Lets go of everything. */
  async stop(): Promise<void> {
    for (const stop of this.#stops) stop();
    this.figures.stop();
    await this.session?.stop();
    this.#catalog?.stop();
    this.#relays?.close();
  }

  /** Connects a wallet by its address and keeps it, encrypted. */
  async connectWallet(uri: string): Promise<void> {
    const { session } = this;
    if (session) await this.wallet.connect(session, uri);
  }

  #ports() {
    const [relays, verifier] = [this.#relays, this.#verifier];
    if (!relays || !verifier) throw new Error('the client has not started');
    return { relays, verifier, clock: browserClock };
  }

  /** Connects whoever this device remembers; also to try that again. */
  async resume(): Promise<void> {
    const connection = (await parts()).loadConnection();
    if (!connection) return;
    if (connection.type === 'ncryptsec') this.signIn.locked = connection.ncryptsec;
    else await this.#connect(connection);
  }

  /** One after another: two at once would leave a session running that nobody sees. */
  #inTurn(act: () => Promise<void>): Promise<void> {
    this.signIn.cancel();
    const turn = this.#turn.then(act);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  #connect(connection: Connection, passphrase = ''): Promise<void> {
    return this.#inTurn(() => this.#become(connection, passphrase));
  }

  async #become(asked: Connection, passphrase: string): Promise<void> {
    const { signIn } = this;
    signIn.problem = undefined;
    signIn.waiting = undefined;
    try {
      const { person, connection } = await signIn.open(asked, this.world, passphrase);
      await this.#leave();
      const store = await (await parts()).openIndexedDbStore(storeOf(person.publicKey));
      this.#store = store;
      // Before anything is started or asked: whoever reloads meanwhile is still connected.
      saveConnection(connection);
      const session = await this.#open(person, store);
      signIn.locked = undefined;
      await this.wallet.restore(session, store, this.persona?.walletUri);
      this.#changed();
    } catch (error) {
      signIn.problem = error instanceof Error ? error.message : 'Connecting did not work.';
      const kept = (await parts()).loadConnection();
      if (!this.session && kept && kept.type !== 'ncryptsec') signIn.waiting = kept;
    }
  }

  /** Ends the session: what it has begun is finished, or is in the journal for the next. */
  async #leave(): Promise<void> {
    this.wallet.clear();
    await this.session?.stop();
    await this.#store?.close();
    this.#store = undefined;
    this.session = undefined;
    this.#changed();
  }

  async #open(person: Signer, store: Store): Promise<Session> {
    const { Session } = await loadPart(() => import('../engine/session.ts'));
    const session = new Session({
      ...this.#ports(),
      person,
      store,
      chain: chainOf(this.world),
      addressSources: (network) => addressSourcesOf(this.world, network),
      rank: 'person',
      whenAlone: (run) => whenAlone(storeOf(person.publicKey), run),
    });
    session.changed.add(() => this.#changed());
    const stop = session.catalog.changed.add(() => {
      stop();
      this.#loaded = session;
      this.#changed();
    });
    this.session = session;
    try {
      await session.start();
    } catch (error) {
      await this.#leave().catch(() => undefined);
      throw error;
    }
    void this.relays.meet(session.person);
    this.#changed();
    return session;
  }

  #changed(): void {
    if (this.#redraw) return;
    this.#redraw = browserClock.after(REDRAW_MS, () => {
      this.#redraw = undefined;
      this.version += 1;
    });
  }
}

/** Makes the client's state; for the layout. */
export function createApp(): App {
  return setContext(CONTEXT_KEY, new App());
}

/** The client's state. */
export function useApp(): App {
  const app = getContext<App | undefined>(CONTEXT_KEY);
  if (!app) throw new Error('no App in context');
  return app;
}
