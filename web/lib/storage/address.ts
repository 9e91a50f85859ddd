/** Addresses of Blossom servers: which ones may be contacted, and one spelling for each. */

/** What the page's own policy lets it contact without encryption; it has no word for `[::1]`. */
const LOOPBACK = ['localhost', '127.0.0.1'];

/**
 * A server's origin; undefined for what may not be contacted. Blossom is served from the root
 * (BUD-01), so there is no path; a host in other letters than Latin ones is spelled `xn--`.
 */
export function serverAddress(text: string): string | undefined {
  if (text.length > 200 || !URL.canParse(text)) return undefined;
  const { protocol, hostname, origin, pathname, username, password, search, hash } = new URL(text);
  const isHere = protocol === 'http:' && LOOPBACK.includes(hostname);
  // Some browsers take a blank for a part of a name, written as %20.
  const isHost = /^([a-z0-9.-]+|\[[0-9a-f:.]+\])$/.test(hostname);
  if ((protocol !== 'https:' && !isHere) || !isHost) return undefined;
  return `${username}${password}${search}${hash}` === '' && pathname === '/' ? origin : undefined;
}

/** An address a person typed, or what is wrong with it as a sentence. */
export type TypedServer =
  { readonly ok: true; readonly url: string } | { readonly ok: false; readonly sentence: string };

/** Reads an address as people type it; `https://` may be left out. */
export function readServer(typed: string): TypedServer {
  const text = typed.trim();
  if (text === '') return { ok: false, sentence: 'Type the address of a Blossom server.' };
  const url = serverAddress(/^[a-z]+:\/\//i.test(text) ? text : `https://${text}`);
  if (url !== undefined) return { ok: true, url };
  const sentence =
    'This is not the address of a Blossom server. One looks like https://files.example.org, ' +
    'with nothing after the name.';
  return { ok: false, sentence };
}
