/**
 * The relays in use: one connection each, everything that comes out raw and unverified. Stored
 * answers are paged until a relay has no more, because relays cap what one answer holds.
 */
import type { Filter, PublishOutcome, QueryAnswer, RelayState, Relays } from '../engine/ports.ts';
import { Listeners } from '../engine/listeners.ts';
import { DEFAULT_TIMINGS, RelayLink, type LinkTimings } from './relay-link.ts';
import type { SignedEvent } from '@realyield/protocol';

/** How to reach relays. */
export interface RelaysOptions {
  readonly urls: readonly string[];
  /** For Node 20, which has no WebSocket of its own. */
  readonly webSocket?: typeof WebSocket;
  readonly timings?: Partial<LinkTimings>;
}

const QUERY_MS = 6_000;
/** An answer shorter than this cannot have been capped by any relay we would use. */
const PAGE_LEAST = 100;
const MOST_PAGES = 50;

interface PageAnswer {
  readonly events: readonly unknown[];
  readonly complete: boolean;
}

function createdAt(event: unknown): number | undefined {
  const value =
    typeof event === 'object' && event !== null && 'created_at' in event
      ? event.created_at
      : undefined;
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
}

class RelaySet implements Relays {
  readonly urls: readonly string[];
  readonly #links = new Map<string, RelayLink>();
  readonly #states = new Listeners<readonly RelayState[]>();
  readonly #timings: LinkTimings;
  readonly #webSocket: typeof WebSocket | undefined;

  constructor(options: RelaysOptions) {
    this.urls = [...new Set(options.urls)];
    this.#timings = { ...DEFAULT_TIMINGS, ...options.timings };
    this.#webSocket = options.webSocket;
    for (const url of this.urls) void this.#link(url).open();
  }

  #link(url: string): RelayLink {
    const known = this.#links.get(url);
    if (known) return known;
    const tell = (): void => {
      this.#states.emit(this.states());
    };
    const link = new RelayLink(url, this.#timings, tell, this.#webSocket);
    this.#links.set(url, link);
    return link;
  }

  publish(
    event: SignedEvent,
    urls: readonly string[] = this.urls,
  ): Promise<readonly PublishOutcome[]> {
    return Promise.all([...new Set(urls)].map((url) => this.#link(url).publish(event)));
  }

  async query(
    filters: readonly Filter[],
    options: { readonly urls?: readonly string[]; readonly timeoutMs?: number } = {},
  ): Promise<QueryAnswer> {
    const urls = [...new Set(options.urls ?? this.urls)];
    const timeoutMs = options.timeoutMs ?? QUERY_MS;
    const answers = await Promise.all(
      urls.map(async (url) => {
        const pages = filters.map((filter) => this.#queryAll(url, filter, timeoutMs));
        return { url, pages: await Promise.all(pages) };
      }),
    );
    const seen = new Map<string, unknown>();
    for (const { pages } of answers) {
      for (const event of pages.flatMap((page) => page.events)) {
        seen.set(JSON.stringify(event), event);
      }
    }
    const isComplete = (answer: { pages: PageAnswer[] }): boolean =>
      answer.pages.every((page) => page.complete);
    return {
      events: [...seen.values()],
      complete: answers.filter(isComplete).map((answer) => answer.url),
      incomplete: answers
        .filter((answer) => !isComplete(answer))
        .map((answer) => ({ url: answer.url, reason: 'did not answer in time' })),
    };
  }

  subscribe(
    filters: readonly Filter[],
    onEvent: (event: unknown, url: string) => void,
    options: { readonly urls?: readonly string[]; readonly onEndOfStored?: () => void } = {},
  ): () => void {
    const urls = [...new Set(options.urls ?? this.urls)];
    let isTold = false;
    const stops = urls.map((url) => {
      let count = 0;
      let oldestSec = Infinity;
      return this.#link(url).subscribe({
        filters,
        onEvent: (event) => {
          count += 1;
          oldestSec = Math.min(oldestSec, createdAt(event) ?? Infinity);
          onEvent(event, url);
        },
        onEndOfStored: () => {
          if (count >= PAGE_LEAST) this.#fetchOlder(url, filters, oldestSec, onEvent);
          count = 0;
          // The first relay that has sent everything is enough to stop waiting for.
          if (!isTold) options.onEndOfStored?.();
          isTold = true;
        },
      });
    });
    return () => {
      for (const stop of stops) stop();
    };
  }

  states(): readonly RelayState[] {
    return this.urls.map((url) => this.#link(url).state);
  }

  onState(listener: (states: readonly RelayState[]) => void): () => void {
    listener(this.states());
    return this.#states.add(listener);
  }

  close(): void {
    for (const link of this.#links.values()) link.close();
  }

  #fetchOlder(
    url: string,
    filters: readonly Filter[],
    untilSec: number,
    onEvent: (event: unknown, url: string) => void,
  ): void {
    for (const filter of filters) {
      if (filter.ids || filter.limit !== undefined) continue;
      const older = { ...filter, until: Math.min(filter.until ?? Infinity, untilSec) };
      void this.#queryAll(url, older, QUERY_MS).then(({ events }) => {
        for (const event of events) onEvent(event, url);
      });
    }
  }

  async #queryAll(url: string, filter: Filter, timeoutMs: number): Promise<PageAnswer> {
    const found = new Map<string, unknown>();
    let until = filter.until;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const asked = until === undefined ? filter : { ...filter, until };
      const answer = await this.#queryPage(url, asked, timeoutMs);
      const before = found.size;
      for (const event of answer.events) found.set(JSON.stringify(event), event);
      const times = answer.events.map(createdAt).filter((time) => time !== undefined);
      const oldestSec = Math.min(...times);
      const isLast =
        answer.events.length < PAGE_LEAST || found.size === before || filter.limit !== undefined;
      if (!answer.complete || isLast) {
        return { events: [...found.values()], complete: answer.complete };
      }
      // The same second again: a page may end in the middle of one.
      until = oldestSec === until ? oldestSec - 1 : oldestSec;
    }
    return { events: [...found.values()], complete: false };
  }

  async #queryPage(url: string, filter: Filter, timeoutMs: number): Promise<PageAnswer> {
    const link = this.#link(url);
    if (!(await link.open())) return { events: [], complete: false };
    return new Promise((resolve) => {
      const events: unknown[] = [];
      let stop: () => void = () => undefined;
      const finish = (complete: boolean): void => {
        clearTimeout(timer);
        stop();
        resolve({ events, complete });
      };
      const timer = setTimeout(() => {
        finish(false);
      }, timeoutMs);
      stop = link.subscribe({
        filters: [filter],
        onEvent: (event) => events.push(event),
        onEndOfStored: () => {
          finish(true);
        },
      });
    });
  }
}

/** Opens connections to relays; they stay up until `close`. */
export function createRelays(options: RelaysOptions): Relays {
  return new RelaySet(options);
}
