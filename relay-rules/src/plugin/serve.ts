/**
 * The loop of a plugin: reads questions, writes answers, in order. It blocks while it waits, as
 * the relay does on the other side: no event loop stands between question and answer.
 */
import { readSync, writeSync } from 'node:fs';
import { LineReader, type Line } from './lines.ts';

/** Bytes read at once: strfry's largest event by default, written as a question. */
const CHUNK_BYTES = 131_072;

/** Longest question taken, in bytes; a relay's own limit on events lies far below. */
export const MAX_LINE_BYTES = 4 * 1024 * 1024;

/** How long to wait, in milliseconds, where a stream that should block says "try again". */
const RETRY_MS = 1;

const sleeper = new Int32Array(new SharedArrayBuffer(4));

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** Repeats until a stream that does not block is ready; other errors are thrown. */
function untilReady(act: () => number): number {
  for (;;) {
    try {
      return act();
    } catch (error) {
      if (codeOf(error) !== 'EAGAIN') throw error;
      Atomics.wait(sleeper, 0, 0, RETRY_MS);
    }
  }
}

/** Reads once; 0 at the end. */
function readSome(input: number, chunk: Buffer): number {
  try {
    return untilReady(() => readSync(input, chunk));
  } catch (error) {
    // How Windows says that nothing more will come.
    if (codeOf(error) === 'EOF') return 0;
    throw error;
  }
}

/** Writes everything; false when nobody reads any more. */
function writeAll(output: number, text: string): boolean {
  const bytes = Buffer.from(text);
  try {
    for (let at = 0; at < bytes.length;) {
      at += untilReady(() => writeSync(output, bytes, at));
    }
    return true;
  } catch (error) {
    if (codeOf(error) === 'EPIPE') return false;
    throw error;
  }
}

/** Answers every line of `input` with one on `output`, both file descriptors, until the end. */
export function serve(input: number, output: number, answer: (line: Line) => string): void {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  const reader = new LineReader(MAX_LINE_BYTES);
  for (;;) {
    const length = readSome(input, chunk);
    if (length === 0) break;
    const answers = reader.read(chunk.subarray(0, length)).map((line) => `${answer(line)}\n`);
    if (answers.length > 0 && !writeAll(output, answers.join(''))) return;
  }
  const last = reader.end();
  if (last !== undefined) writeAll(output, `${answer(last)}\n`);
}
