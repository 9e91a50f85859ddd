/** Files a person chooses: looked at, hashed in pieces, and never sent anywhere from here. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { MAX_STORED_BYTES } from '@realyield/protocol';
import { formatBytes } from './format.ts';
import { cleanLine, hasHidden } from './ui/text.ts';

/** A file by its name and hash. */
export interface HashedFile {
  readonly name: string;
  /** SHA-256 of its bytes, 32-byte hex. */
  readonly sha256: string;
}

/** A file that was read. */
export interface ChosenFile extends HashedFile {
  readonly sizeBytes: number;
  readonly bytes: Uint8Array;
}

/** A file, or in a sentence why it was not taken. */
export type FileAnswer =
  | { readonly ok: true; readonly file: ChosenFile }
  | { readonly ok: false; readonly sentence: string };

/** How reading is followed, and ended. */
export interface ReadOptions {
  /** Share of the file that is read, 0 to 1. */
  readonly onProgress?: (share: number) => void;
  readonly signal?: AbortSignal;
}

/** The longest name a document takes, in UTF-16 units. */
const NAME_MOST = 120;
/** What separates folders, here or elsewhere. */
const SEPARATORS = /[/\\]/;
/** What some system does not take in a file's name. */
const NOT_IN_NAMES = /[/\\:*?"<>|]/g;

/** SHA-256 of a file's bytes, hex; however large it is, only a piece of it is in memory. */
export async function hashFile(file: Blob, options: ReadOptions = {}): Promise<string> {
  const hash = sha256.create();
  await readPieces(file, options, (piece) => hash.update(piece));
  return bytesToHex(hash.digest());
}

/** Reads a file piece by piece, each with its place; rejects when it is not as long as it says. */
async function readPieces(
  file: Blob,
  { onProgress, signal }: ReadOptions,
  take: (piece: Uint8Array, at: number) => void,
): Promise<void> {
  const reader = file.stream().getReader();
  // A slow disk is not waited for either.
  const end = (): void => {
    reader.cancel().catch(() => undefined);
  };
  signal?.addEventListener('abort', end);
  let at = 0;
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { done, value } = await reader.read();
      if (done) break;
      take(value, at);
      at += value.length;
      onProgress?.(at / file.size);
    }
  } finally {
    signal?.removeEventListener('abort', end);
    end();
  }
  signal?.throwIfAborted();
  if (at !== file.size) throw new Error('the file changed while it was read');
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

/** A name under which a stranger's file may be saved: no folders, nothing hidden. */
export function downloadName(name: string): string {
  const plain = cleanLine(name.replace(NOT_IN_NAMES, '_'), NAME_MOST).replace(/^[.\s]+/, '');
  return plain || 'document';
}

/** What is wrong with a file before it is read; undefined when nothing is. */
function problemOf({ name, size }: File): string | undefined {
  const shown = `“${cleanLine(name, 60)}”`;
  if (hasHidden(name)) {
    return (
      `The name of ${shown} holds characters that cannot be seen or turn the text around. ` +
      'Rename the file and choose it again.'
    );
  }
  if (SEPARATORS.test(name)) {
    return `The name of ${shown} looks like a folder. Rename the file and choose it again.`;
  }
  if (size === 0) return `${shown} is empty. There is nothing in it to name.`;
  if (size > MAX_STORED_BYTES) {
    const most = formatBytes(MAX_STORED_BYTES);
    return (
      `${shown} is larger than ${most}, the most that can be named and handed over from here. ` +
      'Make it smaller, or split it.'
    );
  }
  return undefined;
}

/** Reads and hashes a chosen file; rejects only when the signal ends it. */
export async function readChosen(file: File, options: ReadOptions = {}): Promise<FileAnswer> {
  const sentence = problemOf(file);
  if (sentence !== undefined) return { ok: false, sentence };
  const { size: sizeBytes } = file;
  const name = evidenceName(file.name);
  try {
    const bytes = new Uint8Array(sizeBytes);
    const hash = sha256.create();
    await readPieces(file, options, (piece, at) => {
      bytes.set(piece, at);
      hash.update(piece);
    });
    return { ok: true, file: { name, sizeBytes, sha256: bytesToHex(hash.digest()), bytes } };
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    return {
      ok: false,
      sentence:
        `“${cleanLine(name, 60)}” could not be read. It may have been moved or changed, or this ` +
        'page may not open it. Choose it again.',
    };
  }
}

/** The text of a document; undefined where it is not plain text. */
export function plainText(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
