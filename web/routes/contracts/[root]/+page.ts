/** Parameters of a contract's page. */
import { decode } from 'nostr-tools/nip19';

export const prerender = false;

/** A contract's id from hex, note or nevent; undefined when the link holds none. */
function rootOf(text: string): string | undefined {
  if (/^[0-9a-f]{64}$/.test(text)) return text;
  try {
    const decoded = decode(text);
    if (decoded.type === 'note') return decoded.data;
    return decoded.type === 'nevent' ? decoded.data.id : undefined;
  } catch {
    return undefined;
  }
}

/** The contract the link names. */
export function load({ params }: { params: { root: string } }): { root: string | undefined } {
  return { root: rootOf(params.root) };
}
