/** Where names come from, and whom a reader knows by more than a name, which anybody can choose. */
import type { Catalog } from '../engine/catalog.ts';
import type { Session } from '../engine/session.ts';
import { loadPart } from '../loading.ts';
import { afterPaint } from './clock.ts';
import type { World } from './kept.ts';
import type { Names } from './views/people.ts';

function partnersOf(session: Session): ReadonlySet<string> {
  return new Set(
    session.contracts().flatMap(({ view }) => {
      const { contract, effectiveAtSec } = view.fold.state;
      // A proposal names whom its author likes; one in effect was signed by its parties.
      if (effectiveAtSec === undefined) return [];
      const { parties, appointees = {} } = contract.document;
      return [...Object.values(parties).map(({ pubkey }) => pubkey), ...appointedKeys(appointees)];
    }),
  );
}

const appointedKeys = (appointees: object): string[] =>
  Object.values(appointees).filter((value): value is string => typeof value === 'string');

/** Whether somebody is followed or trusted, or has a contract with the reader. */
function acquaintedWith(session: Session | undefined): (publicKey: string) => boolean {
  let partners: ReadonlySet<string> | undefined;
  return (publicKey) => {
    if (!session) return false;
    if (session.circle.isFollowed(publicKey) || session.circle.isTrusted(publicKey)) return true;
    return (partners ??= partnersOf(session)).has(publicKey);
  };
}

/** The names of everybody known here. */
export class People {
  #alike: Pick<Names, 'lookalikes' | 'alikeSentence'> = {};

  /** Fetches what compares names, once the first page is drawn: it is large. */
  async load(): Promise<void> {
    await afterPaint();
    const part = await loadPart(() => import('./alike-parts.ts')).catch(() => undefined);
    if (!part) return;
    const { Lookalikes, alikeSentence, unmask } = part;
    this.#alike = { lookalikes: new Lookalikes(unmask), alikeSentence };
  }

  /** As this session knows them. */
  names(catalog: Catalog, world: World | undefined, session: Session | undefined): Names {
    const own = session?.ownKeys() ?? new Set<string>();
    return { catalog, world, own, isKnown: acquaintedWith(session), ...this.#alike };
  }
}
