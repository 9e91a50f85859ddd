/**
 * The relays in use: one connection each, everything that comes out raw and unverified. Stored
 * answers are paged until a relay has no more, because relays cap what one answer holds.
 */
import type { SignedEvent } from '@realyield/protocol';
import type { Filter, PublishOutcome, QueryAnswer, RelayState, Relays } from '../engine/ports.ts';
import { Listeners } from '../engine/listeners.ts';
import { olderFilters, readAllPages, type Page } from './paging.ts';
import { DEFAULT_TIMINGS, RelayLink, type LinkTimings } from './relay-link.ts';

/** How to reach relays. */
export interface RelaysOptions {
  readonly urls: readonly string[];
  /** For Node 20, which has no WebSocket of its own. */
  readonly webSocket?: typeof WebSocket;
  readonly timings?: Partial<LinkTimings>;
}

const QUERY_MS = 6_000;
/** How often the rest of a capped answer is asked for; a reconnection asks for it again. */
const OLDER_ATTEMPTS = 2;

type OnEvent = (event: unknown, url: string) => void;

/** The address connections are kept by; undefined for what is no relay's. */
function addressOf(url: string): string | undefined {
  try {
    const { protocol, href } = new URL(url);
    if (protocol !== 'ws:' && protocol !== 'wss:') return undefined;
    return href.replace(/#.*$/, '').replace(/\/$/, '');
  } catch {
    return undefined;
  }
}

class RelaySet implements Relays {
  readonly urls: readonly string[];
  readonly #links = new Map<string, RelayLink>();
  readonly #states = new Listeners<readonly RelayState[]>();
  readonly #timings: LinkTimings;
  readonly #webSocket: typeof WebSocket;
  readonly #kept: ReadonlySet<string | undefined>;
  #isClosed = false;

  constructor(options: RelaysOptions, webSocket: typeof WebSocket) {
    this.urls = [...new Set(options.urls)];
    this.#timings = { ...DEFAULT_TIMINGS, ...options.timings };
    this.#webSocket = webSocket;
    this.#kept = new Set(this.urls.map(addressOf));
    for (const url of this.urls) void this.#link(url)?.open();
  }

  async publish(
    event: SignedEvent,
    urls: readonly string[] = this.urls,
  ): Promise<readonly PublishOutcome[]> {
    return Promise.all(
      [...new Set(urls)].map(async (url) => {
        const link = this.#link(url);
        if (!link) return { url, accepted: false, reason: 'not a relay' };
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
      [...new Set(options.urls ?? this.urls)].map(async (url) => {
        const pages = await Promise.all(
          filters.map((filter) => this.#readAll(url, filter, timeoutMs)),
        );
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

  subscribe(
    filters: readonly Filter[],
    onEvent: OnEvent,
    options: { readonly urls?: readonly string[]; readonly onEndOfStored?: () => void } = {},
  ): () => void {
    const ending = new AbortController();
    let isTold = false;
    const tell = (): void => {
      clearTimeout(timer);
      if (isTold || ending.signal.aborted) return;
      isTold = true;
      options.onEndOfStored?.();
    };
    const links = [...new Set(options.urls ?? this.urls)].flatMap((url) => {
      const link = this.#link(url);
      return link ? [{ url, link }] : [];
    });
    // A relay that is connected and mute keeps nobody waiting; without any, there is no answer.
    const timer = setTimeout(() => {
      if (links.some(({ link }) => link.state.state === 'open')) tell();
    }, QUERY_MS);
    const stops = links.map(({ url, link }) =>
      this.#follow(
        link,
        filters,
        (event) => {
          onEvent(event, url);
        },
        tell,
        ending.signal,
      ),
    );
    return () => {
      ending.abort();
      clearTimeout(timer);
      for (const stop of stops) stop();
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

  #link(url: string): RelayLink | undefined {
    const address = addressOf(url);
    if (address === undefined) return undefined;
    const known = this.#links.get(address);
    if (known) return known;
    const link = new RelayLink(address, {
      timings: this.#timings,
      webSocket: this.#webSocket,
      isKept: this.#kept.has(address),
      onState: () => {
        this.#states.emit(this.states());
      },
    });
    this.#links.set(address, link);
    if (this.#isClosed) link.close();
    return link;
  }

  /** One relay's share of a subscription: its stored events, the older ones too, then live. */
  #follow(
    link: RelayLink,
    filters: readonly Filter[],
    onEvent: (event: unknown) => void,
    onEndOfStored: () => void,
    signal: AbortSignal,
  ): () => void {
    let stored: unknown[] | undefined;
    let round = 0;
    return link.subscribe({
      filters,
      onStart: () => {
        stored = [];
        round += 1;
      },
      onEvent: (event) => {
        stored?.push(event);
        onEvent(event);
      },
      onEndOfStored: () => {
        const thisRound = round;
        const isCurrent = (): boolean => thisRound === round && !signal.aborted;
        const older = olderFilters(filters, stored ?? []);
        stored = undefined;
        for (const filter of older) void this.#bringOlder(link.url, filter, onEvent, isCurrent);
        onEndOfStored();
      },
      onRefused: () => {
        stored = undefined;
      },
    });
  }

  async #bringOlder(
    url: string,
    filter: Filter,
    onEvent: (event: unknown) => void,
    isCurrent: () => boolean,
  ): Promise<void> {
    for (let attempt = 0; attempt < OLDER_ATTEMPTS; attempt += 1) {
      const { events, missing } = await this.#readAll(url, filter, QUERY_MS);
      if (!isCurrent()) return;
      for (const event of events) onEvent(event);
      if (missing === undefined) return;
    }
  }

  #readAll(url: string, filter: Filter, timeoutMs: number): Promise<Page> {
    return readAllPages((asked) => this.#readPage(url, asked, timeoutMs), filter);
  }

  #readPage(url: string, filter: Filter, timeoutMs: number): Promise<Page> {
    const link = this.#link(url);
    if (!link) return Promise.resolve({ events: [], missing: 'not a relay' });
    return new Promise((resolve) => {
      let events: unknown[] = [];
      let stop: () => void = () => undefined;
      const finish = (missing?: string): void => {
        clearTimeout(timer);
        stop();
        resolve(missing === undefined ? { events } : { events, missing });
      };
      const timer = setTimeout(() => {
        finish('did not answer in time');
      }, timeoutMs);
      void link.open().then((isOpen) => {
        if (!isOpen) finish('not reachable');
      });
      stop = link.subscribe({
        filters: [filter],
        // After a reconnection the answer begins anew.
        onStart: () => (events = []),
        onEvent: (event) => events.push(event),
        onEndOfStored: () => {
          finish();
        },
        onRefused: (reason) => {
          finish(`refused: ${reason}`);
        },
      });
    });
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
