/**
 * Documents named by hash in offers, contracts and claims: those this person keeps for others,
 * and those asked of others. Spec: specs/conversation.md, "Documents".
 */
import type { Message } from '@realyield/protocol';
import type { Desk } from '../desk.ts';
import { type Listeners } from '../listeners.ts';
import type { Incoming } from '../mailbox.ts';
import type { Signer } from '../ports.ts';
import { Counter, type NamedTo } from './counter.ts';
import { Fetches } from './fetches.ts';
import { Library } from './library.ts';
import { Transfers } from './transfers.ts';
import { Uploads } from './uploads.ts';
import { Vault, type Opened } from './vault.ts';

/** The documents of one person. */
export class Documents {
  readonly changed: Listeners<void>;
  readonly library: Library;
  readonly transfers: Transfers;
  readonly fetches: Fetches;
  readonly uploads: Uploads;
  readonly #counter: Counter;

  constructor(desk: Desk, isNamedTo: NamedTo) {
    const vault = new Vault(desk.store, desk.keyring.chest);
    this.library = new Library(desk, vault);
    this.transfers = new Transfers(desk, vault);
    this.changed = this.transfers.changed;
    this.fetches = new Fetches(desk.clock, this.transfers, this.changed);
    this.uploads = new Uploads(desk, this.library, vault, this.changed);
    this.#counter = new Counter(desk, this.library, vault, isNamedTo);
  }

  /** Reads what was kept; before mail is read. */
  async load(): Promise<void> {
    await Promise.all([this.library.load(), this.transfers.load(), this.uploads.load()]);
  }

  /** Goes on with what was asked for before. */
  resume(): void {
    this.transfers.resume().catch((error: unknown) => {
      console.error(error);
    });
  }

  /** Deals with a message about documents; false when it is about something else. */
  async receive(message: Message, incoming: Incoming): Promise<boolean> {
    switch (message.type) {
      case 'documentWanted':
        this.#counter.answer(message, incoming);
        return true;
      case 'documentDelivery':
      case 'documentPiece':
      case 'documentRefusal':
        await this.transfers.receive(message, incoming.author);
        return true;
      default:
        return false;
    }
  }

  /** Decrypts a document that is here, kept or received, and compares it with its hash. */
  open(sha256: string): Promise<Opened> {
    return this.library.find(sha256)?.kept
      ? this.library.open(sha256)
      : this.transfers.open(sha256);
  }

  /** A one-time key that questions were asked under. */
  signerOf(publicKey: string): Signer | undefined {
    return this.transfers.signerOf(publicKey);
  }

  /** Stops; what is under way is taken up again at the next start. */
  async stop(): Promise<void> {
    this.fetches.stop();
    this.uploads.stop();
    await Promise.all([this.#counter.stop(), this.transfers.stop()]);
  }
}
