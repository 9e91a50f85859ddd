/**
 * Whom the contracts in the store name, and which keys took their place, for rules about who may
 * speak in them.
 */
import { Kind, parseEvent, verify } from '@realyield/protocol';
import { keysNamedIn } from '../decide.ts';
import type { EventStore } from './store.ts';

/** Contracts remembered. */
const REMEMBERED = 1_000;

/** The keys a stored contract names; undefined when the text is no contract. */
function readKeys(json: string): ReadonlySet<string> | undefined {
  // Its signature was checked when it came in.
  const verified = verify(JSON.parse(json), () => true);
  if (!verified.ok || verified.value.kind !== Kind.contract) return undefined;
  const parsed = parseEvent(verified.value);
  if (!parsed.ok || parsed.value.name !== 'contract') return undefined;
  return keysNamedIn(parsed.value.document);
}

/** Creates the lookup over a store's `read`; what is not a contract there names nobody known. */
export function createPartyLookup(read: (id: string) => string | undefined) {
  const known = new Map<string, ReadonlySet<string>>();
  return (root: string): ReadonlySet<string> | undefined => {
    const remembered = known.get(root);
    if (remembered) return remembered;
    const json = read(root);
    const keys = json === undefined ? undefined : readKeys(json);
    if (keys === undefined) return undefined;
    if (known.size >= REMEMBERED) known.clear();
    known.set(root, keys);
    return keys;
  };
}

/** Rotations among a contract's stored key events: who signed each, and which key it leads to. */
function rotationsIn(texts: readonly string[]): { readonly by: string; readonly to: string }[] {
  return texts.flatMap((json) => {
    const verified = verify(JSON.parse(json), () => true);
    const parsed = verified.ok ? parseEvent(verified.value) : verified;
    if (!parsed.ok || parsed.value.name !== 'key') return [];
    const { document, event } = parsed.value;
    return document.type === 'rotation' ? [{ by: event.pubkey, to: document.to }] : [];
  });
}

/** Key events of one contract that are looked at. */
const MOST_KEY_EVENTS = 500;

/** A contract's stored key events as JSON text. */
export function readKeyEvents(
  store: Pick<EventStore, 'list' | 'read'>,
  root: string,
  nowSec: number,
): string[] {
  const filters = [{ kinds: [Kind.key], '#e': [root] }];
  return store
    .list(filters, { nowSec, wrapKeys: null }, MOST_KEY_EVENTS)
    .map(({ id }) => store.read(id))
    .filter((json) => json !== undefined);
}

/** Keys that rotations lead to from those a contract names; `read` gives its stored key events. */
export function createKeyLookup(read: (root: string) => readonly string[]) {
  return (root: string, named: ReadonlySet<string>): ReadonlySet<string> => {
    const rotations = rotationsIn(read(root));
    const known = new Set(named);
    for (let size = 0; size !== known.size;) {
      size = known.size;
      for (const { by, to } of rotations) if (known.has(by)) known.add(to);
    }
    return known;
  };
}
