/** NIP-59 gift wraps: a rumor, sealed by its author, wrapped under a key used once. */
import { randomBytes } from '@noble/hashes/utils.js';
import * as z from 'zod/mini';
import {
  ok,
  reject,
  verify,
  type Result,
  type SignedEvent,
  type VerifiedEvent,
} from '@realyield/protocol';
import { getEventHash } from 'nostr-tools/pure';
import { createLocalSigner } from '../signer/local-signer.ts';
import { checkSignature } from '../signer/signatures.ts';
import { SignerError, type Signer } from '../engine/ports.ts';

const SEAL_KIND = 13;
const WRAP_KIND = 1_059;
const TWO_DAYS_SEC = 2 * 86_400;
/** NIP-44 pads to powers of two: a longer rumor makes a wrap that relays refuse. */
export const MAX_RUMOR_BYTES = 28_672;

/** Detail of a refusal where the signer, not the message, said no. */
export const DECLINED = 'declined';

/** What travels inside: an event that is never signed. */
export interface Rumor {
  readonly kind: number;
  readonly created_at: number;
  readonly tags: readonly (readonly string[])[];
  readonly content: string;
}

const rumorSchema = z.object({
  id: z.string(),
  pubkey: z.string(),
  created_at: z.int().check(z.gte(0)),
  kind: z.int().check(z.gte(0)),
  tags: z.array(z.array(z.string())),
  content: z.string(),
});

/** A moment up to two days back, so that the wrap's time tells nothing. */
export function blurredSec(nowSec: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = randomBytes(4);
  const share = (((a << 24) | (b << 16) | (c << 8) | d) >>> 0) / 2 ** 32;
  return nowSec - Math.floor(share * TWO_DAYS_SEC);
}

/**
 * Seals a rumor with its author's signer and wraps it for one reader. Rejects with SignerError,
 * and throws for a rumor of more than MAX_RUMOR_BYTES, which its builder must not make.
 */
export async function wrap(
  rumor: Rumor,
  author: Signer,
  recipientPublicKey: string,
): Promise<{ wrap: SignedEvent; rumorId: string }> {
  const tags = rumor.tags.map((tag) => [...tag]);
  const unsigned = { ...rumor, tags, pubkey: author.publicKey };
  const rumorId = getEventHash(unsigned);
  const text = JSON.stringify({ ...unsigned, id: rumorId });
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > MAX_RUMOR_BYTES) throw new Error(`the message is too long to wrap: ${bytes} bytes`);
  const seal = await author.sign({
    kind: SEAL_KIND,
    created_at: blurredSec(rumor.created_at),
    tags: [],
    content: await author.encrypt(recipientPublicKey, text),
  });
  const once = createLocalSigner(randomBytes(32));
  const wrapped = await once.sign({
    kind: WRAP_KIND,
    created_at: blurredSec(rumor.created_at),
    tags: [['p', recipientPublicKey]],
    content: await once.encrypt(recipientPublicKey, JSON.stringify(seal)),
  });
  once.close();
  return { wrap: wrapped, rumorId };
}

/**
 * Opens a wrap; its author is whoever signed the seal, and the rumor must say the same, or it is
 * MESSAGE_AUTHOR; anything else that is wrong with it is MESSAGE_SHAPE. Rejects only with the
 * reader's own SignerError, when the signer is away or locked.
 */
export async function unwrap(
  wrapped: VerifiedEvent,
  reader: Signer,
): Promise<Result<{ rumor: Rumor; author: string }>> {
  try {
    const sealText = await reader.decrypt(wrapped.pubkey, wrapped.content);
    const seal = verify(JSON.parse(sealText), checkSignature);
    if (!seal.ok || seal.value.kind !== SEAL_KIND) return reject('MESSAGE_SHAPE', 'seal');
    const author = seal.value.pubkey;
    const rumorText = await reader.decrypt(author, seal.value.content);
    const parsed = rumorSchema.safeParse(JSON.parse(rumorText));
    if (!parsed.success) return reject('MESSAGE_SHAPE', 'rumor');
    const { id, pubkey, created_at, kind, tags, content } = parsed.data;
    if (pubkey !== author) return reject('MESSAGE_AUTHOR');
    const claimed = { pubkey, created_at, kind, tags, content };
    if (id !== getEventHash(claimed)) return reject('MESSAGE_SHAPE', 'id');
    return ok({ rumor: { created_at, kind, tags, content }, author });
  } catch (error) {
    // A signer that is away has not judged the message: it must be read again later.
    const isAway = error instanceof SignerError && error.code !== 'DECLINED';
    if (isAway) throw error;
    // A remote signer cannot tell a person's refusal from nonsense: the caller may ask again.
    return reject('MESSAGE_SHAPE', error instanceof SignerError ? DECLINED : 'wrap');
  }
}
