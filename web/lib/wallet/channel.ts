/**
 * Requests to a wallet and its answers (NIP-47), over its relays. A request is signed and sent
 * once: it is never sent again by itself, because the wallet may have acted on it.
 */
import type * as z from 'zod/mini';
import { verify } from '@realyield/protocol';
import { Listeners } from '../engine/listeners.ts';
import type { Relays } from '../engine/ports.ts';
import { createRelays } from '../nostr/relays.ts';
import { checkSignature } from '../signer/signatures.ts';
import { replySchema } from './answers.ts';
import type { WalletConnection } from './connection.ts';
import { WalletCipher } from './encryption.ts';

const REQUEST_KIND = 23_194;
const RESPONSE_KIND = 23_195;
const NOTIFICATION_KINDS = [23_197, 23_196];
/** How far the wallet's clock may be behind ours without its answers being overlooked. */
const LOOK_BACK_SEC = 3_600;
/** How long after we stopped waiting a request is still valid, for clocks that differ. */
const EXPIRY_MARGIN_SEC = 15;

/** What came of a request: an answer, or why there is none. */
export type Reply =
  | { readonly state: 'replied'; readonly reply: z.infer<typeof replySchema> }
  | { readonly state: 'senseless' | 'silent' | 'unreachable' };

/** The conversation with one wallet. */
export class WalletChannel {
  /** Contents of notifications, not checked in any way but that the wallet signed them. */
  readonly notified = new Listeners<unknown>();
  readonly #connection: WalletConnection;
  readonly #relays: Relays;
  readonly #cipher: WalletCipher;
  readonly #waiting = new Map<string, (reply: Reply) => void>();
  readonly #stop: () => void;

  constructor(connection: WalletConnection, webSocket?: typeof WebSocket) {
    this.#connection = connection;
    this.#relays = createRelays({
      urls: connection.relays,
      ...(webSocket === undefined ? {} : { webSocket }),
    });
    this.#cipher = new WalletCipher(connection, this.#relays);
    const filter = {
      kinds: [RESPONSE_KIND, ...NOTIFICATION_KINDS],
      authors: [connection.walletPublicKey],
      '#p': [this.#cipher.signer.publicKey],
      since: Math.floor(Date.now() / 1_000) - LOOK_BACK_SEC,
    };
    this.#stop = this.#relays.subscribe([filter], (raw) => void this.#hear(raw));
  }

  /** Sends one request and waits for its answer; never rejects. */
  async request(method: string, params: object, patienceMs: number): Promise<Reply> {
    const { walletPublicKey } = this.#connection;
    try {
      const scheme = await this.#cipher.scheme();
      const nowSec = Math.floor(Date.now() / 1_000);
      const expiresAtSec = nowSec + Math.ceil(patienceMs / 1_000) + EXPIRY_MARGIN_SEC;
      const event = await this.#cipher.signer.sign({
        kind: REQUEST_KIND,
        created_at: nowSec,
        tags: [
          ['p', walletPublicKey],
          ...(scheme === 'nip04' ? [] : [['encryption', scheme]]),
          // A wallet that wakes up later must not act on it: see NEVER_ARRIVED_MS in payment.ts.
          ['expiration', String(expiresAtSec)],
        ],
        content: await this.#cipher.encrypt(JSON.stringify({ method, params }), scheme),
      });
      const answered = this.#await(event.id, patienceMs);
      void this.#relays.publish(event).then((outcomes) => {
        // Only where no relay was even connected is it sure that nothing will be answered.
        if (!outcomes.every(({ reason }) => reason === 'not reachable')) return;
        this.#waiting.get(event.id)?.({ state: 'unreachable' });
      });
      return await answered;
    } catch (error) {
      // Our own key put away, or a text too long to encrypt: nothing was sent.
      console.error(error);
      return { state: 'unreachable' };
    }
  }

  /** Ends the conversation; who still waits is told that there is no answer. */
  close(): void {
    this.#stop();
    this.#relays.close();
    for (const answer of [...this.#waiting.values()]) answer({ state: 'silent' });
    this.#cipher.signer.close();
  }

  #await(requestId: string, patienceMs: number): Promise<Reply> {
    return new Promise((resolve) => {
      const finish = (reply: Reply): void => {
        clearTimeout(timer);
        this.#waiting.delete(requestId);
        resolve(reply);
      };
      const timer = setTimeout(() => {
        finish({ state: 'silent' });
      }, patienceMs);
      this.#waiting.set(requestId, finish);
    });
  }

  async #hear(raw: unknown): Promise<void> {
    const verified = verify(raw, checkSignature);
    if (!verified.ok || verified.value.pubkey !== this.#connection.walletPublicKey) return;
    const { kind, tags, content } = verified.value;
    const json = async (): Promise<unknown> => JSON.parse(await this.#cipher.decrypt(content));
    if (NOTIFICATION_KINDS.includes(kind)) {
      // What cannot be read tells nothing; the wallet is asked anyway.
      await json().then(
        (notice) => {
          this.notified.emit(notice);
        },
        () => undefined,
      );
      return;
    }
    const answer = this.#waiting.get(tags.find((tag) => tag[0] === 'e')?.[1] ?? '');
    if (kind !== RESPONSE_KIND || !answer) return;
    const reply = replySchema.safeParse(await json().catch(() => undefined));
    answer(reply.success ? { state: 'replied', reply: reply.data } : { state: 'senseless' });
  }
}
