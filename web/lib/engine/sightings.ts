/**
 * Which relay has shown which event of a contract, for the contracts that are being watched: what
 * one relay shows and another does not is named, never guessed.
 */

/** So many relays can be told apart; more are not judged. */
const MOST_RELAYS = 30;
/** An event this young may still be on its way to a relay, ms. */
const YOUNG_MS = 10_000;

/** Events that a relay does not show although it has sent all it has. */
export interface Gap {
  /** The relay that does not show them. */
  readonly url: string;
  /** Relays that show at least one of them. */
  readonly shownBy: readonly string[];
  readonly ids: readonly string[];
}

interface Sighting {
  /** One bit for each relay that has shown it. */
  bits: number;
  readonly sinceMs: number;
}

interface Watched {
  readonly seen: Map<string, Sighting>;
  /** One bit for each relay that has sent all it has. */
  listed: number;
}

/** Sightings of watched contracts; the memory of one goes with the last who watches it. */
export class Sightings {
  readonly #urls: string[] = [];
  readonly #watched = new Map<string, Watched>();

  /** Begins to remember a contract. */
  begin(root: string): void {
    if (!this.#watched.has(root)) this.#watched.set(root, { seen: new Map(), listed: 0 });
  }

  /** Forgets a contract. */
  end(root: string): void {
    this.#watched.delete(root);
  }

  /** A verified event has come: from a relay, or from anywhere else. */
  saw(root: string, id: string, from: string, nowMs: number): void {
    const watched = this.#watched.get(root);
    if (!watched) return;
    const bit = /^wss?:/.test(from) ? this.#bitOf(from) : 0;
    const known = watched.seen.get(id);
    // What a relay sends before it has sent all was stored there: every relay had time to get it.
    const isStored = bit !== 0 && (watched.listed & bit) === 0;
    if (known) known.bits |= bit;
    else watched.seen.set(id, { bits: bit, sinceMs: isStored ? -Infinity : nowMs });
  }

  /** A relay is asked anew: what it showed before, it may have lost. */
  asked(root: string, url: string): void {
    const watched = this.#watched.get(root);
    if (!watched) return;
    const bit = this.#bitOf(url);
    watched.listed &= ~bit;
    for (const sighting of watched.seen.values()) sighting.bits &= ~bit;
  }

  /** A relay has sent all it has of a contract. */
  listed(root: string, url: string): void {
    const watched = this.#watched.get(root);
    if (watched) watched.listed |= this.#bitOf(url);
  }

  /** Relays that have sent all they have of a contract. */
  listedBy(root: string): readonly string[] {
    return this.#urlsOf(this.#watched.get(root)?.listed ?? 0);
  }

  /**
   * Which of these events each relay that has sent all does not show. Events held here that no
   * relay ever showed count too.
   */
  gaps(root: string, ids: readonly string[], nowMs: number): readonly Gap[] {
    const watched = this.#watched.get(root);
    if (!watched) return [];
    const isOld = (id: string): boolean =>
      nowMs - (watched.seen.get(id)?.sinceMs ?? -Infinity) >= YOUNG_MS;
    const old = ids.filter(isOld);
    return this.#urlsOf(watched.listed).flatMap((url) => {
      const bit = this.#bitOf(url);
      const missing = old.filter((id) => ((watched.seen.get(id)?.bits ?? 0) & bit) === 0);
      if (missing.length === 0) return [];
      const others = missing.reduce((bits, id) => bits | (watched.seen.get(id)?.bits ?? 0), 0);
      return [{ url, shownBy: this.#urlsOf(others), ids: missing }];
    });
  }

  #bitOf(url: string): number {
    const at = this.#urls.indexOf(url);
    if (at >= 0) return 1 << at;
    if (this.#urls.length >= MOST_RELAYS) return 0;
    return 1 << (this.#urls.push(url) - 1);
  }

  #urlsOf(bits: number): readonly string[] {
    return this.#urls.filter((_, at) => (bits & (1 << at)) !== 0);
  }
}
