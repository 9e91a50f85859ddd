/** A contract's evidence as one file, of what is known here. Spec: specs/bundle.md. */
import { buildBundle, reject, type ParsedEvent, type Result } from '@realyield/protocol';
import type { Catalog } from './catalog.ts';

/** The pledges a contract rests on: the one it pins, and all of that bank's since. */
function pledgesOf(catalog: Catalog, root: string): readonly ParsedEvent[] {
  const { bond, parties } = catalog.contract(root)?.fold.state.contract.document ?? {};
  if (!bond || !parties) return [];
  // EB-9: "…A writer puts in the pledge that the contract pins, and those of its bank that can have
  // taken its place…"
  const known = catalog.listings.pledges.ofBankAndId(parties.bank.pubkey, bond.pledge);
  return known.filter(({ event, document }) => {
    return event.id === bond.pledge || document.replaces !== undefined;
  });
}

/** The file's text, or CONTRACT_UNKNOWN for a contract that nobody signed as a whole. */
export function evidenceBundle(catalog: Catalog, root: string, nowSec: number): Result<string> {
  const published = new Set(catalog.publicIds(root));
  if (!published.has(root)) return reject('CONTRACT_UNKNOWN', root);
  const events = catalog.eventsOf(root).filter(({ event }) => published.has(event.id));
  return buildBundle(root, [...events, ...pledgesOf(catalog, root)], nowSec);
}
