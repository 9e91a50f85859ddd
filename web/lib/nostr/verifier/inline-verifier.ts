/**
 * The engine's verifier on the caller's own thread: for Node, where there is nobody to keep
 * waiting, and for tests. Browsers use the pool of workers.
 */
import { readEvent, verify, type SignatureVerifier } from '@realyield/protocol';
import type { Verifier } from '../../engine/ports.ts';

/** A verifier that checks every event at once with the given signature check; never rejects. */
export function createInlineVerifier(signatureVerifier: SignatureVerifier): Verifier {
  return {
    verifyBatch: async (events) => events.map((event) => verify(event, signatureVerifier)),
    readBatch: async (events) => events.map((event) => readEvent(event, signatureVerifier)),
  };
}
