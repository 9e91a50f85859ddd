/**
 * Documents this person asked others for: the question, the pieces that came, the comparison with
 * the hash that was named. All of it outlives a reload. Spec: specs/conversation.md, "Documents".
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import type { Message, MessageOf } from '@realyield/protocol';
import { createLocalSigner } from '../../signer/local-signer.ts';
import type { ServerProblem } from '../../storage/blossom.ts';
import { signerOf, type Desk } from '../desk.ts';
import { Listeners } from '../listeners.ts';
import type { Signer } from '../ports.ts';
import { randomHex } from '../random.ts';
import { hashOf } from './cipher.ts';
import { Pieces } from './pieces.ts';
import { isOpen, type DocumentOrder, type Transfer, type TransferState } from './transfer.ts';
import { checkDocument, type Opened, type Vault } from './vault.ts';

const PREFIX = 'transfer|';
/** Without a piece for so long, what lacks is asked for again. */
const STALL_MS = 20_000;
const MOST_REPEATS = 5;

/** The documents one person asked for. */
export class Transfers {
  readonly changed = new Listeners<void>();
  readonly #desk: Desk;
  readonly #vault: Vault;
  readonly #pieces: Pieces;
  readonly #transfers = new Map<string, Transfer>();
  readonly #keys = new Map<string, Signer>();
  readonly #stops = new Map<string, () => void>();
  readonly #repeats = new Map<string, number>();
  #work: Promise<unknown> = Promise.resolve();
  #isStopped = false;

  constructor(desk: Desk, vault: Vault) {
    this.#desk = desk;
    this.#vault = vault;
    this.#pieces = new Pieces(desk.store);
  }

  /** Reads what was asked for before, and goes on with what is not here yet. */
  async load(): Promise<void> {
    for (const { key, value } of await this.#desk.store.all('settings')) {
      if (!key.startsWith(PREFIX)) continue;
      const transfer = value as Transfer;
      this.#transfers.set(transfer.transfer, transfer);
      if (isOpen(transfer) && transfer.head)
        await this.#pieces.load(transfer.transfer, transfer.head);
    }
  }

  /** Listens for answers to what was asked before; the signer may be away: then later. */
  async resume(): Promise<void> {
    for (const transfer of this.#transfers.values()) {
      if (!isOpen(transfer)) continue;
      const signer = await this.#signerOf(transfer);
      if (!signer) continue;
      this.#desk.mailbox.open(signer, transfer.urls);
      if (transfer.head) await this.#ask(transfer, signer);
    }
  }

  /** The newest transfer of a document. */
  find(sha256: string): Transfer | undefined {
    return [...this.#transfers.values()].findLast((transfer) => transfer.sha256 === sha256);
  }

  /** How many pieces of a document are here, and of how many. */
  progress(transfer: Transfer): { readonly have: number; readonly of: number } {
    return this.#pieces.progress(transfer.transfer);
  }

  /** A one-time key that questions were asked under, for relays that want proof of it. */
  signerOf(publicKey: string): Signer | undefined {
    return this.#keys.get(publicKey);
  }

  /** Asks for a document; what was asked before for the same one is dropped. */
  async ask(order: DocumentOrder): Promise<void> {
    await this.cancel(order.sha256);
    const secret = randomHex();
    const party = order.as === undefined ? undefined : signerOf(this.#desk, order.as);
    const signer = party ?? createLocalSigner(hexToBytes(secret));
    const transfer: Transfer = {
      ...order,
      transfer: randomHex(),
      state: 'asked',
      askedAtSec: this.#desk.clock.nowSec(),
      asker: signer.publicKey,
      ...(party ? {} : { sealedSecret: await this.#vault.seal(secret) }),
    };
    if (!party) this.#keys.set(signer.publicKey, signer);
    await this.#put(transfer);
    this.#desk.mailbox.open(signer, transfer.urls);
    await this.#ask(transfer, signer);
  }

  /** Asks again for what lacks. */
  async askAgain(sha256: string): Promise<void> {
    const transfer = this.find(sha256);
    const signer = transfer && (await this.#signerOf(transfer));
    if (!transfer || !signer) return;
    this.#repeats.delete(transfer.transfer);
    await this.#ask(transfer, signer);
  }

  /** Drops a transfer, with whatever came of it. */
  async cancel(sha256: string): Promise<void> {
    const all = [...this.#transfers.values()].filter((transfer) => transfer.sha256 === sha256);
    for (const { transfer, head, asker } of all) {
      this.#transfers.delete(transfer);
      this.#unlisten(transfer, asker);
      await this.#pieces.drop(transfer);
      await this.#desk.store.write([
        { table: 'settings', key: `${PREFIX}${transfer}`, remove: true },
        ...(head ? [{ table: 'files', key: head.blob, remove: true } as const] : []),
      ]);
    }
    if (all.length > 0) this.changed.emit();
  }

  /** Decrypts a document that came and compares it with the hash once more. */
  async open(sha256: string): Promise<Opened> {
    const transfer = this.find(sha256);
    return transfer?.state === 'here' && transfer.head
      ? this.#vault.open(transfer.head, sha256)
      : { state: 'gone' };
  }

  /** Takes what was sent in answer; one after another. */
  receive(
    message: MessageOf<'documentDelivery' | 'documentPiece' | 'documentRefusal'>,
    author: string,
  ): Promise<void> {
    const done = this.#work.then(() => this.#receive(message, author));
    this.#work = done.catch(() => undefined);
    return done;
  }

  /** Takes what a server handed over, once it is known to be what was announced. */
  async settle(id: string, ciphertext: Uint8Array): Promise<void> {
    const transfer = this.#transfers.get(id);
    if (transfer?.state === 'stored') await this.#judge(transfer, ciphertext);
  }

  /** A server did not hand a document over. */
  async failed(id: string, problem: ServerProblem): Promise<void> {
    const transfer = this.#transfers.get(id);
    if (transfer?.state !== 'stored') return;
    await this.#put({ ...transfer, problem, tries: (transfer.tries ?? 0) + 1 });
  }

  /** Asks no more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const stop of this.#stops.values()) stop();
    await this.#work;
    for (const signer of this.#keys.values()) signer.close();
  }

  async #receive(
    message: MessageOf<'documentDelivery' | 'documentPiece' | 'documentRefusal'>,
    author: string,
  ): Promise<void> {
    // T-15: "A reader MUST ignore a document message whose `transfer` it did not draw or is done
    // with, and a delivery or refusal of one that is not sealed by the key it asked…"
    const transfer = this.#transfers.get(message.transfer);
    if (!transfer || !isOpen(transfer)) return;
    const isAnswer = message.type !== 'documentPiece';
    if (isAnswer && author !== transfer.holder) return;
    if (message.type === 'documentRefusal') {
      await this.#end(transfer, message.code);
      return;
    }
    let now = transfer;
    if (message.type === 'documentPiece') await this.#pieces.take(message);
    else if (!transfer.head) now = await this.#announce(transfer, message);
    if (now.state === 'stored') return;
    if (this.#pieces.isWhole(now.transfer)) await this.#finish(now);
    else {
      const { have } = this.#pieces.progress(now.transfer);
      if (have > 0 && now.state === 'asked') await this.#put({ ...now, state: 'arriving' });
      this.#watch(now.transfer);
      this.changed.emit();
    }
  }

  async #announce(
    transfer: Transfer,
    { sizeBytes, blob, key, nonce, servers }: MessageOf<'documentDelivery'>,
  ): Promise<Transfer> {
    const kept = { sizeBytes, blob, nonce, sealedKey: await this.#vault.seal(key) };
    const head = servers ? { ...kept, servers } : kept;
    const next: Transfer = { ...transfer, state: servers ? 'stored' : 'arriving', head };
    await this.#put(next);
    if (servers) this.#unlisten(transfer.transfer, transfer.asker);
    else await this.#pieces.expect(transfer.transfer, head);
    return next;
  }

  async #finish(transfer: Transfer): Promise<void> {
    const ciphertext = this.#pieces.whole(transfer.transfer);
    if (ciphertext) await this.#judge(transfer, ciphertext);
    await this.#pieces.drop(transfer.transfer);
  }

  /** Decrypts what came, and keeps it when it is the very file that was named. */
  async #judge(transfer: Transfer, ciphertext: Uint8Array): Promise<void> {
    const { head, sha256 } = transfer;
    if (!head) return;
    const isWhole = hashOf(ciphertext) === head.blob;
    const key = await this.#vault.keyOf(head);
    const opened = isWhole ? await checkDocument(ciphertext, key, sha256) : undefined;
    const isRight = opened?.state === 'right';
    if (isRight) await this.#desk.store.write([this.#vault.put(head.blob, ciphertext)]);
    await this.#end(
      transfer,
      isRight ? 'here' : opened?.state === 'another' ? 'another' : 'damaged',
    );
  }

  async #end(transfer: Transfer, state: TransferState): Promise<void> {
    await this.#put({ ...transfer, state });
    this.#unlisten(transfer.transfer, transfer.asker);
  }

  async #put(transfer: Transfer): Promise<void> {
    this.#transfers.set(transfer.transfer, transfer);
    const key = `${PREFIX}${transfer.transfer}`;
    await this.#desk.store.write([{ table: 'settings', key, value: transfer }]);
    this.changed.emit();
  }

  /** The key it was asked under; undefined when the signer does not open it now. */
  async #signerOf({ asker, sealedSecret }: Transfer): Promise<Signer | undefined> {
    const known = this.#keys.get(asker) ?? signerOf(this.#desk, asker);
    if (known || sealedSecret === undefined) return known;
    try {
      const signer = createLocalSigner(hexToBytes(await this.#vault.unseal(sealedSecret)));
      this.#keys.set(asker, signer);
      return signer;
    } catch {
      return undefined;
    }
  }

  async #ask(transfer: Transfer, signer: Signer): Promise<void> {
    const { sha256, holder, urls } = transfer;
    const lacking = transfer.head ? this.#pieces.lacking(transfer.transfer) : [];
    const message: Message = {
      ...{ v: 1, type: 'documentWanted', sha256, transfer: transfer.transfer },
      ...(lacking.length > 0 ? { lacking: [...lacking] } : {}),
    };
    // The first question waits at the relays; later ones only hurry an answer under way.
    if (transfer.head) await this.#desk.mailbox.sendOnce(message, signer, holder, urls);
    else await this.#desk.mailbox.send(message, signer, holder, urls);
    if (transfer.head) this.#watch(transfer.transfer);
  }

  /** Asks again when nothing has come for a while. */
  #watch(id: string): void {
    this.#stops.get(id)?.();
    const stop = this.#desk.clock.after(STALL_MS, () => {
      const transfer = this.#transfers.get(id);
      const repeats = this.#repeats.get(id) ?? 0;
      if (!transfer?.head || !isOpen(transfer) || this.#isStopped) return;
      if (repeats >= MOST_REPEATS) return;
      this.#repeats.set(id, repeats + 1);
      void this.#signerOf(transfer).then(
        (signer) => signer && this.#ask(transfer, signer),
        console.error,
      );
    });
    this.#stops.set(id, stop);
  }

  #unlisten(id: string, asker: string): void {
    this.#stops.get(id)?.();
    this.#stops.delete(id);
    const key = this.#keys.get(asker);
    if (!key) return;
    this.#desk.mailbox.close(asker);
    this.#keys.delete(asker);
    key.close();
  }
}
