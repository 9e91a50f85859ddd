/**
 * Who runs: one holder per person across devices, agreed by an encrypted lease event (NIP-78).
 * The latest lease wins; a holder that stops renewing loses it. The payee's serialising and the
 * wallet's idempotency still stand behind it: a lease saves work, it is not what prevents a
 * second payment.
 */
import * as z from 'zod/mini';
import { Listeners } from './listeners.ts';
import { randomHex } from './random.ts';
import type { Clock, Relays, Signer, Verifier } from './ports.ts';

const KIND = 30_078;
/** The `d` of lease events. */
export const LEASE_NAME = 'realyield-lease';
const RENEW_MS = 10_000;
const LASTS_SEC = 30;
const GIVE_WAY_MS = 2_000;

const leaseSchema = z.strictObject({
  holder: z.string().check(z.maxLength(64)),
  /** A helper steps back whenever somebody else holds a lease. */
  rank: z.enum(['helper', 'person']),
  untilSec: z.int(),
});

type LeaseRecord = z.infer<typeof leaseSchema> & { readonly atSec: number };

/** What a lease needs. */
export interface LeasePorts {
  readonly person: Signer;
  readonly relays: Relays;
  readonly verifier: Verifier;
  readonly clock: Clock;
}

/** The lease of one engine. */
export class Lease {
  readonly changed = new Listeners<void>();
  readonly #ports: LeasePorts;
  readonly #rank: 'helper' | 'person';
  readonly #id = randomHex().slice(0, 16);
  #latest: LeaseRecord | undefined;
  #lastAtSec = 0;
  #announcedAtMs = 0;
  /** Until then a former holder may still be finishing what it had begun. */
  #readyAtMs = 0;
  #stops: (() => void)[] = [];
  #stopTimer: (() => void) | undefined;
  #stopped = false;

  constructor(ports: LeasePorts, rank: 'helper' | 'person') {
    this.#ports = ports;
    this.#rank = rank;
  }

  /** Whether this engine is the one that runs. */
  get isHeld(): boolean {
    const latest = this.#latest;
    if (this.#ports.clock.nowMs() < this.#readyAtMs) return false;
    if (!latest) return this.#mayAssume();
    return latest.holder === this.#id || latest.untilSec <= this.#ports.clock.nowSec();
  }

  /**
   * Since when nobody else was the one that runs, ms; what is older may have been handled by
   * another holder.
   */
  get heldSinceMs(): number {
    const latest = this.#latest;
    if (!latest) return 0;
    return latest.holder === this.#id ? this.#announcedAtMs : latest.untilSec * 1_000;
  }

  /** Listens to other holders, and takes the lease unless a helper finds it held. */
  async start(): Promise<void> {
    const filter = { kinds: [KIND], authors: [this.#ports.person.publicKey], '#d': [LEASE_NAME] };
    await new Promise<void>((resolve) => {
      const stopWaiting = this.#ports.clock.after(2_000, resolve);
      const onEndOfStored = (): void => {
        stopWaiting();
        resolve();
      };
      const take = (raw: unknown): void => void this.#take(raw);
      this.#stops.push(this.#ports.relays.subscribe([filter], take, { onEndOfStored }));
    });
    await this.#renew();
    this.#schedule();
  }

  /** Takes the lease from whoever holds it. */
  async takeOver(): Promise<void> {
    await this.#announce(LASTS_SEC);
  }

  /** Gives the lease back, so that others need not wait for it to run out. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    const held = this.#latest?.holder === this.#id;
    this.#stopped = true;
    this.#stopTimer?.();
    for (const stop of this.#stops) stop();
    if (held) await this.#announce(0).catch(() => undefined);
  }

  /** Lets the former holder finish the payment it is in before this one begins. */
  #giveWay(): void {
    this.#readyAtMs = this.#ports.clock.nowMs() + GIVE_WAY_MS;
    const stop = this.#ports.clock.after(GIVE_WAY_MS + 10, () => {
      this.changed.emit();
    });
    this.#stops.push(stop);
  }

  #mayAssume(): boolean {
    // Before any lease is known, a person's own client runs; a helper waits for its first one.
    return this.#rank === 'person';
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#stopTimer = this.#ports.clock.after(RENEW_MS, () => {
      void this.#renew()
        .catch((error: unknown) => {
          console.error(error);
        })
        .then(() => {
          this.#schedule();
        });
    });
  }

  async #renew(): Promise<void> {
    const latest = this.#latest;
    const nowSec = this.#ports.clock.nowSec();
    const isFree = !latest || latest.untilSec <= nowSec;
    const isOurs = latest?.holder === this.#id;
    const isFirst = this.#lastAtSec === 0;
    // A person's client takes the lease when it starts, from a helper or from an older window;
    // from a helper also later, which may have found it free while this client was offline.
    const outranks = this.#rank === 'person' && (isFirst || latest?.rank === 'helper');
    const mayTake = isFree || isOurs || outranks;
    if (mayTake) await this.#announce(LASTS_SEC);
    else this.changed.emit();
  }

  async #announce(lastsSec: number): Promise<void> {
    const { person, relays, clock } = this.#ports;
    const nowSec = clock.nowSec();
    const atSec = Math.max(nowSec, (this.#latest?.atSec ?? 0) + 1);
    const record = { holder: this.#id, rank: this.#rank, untilSec: nowSec + lastsSec };
    const isTaken = this.#latest && this.#latest.holder !== this.#id;
    if (isTaken && (this.#latest?.untilSec ?? 0) > nowSec) this.#giveWay();
    const content = await person.encrypt(person.publicKey, JSON.stringify(record));
    const event = await person.sign({
      kind: KIND,
      created_at: atSec,
      tags: [['d', LEASE_NAME]],
      content,
    });
    this.#lastAtSec = atSec;
    if (this.#latest?.holder !== this.#id) this.#announcedAtMs = clock.nowMs();
    this.#latest = { ...record, atSec };
    this.changed.emit();
    await relays.publish(event);
  }

  async #take(raw: unknown): Promise<void> {
    const { verifier, person } = this.#ports;
    const [verified] = await verifier.verifyBatch([raw]);
    if (!verified?.ok || verified.value.pubkey !== person.publicKey) return;
    const { created_at, content } = verified.value;
    if (this.#latest && created_at <= this.#latest.atSec) return;
    try {
      const text = await person.decrypt(person.publicKey, content);
      const record = leaseSchema.safeParse(JSON.parse(text));
      if (!record.success || this.#stopped) return;
      if (this.#latest && created_at <= this.#latest.atSec) return;
      this.#latest = { ...record.data, atSec: created_at };
      this.changed.emit();
    } catch {
      // Not ours to read: another application's data under this name.
    }
  }
}
