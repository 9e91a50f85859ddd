/** Wallet connections: `nostr+walletconnect://` addresses (NIP-47). */
import { schnorr } from '@noble/curves/secp256k1.js';
import { hexToBytes } from '@noble/hashes/utils.js';
import { ok, reject, type Result } from '@realyield/protocol';

/** Everything needed to talk to a wallet. */
export interface WalletConnection {
  readonly walletPublicKey: string;
  readonly relays: readonly string[];
  /** 32 bytes, hex; never stored but encrypted. */
  readonly secret: string;
}

const HEX32 = /^[0-9a-f]{64}$/;
const MOST_LENGTH = 2_000;

/** Reads a wallet address; WALLET_URI with what is wrong about it. */
export function parseWalletUri(input: unknown): Result<WalletConnection> {
  if (typeof input !== 'string' || input.length > MOST_LENGTH) return reject('WALLET_URI');
  const match = /^nostr\+?walletconnect:(?:\/\/)?([^?]*)\?(.*)$/i.exec(input.trim());
  if (!match) return reject('WALLET_URI', 'scheme');
  const walletPublicKey = (match[1] ?? '').toLowerCase().replace(/\/$/, '');
  if (!isPublicKey(walletPublicKey)) return reject('WALLET_URI', 'public key');
  const query = new URLSearchParams(match[2]);
  const relays = query.getAll('relay').filter((url) => isRelay(url));
  if (relays.length === 0) return reject('WALLET_URI', 'relay');
  const secret = (query.get('secret') ?? '').toLowerCase();
  if (!isSecretKey(secret)) return reject('WALLET_URI', 'secret');
  return ok({ walletPublicKey, relays: [...new Set(relays)].slice(0, 4), secret });
}

/** Not all of 64 hex digits are a point or a scalar; what is none would fail at every request. */
function isPublicKey(hex: string): boolean {
  if (!HEX32.test(hex)) return false;
  try {
    schnorr.utils.lift_x(BigInt(`0x${hex}`));
    return true;
  } catch {
    return false;
  }
}

function isSecretKey(hex: string): boolean {
  if (!HEX32.test(hex)) return false;
  try {
    schnorr.getPublicKey(hexToBytes(hex));
    return true;
  } catch {
    return false;
  }
}

function isRelay(text: string): boolean {
  try {
    const { protocol } = new URL(text);
    return protocol === 'wss:' || protocol === 'ws:';
  } catch {
    return false;
  }
}
