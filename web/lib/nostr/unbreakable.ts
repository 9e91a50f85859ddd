/** A WebSocket whose errors nobody need hear. */

/**
 * The same WebSocket with a listener of its own for errors. A connection attempt that times out
 * makes `ws` report an error after nostr-tools has stopped listening; unheard, that error would
 * end a Node process.
 */
export function unbreakable(base: typeof WebSocket): typeof WebSocket {
  return class extends base {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener('error', () => undefined);
    }
  };
}
