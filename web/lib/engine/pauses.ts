/**
 * Which contracts the person has paused. Kept on this device, and on relays as an encrypted event
 * of the contract's own key (NIP-78), which needs no signer: a stream that was paused must not run
 * again by itself on a new device.
 */
import * as z from 'zod/mini';
import type { ActivityLog } from './activity.ts';
import { APPLICATION_DATA_KIND } from './key-record.ts';
import type { HeldKey } from './keyring.ts';
import type { Outbox } from './outbox.ts';
import type { Clock, Relays, Signer, Store, Verifier } from './ports.ts';
import { sentenceOf } from './words.ts';

const PREFIX = 'paused|';
/** The `d` of these events; each is the only one of its key. */
const NAME = 'pause';

const contentSchema = z.strictObject({
  v: z.literal(1),
  contract: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  paused: z.boolean(),
});

/** What pausing needs. */
export interface PausePorts {
  readonly store: Store;
  readonly relays: Relays;
  readonly verifier: Verifier;
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly activity: ActivityLog;
}

/** Pauses by contract. */
export class PauseSwitch {
  readonly #ports: PausePorts;
  readonly #paused = new Set<string>();

  constructor(ports: PausePorts) {
    this.#ports = ports;
  }

  /** Reads what was kept. */
  async load(): Promise<void> {
    for (const { key } of await this.#ports.store.all('settings')) {
      if (key.startsWith(PREFIX)) this.#paused.add(key.slice(PREFIX.length));
    }
  }

  /** Whether a contract is paused. */
  isPaused(root: string): boolean {
    return this.#paused.has(root);
  }

  /** Pauses or resumes; a pause holds at once, a resume once it is on disk. */
  async set(root: string, paused: boolean, signer?: Signer): Promise<void> {
    await this.#keep(root, paused);
    const code = paused ? 'paused' : 'RESUMED';
    const sentence = sentenceOf(code);
    this.#ports.activity.add({ contract: root, level: 'info', code, sentence });
    // A main key would ask its owner; what it pauses stays on this device.
    if (signer?.kind === 'local') await this.#publish(root, paused, signer);
  }

  /** Takes up from relays what was last decided under a key that has just come back. */
  async recall({ signer, relays }: HeldKey): Promise<void> {
    const filter = { kinds: [APPLICATION_DATA_KIND], authors: [signer.publicKey], '#d': [NAME] };
    const urls = [...new Set([...this.#ports.relays.urls, ...relays])];
    const { events } = await this.#ports.relays.query([filter], { urls });
    const verified = await this.#ports.verifier.verifyBatch(events);
    const [latest] = verified
      .flatMap((answer) => (answer.ok ? [answer.value] : []))
      .filter(({ pubkey, kind }) => pubkey === signer.publicKey && kind === APPLICATION_DATA_KIND)
      .sort((a, b) => b.created_at - a.created_at || (a.id < b.id ? -1 : 1));
    if (!latest) return;
    try {
      const text = await signer.decrypt(signer.publicKey, latest.content);
      const content = contentSchema.safeParse(JSON.parse(text));
      if (content.success) await this.#keep(content.data.contract, content.data.paused);
    } catch {
      // Written by no client of ours.
    }
  }

  async #keep(root: string, paused: boolean): Promise<void> {
    const key = `${PREFIX}${root}`;
    const { store } = this.#ports;
    if (paused) {
      this.#paused.add(root);
      await store.write([{ table: 'settings', key, value: true }]);
    } else {
      await store.write([{ table: 'settings', key, remove: true }]);
      this.#paused.delete(root);
    }
  }

  async #publish(root: string, paused: boolean, signer: Signer): Promise<void> {
    const text = JSON.stringify({ v: 1, contract: root, paused });
    const event = await signer.sign({
      kind: APPLICATION_DATA_KIND,
      created_at: this.#ports.clock.nowSec(),
      tags: [['d', NAME]],
      content: await signer.encrypt(signer.publicKey, text),
    });
    void this.#ports.outbox.send(event);
  }
}
