/**
 * From anything at all to an event whose id and signature have been checked here and now.
 * Spec: NIP-01 (event shape, serialisation, id) and BIP-340 (signature).
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { isWellFormed } from './canonical.ts';
import { ok, reject, type Reject, type Result } from './result.ts';

/** The largest event accepted: UTF-8 bytes of its NIP-01 object written without spaces. */
export const MAX_EVENT_BYTES = 65_536;

/** The largest content accepted, in UTF-8 bytes. */
export const MAX_CONTENT_BYTES = 60_000;

/** The largest kind number of NIP-01. */
export const MAX_KIND = 65_535;

/** The largest `created_at` accepted, in seconds: 32 bits, as relays store it. */
export const MAX_CREATED_AT_SEC = 4_294_967_295;

/** The plain shape of an event, as NIP-01 writes it. */
export interface SignedEvent {
  readonly id: string;
  readonly pubkey: string;
  readonly created_at: number;
  readonly kind: number;
  readonly tags: readonly (readonly string[])[];
  readonly content: string;
  readonly sig: string;
}

/**
 * Checks a BIP-340 signature: 128, 64 and 64 lower-case hex digits, already checked to be such.
 * `verify` also hands over the event they are of, for libraries that take whole events only.
 * May throw; whatever is not `true` counts as a wrong signature.
 */
export type SignatureVerifier = (
  signatureHex: string,
  idHex: string,
  publicKeyHex: string,
  event?: SignedEvent,
) => boolean;

/** SHA-256 of a text's UTF-8 bytes as 64 lower-case hex digits. */
export type HashFunction = (text: string) => string;

declare const shaped: unique symbol;
declare const verified: unique symbol;

/** A frozen copy of what has an event's shape and nothing more: `readShape` made it. */
export type ShapedEvent = SignedEvent & { readonly [shaped]: true };

/**
 * An event that `verify` has checked: a frozen copy that shares nothing with its source. The
 * brand exists for the compiler only, so nothing that arrives from outside can carry it.
 */
export type VerifiedEvent = SignedEvent & { readonly [verified]: true };

const encoder = new TextEncoder();

/** The hash used unless another is given. */
const nobleHash: HashFunction = (text) => bytesToHex(sha256(encoder.encode(text)));

/** What an event object adds to its id's serialisation: field names, id and signature. */
const OBJECT_OVERHEAD_BYTES =
  JSON.stringify({ id: '', pubkey: '', created_at: 0, kind: 0, tags: [], content: '', sig: '' })
    .length -
  JSON.stringify([0, '', 0, 0, [], '']).length +
  64 +
  128;

/** Whether a value is so many lower-case hex digits; several times quicker than a pattern. */
function isHex(value: unknown, digits: number): value is string {
  if (typeof value !== 'string' || value.length !== digits) return false;
  for (let at = 0; at < digits; at += 1) {
    const code = value.charCodeAt(at);
    if (code < 0x30 || (code > 0x39 && code < 0x61) || code > 0x66) return false;
  }
  return true;
}

function isIntegerUpTo(value: unknown, maximum: number): value is number {
  return Number.isInteger(value) && !Object.is(value, -0) && isWithin(value as number, maximum);
}

function isWithin(value: number, maximum: number): boolean {
  return value >= 0 && value <= maximum;
}

/** A frozen copy of a list of tags, or null when it is not one. */
function copyTags(input: unknown): readonly (readonly string[])[] | null {
  if (!Array.isArray(input)) return null;
  const tags: (readonly string[])[] = [];
  for (const tag of input as unknown[]) {
    if (!Array.isArray(tag) || tag.length === 0) return null;
    const copy: string[] = [];
    for (const item of tag as unknown[]) {
      if (typeof item !== 'string') return null;
      copy.push(item);
    }
    tags.push(Object.freeze(copy));
  }
  return Object.freeze(tags);
}

/** Reads each field once, so that a getter cannot answer twice in two ways. */
function copyEvent(input: unknown): SignedEvent | string {
  if (typeof input !== 'object' || input === null) return 'not an object';
  const { id, pubkey, created_at, kind, tags, content, sig } = input as Record<string, unknown>;
  if (!isHex(id, 64)) return 'id';
  if (!isHex(pubkey, 64)) return 'pubkey';
  if (!isIntegerUpTo(created_at, MAX_CREATED_AT_SEC)) return 'created_at';
  if (!isIntegerUpTo(kind, MAX_KIND)) return 'kind';
  const copiedTags = copyTags(tags);
  if (copiedTags === null) return 'tags';
  if (typeof content !== 'string') return 'content';
  if (!isHex(sig, 128)) return 'sig';
  return Object.freeze({ id, pubkey, created_at, kind, tags: copiedTags, content, sig });
}

/** The text whose SHA-256 is the event's id, as NIP-01 writes it. */
export function serializeEvent(event: Omit<SignedEvent, 'id' | 'sig'>): string {
  const tags = JSON.stringify(event.tags);
  const content = JSON.stringify(event.content);
  return `[0,"${event.pubkey}",${event.created_at},${event.kind},${tags},${content}]`;
}

/** The id an event with these fields has, as 64 hex digits. */
export function computeEventId(event: Omit<SignedEvent, 'id' | 'sig'>): string {
  return nobleHash(serializeEvent(event));
}

function hasLoneSurrogate(event: SignedEvent): boolean {
  return !isWellFormed(event.content) || !event.tags.every((tag) => tag.every(isWellFormed));
}

/**
 * A frozen copy of anything that has an event's shape, or EVENT_SHAPE. Size, id and signature are
 * not looked at: for those whom a relay has checked already. Never throws.
 */
export function readShape(input: unknown): Result<ShapedEvent> {
  try {
    const event = copyEvent(input);
    return typeof event === 'string' ? reject('EVENT_SHAPE', event) : ok(event as ShapedEvent);
  } catch {
    // A getter or proxy that throws.
    return reject('EVENT_SHAPE', 'unreadable');
  }
}

/** Whether a text has more UTF-8 bytes than that; no text has more than three per unit. */
function isLonger(text: string, mostBytes: number): boolean {
  return text.length * 3 > mostBytes && encoder.encode(text).length > mostBytes;
}

/** The most UTF-8 bytes that JSON writes for one UTF-16 unit: `\\u001f`. */
const MOST_BYTES_PER_UNIT = 6;

/** Whether an event is far too short to be beyond any size, seen without writing it. */
function isSurelySmall({ content, tags }: SignedEvent): boolean {
  let units = content.length;
  for (const tag of tags) for (const item of tag) units += item.length + 3;
  return units * MOST_BYTES_PER_UNIT < MAX_CONTENT_BYTES - OBJECT_OVERHEAD_BYTES;
}

/** Checks text and size; the id too, unless somebody has done so already. */
function checkId(event: SignedEvent, hash: HashFunction | undefined): Reject | undefined {
  if (hasLoneSurrogate(event)) return reject('EVENT_SHAPE', 'lone surrogate');
  if (!hash && isSurelySmall(event)) return undefined;
  const serialized = serializeEvent(event);
  if (isLonger(serialized, MAX_EVENT_BYTES - OBJECT_OVERHEAD_BYTES)) return reject('EVENT_SIZE');
  if (isLonger(event.content, MAX_CONTENT_BYTES)) return reject('EVENT_SIZE');
  return !hash || hash(serialized) === event.id ? undefined : reject('EVENT_ID');
}

/** What is wrong with size or id; never throws. */
function checkIdSafely(event: SignedEvent, hash?: HashFunction): Reject | undefined {
  try {
    return checkId(event, hash);
  } catch {
    // A text too long for the engine.
    return reject('EVENT_SHAPE', 'unreadable');
  }
}

/** What is wrong with an event's text or size before it has an id, or whatever its id. */
export function sizeProblem(event: SignedEvent): Reject | undefined {
  return checkIdSafely(event);
}

function isSignatureRight(event: SignedEvent, verifier: SignatureVerifier): boolean {
  try {
    // Unknown, because a verifier written in JavaScript may answer anything.
    const answer: unknown = verifier(event.sig, event.id, event.pubkey, event);
    return answer === true;
  } catch {
    return false;
  }
}

/**
 * Checks shape, size, id and signature of anything, believing nothing it says about itself, and
 * returns a frozen copy, or EVENT_SHAPE, EVENT_SIZE, EVENT_ID or EVENT_SIGNATURE. Never throws.
 */
export function verifyWith(
  input: unknown,
  verifier: SignatureVerifier,
  hash: HashFunction = nobleHash,
): Result<VerifiedEvent> {
  const shape = readShape(input);
  return shape.ok ? verifyShaped(shape.value, verifier, hash) : shape;
}

/** `verifyWith` for what `readShape` has copied. */
export function verifyShaped(
  event: ShapedEvent,
  verifier: SignatureVerifier,
  hash: HashFunction = nobleHash,
): Result<VerifiedEvent> {
  const wrong = checkIdSafely(event, hash);
  if (wrong) return wrong;
  if (!isSignatureRight(event, verifier)) return reject('EVENT_SIGNATURE');
  return ok(event as SignedEvent as VerifiedEvent);
}

/**
 * `verifyShaped` for an event whose id and signature a relay has checked already, as NIP-01 has
 * it do before anything else: only size and text are looked at.
 */
export function believeShaped(event: ShapedEvent): Result<VerifiedEvent> {
  return checkIdSafely(event) ?? ok(event as SignedEvent as VerifiedEvent);
}
