/** A worker that runs scrypt once for `stretch.ts`, which ends it afterwards. */
import { scrypt, type ScryptOpts } from '@noble/hashes/scrypt.js';

/** What is to be stretched, and how much. */
export interface StretchRequest {
  readonly passphrase: string;
  readonly salt: Uint8Array;
  readonly parameters: ScryptOpts;
}

/** The key. */
export type StretchAnswer = Uint8Array;

addEventListener('message', ({ data }: MessageEvent<StretchRequest>) => {
  postMessage(scrypt(data.passphrase, data.salt, data.parameters) satisfies StretchAnswer);
});
