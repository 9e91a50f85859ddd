/** Pieces of encrypted documents as they come in, kept until the document is whole. */
import { PIECE_BYTES, pieceCount, type MessageOf } from '@realyield/protocol';
import type { Store } from '../ports.ts';

type Piece = MessageOf<'documentPiece'>;

/** What is known of a document before its pieces are here. */
export interface Expected {
  readonly sizeBytes: number;
  readonly blob: string;
}

interface Parcel {
  readonly expected: Expected | undefined;
  readonly pieces: Map<number, Uint8Array>;
}

/** Before it is announced which encryption comes, so many pieces of any are held in memory. */
const MOST_EARLY = 26;
const CIPHER_TAG_BYTES = 16;

function bytesOf(data: string): Uint8Array {
  return Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
}

/** Length of a piece; the last is shorter. */
function lengthOf({ sizeBytes }: Expected, n: number): number {
  return Math.min(PIECE_BYTES, sizeBytes + CIPHER_TAG_BYTES - n * PIECE_BYTES);
}

const rowOf = (transfer: string, n: number): string => `${transfer}|${n}`;

/** Pieces by transfer. */
export class Pieces {
  readonly #store: Store;
  readonly #parcels = new Map<string, Parcel>();
  readonly #early = new Map<string, Piece[]>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Reads pieces that came before. */
  async load(transfer: string, expected: Expected): Promise<void> {
    const pieces = new Map<number, Uint8Array>();
    for (let n = 0; n < pieceCount(expected.sizeBytes); n += 1) {
      const bytes = await this.#store.get('files', rowOf(transfer, n));
      if (bytes instanceof Uint8Array) pieces.set(n, bytes);
    }
    this.#parcels.set(transfer, { expected, pieces });
  }

  /** It is known now what comes; takes what came early. */
  async expect(transfer: string, expected: Expected): Promise<void> {
    this.#parcels.set(transfer, { expected, pieces: new Map() });
    const early = this.#early.get(transfer) ?? [];
    this.#early.delete(transfer);
    for (const piece of early) await this.take(piece);
  }

  /** Takes a piece; one of another encryption, or of the wrong length, is left aside. */
  async take(piece: Piece): Promise<void> {
    const { transfer, blob, n, data } = piece;
    const parcel = this.#parcels.get(transfer);
    if (!parcel?.expected) {
      const early = this.#early.get(transfer) ?? [];
      if (early.length < MOST_EARLY) this.#early.set(transfer, [...early, piece]);
      return;
    }
    const bytes = bytesOf(data);
    if (blob !== parcel.expected.blob || parcel.pieces.has(n)) return;
    if (bytes.length !== lengthOf(parcel.expected, n)) return;
    await this.#store.write([{ table: 'files', key: rowOf(transfer, n), value: bytes }]);
    parcel.pieces.set(n, bytes);
  }

  /** How many pieces are here, and of how many; of none before it is announced. */
  progress(transfer: string): { readonly have: number; readonly of: number } {
    const { expected, pieces } = this.#parcels.get(transfer) ?? {};
    if (!expected || !pieces) return { have: this.#early.get(transfer)?.length ?? 0, of: 0 };
    return { have: pieces.size, of: pieceCount(expected.sizeBytes) };
  }

  /** Numbers of the pieces that are not here, rising. */
  lacking(transfer: string): readonly number[] {
    const { pieces } = this.#parcels.get(transfer) ?? {};
    const { of } = this.progress(transfer);
    return Array.from({ length: of }, (_, n) => n).filter((n) => pieces?.has(n) !== true);
  }

  /** Whether every piece is here. */
  isWhole(transfer: string): boolean {
    const { have, of } = this.progress(transfer);
    return of > 0 && have === of;
  }

  /** The encrypted document; undefined while a piece lacks. */
  whole(transfer: string): Uint8Array | undefined {
    const { expected, pieces } = this.#parcels.get(transfer) ?? {};
    if (!expected || !pieces || !this.isWhole(transfer)) return undefined;
    const bytes = new Uint8Array(expected.sizeBytes + CIPHER_TAG_BYTES);
    for (const [n, piece] of pieces) bytes.set(piece, n * PIECE_BYTES);
    return bytes;
  }

  /** Forgets the pieces of a transfer. */
  async drop(transfer: string): Promise<void> {
    const parcel = this.#parcels.get(transfer);
    this.#parcels.delete(transfer);
    this.#early.delete(transfer);
    const rows = [...(parcel?.pieces.keys() ?? [])].map((n) => rowOf(transfer, n));
    await this.#store.write(
      rows.map((key) => ({ table: 'files' as const, key, remove: true as const })),
    );
  }
}
