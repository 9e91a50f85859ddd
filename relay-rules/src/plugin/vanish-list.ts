/**
 * Keys that have asked a relay to forget them, in a file of lines "public key, space, seconds",
 * for relays that do not support NIP-62 themselves.
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';

/** The list; what is added is on disk when `add` returns. */
export interface VanishList {
  /** Up to which `created_at` the key is barred, in seconds. */
  readonly vanishedAtSec: (publicKeyHex: string) => number | undefined;
  /** Bars a key; throws when the file cannot be written. */
  readonly add: (publicKeyHex: string, untilSec: number) => void;
}

const LINE = /^([0-9a-f]{64}) ([0-9]{1,10})$/;
/** What a crash leaves of a line; its request was never answered. */
const CUT_SHORT = /^[0-9a-f]{0,64} ?$/;

function appendLine(path: string, text: string): void {
  const file = openSync(path, 'a', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Opens the list, empty when there is no such file; throws when a line makes no sense. */
export function openVanishList(path: string): VanishList {
  const untilByKey = new Map<string, number>();
  const remember = (key: string, untilSec: number): void => {
    untilByKey.set(key, Math.max(untilSec, untilByKey.get(key) ?? 0));
  };
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  for (const [index, line] of lines.entries()) {
    if (CUT_SHORT.test(line)) continue;
    const [, key, untilSec] = LINE.exec(line) ?? [];
    if (key === undefined) throw new Error(`${path}, line ${index + 1}: not a key and a time`);
    remember(key, Number(untilSec));
  }
  return {
    vanishedAtSec: (key) => untilByKey.get(key),
    add(key, untilSec) {
      // The newline in front closes a line that a crash cut short.
      appendLine(path, `\n${key} ${untilSec}\n`);
      remember(key, untilSec);
    },
  };
}
