/**
 * Relay lists that people publish (NIP-65, kind 10002; for private messages kind 10050): whose
 * relays are theirs to read and write. What strangers name is bounded, and only encrypted relays
 * are ever contacted.
 */
import type { ContractState, VerifiedEvent } from '@realyield/protocol';
import { relayAddress } from '../nostr/address.ts';
import { contractRelays } from './parties.ts';
import type { Clock, EventTemplate, Relays, RelayUse, Verifier } from './ports.ts';

const LIST_KIND = 10_002;
const MAIL_LIST_KIND = 10_050;
/** More relays than this of one list are left aside. */
const MOST_LISTED = 10;
/** So many relays of one person are written to beside our own. */
const MOST_EACH = 2;
/** So many relays beside our own and the contract's, however many parties there are. */
const MOST_NEW = 6;
const FRESH_MS = 3_600_000;
const GATHER_MS = 200;

/** The relays a kind 10002 event names; without a marker, a relay is for both. */
export function readRelayList(event: Pick<VerifiedEvent, 'tags'>): readonly RelayUse[] {
  const uses = new Map<string, RelayUse>();
  for (const [name, url, marker] of event.tags) {
    const address = name === 'r' && url !== undefined ? relayAddress(url) : undefined;
    if (address === undefined || uses.size >= MOST_LISTED) continue;
    const known = uses.get(address);
    uses.set(address, {
      url: address,
      read: known?.read === true || marker !== 'write',
      write: known?.write === true || marker !== 'read',
    });
  }
  return [...uses.values()];
}

/** The lists to publish for relays in use: where others find us, and where mail goes. */
export function buildRelayLists(
  uses: readonly RelayUse[],
  nowSec: number,
): readonly EventTemplate[] {
  const marked = uses.filter(({ read, write }) => read || write);
  const tags = marked.map(({ url, read, write }) =>
    read && write ? ['r', url] : ['r', url, read ? 'read' : 'write'],
  );
  const mail = uses.filter(({ read }) => read).map(({ url }) => ['relay', url]);
  return [
    { kind: LIST_KIND, created_at: nowSec, tags, content: '' },
    { kind: MAIL_LIST_KIND, created_at: nowSec, tags: mail, content: '' },
  ];
}

function isNewer(a: VerifiedEvent, b: VerifiedEvent | undefined): boolean {
  if (b === undefined || a.created_at !== b.created_at) return a.created_at > (b?.created_at ?? -1);
  return a.id < b.id;
}

interface Entry {
  readonly uses: readonly RelayUse[];
  readonly askedAtMs: number;
}

/** What a directory needs. */
export interface DirectoryPorts {
  readonly relays: Relays;
  readonly verifier: Verifier;
  readonly clock: Clock;
}

/** The relay lists of the people one deals with. */
export class RelayDirectory {
  readonly #ports: DirectoryPorts;
  readonly #entries = new Map<string, Entry>();
  readonly #wanted = new Set<string>();
  #stopTimer: (() => void) | undefined;

  constructor(ports: DirectoryPorts) {
    this.#ports = ports;
  }

  /** Looks soon for the lists of these keys, many in one question. */
  want(publicKeys: readonly string[]): void {
    for (const key of publicKeys) if (!this.#entries.has(key)) this.#wanted.add(key);
    if (this.#wanted.size === 0) return;
    this.#stopTimer ??= this.#ports.clock.after(GATHER_MS, () => {
      this.#stopTimer = undefined;
      const wanted = [...this.#wanted];
      this.#wanted.clear();
      this.look(wanted).catch((error: unknown) => {
        console.error(error);
      });
    });
  }

  /** Looks for nothing any more. */
  stop(): void {
    this.#stopTimer?.();
    this.#wanted.clear();
  }

  /** Looks for lists of these keys, unless that was done within the hour. */
  async look(publicKeys: readonly string[]): Promise<void> {
    const nowMs = this.#ports.clock.nowMs();
    const authors = publicKeys.filter(
      (key) => nowMs - (this.#entries.get(key)?.askedAtMs ?? -Infinity) > FRESH_MS,
    );
    if (authors.length === 0) return;
    for (const key of authors) this.#entries.set(key, { uses: this.of(key), askedAtMs: nowMs });
    const { events } = await this.#ports.relays.query([{ kinds: [LIST_KIND], authors }]);
    const newest = new Map<string, VerifiedEvent>();
    for (const answer of await this.#ports.verifier.verifyBatch(events)) {
      if (!answer.ok || answer.value.kind !== LIST_KIND) continue;
      const { value } = answer;
      if (!authors.includes(value.pubkey)) continue;
      if (isNewer(value, newest.get(value.pubkey))) newest.set(value.pubkey, value);
    }
    for (const [key, event] of newest) {
      this.#entries.set(key, { uses: readRelayList(event), askedAtMs: nowMs });
    }
  }

  /** The relays somebody published, as far as is known. */
  of(publicKey: string): readonly RelayUse[] {
    return this.#entries.get(publicKey)?.uses ?? [];
  }

  /**
   * Where an event of a contract goes: to the relays the contract names, to those we write to,
   * and to some that the other parties read.
   */
  deliveryUrls(state: ContractState): readonly string[] {
    const { parties } = state.contract.document;
    const named = contractRelays(state);
    const known = new Set([...named, ...this.#ports.relays.writeUrls].map(relayAddress));
    const fresh = Object.values(parties)
      .flatMap(({ pubkey }) =>
        this.of(pubkey)
          .filter(({ read }) => read)
          .slice(0, MOST_EACH),
      )
      .map(({ url }) => url)
      .filter((url) => !known.has(url));
    const own = this.#ports.relays.writeUrls.filter(
      (url) => !named.some((other) => relayAddress(other) === relayAddress(url)),
    );
    return [...named, ...own, ...new Set(fresh.slice(0, MOST_NEW))];
  }
}
