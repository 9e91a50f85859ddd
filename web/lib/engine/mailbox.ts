/** Private messages in and out: NIP-59 gift wraps of the protocol's typed rumors. */
import {
  Kind,
  formatMessage,
  parseMessage,
  type Message,
  type RejectCode,
  type SignedEvent,
} from '@realyield/protocol';
import { DECLINED, unwrap, wrap } from '../nostr/giftwrap.ts';
import type { Outbox } from './outbox.ts';
import type { Clock, Relays, Signer, Store, Verifier } from './ports.ts';
import { ReadMarks } from './read-marks.ts';
import type { WatchOrders } from './watch-groups.ts';
import { WatchSet } from './watch-set.ts';

/** Kind of a gift wrap (NIP-59). */
const GIFT_WRAP_KIND = 1_059;
/** Wraps are dated up to two days back; we look a little further. */
const LOOK_BACK_SEC = 3 * 86_400;
/**
 * For keys that ask no one: a device that lost everything learns from its own mail which
 * invoices it may have paid.
 */
const LOOK_FAR_BACK_SEC = 16 * 86_400;
/** How long relays that have not said all they have are waited for, once another has, ms. */
const OTHERS_MS = 5_000;

/** A message that arrived, its author proven by the seal. */
export interface Incoming {
  readonly message: Message;
  readonly author: string;
  /** The key of ours it was sent to. */
  readonly recipient: string;
  readonly sentAtSec: number;
}

/** A message is dealt with later: until then it is not marked as read. */
export interface Later {
  readonly done: Promise<void>;
}

/** Whoever deals with messages; what dies before that is done is dealt with at the next start. */
export type Handle = (incoming: Incoming) => Promise<Later | undefined>;

/** What a mailbox needs. */
export interface MailboxPorts {
  readonly relays: Relays;
  readonly store: Store;
  readonly verifier: Verifier;
  readonly clock: Clock;
  readonly outbox: Outbox;
}

/** The mailbox of one person, over all keys they act under. */
export class Mailbox {
  readonly #ports: MailboxPorts;
  readonly #signers = new Map<string, Signer>();
  readonly #handle: Handle;
  readonly #refuse: (code: RejectCode, detail: string | undefined) => void;
  readonly #busy = new Set<string>();
  readonly #taking = new Set<Promise<void>>();
  readonly #watched: WatchSet;
  readonly #marks: ReadMarks;
  readonly #caughtUp = new Set<string>();
  /** Relays that have said all they have for a key. */
  readonly #listed = new Map<string, Set<string>>();
  readonly #timers = new Map<string, () => void>();
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(
    ports: MailboxPorts,
    handle: Handle,
    refuse: (code: RejectCode, detail: string | undefined) => void,
  ) {
    this.#ports = ports;
    this.#handle = handle;
    this.#refuse = refuse;
    this.#marks = new ReadMarks(ports.store, ports.clock);
    this.#watched = new WatchSet(ports, this.#watchOrders());
  }

  /** Forgets which messages were read so long ago that they are not taken in any more. */
  async tidy(): Promise<void> {
    await this.#marks.clear().catch((error: unknown) => {
      console.error(error);
    });
  }

  /**
   * Reads messages to a key from now on, and those of the last days: on the relays in use, and
   * on those a contract names for it.
   */
  open(signer: Signer, urls: readonly string[] = []): void {
    const { publicKey } = signer;
    if (!this.#signers.has(publicKey)) this.#signers.set(publicKey, signer);
    this.#watched.add(publicKey, urls);
  }

  /** Reads messages to a key no more. */
  close(publicKey: string): void {
    this.#signers.delete(publicKey);
    this.#watched.remove(publicKey);
  }

  /**
   * Whether the messages that relays had stored for a key have been dealt with: of all in use, or
   * of those that answered within seconds of the first. What one lacks another may have.
   */
  isCaughtUp(publicKey: string): boolean {
    return this.#caughtUp.has(publicKey);
  }

  /** Resolves when that is so; not to be awaited by who deals with one of those messages. */
  async whenCaughtUp(publicKey: string): Promise<void> {
    if (this.#caughtUp.has(publicKey)) return;
    await new Promise<void>((resolve) => {
      this.#waiting.set(publicKey, [...(this.#waiting.get(publicKey) ?? []), resolve]);
    });
  }

  /** Sends a message; it is kept and sent again until a relay has it. */
  async send(
    message: Message,
    from: Signer,
    recipient: string,
    urls: readonly string[],
  ): Promise<boolean> {
    const parcel = await this.#wrap(message, from, recipient);
    const outcomes = await this.#ports.outbox.send(parcel, urls);
    return outcomes.some((outcome) => outcome.accepted);
  }

  /** Sends a message once, for questions that are asked again anyway. */
  async sendOnce(
    message: Message,
    from: Signer,
    recipient: string,
    urls: readonly string[],
  ): Promise<boolean> {
    const parcel = await this.#wrap(message, from, recipient);
    const outcomes = await this.#ports.relays.publish(parcel, urls);
    return outcomes.some((outcome) => outcome.accepted);
  }

  /** Stops reading; resolves when what is in hand has been dealt with. */
  async stop(): Promise<void> {
    this.#watched.stop();
    this.#signers.clear();
    for (const stop of this.#timers.values()) stop();
    this.#timers.clear();
    await Promise.all(this.#taking);
  }

  async #wrap(message: Message, from: Signer, recipient: string): Promise<SignedEvent> {
    const rumor = {
      kind: Kind.conversation,
      created_at: this.#ports.clock.nowSec(),
      tags: [],
      content: formatMessage(message),
    };
    return (await wrap(rumor, from, recipient)).wrap;
  }

  #watchOrders(): WatchOrders {
    return {
      filtersOf: (publicKeys) => {
        const asksNoOne = (key: string): boolean => this.#signers.get(key)?.kind === 'local';
        return [
          { keys: publicKeys.filter(asksNoOne), backSec: LOOK_FAR_BACK_SEC },
          { keys: publicKeys.filter((key) => !asksNoOne(key)), backSec: LOOK_BACK_SEC },
        ]
          .filter(({ keys }) => keys.length > 0)
          .map(({ keys, backSec }) => ({
            kinds: [GIFT_WRAP_KIND],
            '#p': keys,
            since: this.#ports.clock.nowSec() - backSec,
          }));
      },
      onRelay: (publicKeys, url, phase) => {
        if (phase === 'listed') for (const key of publicKeys) this.#noteListed(key, url);
      },
      onEndOfStored: (publicKeys) => {
        for (const key of publicKeys) this.#waitForOthers(key);
      },
      onEvent: (raw) => {
        const taken = this.#take(raw);
        this.#taking.add(taken);
        void taken.then(() => this.#taking.delete(taken));
      },
    };
  }

  #noteListed(key: string, url: string): void {
    if (this.#caughtUp.has(key)) return;
    const listed = this.#listed.get(key) ?? new Set<string>();
    this.#listed.set(key, listed.add(url));
    if (this.#ports.relays.readUrls.every((each) => listed.has(each))) void this.#catchUp(key);
  }

  #waitForOthers(key: string): void {
    if (this.#caughtUp.has(key) || this.#timers.has(key)) return;
    const late = (): void => void this.#catchUp(key);
    this.#timers.set(key, this.#ports.clock.after(OTHERS_MS, late));
  }

  async #catchUp(key: string): Promise<void> {
    this.#timers.get(key)?.();
    this.#timers.delete(key);
    this.#listed.delete(key);
    await Promise.all(this.#taking);
    this.#caughtUp.add(key);
    for (const tell of this.#waiting.get(key) ?? []) tell();
    this.#waiting.delete(key);
  }

  async #take(raw: unknown): Promise<void> {
    const [verified] = await this.#ports.verifier.verifyBatch([raw]);
    if (!verified?.ok || verified.value.kind !== GIFT_WRAP_KIND) return;
    const recipient = verified.value.tags.find(([name]) => name === 'p')?.[1];
    const signer = this.#signers.get(recipient ?? '');
    if (!signer) return;
    const { id, created_at: atSec } = verified.value;
    // T-24: "A reader MUST take in wraps dated in the last 35 days, and MAY ignore older ones…"
    if (this.#busy.has(id) || this.#marks.isTooOld(atSec)) return;
    this.#busy.add(id);
    try {
      const tries = await this.#marks.triesLeft(id);
      if (tries === 0) return;
      const opened = await unwrap(verified.value, signer);
      let later: Later | undefined;
      if (opened.ok && opened.value.rumor.kind === Kind.conversation) {
        const { rumor, author } = opened.value;
        const message = parseMessage(rumor.content);
        if (!message.ok) this.#refuse(message.code, message.detail);
        else {
          later = await this.#handle({
            message: message.value,
            author,
            recipient: signer.publicKey,
            sentAtSec: rumor.created_at,
          });
        }
      } else if (!opened.ok) this.#refuse(opened.code, opened.detail);
      const isDeclined = !opened.ok && opened.detail === DECLINED;
      const mark = { triesLeft: isDeclined ? tries - 1 : 0, atSec };
      if (later) void this.#markAfter(later, id, mark);
      else await this.#marks.note(id, mark);
    } catch (error) {
      // Not marked as read: it is taken up again at the next start.
      this.#busy.delete(id);
      console.error(error);
    }
  }

  async #markAfter({ done }: Later, id: string, mark: Parameters<ReadMarks['note']>[1]) {
    try {
      await done;
      // Whoever stopped meanwhile writes nothing more, and reads it again at the next start.
      if (this.#signers.size > 0) await this.#marks.note(id, mark);
    } catch (error) {
      console.error(error);
    }
  }
}
