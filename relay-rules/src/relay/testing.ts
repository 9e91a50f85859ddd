/**
 * For this package's tests: relays and clients that end with the test.
 */
import { afterEach } from 'vitest';
import { Client } from '../conformance/client.ts';
import { startRelay, type RelayHandle, type RelayOptions } from './server.ts';

export { Client, createSigner, nowSec } from '../conformance/client.ts';

/** Starts relays and connects clients that end with the test. */
export function useRelays() {
  const relays: RelayHandle[] = [];
  const clients: Client[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) client.socket.terminate();
    await Promise.all(relays.splice(0).map((relay) => relay.stop()));
  });
  return {
    start: async (options: RelayOptions = {}): Promise<RelayHandle> => {
      const relay = await startRelay(options);
      relays.push(relay);
      return relay;
    },
    connect: async (relay: RelayHandle, options: { readonly autoPong?: boolean } = {}) => {
      const client = await Client.connect(relay.url, options);
      clients.push(client);
      return client;
    },
  };
}
