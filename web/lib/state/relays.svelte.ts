/** The relays page's state: which relays are in use, what was published of that, and undo. */
import type { RelayDirectory } from '../engine/relay-lists.ts';
import type { Relays, RelayState, RelayUse, Signer, Verifier } from '../engine/ports.ts';
import { relayAddress } from '../nostr/address.ts';
import type { createRelays } from '../nostr/relays.ts';
import { browserClock } from './clock.ts';
import { DEFAULT_RELAYS } from './config.ts';
import type { loadBlocked, loadChoiceFor, World } from './kept.ts';
import {
  MOST_RELAYS,
  readAddress,
  saveBlocked,
  saveChoice,
  type TypedAddress,
} from './relay-choice.ts';
import { loadPart } from '../loading.ts';

/** What the relays are made with. */
interface Engine {
  readonly createRelays: typeof createRelays;
  readonly RelayDirectory: typeof RelayDirectory;
  readonly loadChoiceFor: typeof loadChoiceFor;
  readonly loadBlocked: typeof loadBlocked;
}

/** The choice of relays of this browser. */
export class RelayDesk {
  uses = $state.raw<readonly RelayUse[]>([]);
  /** Relays that contracts and other people named, in use beside one's own. */
  others = $state.raw<readonly RelayState[]>([]);
  blocked = $state.raw<readonly string[]>([]);
  /** The person's published list; undefined until it was looked for. */
  published = $state.raw<readonly RelayUse[] | undefined>(undefined);
  /** What the last removal took away, to be undone. */
  removed = $state.raw<{ readonly url: string; readonly before: readonly RelayUse[] } | undefined>(
    undefined,
  );
  #relays: Relays | undefined;
  #directory: RelayDirectory | undefined;
  #isChosen = false;
  #connect: () => void = () => undefined;

  /**
   * Begins with the relays chosen here, or the world's or the usual ones. Nothing is contacted
   * before `connect`: what is stored is drawn first, and only then NDK is fetched.
   */
  open(world: World | undefined, verifier: Verifier, engine: Engine): Relays {
    const ready = new Promise<void>((resolve) => {
      this.#connect = resolve;
    });
    const relays = engine.createRelays({ urls: world?.relays ?? DEFAULT_RELAYS, ready });
    const chosen = engine.loadChoiceFor(world);
    if (chosen) relays.use(chosen);
    this.#isChosen = chosen !== undefined;
    this.#relays = relays;
    this.#directory = new engine.RelayDirectory({ relays, verifier, clock: browserClock });
    this.blocked = engine.loadBlocked();
    relays.block(this.blocked);
    this.uses = relays.uses;
    // Ends with the relays.
    relays.onState(() => {
      this.others = relays.others();
    });
    return relays;
  }

  /** Lets connections be made. */
  connect(): void {
    this.#connect();
  }

  /** Relays on which others reach us: what our offers and contracts name. */
  get readUrls(): readonly string[] {
    return this.uses.filter(({ read }) => read).map(({ url }) => url);
  }

  /** Somebody connected: their published list is looked for, and used unless they chose here. */
  async meet(person: Signer): Promise<void> {
    this.published = undefined;
    try {
      await this.#directory?.look([person.publicKey]);
    } catch (error) {
      console.error(error);
    }
    const published = this.#directory?.of(person.publicKey) ?? [];
    this.published = published;
    if (this.#isChosen || published.length === 0) return;
    // Those in use stay: what the person has may be on them.
    const known = new Set(published.map(({ url }) => relayAddress(url)));
    const rest = this.uses.filter(({ url }) => !known.has(relayAddress(url)));
    this.#use([...published, ...rest].slice(0, MOST_RELAYS));
  }

  /** Adds a relay as a person types it; what is wrong with it, otherwise. */
  add(typed: string): TypedAddress {
    const read = readAddress(
      typed,
      this.uses.map(({ url }) => url),
    );
    if (!read.ok) return read;
    this.unblock(read.url);
    this.#choose([...this.uses, { url: read.url, read: true, write: true }]);
    return read;
  }

  /** Removes a relay; undefined, or why not as a sentence. */
  remove(url: string): string | undefined {
    const left = this.uses.filter((use) => use.url !== url);
    const problem = problemOf(left);
    if (problem !== undefined) return problem;
    const before = this.uses;
    this.#choose(left);
    this.removed = { url, before };
    return undefined;
  }

  /** Puts back what was removed last. */
  undo(): void {
    if (this.removed) this.#choose(this.removed.before);
    this.removed = undefined;
  }

  /** Marks a relay for reading or writing; undefined, or why not as a sentence. */
  mark(url: string, marks: Partial<Pick<RelayUse, 'read' | 'write'>>): string | undefined {
    const uses = this.uses.map((use) => (use.url === url ? { ...use, ...marks } : use));
    const problem = problemOf(uses);
    if (problem === undefined) this.#choose(uses);
    return problem;
  }

  /** Contacts a relay that others name no more. */
  block(url: string): void {
    this.#block([...this.blocked, url]);
  }

  /** Lets a relay that others name be contacted again. */
  unblock(url: string): void {
    const left = this.blocked.filter((other) => relayAddress(other) !== relayAddress(url));
    if (left.length < this.blocked.length) this.#block(left);
  }

  /** Whether the published list says what is in use here. */
  get isPublished(): boolean {
    return this.published !== undefined && this.#isSame(this.published);
  }

  /** Uses the published list instead of what is in use here. */
  usePublished(): void {
    if (this.published && this.published.length > 0) this.#choose(this.published);
  }

  /** Signs and publishes the list; how many relays took it. */
  async publish(person: Signer): Promise<number> {
    const relays = this.#relays;
    if (!relays) return 0;
    const { uses } = this;
    const { buildRelayLists } = await loadPart(() => import('./parts.ts'));
    let taken = 0;
    for (const template of buildRelayLists(uses, browserClock.nowSec())) {
      const event = await person.sign(template);
      const outcomes = await relays.publish(
        event,
        uses.map(({ url }) => url),
      );
      taken = outcomes.filter(({ accepted }) => accepted).length;
    }
    if (taken > 0) this.published = uses.filter(({ read, write }) => read || write);
    return taken;
  }

  #isSame(uses: readonly RelayUse[]): boolean {
    const text = (list: readonly RelayUse[]): string =>
      list
        .map(({ url, read, write }) => `${relayAddress(url) ?? url} ${read} ${write}`)
        .sort()
        .join();
    return text(uses) === text(this.uses);
  }

  #choose(uses: readonly RelayUse[]): void {
    this.removed = undefined;
    this.#isChosen = true;
    saveChoice(uses);
    this.#use(uses);
  }

  #use(uses: readonly RelayUse[]): void {
    this.uses = uses;
    this.#relays?.use(uses);
    this.others = this.#relays?.others() ?? [];
  }

  #block(urls: readonly string[]): void {
    this.blocked = urls;
    saveBlocked(urls);
    this.#relays?.block(urls);
    this.others = this.#relays?.others() ?? [];
  }
}

function problemOf(uses: readonly RelayUse[]): string | undefined {
  if (uses.length === 0)
    return 'Keep at least one relay: without any, nothing can be read or sent.';
  if (!uses.some(({ write }) => write)) return 'Keep one relay to publish on.';
  if (!uses.some(({ read }) => read)) return 'Keep one relay on which others reach you.';
  return undefined;
}
