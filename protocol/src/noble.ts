/**
 * Verifying in pure JavaScript, for whoever brings no verifier. Apart from the rest, so that a
 * program with a verifier of its own does not carry this one. Spec: BIP-340.
 */
import { schnorr } from '@noble/curves/secp256k1.js';
import { hexToBytes } from '@noble/hashes/utils.js';
import { readEventWith, type ParsedEvent } from './events.ts';
import type { Result } from './result.ts';
import {
  verifyWith,
  type HashFunction,
  type SignatureVerifier,
  type VerifiedEvent,
} from './verify.ts';

/** The verifier used unless another is given: pure JavaScript, runs anywhere. */
export const nobleVerifier: SignatureVerifier = (signatureHex, idHex, publicKeyHex) =>
  schnorr.verify(hexToBytes(signatureHex), hexToBytes(idHex), hexToBytes(publicKeyHex));

/** `verifyWith` the pure verifier, or with another. */
export function verify(
  input: unknown,
  verifier: SignatureVerifier = nobleVerifier,
  hash?: HashFunction,
): Result<VerifiedEvent> {
  return verifyWith(input, verifier, hash);
}

/** `readEventWith` the pure verifier, or with another. */
export function readEvent(
  input: unknown,
  verifier: SignatureVerifier = nobleVerifier,
): Result<readonly ParsedEvent[]> {
  return readEventWith(input, verifier);
}
