/**
 * Names that can be taken for one another: by letters of other alphabets, case, accents, spaces
 * or what cannot be seen. A name is a claim of its key, and nobody keeps two keys from claiming
 * the same; who reads is told, with what tells the two apart.
 * Spec: specs/listings.md, "Names".
 */
import type { Listings } from '../engine/listing-book.ts';

/** Replaces letters by those they look like (Unicode TR39). */
export type Unmask = (text: string) => string;

/** As what somebody is named here. */
export type Calling = 'bank' | 'arbiter' | 'business';

/** Somebody whose name is known. */
export interface Bearer {
  readonly publicKey: string;
  readonly calling: Calling;
  /** Banks that have named it in an offer. */
  readonly banks: ReadonlySet<string>;
}

/** Accents and other marks of no script of their own: vowel signs are letters of theirs. */
const MARKS = /\p{Script=Inherited}/gu;
const UNSEEN = /\p{Default_Ignorable_Code_Point}/gu;
const NO_LETTERS = /[^\p{L}\p{M}\p{N}]/gu;
const FOREIGN = /[^\0-\x7f]/gu;
const IS_LATIN = /^[\0-\x7f]+$/;

const bare = (text: string): string =>
  text.normalize('NFKD').replace(UNSEEN, '').replace(MARKS, '');

/**
 * What a name looks like: two with the same answer are easily confused. Every text has one;
 * that of a name without letters is the name itself.
 */
export function looksLike(name: string, unmask: Unmask): string {
  const latin = bare(name).replace(FOREIGN, (letter) => {
    const alike = bare(unmask(letter));
    // Some look like a Latin letter only as capitals do: к and K.
    const capital = IS_LATIN.test(alike) ? alike : bare(unmask(letter.toUpperCase()));
    return IS_LATIN.test(capital) ? capital : alike;
  });
  // Once more in lower case: m looks like rn, M does not, and both are one letter.
  const letters = unmask(unmask(latin).toLowerCase()).replace(NO_LETTERS, '').toLowerCase();
  return letters.replace(/[i1]/g, 'l').replace(/0/g, 'o') || name.normalize('NFKC').trim();
}

interface Index {
  readonly revision: number;
  readonly looksOf: Map<string, Set<string>>;
  readonly bearers: Map<string, Map<string, Bearer>>;
}

/** Who is named so that they can be taken for somebody else. */
export class Lookalikes {
  readonly #unmask: Unmask;
  readonly #looks = new Map<string, string>();
  readonly #indexes = new WeakMap<Listings, Index>();

  constructor(unmask: Unmask) {
    this.#unmask = unmask;
  }

  /** Others whose names look like one of somebody's, banks first, then by key. */
  othersLike(listings: Listings, publicKey: string): readonly Bearer[] {
    const { looksOf, bearers } = this.#indexOf(listings);
    const found = new Map<string, Bearer>();
    for (const look of looksOf.get(publicKey) ?? []) {
      const same = bearers.get(look);
      const self = same?.get(publicKey);
      if (!same || same.size < 2 || !self) continue;
      for (const other of same.values()) {
        if (other !== self && !isOneBusiness(self, other)) found.set(other.publicKey, other);
      }
    }
    return [...found.values()].sort(
      (a, b) => rank(a) - rank(b) || (a.publicKey < b.publicKey ? -1 : 1),
    );
  }

  /** As what somebody is named; undefined where nothing names them. */
  callingOf(listings: Listings, publicKey: string): Calling | undefined {
    const { looksOf, bearers } = this.#indexOf(listings);
    const [look] = looksOf.get(publicKey) ?? [];
    return look === undefined ? undefined : bearers.get(look)?.get(publicKey)?.calling;
  }

  /** Whether one of somebody's names looks like a word. */
  isNamedLike(listings: Listings, publicKey: string, word: string): boolean {
    return this.#indexOf(listings).looksOf.get(publicKey)?.has(this.#lookOf(word)) === true;
  }

  #lookOf(name: string): string {
    const kept = this.#looks.get(name);
    if (kept !== undefined) return kept;
    const look = looksLike(name, this.#unmask);
    this.#looks.set(name, look);
    return look;
  }

  #indexOf(listings: Listings): Index {
    const { revision } = listings;
    const kept = this.#indexes.get(listings);
    if (kept?.revision === revision) return kept;
    const index: Index = { revision, looksOf: new Map(), bearers: new Map() };
    for (const { event, document } of listings.profiles()) {
      this.#add(index, event.pubkey, 'bank', document.name);
    }
    for (const { event, document } of listings.arbiters()) {
      this.#add(index, event.pubkey, 'arbiter', document.name);
    }
    for (const { event, document } of listings.offers()) {
      this.#add(index, document.business.pubkey, 'business', document.business.name, event.pubkey);
    }
    this.#indexes.set(listings, index);
    return index;
  }

  #add(index: Index, publicKey: string, calling: Calling, name: string, bank?: string): void {
    const look = this.#lookOf(name);
    const looks = index.looksOf.get(publicKey) ?? new Set();
    index.looksOf.set(publicKey, looks.add(look));
    const bearers = index.bearers.get(look) ?? new Map<string, Bearer>();
    index.bearers.set(look, bearers);
    const before = bearers.get(publicKey);
    const banks = new Set([...(before?.banks ?? []), ...(bank === undefined ? [] : [bank])]);
    bearers.set(publicKey, { publicKey, calling: before?.calling ?? calling, banks });
  }
}

const rank = ({ calling }: Bearer): number => ['bank', 'arbiter', 'business'].indexOf(calling);

/** A business may have a key for each loan: the bank that names both knows whose they are. */
function isOneBusiness(one: Bearer, other: Bearer): boolean {
  const isBoth = one.calling === 'business' && other.calling === 'business';
  return isBoth && [...one.banks].some((bank) => other.banks.has(bank));
}
