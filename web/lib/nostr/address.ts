/** Relay addresses: which ones may be contacted, and one spelling for each. */

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/**
 * The address a relay's connection is kept by; undefined for what may not be contacted: only
 * `wss:`, and `ws:` on this machine for local worlds.
 */
export function relayAddress(url: string): string | undefined {
  try {
    const { protocol, href, hostname } = new URL(url);
    const isLocal = protocol === 'ws:' && LOOPBACK.includes(hostname);
    if (protocol !== 'wss:' && !isLocal) return undefined;
    return href.replace(/#.*$/, '').replace(/\/$/, '');
  } catch {
    return undefined;
  }
}
