/** A contract's evidence as one file, of what is known here. Spec: specs/bundle.md. */
import { buildBundle, reject, type Result } from '@realyield/protocol';
import type { Catalog } from './catalog.ts';

/** The file's text, or CONTRACT_UNKNOWN for a contract that nobody signed as a whole. */
export function evidenceBundle(catalog: Catalog, root: string, nowSec: number): Result<string> {
  const published = new Set(catalog.publicIds(root));
  if (!published.has(root)) return reject('CONTRACT_UNKNOWN', root);
  const events = catalog.eventsOf(root).filter(({ event }) => published.has(event.id));
  return buildBundle(root, events, nowSec);
}
