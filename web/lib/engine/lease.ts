/**
 * Who runs: one holder per person across devices, agreed by an encrypted lease event (NIP-78).
 * The latest lease wins, at the same second the one with the lower id, as on relays; a holder
 * that stops renewing loses it. Whoever takes over waits a moment first, so that the former
 * holder finishes its step and rival claims have met. The payee's serialising and the wallet's
 * idempotency still stand behind it: a lease saves work, it is not what prevents a second payment.
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
/** Between taking the lease from another, or claiming a free one, and running. */
const GIVE_WAY_MS = 2_000;
/** A lease that was given back is claimed by a person's client at once, by a helper after it. */
const CLAIM_MS = { person: 50, helper: 1_500 } as const;

const leaseSchema = z.strictObject({
  holder: z.string().check(z.maxLength(64)),
  /** A helper steps back whenever somebody else holds a lease. */
  rank: z.enum(['helper', 'person']),
  untilSec: z.int(),
});

type LeaseContent = z.infer<typeof leaseSchema>;
type LeaseRecord = LeaseContent & { readonly atSec: number; readonly id: string };

/** What a lease needs. */
export interface LeasePorts {
  readonly person: Signer;
  readonly relays: Relays;
  readonly verifier: Verifier;
  readonly clock: Clock;
  /**
   * Who this holder is: one that comes back under its name has held the lease all along. Given
   * only where no two engines can run under one name; a random one otherwise.
   */
  readonly holder?: string;
}

/** What an engine asks of its lease. */
export type SessionLease = Pick<
  Lease,
  'changed' | 'isHeld' | 'isBeginning' | 'heldSinceMs' | 'start' | 'takeOver' | 'stop'
>;

/** The lease of one engine. */
export class Lease {
  readonly changed = new Listeners<void>();
  readonly #ports: LeasePorts;
  readonly #rank: 'helper' | 'person';
  readonly #holder: string;
  #latest: LeaseRecord | undefined;
  #isAnnounced = false;
  /** Until then a former holder may still be finishing what it had begun. */
  #readyAtMs = 0;
  #stops: (() => void)[] = [];
  #stopTimer: (() => void) | undefined;
  #stopClaim: (() => void) | undefined;
  #stopped = false;

  constructor(ports: LeasePorts, rank: 'helper' | 'person') {
    this.#ports = ports;
    this.#rank = rank;
    this.#holder = ports.holder ?? randomHex().slice(0, 16);
  }

  /** Whether this engine is the one that runs. */
  get isHeld(): boolean {
    if (this.#ports.clock.nowMs() < this.#readyAtMs) return false;
    // Before any lease is known, a person's own client runs; a helper waits for its first one.
    return this.#latest ? this.#isOurs() : this.#rank === 'person';
  }

  /** Whether it is about to run: it has taken the lease, and waits for the former holder. */
  get isBeginning(): boolean {
    if (this.isHeld || this.#stopped) return false;
    return this.#isOurs() || (!this.#isAnnounced && this.#rank === 'person');
  }

  /**
   * Since when nobody else was the one that runs, ms; what is older may have been handled by
   * another holder.
   */
  get heldSinceMs(): number {
    return this.#readyAtMs;
  }

  /** Listens to other holders, and takes the lease unless a helper finds it held. */
  async start(): Promise<void> {
    const filter = { kinds: [KIND], authors: [this.#ports.person.publicKey], '#d': [LEASE_NAME] };
    const arriving: Promise<void>[] = [];
    await new Promise<void>((resolve) => {
      const stopWaiting = this.#ports.clock.after(2_000, resolve);
      const onEndOfStored = (): void => {
        stopWaiting();
        resolve();
      };
      const take = (raw: unknown): void => {
        const taken = this.#take(raw);
        if (!this.#isAnnounced) arriving.push(taken);
      };
      this.#stops.push(this.#ports.relays.subscribe([filter], take, { onEndOfStored }));
    });
    // Only who knows the former holder gives it time to finish.
    await Promise.all(arriving.splice(0));
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
    this.#stopped = true;
    this.#stopTimer?.();
    this.#stopClaim?.();
    for (const stop of this.#stops) stop();
    if (this.#isOurs()) await this.#announce(0).catch(() => undefined);
  }

  #isOurs(): boolean {
    const latest = this.#latest;
    return latest?.holder === this.#holder && latest.untilSec > this.#ports.clock.nowSec();
  }

  #giveWay(): void {
    this.#readyAtMs = this.#ports.clock.nowMs() + GIVE_WAY_MS;
    const stop = this.#ports.clock.after(GIVE_WAY_MS + 10, () => {
      this.changed.emit();
    });
    this.#stops.push(stop);
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#stopTimer = this.#ports.clock.after(RENEW_MS, () => {
      void this.#tryRenew().then(() => {
        this.#schedule();
      });
    });
  }

  #tryRenew(): Promise<void> {
    return this.#renew().catch((error: unknown) => {
      console.error(error);
    });
  }

  async #renew(): Promise<void> {
    if (this.#stopped) return;
    const latest = this.#latest;
    const isFree = !latest || latest.untilSec <= this.#ports.clock.nowSec();
    // A person's client takes the lease when it starts, from a helper or from an older window;
    // from a helper also later, which may have found it free while this client was offline.
    const isFirst = !this.#isAnnounced;
    const outranks = this.#rank === 'person' && (isFirst || latest?.rank === 'helper');
    if (isFree || this.#isOurs() || outranks) await this.#announce(LASTS_SEC);
    else this.changed.emit();
  }

  async #announce(lastsSec: number): Promise<void> {
    const { person, relays, clock } = this.#ports;
    const nowSec = clock.nowSec();
    const atSec = Math.max(nowSec, (this.#latest?.atSec ?? 0) + 1);
    const record: LeaseContent = {
      holder: this.#holder,
      rank: this.#rank,
      untilSec: nowSec + lastsSec,
    };
    const content = await person.encrypt(person.publicKey, JSON.stringify(record));
    const tags = [['d', LEASE_NAME]];
    const event = await person.sign({ kind: KIND, created_at: atSec, tags, content });
    this.#isAnnounced = true;
    if (this.#latest && !this.#isOurs()) this.#giveWay();
    this.#adopt({ ...record, atSec, id: event.id });
    await relays.publish(event);
  }

  async #take(raw: unknown): Promise<void> {
    const { verifier, person } = this.#ports;
    const [verified] = await verifier.verifyBatch([raw]);
    if (!verified?.ok || verified.value.pubkey !== person.publicKey) return;
    const { id, created_at: atSec, content } = verified.value;
    if (!this.#isNews(atSec, id)) return;
    try {
      const text = await person.decrypt(person.publicKey, content);
      const record = leaseSchema.safeParse(JSON.parse(text));
      if (record.success && !this.#stopped) this.#adopt({ ...record.data, atSec, id });
    } catch {
      // Not ours to read: another application's data under this name.
    }
  }

  #isNews(atSec: number, id: string): boolean {
    const latest = this.#latest;
    if (!latest || atSec !== latest.atSec) return !latest || atSec > latest.atSec;
    return id < latest.id;
  }

  #adopt(record: LeaseRecord): void {
    if (!this.#isNews(record.atSec, record.id)) return;
    this.#latest = record;
    this.#stopClaim?.();
    if (record.holder !== this.#holder && record.untilSec <= this.#ports.clock.nowSec()) {
      const claim = (): void => void this.#tryRenew();
      this.#stopClaim = this.#ports.clock.after(CLAIM_MS[this.#rank], claim);
    }
    this.changed.emit();
  }
}
