/**
 * Named test keys and deterministic signing: secrets come from names and signatures use fixed
 * auxiliary bytes, so every byte of an event repeats.
 */
import { schnorr } from '@noble/curves/secp256k1.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import {
  nobleVerifier,
  readEvent,
  type ParsedEvent,
  type SignatureVerifier,
  type SignedEvent,
  type Template,
} from '../index.ts';

const auxiliary = new Uint8Array(32);
const publicKeys = new Map<string, string>();

/** A secret key from a name, for tests only. */
export function secretOf(name: string): Uint8Array {
  return sha256(utf8ToBytes(`real yield test key ${name}`));
}

/** The x-only public key of a named test key, hex. */
export function publicOf(name: string): string {
  const known = publicKeys.get(name);
  if (known !== undefined) return known;
  const made = bytesToHex(schnorr.getPublicKey(secretOf(name)));
  publicKeys.set(name, made);
  return made;
}

/** A 32-byte value from a name, hex. */
export function hashOf(name: string): string {
  return bytesToHex(sha256(utf8ToBytes(name)));
}

/** The payment hash of a preimage, both hex. */
export function paymentHashOf(preimage: string): string {
  return bytesToHex(sha256(hexToBytes(preimage)));
}

function withoutSignature(name: string, template: Template): Omit<SignedEvent, 'sig'> {
  const pubkey = publicOf(name);
  const { kind, created_at, tags, content } = template;
  const serialised = JSON.stringify([0, pubkey, created_at, kind, tags, content]);
  const id = bytesToHex(sha256(utf8ToBytes(serialised)));
  return { id, pubkey, created_at, kind, tags, content };
}

const signatures = new Map<string, string>();

/** Signs a template with a named key and fixed auxiliary bytes; the same twice costs once. */
export function signAs(name: string, template: Template): SignedEvent {
  const event = withoutSignature(name, template);
  const key = `${name} ${event.id}`;
  const sig =
    signatures.get(key) ??
    bytesToHex(schnorr.sign(hexToBytes(event.id), secretOf(name), auxiliary));
  signatures.set(key, sig);
  return { ...event, sig };
}

/** How a fixture makes signed events and reads them back. */
export interface Signing {
  readonly sign: (name: string, template: Template) => SignedEvent;
  /** Reads an event that must be valid; throws with its code when it is not. */
  readonly read: (event: SignedEvent) => readonly ParsedEvent[];
}

const believed = new Map<string, boolean>();

/** The usual verifier, which checks each signature of a run once. */
export const rememberingVerifier: SignatureVerifier = (signature, id, key) => {
  const question = `${signature}:${id}:${key}`;
  const known = believed.get(question);
  if (known !== undefined) return known;
  const answer = nobleVerifier(signature, id, key);
  believed.set(question, answer);
  return answer;
};

function reader(verifier: SignatureVerifier): Signing['read'] {
  return (event) => {
    const read = readEvent(event, verifier);
    if (!read.ok) throw new Error(`${read.code} ${read.detail ?? ''}`);
    return read.value;
  };
}

/** Real signatures, checked. */
export const realSigning: Signing = { sign: signAs, read: reader(rememberingVerifier) };

/**
 * TEST ONLY: events whose signature is 64 zero bytes, read by a verifier that believes anything.
 * Everything else about them is checked as always. For tests that need thousands of events.
 */
export const sparedSigning: Signing = {
  sign: (name, template) => ({ ...withoutSignature(name, template), sig: '0'.repeat(128) }),
  read: reader(() => true),
};
