/** Secrets that live in a world's folder, each in a file that only its owner may read. */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fromHex } from './ldk.ts';

/** The 32 bytes kept in a file, as hex; made when there is none. */
export function loadSecret(path: string): Uint8Array {
  if (!existsSync(path)) {
    writeFileSync(path, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  }
  chmodSync(path, 0o600);
  const text = readFileSync(path, 'utf8').trim();
  if (!/^[0-9a-f]{64}$/.test(text)) throw new Error(`${path} does not hold a secret of 32 bytes.`);
  return fromHex(text);
}
