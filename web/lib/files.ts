/** Files as evidence: hashed here, in pieces, and never sent anywhere. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** A file by its name and hash. */
export interface HashedFile {
  readonly name: string;
  /** SHA-256 of its bytes, 32-byte hex. */
  readonly sha256: string;
}

/** The longest name a document takes, in UTF-16 units. */
const NAME_MOST = 120;

/** SHA-256 of a file's bytes, hex; however large it is, only a piece of it is in memory. */
export async function hashFile(file: Blob): Promise<string> {
  const hash = sha256.create();
  const reader = file.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytesToHex(hash.digest());
    hash.update(value);
  }
}

/** A file's name as a document may hold it; what is too long loses its end. */
export function evidenceName(name: string): string {
  let text = '';
  for (const character of name.replace(/\p{Surrogate}/gu, '\ufffd')) {
    if (text.length + character.length > NAME_MOST) break;
    text += character;
  }
  return text || 'file';
}

/** Names and hashes of files, one after another. */
export async function hashFiles(files: Iterable<File>): Promise<HashedFile[]> {
  const hashed: HashedFile[] = [];
  for (const file of files) {
    hashed.push({ name: evidenceName(file.name), sha256: await hashFile(file) });
  }
  return hashed;
}
