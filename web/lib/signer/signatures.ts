/**
 * Signatures where there is no time to wait for workers: one's own, a wallet's answers, seals.
 * Done by noble everywhere, until a process takes the compiled library (Node does at its start):
 * the answers are the same, ten times sooner.
 */
import { schnorr } from '@noble/curves/secp256k1.js';
import { nobleVerifier, type SignatureVerifier } from '@realyield/protocol';

/** Signs the 32 bytes of an event's id (BIP-340, with fresh auxiliary randomness). */
export type IdSigner = (id: Uint8Array, secretKey: Uint8Array) => Uint8Array;

/** Both halves of BIP-340. */
export interface Signatures {
  readonly verify: SignatureVerifier;
  readonly sign: IdSigner;
}

let inUse: Signatures = {
  verify: nobleVerifier,
  sign: (id, secretKey) => schnorr.sign(id, secretKey),
};

/** Uses another implementation from now on, in this whole process. */
export function useSignatures(signatures: Signatures): void {
  inUse = signatures;
}

/** Checks a signature. */
export const checkSignature: SignatureVerifier = (...given) => inUse.verify(...given);

/** Makes one. */
export const signId: IdSigner = (id, secretKey) => inUse.sign(id, secretKey);
