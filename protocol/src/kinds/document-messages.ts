/**
 * Messages that hand over a document named by its hash, in encrypted pieces.
 * Spec: specs/conversation.md, "Documents".
 */
import * as z from 'zod/mini';
import { countField, hex32, versionField } from './fields.ts';

/** Largest document that is handed over in messages, bytes. */
export const MAX_SHARED_BYTES = 262_144;

/** Largest document that is handed over by way of a server, bytes. */
export const MAX_STORED_BYTES = 26_214_400;

/** Bytes of encrypted document in one piece; in base64, with all around it, they fit a wrap. */
export const PIECE_BYTES = 20_400;

/** Bytes by which AES-256-GCM makes a document longer. */
const CIPHER_TAG_BYTES = 16;

/** How many pieces a document of that many bytes makes. */
export function pieceCount(sizeBytes: number): number {
  return Math.ceil((sizeBytes + CIPHER_TAG_BYTES) / PIECE_BYTES);
}

const MOST_PIECES = pieceCount(MAX_SHARED_BYTES);
const pieceNumber = countField(MOST_PIECES - 1);

const SECURE = /^https:\/\/([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?$/;
const HERE = /^http:\/\/(localhost|127\.0\.0\.1)(:[0-9]{1,5})?$/;

/** A server's origin: `https:`, or `http:` on this machine for local worlds. */
const serverField = z.string().check(
  z.maxLength(200),
  z.refine((url) => SECURE.test(url) || HERE.test(url)),
);

/** Base64 with padding, of at most one piece. */
const pieceData = z
  .string()
  .check(
    z.minLength(4),
    z.maxLength((PIECE_BYTES / 3) * 4),
    z.regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/),
  );

/** Asks for a document, or for the pieces of it that did not come. */
export const documentWanted = z.strictObject({
  v: versionField,
  type: z.literal('documentWanted'),
  /** Of the plain document, as a signed document names it. */
  sha256: hex32,
  /** Drawn at random by who asks: only who was asked can answer with it. */
  transfer: hex32,
  /** Numbers of the pieces still lacking, rising; absent: everything. */
  lacking: z.optional(
    z.array(pieceNumber).check(
      z.minLength(1),
      z.maxLength(MOST_PIECES),
      z.refine((list) => list.every((n, at) => at === 0 || (list[at - 1] ?? n) < n)),
    ),
  ),
});

/** Announces the pieces, or names the servers that hold the whole; and how it is decrypted. */
export const documentDelivery = z
  .strictObject({
    v: versionField,
    type: z.literal('documentDelivery'),
    transfer: hex32,
    sizeBytes: countField(MAX_STORED_BYTES).check(z.gte(1)),
    /** SHA-256 of the encrypted document. */
    blob: hex32,
    /** AES-256-GCM key. */
    key: hex32,
    /** AES-256-GCM nonce, 12 bytes. */
    nonce: z.string().check(z.regex(/^[0-9a-f]{24}$/)),
    /** Blossom servers that hold the encrypted document; no pieces follow. */
    servers: z.optional(z.array(serverField).check(z.minLength(1), z.maxLength(4))),
  })
  .check(
    // T-30: "A reader MUST refuse a delivery that names servers for a document of at most 262,144
    // bytes, or names none for a larger one, as `MESSAGE_SHAPE`…"
    z.refine(({ sizeBytes, servers }) => (servers !== undefined) === sizeBytes > MAX_SHARED_BYTES),
  );

/** One piece of the encrypted document. */
export const documentPiece = z.strictObject({
  v: versionField,
  type: z.literal('documentPiece'),
  transfer: hex32,
  blob: hex32,
  n: pieceNumber,
  data: pieceData,
});

/** Why a document is not handed over. */
export const documentRefusal = z.strictObject({
  v: versionField,
  type: z.literal('documentRefusal'),
  transfer: hex32,
  code: z.enum(['partiesOnly', 'otherMeans']),
});
