/**
 * Whom this person listens to first: keys they follow (NIP-02, kind 3, as they published it
 * anywhere) and keys they trust on this device. It sorts what others say and counts in no figure.
 * Spec: specs/listings.md, "Attestation".
 */
import type { VerifiedEvent } from '@realyield/protocol';
import type { Clock, Relays, Store, Verifier } from './ports.ts';
import { Listeners } from './listeners.ts';

const FOLLOW_KIND = 3;
const FOLLOWS_KEY = 'circle|follows';
const TRUST_PREFIX = 'circle|trusts|';
/** More of one list are left aside. */
const MOST_FOLLOWED = 5_000;
const FRESH_MS = 3_600_000;

/** What a circle needs. */
export interface CirclePorts {
  readonly person: { readonly publicKey: string };
  readonly relays: Pick<Relays, 'query'>;
  readonly verifier: Pick<Verifier, 'verifyBatch'>;
  readonly store: Pick<Store, 'all' | 'write'>;
  readonly clock: Pick<Clock, 'nowMs'>;
}

interface KeptFollows {
  readonly keys: readonly string[];
  readonly createdAtSec: number;
  readonly id: string;
}

/** The keys a kind 3 event names. */
export function readFollows({ tags }: Pick<VerifiedEvent, 'tags'>): readonly string[] {
  const keys = tags.flatMap(([name, key]) => {
    const isKey = name === 'p' && key !== undefined && /^[0-9a-f]{64}$/.test(key);
    return isKey ? [key] : [];
  });
  return [...new Set(keys)].slice(0, MOST_FOLLOWED);
}

/** One person's follows and trusted keys. */
export class Circle {
  readonly changed = new Listeners<void>();
  readonly #ports: CirclePorts;
  readonly #trusted = new Set<string>();
  #kept: KeptFollows = { keys: [], createdAtSec: -1, id: '' };
  #follows: ReadonlySet<string> = new Set();
  #askedAtMs = -Infinity;

  constructor(ports: CirclePorts) {
    this.#ports = ports;
  }

  /** Reads what was kept. */
  async load(): Promise<void> {
    for (const { key, value } of await this.#ports.store.all('settings')) {
      if (key === FOLLOWS_KEY) this.#use(value as KeptFollows);
      else if (key.startsWith(TRUST_PREFIX) && value === true) {
        this.#trusted.add(key.slice(TRUST_PREFIX.length));
      }
    }
  }

  /** Whether this person follows a key. */
  isFollowed(publicKey: string): boolean {
    return this.#follows.has(publicKey);
  }

  /** Whether this person trusts a key. */
  isTrusted(publicKey: string): boolean {
    return this.#trusted.has(publicKey);
  }

  /** Trusts a key from now on, or no longer; known to this device alone. */
  async trust(publicKey: string, isTrusted: boolean): Promise<void> {
    const key = `${TRUST_PREFIX}${publicKey}`;
    await this.#ports.store.write([{ table: 'settings', key, value: isTrusted }]);
    if (isTrusted) this.#trusted.add(publicKey);
    else this.#trusted.delete(publicKey);
    this.changed.emit();
  }

  /** Asks the relays whom this person follows, unless that was done within the hour. */
  async look(): Promise<void> {
    const { relays, verifier, store, person, clock } = this.#ports;
    if (clock.nowMs() - this.#askedAtMs < FRESH_MS) return;
    this.#askedAtMs = clock.nowMs();
    const authors = [person.publicKey];
    const { events } = await relays.query([{ kinds: [FOLLOW_KIND], authors }]);
    // Nobody answered, or nothing is known: asked again when it is needed again.
    if (events.length === 0) this.#askedAtMs = -Infinity;
    let newest = this.#kept;
    for (const read of await verifier.verifyBatch(events)) {
      if (!read.ok || read.value.kind !== FOLLOW_KIND) continue;
      const { pubkey, created_at: createdAtSec, id } = read.value;
      if (pubkey !== person.publicKey) continue;
      const isSame = createdAtSec === newest.createdAtSec;
      if (isSame ? id >= newest.id : createdAtSec < newest.createdAtSec) continue;
      newest = { keys: readFollows(read.value), createdAtSec, id };
    }
    if (newest === this.#kept) return;
    await store.write([{ table: 'settings', key: FOLLOWS_KEY, value: newest }]);
    this.#use(newest);
    this.changed.emit();
  }

  #use(kept: KeptFollows): void {
    this.#kept = kept;
    this.#follows = new Set(kept.keys);
  }
}
