/** Names for public keys, from what is known and checked here; a name is a claim of its key. */
import { shortNpub } from '../../format.ts';
import type { Catalog } from '../../engine/catalog.ts';
import type { PersonView } from '../../ui/shell.svelte.ts';
import { cleanLine, isBlank } from '../../ui/text.ts';
import type { World } from '../kept.ts';
import type { Lookalikes } from '../lookalikes.ts';

/** Where names come from. */
export interface Names {
  readonly catalog: Catalog;
  readonly world: World | undefined;
  /** The reader's own key and the contract keys they hold. */
  readonly own: ReadonlySet<string>;
  /** Whose names can be taken for one another. */
  readonly lookalikes?: Lookalikes | undefined;
  /** Who else has nearly somebody's name; both are there once they are loaded. */
  readonly alikeSentence?: ((names: Names, publicKey: string) => string | undefined) | undefined;
  /** Whether the reader knows somebody by more than a name. */
  readonly isKnown?: ((publicKey: string) => boolean) | undefined;
}

/** A name as somebody claims it; undefined where nothing of it could be seen. */
export const claimedName = (name: string | undefined): string | undefined =>
  name === undefined || isBlank(name) ? undefined : name;

/** Someone as the pages show them. */
export function personView(names: Names, publicKey: string, role?: string): PersonView {
  const profile = names.catalog.bankProfile(publicKey);
  const { listings } = names.catalog;
  const offer = listings.offerOfBusiness(publicKey);
  const arbiter = listings.arbiter(publicKey);
  const persona = names.world?.personas.find((entry) => entry.publicKey === publicKey);
  const own = names.own.has(publicKey) ? 'You' : undefined;
  const contractKey = role === 'investor' ? 'Undisclosed' : undefined;
  const name =
    own ??
    claimedName(profile?.document.name) ??
    claimedName(offer?.document.business.name) ??
    claimedName(arbiter?.document.name) ??
    persona?.name ??
    contractKey;
  return { publicKey, name, role, alike: names.alikeSentence?.(names, publicKey) };
}

/**
 * Someone by name, cleaned to stand in a sentence, or by key where no name is known; by both where
 * the name is nearly somebody else's.
 */
export function nameOf(names: Names, publicKey: string): string {
  const { name, alike } = personView(names, publicKey);
  const key = shortNpub(publicKey);
  if (name === undefined) return key;
  return alike === undefined ? cleanLine(name, 60) : `${cleanLine(name, 60)} (${key})`;
}

/** The same in a file, where a key without a name stands whole. */
export function nameInFile(names: Names, publicKey: string): string {
  const isNamed = personView(names, publicKey).name !== undefined;
  return isNamed ? nameOf(names, publicKey) : publicKey;
}
