/** A client that plays a persona of a world in another process, by what `/world.json` tells it. */
import { randomHex } from '../../web/lib/engine/random.ts';
import { Session } from '../../web/lib/engine/session.ts';
import { createRelays } from '../../web/lib/nostr/relays.ts';
import { createInlineVerifier } from '../../web/lib/nostr/verifier/inline-verifier.ts';
import { loadWasmVerifier } from '../../web/lib/nostr/verifier/load-wasm.ts';
import { createBunkerSigner } from '../../web/lib/signer/bunker-signer.ts';
import { createLocalSigner } from '../../web/lib/signer/local-signer.ts';
import { createNwcWallet, parseWalletUri } from '../../web/lib/wallet/nwc.ts';
import { nodeWebSocket } from './node-web-socket.ts';
import { openSqliteStore } from './sqlite-store.ts';
import { systemClock } from './system-clock.ts';
import type { WorldPersona } from './world.ts';

/** A running client. */
export interface Visitor {
  readonly session: Session;
  close(): Promise<void>;
}

/** How long it waits for what became of a payment before it looks it up, ms. */
const PAY_REPLY_MS = 3_000;

/** Opens a client as a page does: the key stays with the remote signer, unless it is given. */
export async function openVisitor(
  persona: WorldPersona | undefined,
  relayUrls: readonly string[],
  secretKey?: Uint8Array,
): Promise<Visitor> {
  if (!persona) throw new Error('nobody of this name lives here');
  const clientSecretHex = randomHex();
  const webSocket = nodeWebSocket;
  const person = secretKey
    ? createLocalSigner(secretKey)
    : await createBunkerSigner(persona.bunkerUri, { clientSecretHex, webSocket });
  const connection = parseWalletUri(persona.walletUri);
  if (!connection.ok) throw new Error(connection.code);
  const relays = createRelays({ urls: relayUrls, webSocket });
  const store = openSqliteStore(':memory:');
  const verifier = createInlineVerifier(await loadWasmVerifier());
  let isClosed = false;
  const whenAlone = (run: () => Promise<void>): (() => void) => {
    void run().catch((error: unknown) => {
      if (!isClosed) console.error(error);
    });
    return () => undefined;
  };
  const ports = { person, relays, store, verifier, clock: systemClock, whenAlone };
  const session = new Session({ ...ports, rank: 'person' });
  await session.start();
  session.useWallet(createNwcWallet(connection.value, { webSocket, payReplyMs: PAY_REPLY_MS }));
  return {
    session,
    async close() {
      isClosed = true;
      await session.stop();
      relays.close();
      await store.close();
    },
  };
}
