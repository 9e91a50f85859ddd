/**
 * An evidence bundle: the signed events of one contract as one file that anybody can check without
 * a network. Spec: specs/bundle.md. A line is one event, so that whatever was changed since is
 * found and named by its line.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { foldContract, type Fold } from '../contract/fold.ts';
import { computeStateHash } from '../contract/hash.ts';
import { readEventWith, type ParsedEvent } from '../events.ts';
import { ok, REJECT_SENTENCES, type RejectCode, type Result } from '../result.ts';
import type { SignatureVerifier, SignedEvent } from '../verify.ts';
import { headLine, readHead, type BundleHead } from './head.ts';

// EB-1: "…A bundle has at most 268,435,456 bytes."
/** The largest bundle that is read, bytes. */
export const MAX_BUNDLE_BYTES = 268_435_456;

/** What may be wrong with a line apart from its event, and how that is said. */
export const BUNDLE_SENTENCES = {
  BUNDLE_SIZE: 'The file is empty, or larger than 256 MiB.',
  BUNDLE_HEAD: 'The first line is not that of an evidence bundle.',
  BUNDLE_LINE: 'The line is not an event written as a bundle writes it.',
  BUNDLE_REPEATED: 'The event stands in the bundle already.',
  BUNDLE_END: 'The last line is not that of an evidence bundle; the file may be cut off.',
  BUNDLE_HEAD_DIGEST: 'The first line is not the one the last line was computed from.',
  BUNDLE_EVENTS_DIGEST: 'Events were added, left out, moved or exchanged since it was written.',
  BUNDLE_STATE: 'The events come to another state than the one the first line names.',
} as const;

/** A code of a bundle's own, or of an event in it. */
export type BundleCode = keyof typeof BUNDLE_SENTENCES | RejectCode;

/** What is wrong with one line, counted from 1. */
export interface BundleFinding {
  readonly line: number;
  readonly code: BundleCode;
  /** Which field or value, where it helps. */
  readonly detail?: string;
  /** The event that the line claims to be, where it claims one: 64 hex digits. */
  readonly event?: string;
}

/** What a bundle comes to. */
export interface BundleReport {
  /** The first line's word, undefined where it cannot be read. */
  readonly head: BundleHead | undefined;
  /** Lines that hold events, whether or not they verify. */
  readonly eventLines: number;
  /** Empty: not a byte differs from what was written. */
  readonly findings: readonly BundleFinding[];
  /** What verifies, events embedded in others among it. */
  readonly events: readonly ParsedEvent[];
  /** What the events that verify make of it; undefined where its terms are not among them. */
  readonly fold: Fold | undefined;
  readonly stateHash: string | undefined;
}

/** Whether anything in a file was written as a bundle; else it is another kind of file. */
export function isBundle({ head, events }: Pick<BundleReport, 'head' | 'events'>): boolean {
  return head !== undefined || events.length > 0;
}

/** The plain sentence of a finding. */
export function findingSentence(code: BundleCode): string {
  const sentences: Readonly<Record<BundleCode, string>> = {
    ...BUNDLE_SENTENCES,
    ...REJECT_SENTENCES,
  };
  return sentences[code];
}

const encoder = new TextEncoder();
const LINE_FEED = 0x0a;
const END = /^\],"sha256":\{"events":"([0-9a-f]{64})","head":"([0-9a-f]{64})"\}\}$/;

const digestOf = (text: string): string => bytesToHex(sha256(encoder.encode(text)));

/** An event as its line, without the comma. */
function eventLine({ id, pubkey, created_at, kind, tags, content, sig }: SignedEvent): string {
  return JSON.stringify({ id, pubkey, created_at, kind, tags, content, sig });
}

/**
 * Writes a bundle of events, each id once, in the order of their dates; the fold of them is named
 * in its first line. CONTRACT_UNKNOWN where the contract is not among them. `events` have been
 * verified.
 */
export function buildBundle(
  root: string,
  events: readonly ParsedEvent[],
  writtenAtSec: number,
): Result<string> {
  const unique = [...new Map(events.map(({ event }) => [event.id, event])).values()];
  // As a reader will: with what is embedded in them.
  const read = unique.map((event) => readEventWith(event, () => true));
  const folded = foldContract(
    root,
    read.flatMap((each) => (each.ok ? each.value : [])),
  );
  if (!folded.ok) return folded;
  const sorted = unique.sort(
    (a, b) => a.created_at - b.created_at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
  const stateHash = computeStateHash(folded.value.state);
  const head = headLine({ contract: root, stateHash, writtenAtSec });
  const lines = sorted.map(eventLine).join(',\n');
  const end = `],"sha256":{"events":"${digestOf(lines)}","head":"${digestOf(head)}"}}`;
  return ok(`${head}\n${lines}\n${end}\n`);
}

/** The lines of a file; undefined for one that is not UTF-8. */
function linesOf(bytes: Uint8Array): readonly (string | undefined)[] {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const lines: (string | undefined)[] = [];
  for (let start = 0; start < bytes.length;) {
    const feed = bytes.indexOf(LINE_FEED, start);
    const end = feed < 0 ? bytes.length : feed;
    try {
      // What follows the last line feed is not a line: the file ends with one.
      lines.push(feed < 0 ? undefined : decoder.decode(bytes.subarray(start, end)));
    } catch {
      lines.push(undefined);
    }
    start = end + 1;
  }
  return lines;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The id a line claims, if it is one. */
function claimedId(value: unknown): { event?: string } {
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined;
  return typeof id === 'string' && /^[0-9a-f]{64}$/.test(id) ? { event: id } : {};
}

/** Reads one bundle, line by line. */
class BundleReader {
  readonly findings: BundleFinding[] = [];
  readonly parsed: ParsedEvent[] = [];
  readonly #ids = new Set<string>();
  readonly #verifier: SignatureVerifier;

  constructor(verifier: SignatureVerifier) {
    this.#verifier = verifier;
  }

  find(line: number, code: BundleCode, more: Omit<BundleFinding, 'line' | 'code'> = {}): void {
    this.findings.push({ line, code, ...more });
  }

  // EB-4: "A reader MUST check each line by itself and name those that fail by their number…"
  readEvent(line: number, text: string | undefined, isLast: boolean): void {
    const isEnded = isLast || text?.endsWith(',') === true;
    if (text === undefined || !isEnded) return this.find(line, 'BUNDLE_LINE');
    const value = parseJson(isLast ? text : text.slice(0, -1));
    if (value === undefined) return this.find(line, 'BUNDLE_LINE');
    const claimed = claimedId(value);
    const read = readEventWith(value, this.#verifier);
    if (!read.ok) {
      const detail = read.detail === undefined ? {} : { detail: read.detail };
      return this.find(line, read.code, { ...detail, ...claimed });
    }
    const outer = read.value.find(({ event }) => event.id === claimed.event)?.event;
    // EB-3: "…without spaces and with no other escapes than JSON needs…"
    if (!outer || `${eventLine(outer)}${isLast ? '' : ','}` !== text) {
      return this.find(line, 'BUNDLE_LINE', claimed);
    }
    if (this.#ids.has(outer.id)) return this.find(line, 'BUNDLE_REPEATED', claimed);
    this.#ids.add(outer.id);
    this.parsed.push(...read.value);
  }

  // EB-5: "…A reader MUST compare both digests of the last line with the lines above it…"
  readEnd(lines: readonly (string | undefined)[]): void {
    const [, events, head] = END.exec(lines.at(-1) ?? '') ?? [];
    if (events === undefined) return this.find(lines.length, 'BUNDLE_END');
    const first = lines[0];
    if (first !== undefined && digestOf(first) !== head) this.find(1, 'BUNDLE_HEAD_DIGEST');
    // A line that fails is the reason by itself.
    if (this.findings.some(({ line }) => line > 1)) return undefined;
    if (digestOf(lines.slice(1, -1).join('\n')) !== events) {
      this.find(lines.length, 'BUNDLE_EVENTS_DIGEST');
    }
  }

  report(head: BundleHead | undefined, eventLines: number): BundleReport {
    const folded = head && foldContract(head.contract, this.parsed);
    const fold = folded?.ok === true ? folded.value : undefined;
    const stateHash = fold && computeStateHash(fold.state);
    // EB-6: "…a reader that folds them to another says so as `BUNDLE_STATE`…"
    const isOther = head !== undefined && stateHash !== head.stateHash;
    if (isOther && this.findings.length === 0) this.find(1, 'BUNDLE_STATE');
    const findings = this.findings.sort((a, b) => a.line - b.line);
    return { head, eventLines, findings, events: this.parsed, fold, stateHash };
  }
}

/**
 * Reads a bundle in steps, each an event: gives the share that is done, 0 to 1, and in the end the
 * report. Never throws, whatever the bytes are.
 */
export function* readBundleInSteps(
  bytes: Uint8Array,
  verifier: SignatureVerifier,
): Generator<number, BundleReport, undefined> {
  const reader = new BundleReader(verifier);
  if (bytes.length === 0 || bytes.length > MAX_BUNDLE_BYTES) {
    reader.find(1, 'BUNDLE_SIZE');
    return reader.report(undefined, 0);
  }
  const lines = linesOf(bytes);
  const head = readHead(lines[0]);
  if (!head) reader.find(1, 'BUNDLE_HEAD');
  const count = lines.length - 2;
  for (let index = 1; index <= count; index += 1) {
    reader.readEvent(index + 1, lines[index], index === count);
    yield index / count;
  }
  reader.readEnd(lines);
  return reader.report(head, Math.max(0, count));
}

/** `readBundleInSteps` at one go. */
export function readBundle(bytes: Uint8Array, verifier: SignatureVerifier): BundleReport {
  const steps = readBundleInSteps(bytes, verifier);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
