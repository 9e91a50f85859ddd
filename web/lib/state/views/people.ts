/** Names for public keys, from what is known and checked here; a name is a claim of its key. */
import { shortNpub } from '../../format.ts';
import type { Catalog } from '../../engine/catalog.ts';
import type { PersonView } from '../../ui/shell.svelte.ts';
import { cleanLine } from '../../ui/text.ts';
import type { World } from '../kept.ts';

/** Where names come from. */
export interface Names {
  readonly catalog: Catalog;
  readonly world: World | undefined;
  /** The reader's own key and the contract keys they hold. */
  readonly own: ReadonlySet<string>;
}

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
    profile?.document.name ??
    offer?.document.business.name ??
    arbiter?.document.name ??
    persona?.name ??
    contractKey;
  return { publicKey, name, role };
}

/** Someone by name, cleaned to stand in a sentence, or by key where no name is known. */
export function nameOf(names: Names, publicKey: string): string {
  return cleanLine(personView(names, publicKey).name ?? '', 60) || shortNpub(publicKey);
}
