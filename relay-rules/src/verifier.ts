/**
 * BIP-340 signatures checked by libsecp256k1 as WebAssembly, as it comes in the package
 * nostr-wasm.
 */
import type { SignatureVerifier } from '@realyield/protocol';
import { initNostrWasm } from 'nostr-wasm';

/** Loads the verifier; it answers as `nobleVerifier` does, several times quicker. */
export async function loadVerifier(): Promise<SignatureVerifier> {
  const nostr = await initNostrWasm();
  // It takes whole events only and throws on a wrong signature; it writes nothing to them.
  return (_signatureHex, _idHex, _publicKeyHex, event) => {
    nostr.verifyEvent(event as Parameters<typeof nostr.verifyEvent>[0]);
    return true;
  };
}
