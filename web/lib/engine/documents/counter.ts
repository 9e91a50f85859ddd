/**
 * The counter at which documents are handed out: who may have what, one after another, and not
 * without end. Spec: specs/conversation.md, "Documents".
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import {
  MAX_SHARED_BYTES,
  PARTY_ROLES,
  PIECE_BYTES,
  actsFor,
  pieceCount,
  type Message,
  type MessageOf,
} from '@realyield/protocol';
import { createLocalSigner } from '../../signer/local-signer.ts';
import { ownContracts, signerOf, type Desk, type OwnContract } from '../desk.ts';
import type { Incoming } from '../mailbox.ts';
import { servingKeys } from '../parties.ts';
import type { Signer } from '../ports.ts';
import { randomHex } from '../random.ts';
import type { HeldDocument, Library } from './library.ts';
import type { Kept, Vault } from './vault.ts';

type Wanted = MessageOf<'documentWanted'>;

/** So many documents are handed to people who are no party, in an hour. */
const MOST_AN_HOUR = 60;
/** So many questions wait. */
const MOST_WAITING = 40;
const HOUR_MS = 3_600_000;
/** A question asked again within this time has been heard. */
const HEARD_MS = 10_000;

/** Writes bytes as base64. */
function base64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** Whether somebody may have a document because an application to them names it. */
export type NamedTo = (asker: string, sha256: string) => boolean;

/** A question, who asked it, and the way back. */
interface Asked {
  readonly wanted: Wanted;
  readonly asker: string;
  readonly signer: Signer;
  readonly urls: readonly string[];
}

/** Hands documents out. */
export class Counter {
  readonly #desk: Desk;
  readonly #library: Library;
  readonly #vault: Vault;
  readonly #isNamedTo: NamedTo;
  /** When each transfer was last asked for, ms. */
  readonly #heard = new Map<string, number>();
  #handedMs: number[] = [];
  #waiting = 0;
  #work: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(desk: Desk, library: Library, vault: Vault, isNamedTo: NamedTo) {
    this.#desk = desk;
    this.#library = library;
    this.#vault = vault;
    this.#isNamedTo = isNamedTo;
  }

  /** Answers a question when its turn comes; what is not kept here is left to another device. */
  answer(wanted: Wanted, incoming: Incoming): void {
    const document = this.#library.find(wanted.sha256);
    const signer = signerOf(this.#desk, incoming.recipient);
    const nowMs = this.#desk.clock.nowMs();
    const isHeard = nowMs - (this.#heard.get(wanted.transfer) ?? -HEARD_MS) < HEARD_MS;
    if (!document || !signer || isHeard || this.#waiting >= MOST_WAITING) return;
    if (this.#heard.size > 1_000) this.#heard.clear();
    this.#heard.set(wanted.transfer, nowMs);
    this.#waiting += 1;
    this.#work = this.#work
      .then(() => this.#answer(wanted, document, incoming.author, signer))
      .catch((error: unknown) => {
        console.error(error);
      })
      .then(() => {
        this.#waiting -= 1;
      });
  }

  /** Takes up no further question; resolves when the piece in hand is sent. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#work;
  }

  async #answer(
    wanted: Wanted,
    document: HeldDocument,
    asker: string,
    signer: Signer,
  ): Promise<void> {
    if (this.#isStopped) return;
    const { transfer } = wanted;
    const contract = this.#contractWith(asker, document.sha256);
    const urls = this.#urls(contract, asker);
    const refuse = async (code: MessageOf<'documentRefusal'>['code']): Promise<void> => {
      const refusal: Message = { v: 1, type: 'documentRefusal', transfer, code };
      await this.#desk.mailbox.sendOnce(refusal, signer, asker, urls);
    };
    // T-14: "A holder MUST NOT hand a document that is for parties only to a key that is not a
    // party's, the milestone attester's or an appointee's, in a contract that the holder signed and
    // in which something the holder signed names its hash…"
    const isEntitled = contract !== undefined || this.#isNamedTo(asker, document.sha256);
    if (document.sharing === 'parties' && !isEntitled) return refuse('partiesOnly');
    const { kept, sizeBytes, servers } = document;
    const isLarge = sizeBytes > MAX_SHARED_BYTES;
    if (!kept || (isLarge && !servers)) return refuse('otherMeans');
    if (!isEntitled && !this.#mayServeStrangers()) return;
    const to = { wanted, asker, signer, urls };
    if (!isLarge && !(await this.#vault.ciphertext(kept.blob))) return;
    await this.#announce(document, kept, to);
    if (!isLarge) await this.#hand(kept, sizeBytes, to);
  }

  /** Says how a document is decrypted and, where it waits there, at which servers. */
  async #announce(
    { sizeBytes, servers }: HeldDocument,
    kept: Kept,
    { wanted, asker, signer, urls }: Asked,
  ): Promise<void> {
    const { transfer } = wanted;
    const head: Message = {
      ...{ v: 1, type: 'documentDelivery', transfer, sizeBytes, blob: kept.blob },
      ...(await this.#vault.keyOf(kept)),
      ...(sizeBytes > MAX_SHARED_BYTES && servers ? { servers: [...servers] } : {}),
    };
    await this.#desk.mailbox.sendOnce(head, signer, asker, urls);
  }

  async #hand(kept: Kept, sizeBytes: number, { wanted, asker, urls }: Asked): Promise<void> {
    const { transfer } = wanted;
    const { blob } = kept;
    const ciphertext = await this.#vault.ciphertext(blob);
    if (!ciphertext) return;
    // A key used once seals the pieces, so that the holder's signer is asked once.
    const carrier = createLocalSigner(hexToBytes(randomHex()));
    const all = Array.from({ length: pieceCount(sizeBytes) }, (_, n) => n);
    for (const n of wanted.lacking ?? all) {
      const piece = ciphertext.subarray(n * PIECE_BYTES, (n + 1) * PIECE_BYTES);
      if (this.#isStopped || piece.length === 0) break;
      const data = base64(piece);
      const message: Message = { v: 1, type: 'documentPiece', transfer, blob, n, data };
      const isSent = await this.#desk.mailbox.sendOnce(message, carrier, asker, urls);
      if (!isSent) break;
    }
    carrier.close();
  }

  #mayServeStrangers(): boolean {
    const nowMs = this.#desk.clock.nowMs();
    this.#handedMs = this.#handedMs.filter((atMs) => nowMs - atMs < HOUR_MS);
    if (this.#handedMs.length >= MOST_AN_HOUR) return false;
    this.#handedMs.push(nowMs);
    return true;
  }

  /** The contract this person signed, with that key in it, that names the document. */
  #contractWith(asker: string, sha256: string): OwnContract | undefined {
    return ownContracts(this.#desk).find((contract) => {
      const { state } = contract.view.fold;
      if (!state.signatures[contract.own.role]) return false;
      const isParty = PARTY_ROLES.some((role) => actsFor(state, asker, role));
      if (!isParty && !servingKeys(state.contract.document).includes(asker)) return false;
      return this.#names(contract, sha256);
    });
  }

  /** Whether something this person signed in a contract, or under it, names a hash. */
  #names({ view }: OwnContract, sha256: string): boolean {
    const isOwn = (key: string): boolean => signerOf(this.#desk, key) !== undefined;
    const { bases } = view.fold.state.contract.document;
    const isInBase = bases.some(
      ({ event }) => isOwn(event.pubkey) && JSON.stringify(event.content).includes(sha256),
    );
    if (isInBase) return true;
    // An acceptance embeds what others wrote: it is no word of this person's on a document.
    return this.#desk.catalog
      .eventsOf(view.root)
      .filter(({ name, event }) => name !== 'signature' && isOwn(event.pubkey))
      .some(({ event }) => event.content.includes(sha256));
  }

  /** Where the asker reads: as the contract says, or where it found this person. */
  #urls(contract: OwnContract | undefined, asker: string): readonly string[] {
    const { relays } = this.#desk;
    const urls = new Set([...relays.readUrls, ...relays.writeUrls]);
    if (contract) {
      const { parties } = contract.view.fold.state.contract.document;
      const party = PARTY_ROLES.find((role) => parties[role].pubkey === asker);
      for (const url of party ? parties[party].relays : []) urls.add(url);
    }
    return [...urls];
  }
}
