/** The address of a remote signer (NIP-46): bunker://<its key>?relay=…&secret=… */
import { schnorr } from '@noble/curves/secp256k1.js';
import { SignerError } from '../engine/ports.ts';

/** A remote signer's address, taken apart. */
export interface BunkerAddress {
  /** The signer's own key, 32-byte hex; not the key it signs with. */
  readonly pubkey: string;
  /** Where it listens; at least one, ws or wss. */
  readonly relays: readonly string[];
  readonly secret: string | null;
}

const SHAPE = /^bunker:\/\/([0-9a-f]{64})\?([^#]+)$/i;
const LONGEST = 2_048;

function isRelay(text: string): boolean {
  try {
    return ['ws:', 'wss:'].includes(new URL(text).protocol);
  } catch {
    return false;
  }
}

/** Half of all numbers are no key: encrypting to one would fail at every request. */
function isPublicKey(hex: string): boolean {
  try {
    schnorr.utils.lift_x(BigInt(`0x${hex}`));
    return true;
  } catch {
    return false;
  }
}

/** Reads an address; throws SignerError UNSUPPORTED with what is wrong with it. */
export function parseBunkerAddress(text: string): BunkerAddress {
  const match = text.length <= LONGEST ? SHAPE.exec(text.trim()) : null;
  const [, pubkey, query] = match ?? [];
  if (pubkey === undefined || query === undefined || !isPublicKey(pubkey)) {
    throw new SignerError(
      'UNSUPPORTED',
      'This is not the address of a remote signer (bunker://…).',
    );
  }
  // Not URL: browsers disagree about the host of an address whose scheme they do not know.
  const parameters = new URLSearchParams(query);
  const relays = [...new Set(parameters.getAll('relay'))].filter(isRelay);
  if (relays.length === 0) {
    throw new SignerError(
      'UNSUPPORTED',
      "The signer's address names no relay to reach it through.",
    );
  }
  return { pubkey: pubkey.toLowerCase(), relays, secret: parameters.get('secret') };
}
