/**
 * How pledged bonds stand by the chain, as two sources of the reader's choice prove it. Nothing
 * is asked of anybody before somebody watches a bond. Spec: specs/bonds.md, "Standing".
 */
import {
  bondStanding,
  CHAIN_SOURCES_NEEDED,
  type BondStanding,
  type BitcoinNetwork,
} from '@realyield/protocol';
import { Listeners } from '../listeners.ts';
import { waitAtMost } from '../patience.ts';
import type { Clock, Store } from '../ports.ts';
import { AnswerBook, isGiven, outputKey, type GivenAnswer } from './answers.ts';
import type { ParsedPledge } from './pledge-book.ts';
import type { ChainSource } from './ports.ts';

/** The sources in use, and the network they know. */
export interface ChainSources {
  readonly network: BitcoinNetwork;
  readonly sources: readonly ChainSource[];
}

/** Through what bonds are watched. */
export interface BondWatchPorts {
  readonly clock: Clock;
  readonly store: Store;
  /** The reader's; never any that an event names. */
  readonly chosen: () => ChainSources;
}

/** Why nothing can be said of a bond, beside what sources leave open. */
export type NotAskedReason = 'notAsked' | 'otherNetwork' | 'tooFewSources';

/** How a bond stands here. */
export type SeenStanding =
  BondStanding | { readonly state: 'unverified'; readonly reason: NotAskedReason };

/** What one source said last. */
export interface SourceSeen {
  readonly name: string;
  /** When it last answered, Unix seconds; undefined while it never has. */
  readonly answeredAtSec: number | undefined;
  /** Whether it was asked since, and did not answer. */
  readonly isSilent: boolean;
}

/** A bond as it is seen here. */
export interface BondCheck {
  readonly standing: SeenStanding;
  /** When the older of the answers it rests on was given; undefined without any. */
  readonly checkedAtSec: number | undefined;
  readonly sources: readonly SourceSeen[];
  /** Whether sources are being asked now. */
  readonly isAsking: boolean;
}

/** An answer is asked for anew after this long, while somebody looks, seconds. */
const ASK_AGAIN_SEC = 600;

/** Where one did not answer, nobody is asked again before this long, seconds. */
const RETRY_SEC = 120;

/** An answer from later than this is of a clock that was wrong, seconds. */
const MOST_AHEAD_SEC = 60;

/** A source that has said nothing by then has not answered, ms: it makes seven requests. */
const PATIENCE_MS = 45_000;

/** Outputs asked about at the same time. */
const MOST_AT_ONCE = 4;

interface Watched {
  readonly pledge: ParsedPledge;
  count: number;
  stopTimer: (() => void) | undefined;
}

interface Remembered {
  readonly answers: readonly GivenAnswer[];
  readonly minute: number;
  readonly names: string;
  readonly standing: SeenStanding;
}

function hostOf(name: string): string {
  return URL.canParse(name) ? new URL(name).host : name;
}

const namesOf = (sources: readonly ChainSource[]): string =>
  sources.map(({ name }) => name).join(' ');

/** Asks about the bonds that are watched, and says how any stands by what was answered. */
export class BondWatch {
  readonly changed = new Listeners<void>();
  readonly #ports: BondWatchPorts;
  readonly #answers: AnswerBook;
  readonly #watched = new Map<string, Watched>();
  /** By output: the sources that were asked last and did not answer. */
  readonly #silent = new Map<string, ReadonlySet<string>>();
  readonly #asking = new Set<string>();
  /** By output: which sources were asked last, and when. */
  readonly #asked = new Map<string, { readonly names: string; readonly atSec: number }>();
  readonly #waiting: (() => Promise<void>)[] = [];
  readonly #seen = new Map<string, Remembered>();
  #underWay = 0;
  #isStopped = false;

  constructor(ports: BondWatchPorts) {
    this.#ports = ports;
    this.#answers = new AnswerBook(ports.store);
  }

  /** Reads what was answered before. */
  async load(): Promise<void> {
    await this.#answers.load(this.#ports.clock.nowSec());
    this.changed.emit();
  }

  /** How a bond stands by what was answered so far; asks nobody. */
  check(pledge: ParsedPledge): BondCheck {
    const key = outputKey(pledge.document);
    const sources = this.#sourcesFor(pledge);
    const answers = this.#answersOf(key, sources);
    const silent = this.#silent.get(key);
    const times = answers.map(({ atSec }) => atSec);
    return {
      standing: this.#standing(pledge, key, sources),
      checkedAtSec: times.length === 0 ? undefined : Math.min(...times),
      sources: sources.map(({ name }) => ({
        name,
        answeredAtSec: answers.find(({ source }) => source === name)?.atSec,
        isSilent: silent?.has(name) === true,
      })),
      isAsking: this.#asking.has(key),
    };
  }

  /** Keeps asking about a bond until the returned function is called. */
  watch(pledge: ParsedPledge): () => void {
    const { id } = pledge.event;
    const watched = this.#watched.get(id) ?? { pledge, count: 0, stopTimer: undefined };
    watched.count += 1;
    this.#watched.set(id, watched);
    if (watched.count === 1) this.#askIfDue(watched);
    return () => {
      watched.count -= 1;
      if (watched.count > 0 || this.#watched.get(id) !== watched) return;
      watched.stopTimer?.();
      this.#watched.delete(id);
    };
  }

  /** Asks about a bond now, however fresh the answers are. */
  askNow(pledge: ParsedPledge): void {
    const key = outputKey(pledge.document);
    const sources = this.#sourcesFor(pledge);
    if (this.#isStopped || sources.length === 0 || this.#asking.has(key)) return;
    this.#asking.add(key);
    this.#asked.set(key, { names: namesOf(sources), atSec: this.#ports.clock.nowSec() });
    this.#waiting.push(async () => {
      await Promise.all(sources.map((source) => this.#ask(pledge, key, source)));
      this.#asking.delete(key);
      this.#tell();
    });
    this.#next();
    this.#tell();
  }

  /** Other sources are in use from now on. */
  sourcesChanged(): void {
    for (const watched of this.#watched.values()) this.#askIfDue(watched);
    this.#tell();
  }

  /** Asks nobody any more. */
  stop(): void {
    this.#isStopped = true;
    this.#waiting.length = 0;
    for (const { stopTimer } of this.#watched.values()) stopTimer?.();
    this.#watched.clear();
  }

  /** Two at one host are one: whoever runs it answers for both. */
  #sourcesFor({ document }: ParsedPledge): readonly ChainSource[] {
    const { network, sources } = this.#ports.chosen();
    if (network !== document.network) return [];
    // BD-17: "A client MUST ask only sources that its user chose or that it came with, never one
    // that an event names, and count those at one host as one…"
    const byHost = new Map<string, ChainSource>();
    for (const source of sources) {
      if (!byHost.has(hostOf(source.name))) byHost.set(hostOf(source.name), source);
    }
    return [...byHost.values()];
  }

  #answersOf(key: string, sources: readonly ChainSource[]): readonly GivenAnswer[] {
    const latestSec = this.#ports.clock.nowSec() + MOST_AHEAD_SEC;
    const names = new Set(sources.map(({ name }) => name));
    return this.#answers
      .of(key)
      .filter(({ source, atSec }) => names.has(source) && atSec <= latestSec);
  }

  #standing(pledge: ParsedPledge, key: string, sources: readonly ChainSource[]): SeenStanding {
    const answers = this.#answers.of(key);
    const nowSec = this.#ports.clock.nowSec();
    const minute = Math.floor(nowSec / 60);
    const silent = [...(this.#silent.get(key) ?? [])];
    const names = [namesOf(sources), '', ...silent].join(' ');
    const known = this.#seen.get(pledge.event.id);
    const isSame = known?.answers === answers && known.minute === minute && known.names === names;
    if (isSame) return known.standing;
    const standing = this.#compute(pledge, key, sources, nowSec);
    this.#seen.set(pledge.event.id, { answers, minute, names, standing });
    return standing;
  }

  #compute(
    { document, event }: ParsedPledge,
    key: string,
    sources: readonly ChainSource[],
    nowSec: number,
  ): SeenStanding {
    const unasked = (reason: NotAskedReason) => ({ state: 'unverified', reason }) as const;
    // BD-18: "A client MUST show a bond on another network than its sources' as unverified: bitcoin
    // of a network for tests cost nothing."
    if (this.#ports.chosen().network !== document.network) return unasked('otherNetwork');
    if (sources.length < CHAIN_SOURCES_NEEDED) return unasked('tooFewSources');
    const answers = this.#answersOf(key, sources);
    if (answers.length === 0 && !this.#silent.has(key)) return unasked('notAsked');
    return bondStanding(document, event.pubkey, answers, nowSec);
  }

  #askIfDue(watched: Watched): void {
    watched.stopTimer?.();
    const { pledge } = watched;
    const key = outputKey(pledge.document);
    const sources = this.#sourcesFor(pledge);
    const answers = this.#answersOf(key, sources);
    const asked = this.#asked.get(key);
    const nowSec = this.#ports.clock.nowSec();
    const isAll = answers.length === sources.length;
    const agedSec = isAll ? Math.min(...answers.map(({ atSec }) => atSec)) + ASK_AGAIN_SEC : 0;
    const triedSec = asked?.names === namesOf(sources) ? asked.atSec + RETRY_SEC : 0;
    const nextSec = Math.max(agedSec, triedSec);
    const isDue = nowSec >= nextSec;
    if (isDue) this.askNow(pledge);
    const waitSec = isDue ? RETRY_SEC : Math.min(nextSec - nowSec, ASK_AGAIN_SEC);
    watched.stopTimer = this.#ports.clock.after(waitSec * 1_000, () => this.#askIfDue(watched));
  }

  #next(): void {
    while (this.#underWay < MOST_AT_ONCE) {
      const work = this.#waiting.shift();
      if (!work) return;
      this.#underWay += 1;
      void work().finally(() => {
        this.#underWay -= 1;
        this.#next();
      });
    }
  }

  /** Asks one source; what it says counts at once, whatever the others take. */
  async #ask(pledge: ParsedPledge, key: string, source: ChainSource): Promise<void> {
    const outcome = { isAnswered: false };
    const asked = source.lookUp(pledge.document.outpoint).then(async (answer) => {
      if (!isGiven(answer) || this.#isStopped) return;
      outcome.isAnswered = true;
      this.#setSilent(key, source.name, false);
      // Under the name it is known by here, whatever it calls itself.
      await this.#answers.take(key, { ...answer, source: source.name });
      this.#tell();
    });
    const safely = asked.catch((error: unknown) => {
      if (!this.#isStopped) console.error(error);
    });
    await waitAtMost(this.#ports.clock, PATIENCE_MS, safely);
    if (!outcome.isAnswered) this.#setSilent(key, source.name, true);
  }

  #setSilent(key: string, name: string, isSilent: boolean): void {
    const names = new Set(this.#silent.get(key));
    if (isSilent) names.add(name);
    else names.delete(name);
    this.#silent.set(key, names);
  }

  #tell(): void {
    if (!this.#isStopped) this.changed.emit();
  }
}
