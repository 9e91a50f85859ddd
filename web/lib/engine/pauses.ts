/**
 * Which contracts the person has paused, and which they stream slower than agreed. Kept on this
 * device, and on relays as an encrypted event of the key that pays (NIP-78), which needs no signer:
 * the person's other devices hear of it at once, and on a new device a stream that was paused does
 * not run again by itself, nor does one that was slowed down go faster.
 * Spec: specs/payments.md, "Planning".
 */
import type { Pace } from '@realyield/protocol';
import * as z from 'zod/mini';
import type { Desk, OwnContract } from './desk.ts';
import { APPLICATION_DATA_KIND } from './key-record.ts';
import type { HeldKey } from './keyring.ts';
import { Listeners } from './listeners.ts';
import type { Signer, StoreWrite } from './ports.ts';
import { sentenceOf, type StatusCode } from './words.ts';

const PREFIX = 'paused|';
const PACE_PREFIX = 'pace|';
const SAID_PREFIX = 'pause said|';
/** How the `d` of these events begins; the first digits of the contract's id follow. */
const NAME = 'realyield-pause-';
/** Far more than one key decides about. */
const MOST_LISTED = 500;

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

const saidSchema = z.strictObject({ atSec: z.int(), id: z.string() });

/** What was decided last, on whichever device: its event. */
type Said = z.infer<typeof saidSchema>;

/** What pausing needs. */
export type PausePorts = Pick<
  Desk,
  'store' | 'relays' | 'verifier' | 'clock' | 'outbox' | 'activity' | 'directory'
>;

const nameOf = (root: string): string => `${NAME}${root.slice(0, 16)}`;

/** Pauses by contract. */
export class PauseSwitch {
  /** A contract was paused, resumed, or is streamed at another pace. */
  readonly changed = new Listeners<string>();
  readonly #ports: PausePorts;
  readonly #paused = new Set<string>();
  readonly #paces = new Map<string, Pace>();
  readonly #said = new Map<string, Said>();
  readonly #heard = new Map<string, () => void>();
  #hearing: Promise<void> = Promise.resolve();

  constructor(ports: PausePorts) {
    this.#ports = ports;
  }

  /** Reads what was kept. */
  async load(): Promise<void> {
    for (const { key, value } of await this.#ports.store.all('settings')) {
      if (key.startsWith(PREFIX)) this.#paused.add(key.slice(PREFIX.length));
      const pace = key.startsWith(PACE_PREFIX) ? paceSchema.safeParse(value) : undefined;
      if (pace?.success) this.#paces.set(key.slice(PACE_PREFIX.length), pace.data);
      const said = key.startsWith(SAID_PREFIX) ? saidSchema.safeParse(value) : undefined;
      if (said?.success) this.#said.set(key.slice(SAID_PREFIX.length), said.data);
    }
  }

  /** Hears from now on what other devices of this person decide about a contract. */
  attend({ own, view }: OwnContract): void {
    const { root, fold } = view;
    const signer = own.money;
    if (signer?.kind !== 'local' || own.pays.length === 0 || this.#heard.has(root)) return;
    const { relays, directory } = this.#ports;
    const kinds = [APPLICATION_DATA_KIND];
    const filter = { kinds, authors: [signer.publicKey], '#d': [nameOf(root)] };
    const urls = directory.deliveryUrls(fold.state);
    // P-41: "…and takes up what another one tells, the last said, as soon as it hears of it…"
    const hear = (raw: unknown): void => void this.#hear([raw], signer, root);
    this.#heard.set(root, relays.subscribe([filter], hear, { urls }));
  }

  /** Listens no more. */
  stop(): void {
    for (const stop of this.#heard.values()) stop();
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
  async setPace(root: string, percent: number, contract?: OwnContract): Promise<void> {
    const sinceSec = this.#ports.clock.nowSec();
    await this.#keepPace(root, percent < 100 ? { percent, sinceSec } : undefined);
    this.#tell(root, percent < 100 ? 'SLOWER' : 'AS_AGREED');
    await this.#publish(root, contract);
  }

  /** Pauses or resumes; a pause holds at once, a resume once it is on disk. */
  async set(root: string, paused: boolean, contract?: OwnContract): Promise<void> {
    await this.#keep(root, paused);
    this.#tell(root, paused ? 'paused' : 'RESUMED');
    await this.#publish(root, contract);
  }

  #tell(root: string, code: StatusCode): void {
    const sentence = sentenceOf(code);
    this.#ports.activity.add({ contract: root, level: 'info', code, sentence });
    this.changed.emit(root);
  }

  /** Takes up from relays what was last decided under a key that has just come back. */
  async recall({ signer, relays }: HeldKey): Promise<void> {
    const filter = {
      kinds: [APPLICATION_DATA_KIND],
      authors: [signer.publicKey],
      limit: MOST_LISTED,
    };
    const urls = [...new Set([...this.#ports.relays.urls, ...relays])];
    const { events } = await this.#ports.relays.query([filter], { urls });
    await this.#hear(events, signer);
  }

  /** Takes in events of a key, one batch after the other, so that the last said holds. */
  #hear(raws: readonly unknown[], signer: Signer, root?: string): Promise<void> {
    this.#hearing = this.#hearing
      .then(() => this.#read(raws, signer, root))
      .catch((error: unknown) => {
        console.error(error);
      });
    return this.#hearing;
  }

  async #read(raws: readonly unknown[], signer: Signer, root?: string): Promise<void> {
    const verified = await this.#ports.verifier.verifyBatch(raws);
    for (const answer of verified) {
      if (!answer.ok) continue;
      const { id, pubkey, kind, tags, created_at: atSec, content } = answer.value;
      const name = tags[0]?.[1] ?? '';
      const isOurs = pubkey === signer.publicKey && kind === APPLICATION_DATA_KIND;
      if (!isOurs || !name.startsWith(NAME)) continue;
      const said = await readDecision(signer, content);
      if (!said || nameOf(said.contract) !== name) continue;
      if (root !== undefined && said.contract !== root) continue;
      await this.#take(said, { atSec, id });
    }
  }

  /** What was decided elsewhere, unless something later is known. */
  async #take({ contract: root, paused, pace }: Decision, said: Said): Promise<void> {
    const known = this.#said.get(root);
    const isOld =
      known && (said.atSec < known.atSec || (said.atSec === known.atSec && said.id >= known.id));
    if (isOld) return;
    const wasPaused = this.isPaused(root);
    const before = JSON.stringify(this.paceOf(root));
    await this.#keep(root, paused);
    await this.#keepPace(root, pace);
    await this.#keepSaid(root, said);
    if (wasPaused !== paused) this.#tell(root, paused ? 'paused' : 'RESUMED');
    if (before !== JSON.stringify(pace)) this.#tell(root, pace ? 'SLOWER' : 'AS_AGREED');
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

  async #keepSaid(root: string, said: Said, also: readonly StoreWrite[] = []): Promise<void> {
    this.#said.set(root, said);
    const row = { table: 'settings', key: `${SAID_PREFIX}${root}`, value: said } as const;
    await this.#ports.store.write([row, ...also]);
  }

  async #publish(root: string, contract: OwnContract | undefined): Promise<void> {
    const signer = contract?.own.money;
    // A remote signer would ask its owner; what it pauses stays on this device.
    if (!contract || signer?.kind !== 'local') return;
    const { clock, directory, outbox } = this.#ports;
    const [paused, pace] = [this.isPaused(root), this.paceOf(root)];
    const text = JSON.stringify({ v: 1, contract: root, paused, ...(pace ? { pace } : {}) });
    // P-41: "…tells the person's other devices of each pause, resume and pace of a contract, by an
    // event dated after the last one it knows…"
    const atSec = Math.max(clock.nowSec(), (this.#said.get(root)?.atSec ?? 0) + 1);
    const event = await signer.sign({
      kind: APPLICATION_DATA_KIND,
      created_at: atSec,
      tags: [['d', nameOf(root)]],
      content: await signer.encrypt(signer.publicKey, text),
    });
    const parcel = outbox.entry(event, directory.deliveryUrls(contract.view.fold.state));
    await this.#keepSaid(root, { atSec, id: event.id }, [parcel]);
    void outbox.push(parcel);
  }
}

type Decision = z.infer<typeof contentSchema>;

async function readDecision(signer: Signer, content: string): Promise<Decision | undefined> {
  try {
    const text = await signer.decrypt(signer.publicKey, content);
    const read = contentSchema.safeParse(JSON.parse(text));
    return read.success ? read.data : undefined;
  } catch {
    // Written by no client of ours.
    return undefined;
  }
}
