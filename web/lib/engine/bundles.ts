/** A contract's evidence as one file, of what is known here. Spec: specs/bundle.md. */
import {
  buildBundle,
  reject,
  type ChainProof,
  type ParsedEvent,
  type Result,
} from '@realyield/protocol';
import type { ParsedPledge } from './bonds/pledge-book.ts';
import type { Catalog } from './catalog.ts';

/** The pledges a contract rests on: the one it pins, and all of that bank's since. */
export function pledgesOf(catalog: Catalog, root: string): readonly ParsedPledge[] {
  const { bond, parties } = catalog.contract(root)?.fold.state.contract.document ?? {};
  if (!bond || !parties) return [];
  // EB-9: "…A writer puts in the pledge that the contract pins, and those of its bank that can have
  // taken its place…"
  const known = catalog.listings.pledges.ofBankAndId(parties.bank.pubkey, bond.pledge);
  return known.filter(({ event, document }) => {
    return event.id === bond.pledge || document.replaces !== undefined;
  });
}

/** Steps of cases that are about other contracts too, and what those contracts rest on. */
function sharedOf(catalog: Catalog, root: string): readonly ParsedEvent[] {
  const shared = catalog.cases
    .ofContract(root)
    .filter(({ fold }) => fold.contracts.some((other) => other !== root));
  // EB-8: "…a writer puts in, for a case that is about other contracts too, all its steps that
  // count and what the parties of those published in them…"
  const others = new Set(shared.flatMap(({ fold }) => fold.contracts.filter((id) => id !== root)));
  const basis = [...others].flatMap((other) => {
    const published = new Set(catalog.publicIds(other));
    return catalog
      .eventsOf(other)
      .filter(({ event, name }) => name !== 'dispute' && published.has(event.id));
  });
  const refused = new Set(shared.flatMap(({ fold }) => fold.rejects.map(({ id }) => id)));
  const steps = shared.flatMap((view) => view.steps);
  return [...steps.filter(({ event }) => !refused.has(event.id)), ...basis];
}

/** The file's text, or CONTRACT_UNKNOWN for a contract that nobody signed as a whole. */
export function evidenceBundle(
  catalog: Catalog,
  root: string,
  nowSec: number,
  proofs: readonly ChainProof[] = [],
): Result<string> {
  const published = new Set(catalog.publicIds(root));
  if (!published.has(root)) return reject('CONTRACT_UNKNOWN', root);
  const events = catalog.eventsOf(root).filter(({ event }) => published.has(event.id));
  const beside = [...sharedOf(catalog, root), ...pledgesOf(catalog, root)];
  return buildBundle(root, [...events, ...beside], nowSec, proofs);
}
