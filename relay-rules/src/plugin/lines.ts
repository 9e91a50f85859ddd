/**
 * Bytes into lines, whatever pieces they come in.
 */
import { isAscii } from 'node:buffer';

/** What stands for a line longer than anybody may send. */
export const TOO_LONG = Symbol('a line that is too long');

/** One line without its end, as text; bytes that are not UTF-8 become U+FFFD. */
export type Line = string | typeof TOO_LONG;

const NEWLINE = 10;

/** ASCII is most of what comes, and needs no decoding. */
function textOf(bytes: Buffer): string {
  return bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8');
}

/** Puts lines together; a line beyond the limit is dropped as it comes and reported once. */
export class LineReader {
  readonly #maxBytes: number;
  #pieces: Buffer[] = [];
  #length = 0;
  #isTooLong = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  #keep(piece: Buffer): void {
    if (this.#isTooLong || piece.length === 0) return;
    this.#length += piece.length;
    if (this.#length > this.#maxBytes) {
      this.#isTooLong = true;
      this.#pieces = [];
    } else {
      // A copy: the caller reads its next bytes into the same buffer.
      this.#pieces.push(Buffer.from(piece));
    }
  }

  #take(last: Buffer): Line {
    // Most lines come in one piece, and need not be put together.
    if (this.#length === 0 && last.length <= this.#maxBytes) return textOf(last);
    this.#keep(last);
    const line = this.#isTooLong ? TOO_LONG : textOf(Buffer.concat(this.#pieces));
    this.#pieces = [];
    this.#length = 0;
    this.#isTooLong = false;
    return line;
  }

  /** The lines that end within these bytes. */
  read(bytes: Buffer): Line[] {
    const lines: Line[] = [];
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      lines.push(this.#take(bytes.subarray(start, end)));
      start = end + 1;
    }
    this.#keep(bytes.subarray(start));
    return lines;
  }

  /** A last line that nothing ended, if there is one. */
  end(): Line | undefined {
    return this.#length === 0 ? undefined : this.#take(Buffer.alloc(0));
  }
}
