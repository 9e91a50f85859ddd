/**
 * scrypt (RFC 7914) without holding the page still. It runs in a worker: the asynchronous scrypt
 * of @noble/hashes yields to nothing but promises, so a page would not move meanwhile.
 */
import { scrypt } from '@noble/hashes/scrypt.js';
import type { StretchAnswer, StretchRequest } from './stretch.worker.ts';

function stretchInWorker(request: StretchRequest): Promise<StretchAnswer> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./stretch.worker.ts', import.meta.url), { type: 'module' });
    const fail = (): void => {
      worker.terminate();
      reject(new Error('the worker failed'));
    };
    worker.onerror = (event) => {
      // Otherwise the browser would report an error that has been dealt with.
      event.preventDefault();
      fail();
    };
    worker.onmessageerror = fail;
    worker.onmessage = ({ data }: MessageEvent<StretchAnswer>) => {
      worker.terminate();
      resolve(data);
    };
    worker.postMessage(request);
  });
}

/**
 * The 32-byte key for a passphrase, already normalised, and a salt. Where no worker can be had
 * (Node, a strict policy, a failed download) it is computed on the spot.
 */
export async function stretchKey(
  passphrase: string,
  salt: Uint8Array,
  logN: number,
): Promise<Uint8Array> {
  // NIP-49 fixes r and p; memory is 2^logN KiB.
  const parameters = { N: 2 ** logN, r: 8, p: 1, dkLen: 32 };
  if (typeof Worker === 'undefined') return scrypt(passphrase, salt, parameters);
  return stretchInWorker({ passphrase, salt, parameters }).catch(() =>
    scrypt(passphrase, salt, parameters),
  );
}
