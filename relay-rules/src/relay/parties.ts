/**
 * Whom the contracts in the store name, for rules about who may speak in them.
 */
import { Kind, parseEvent, verify } from '@realyield/protocol';
import { keysNamedIn } from '../decide.ts';

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
