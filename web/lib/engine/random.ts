/** Randomness for the engine; protocol code never draws any itself. */
import { bytesToHex, randomBytes } from '@noble/hashes/utils.js';

/** 32 random bytes from the platform's generator, hex. */
export function randomHex(): string {
  return bytesToHex(randomBytes(32));
}
