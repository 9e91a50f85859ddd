/**
 * Which contracts the person has paused, and which they stream slower than agreed. Kept on this
 * device, and on relays as an encrypted event of the contract's own key (NIP-78), which needs no
 * signer: a stream that was paused must not run again by itself on a new device, nor one that was
 * slowed down go faster.
 */
import type { Pace } from '@realyield/protocol';
import * as z from 'zod/mini';
import type { ActivityLog } from './activity.ts';
import { APPLICATION_DATA_KIND } from './key-record.ts';
import type { HeldKey } from './keyring.ts';
import { Listeners } from './listeners.ts';
import type { Outbox } from './outbox.ts';
import type { Clock, Relays, Signer, Store, Verifier } from './ports.ts';
import { sentenceOf, type StatusCode } from './words.ts';

const PREFIX = 'paused|';
const PACE_PREFIX = 'pace|';
/** The `d` of these events; each is the only one of its key. */
const NAME = 'pause';

const paceSchema = z.strictObject({
  percent: z.int().check(z.gte(1), z.lte(99)),
  sinceSec: z.int().check(z.gte(0)),
});

const contentSchema = z.strictObject({
  v: z.literal(1),
  contract: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  paused: z.boolean(),
  pace: z.optional(paceSchema),
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
  /** A contract was paused, resumed, or is streamed at another pace. */
  readonly changed = new Listeners<string>();
  readonly #ports: PausePorts;
  readonly #paused = new Set<string>();
  readonly #paces = new Map<string, Pace>();

  constructor(ports: PausePorts) {
    this.#ports = ports;
  }

  /** Reads what was kept. */
  async load(): Promise<void> {
    for (const { key, value } of await this.#ports.store.all('settings')) {
      if (key.startsWith(PREFIX)) this.#paused.add(key.slice(PREFIX.length));
      const pace = key.startsWith(PACE_PREFIX) ? paceSchema.safeParse(value) : undefined;
      if (pace?.success) this.#paces.set(key.slice(PACE_PREFIX.length), pace.data);
    }
  }

  /** Whether a contract is paused. */
  isPaused(root: string): boolean {
    return this.#paused.has(root);
  }

  /** How much slower than agreed a contract is streamed; undefined: as agreed. */
  paceOf(root: string): Pace | undefined {
    return this.#paces.get(root);
  }

  /** Streams at so much of the agreed rate from now on, 1 to 100 percent; 100 is as agreed. */
  async setPace(root: string, percent: number, signer?: Signer): Promise<void> {
    const sinceSec = this.#ports.clock.nowSec();
    await this.#keepPace(root, percent < 100 ? { percent, sinceSec } : undefined);
    const code = percent < 100 ? 'SLOWER' : 'AS_AGREED';
    this.#tell(root, code);
    if (signer?.kind === 'local') await this.#publish(root, signer);
  }

  /** Pauses or resumes; a pause holds at once, a resume once it is on disk. */
  async set(root: string, paused: boolean, signer?: Signer): Promise<void> {
    await this.#keep(root, paused);
    this.#tell(root, paused ? 'paused' : 'RESUMED');
    // A main key would ask its owner; what it pauses stays on this device.
    if (signer?.kind === 'local') await this.#publish(root, signer);
  }

  #tell(root: string, code: StatusCode): void {
    const sentence = sentenceOf(code);
    this.#ports.activity.add({ contract: root, level: 'info', code, sentence });
    this.changed.emit(root);
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
      if (!content.success) return;
      const { contract, paused, pace } = content.data;
      await this.#keep(contract, paused);
      await this.#keepPace(contract, pace);
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

  async #keepPace(root: string, pace: Pace | undefined): Promise<void> {
    const key = `${PACE_PREFIX}${root}`;
    const row = { table: 'settings' as const, key };
    await this.#ports.store.write([pace ? { ...row, value: pace } : { ...row, remove: true }]);
    if (pace) this.#paces.set(root, pace);
    else this.#paces.delete(root);
  }

  async #publish(root: string, signer: Signer): Promise<void> {
    const [paused, pace] = [this.isPaused(root), this.paceOf(root)];
    const text = JSON.stringify({ v: 1, contract: root, paused, ...(pace ? { pace } : {}) });
    const event = await signer.sign({
      kind: APPLICATION_DATA_KIND,
      created_at: this.#ports.clock.nowSec(),
      tags: [['d', NAME]],
      content: await signer.encrypt(signer.publicKey, text),
    });
    void this.#ports.outbox.send(event);
  }
}
