/** A list that grows and changes in place while values of it that were given out stay the same. */

/** Items to a chunk: a change copies so many, and one reference for each chunk. */
const CHUNK = 256;

/** The list; what `share` gives is never changed afterwards. */
export class Chunks<T> {
  readonly #chunks: T[][] = [];
  /** Chunks that nobody else holds. */
  readonly #own = new Set<number>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  at(index: number): T | undefined {
    return this.#chunks[Math.floor(index / CHUNK)]?.[index % CHUNK];
  }

  /** Sets an item; `index` is at most the length. */
  set(index: number, item: T): void {
    const place = Math.floor(index / CHUNK);
    if (!this.#own.has(place)) {
      this.#chunks[place] = this.#chunks[place]?.slice() ?? [];
      this.#own.add(place);
    }
    const chunk = this.#chunks[place];
    if (chunk) chunk[index % CHUNK] = item;
    if (index >= this.#length) this.#length = index + 1;
  }

  /** The items as they are now, in chunks. */
  share(): readonly (readonly T[])[] {
    this.#own.clear();
    return this.#chunks.slice();
  }
}
