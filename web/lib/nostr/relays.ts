/**
 * The relays in use: one connection each, everything that comes out raw and unverified. Stored
 * answers are paged until a relay has no more, because relays cap what one answer holds.
 */
import type { SignedEvent } from '@realyield/protocol';
import type {
  Filter,
  PublishOutcome,
  QueryAnswer,
  RelayState,
  Relays,
  RelayUse,
  Signer,
  SubscribeOptions,
} from '../engine/ports.ts';
import { Listeners } from '../engine/listeners.ts';
import { relayAddress } from './address.ts';
import { findLacking } from './lacking.ts';
import { DEFAULT_TIMINGS, RelayLink, type LinkTimings } from './relay-link.ts';
import { follow, QUERY_MS, readAll } from './stored.ts';
import { openWireLazily, type OpenWire } from './wire.ts';

/** How to reach relays. */
export interface RelaysOptions {
  readonly urls: readonly string[];
  /** For Node 20, which has no WebSocket of its own. */
  readonly webSocket?: typeof WebSocket;
  readonly timings?: Partial<LinkTimings>;
  /** Connections are made after this; at once unless given. */
  readonly ready?: Promise<void>;
  /** How a connection is opened; by NDK unless given. */
  readonly openWire?: OpenWire;
}

/** What has no relay's address, or is not to be contacted. */
const NO_RELAY = 'not a relay';
/** So many relays beside our own are contacted, whoever names how many. */
const MOST_OTHERS = 24;

type OnEvent = (event: unknown, url: string) => void;

/** A subscription without a list of its own: it follows the relays in use. */
interface Roaming {
  readonly stops: Map<string, () => void>;
  readonly start: (url: string) => () => void;
}

function unique(urls: readonly string[]): readonly string[] {
  return [...new Set(urls)];
}

class RelaySet implements Relays {
  #uses: readonly RelayUse[] = [];
  #blocked: ReadonlySet<string | undefined> = new Set();
  readonly #links = new Map<string, RelayLink>();
  readonly #states = new Listeners<readonly RelayState[]>();
  readonly #options: RelaysOptions;
  readonly #webSocket: typeof WebSocket;
  readonly #roaming = new Set<Roaming>();
  readonly #identities = new Set<(publicKey: string) => Signer | undefined>();
  #isClosed = false;

  constructor(options: RelaysOptions, webSocket: typeof WebSocket) {
    this.#options = options;
    this.#webSocket = webSocket;
    this.use(unique(options.urls).map((url) => ({ url, read: true, write: true })));
  }

  get uses(): readonly RelayUse[] {
    return this.#uses;
  }

  get urls(): readonly string[] {
    return this.#uses.map(({ url }) => url);
  }

  get writeUrls(): readonly string[] {
    return this.#uses.filter(({ write }) => write).map(({ url }) => url);
  }

  get readUrls(): readonly string[] {
    return this.#uses.filter(({ read }) => read).map(({ url }) => url);
  }

  use(uses: readonly RelayUse[]): void {
    this.#uses = uses;
    const kept = new Set(this.urls.map(relayAddress));
    for (const url of this.urls) this.#link(url)?.keep(true);
    for (const { stops, start } of this.#roaming) {
      for (const [url, stop] of stops) {
        if (this.urls.includes(url)) continue;
        stop();
        stops.delete(url);
      }
      for (const url of this.urls) if (!stops.has(url)) stops.set(url, start(url));
    }
    for (const [address, link] of this.#links) {
      if (kept.has(address)) continue;
      link.keep(false);
      if (!link.isUnused) continue;
      link.close();
      this.#links.delete(address);
    }
    this.#states.emit(this.states());
  }

  block(urls: readonly string[]): void {
    this.#blocked = new Set(urls.map(relayAddress));
    for (const [address, link] of this.#links) {
      if (!this.#isBlocked(address)) continue;
      link.close();
      this.#links.delete(address);
    }
    this.#states.emit(this.states());
  }

  others(): readonly RelayState[] {
    const own = new Set(this.urls.map(relayAddress));
    return [...this.#links].filter(([address]) => !own.has(address)).map(([, link]) => link.state);
  }

  identify(signerOf: (publicKey: string) => Signer | undefined): () => void {
    this.#identities.add(signerOf);
    return () => this.#identities.delete(signerOf);
  }

  async publish(
    event: SignedEvent,
    urls: readonly string[] = this.writeUrls,
  ): Promise<readonly PublishOutcome[]> {
    return Promise.all(
      unique(urls).map(async (url) => {
        const link = this.#link(url);
        if (!link) return { url, accepted: false, reason: NO_RELAY };
        return { ...(await link.publish(event)), url };
      }),
    );
  }

  async query(
    filters: readonly Filter[],
    options: { readonly urls?: readonly string[]; readonly timeoutMs?: number } = {},
  ): Promise<QueryAnswer> {
    const timeoutMs = options.timeoutMs ?? QUERY_MS;
    const answers = await Promise.all(
      unique(options.urls ?? this.urls).map(async (url) => {
        const link = this.#link(url);
        if (!link) return { url, missing: NO_RELAY, events: [] };
        const pages = await Promise.all(filters.map((filter) => readAll(link, filter, timeoutMs)));
        const missing = pages.find((page) => page.missing !== undefined)?.missing;
        return { url, missing, events: pages.flatMap((page) => page.events) };
      }),
    );
    const found = new Map<string, unknown>();
    for (const event of answers.flatMap(({ events }) => events)) {
      found.set(JSON.stringify(event), event);
    }
    return {
      events: [...found.values()],
      complete: answers.filter(({ missing }) => missing === undefined).map(({ url }) => url),
      incomplete: answers.flatMap(({ url, missing }) =>
        missing === undefined ? [] : [{ url, reason: missing }],
      ),
    };
  }

  async lacking(
    url: string,
    filter: Filter,
    events: readonly { readonly id: string; readonly created_at: number }[],
  ): Promise<readonly string[] | undefined> {
    const link = this.#link(url);
    return link && findLacking(link, filter, events, QUERY_MS);
  }

  subscribe(
    filters: readonly Filter[],
    onEvent: OnEvent,
    options: SubscribeOptions = {},
  ): () => void {
    const ending = new AbortController();
    let isTold = false;
    const tell = (): void => {
      clearTimeout(timer);
      if (isTold || ending.signal.aborted) return;
      isTold = true;
      options.onEndOfStored?.();
    };
    const start = (url: string): (() => void) => {
      const link = this.#link(url);
      if (!link) return () => undefined;
      return follow(link, filters, {
        onEvent: (event) => {
          onEvent(event, url);
        },
        onEndOfStored: tell,
        onPhase: (phase) => options.onRelay?.(url, phase),
        signal: ending.signal,
      });
    };
    const stops = new Map<string, () => void>();
    // A relay that is connected and mute keeps nobody waiting; without any, there is no answer.
    const timer = setTimeout(() => {
      const isOpen = (url: string): boolean => this.#link(url)?.state.state === 'open';
      if ([...stops.keys()].some(isOpen)) tell();
    }, QUERY_MS);
    for (const url of unique(options.urls ?? this.urls)) stops.set(url, start(url));
    const roaming = { stops, start };
    if (options.urls === undefined) this.#roaming.add(roaming);
    return () => {
      ending.abort();
      clearTimeout(timer);
      this.#roaming.delete(roaming);
      for (const stop of stops.values()) stop();
    };
  }

  states(): readonly RelayState[] {
    return this.urls.map((url) => {
      const state = this.#link(url)?.state;
      return state ? { ...state, url } : { url, state: 'refused', sinceMs: 0 };
    });
  }

  onState(listener: (states: readonly RelayState[]) => void): () => void {
    listener(this.states());
    return this.#states.add(listener);
  }

  close(): void {
    this.#isClosed = true;
    for (const link of this.#links.values()) link.close();
  }

  #isBlocked(address: string): boolean {
    return this.#blocked.has(address) && !this.urls.some((url) => relayAddress(url) === address);
  }

  #link(url: string): RelayLink | undefined {
    const address = relayAddress(url);
    if (address === undefined || this.#isBlocked(address)) return undefined;
    const known = this.#links.get(address);
    if (known) return known;
    const isOwn = this.urls.some((own) => relayAddress(own) === address);
    if (!isOwn && this.others().length >= MOST_OTHERS) return undefined;
    const link = new RelayLink(address, {
      timings: { ...DEFAULT_TIMINGS, ...this.#options.timings },
      webSocket: this.#webSocket,
      openWire: this.#options.openWire ?? openWireLazily,
      ready: this.#options.ready ?? Promise.resolve(),
      signerOf: (publicKey) => {
        for (const signerOf of this.#identities) {
          const signer = signerOf(publicKey);
          if (signer) return signer;
        }
        return undefined;
      },
      onState: () => {
        this.#states.emit(this.states());
      },
    });
    this.#links.set(address, link);
    if (this.#isClosed) link.close();
    return link;
  }
}

/**
 * Opens connections to relays; they stay up until `close`. Throws where there is neither a
 * WebSocket of the platform's nor one given.
 */
export function createRelays(options: RelaysOptions): Relays {
  const platform = (globalThis as { WebSocket?: typeof WebSocket }).WebSocket;
  const webSocket = options.webSocket ?? platform;
  if (!webSocket) throw new Error('There is no WebSocket here: give one.');
  return new RelaySet(options, webSocket);
}
