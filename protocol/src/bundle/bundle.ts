/**
 * An evidence bundle: the signed events of one contract as one file that anybody can check without
 * a network. Spec: specs/bundle.md. A line is one event, so that whatever was changed since is
 * found and named by its line.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { BitcoinNetwork } from '../bonds/bond.ts';
import { foldContract } from '../contract/fold.ts';
import { computeStateHash } from '../contract/hash.ts';
import { readEventWith, type ParsedEvent } from '../events.ts';
import { ok, type Result } from '../result.ts';
import type { SignatureVerifier, SignedEvent } from '../verify.ts';
import { headLine, readHead, type BundleHead } from './head.ts';
import {
  CHAIN_LINE,
  proofLine,
  proveTransaction,
  proveWritten,
  readProofLine,
  type ChainProof,
} from './proofs.ts';
import type { BundleCode, BundleFinding, BundleProof, BundleReport } from './report.ts';

// EB-1: "…A bundle has at most 268,435,456 bytes."
/** The largest bundle that is read, bytes. */
export const MAX_BUNDLE_BYTES = 268_435_456;

const encoder = new TextEncoder();
const LINE_FEED = 0x0a;
const HEX = '([0-9a-f]{64})';
const END = new RegExp(
  `^\\],"sha256":\\{(?:"chain":"${HEX}",)?"events":"${HEX}","head":"${HEX}"\\}\\}$`,
);

const digestOf = (text: string): string => bytesToHex(sha256(encoder.encode(text)));

/** An event as its line, without the comma. */
function eventLine({ id, pubkey, created_at, kind, tags, content, sig }: SignedEvent): string {
  return JSON.stringify({ id, pubkey, created_at, kind, tags, content, sig });
}

/** Lines of proofs, each transaction once; refuses one that does not hold. */
function proofLines(
  proofs: readonly ChainProof[],
  network: BitcoinNetwork,
): Result<readonly string[]> {
  const lines = new Map<string, string>();
  for (const proof of proofs) {
    const proven = proveTransaction(proof, network);
    if (!proven.ok) return proven;
    lines.set(proven.value.txid, proofLine(proof));
  }
  return ok([...lines].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line));
}

/**
 * Writes a bundle of events, each id once, in the order of their dates, and of proofs of the
 * chain; the fold of the events is named in its first line. CONTRACT_UNKNOWN where the contract is
 * not among them, a code of the chain where a proof does not hold. `events` have been verified.
 */
export function buildBundle(
  root: string,
  events: readonly ParsedEvent[],
  writtenAtSec: number,
  proofs: readonly ChainProof[] = [],
): Result<string> {
  const unique = [...new Map(events.map(({ event }) => [event.id, event])).values()];
  // As a reader will: with what is embedded in them.
  const read = unique.map((event) => readEventWith(event, () => true));
  const folded = foldContract(
    root,
    read.flatMap((each) => (each.ok ? each.value : [])),
  );
  if (!folded.ok) return folded;
  const { state } = folded.value;
  const proven = proofLines(proofs, state.contract.document.network);
  if (!proven.ok) return proven;
  const sorted = unique.sort(
    (a, b) => a.created_at - b.created_at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
  const head = headLine({ contract: root, stateHash: computeStateHash(state), writtenAtSec });
  const lines = sorted.map(eventLine).join(',\n');
  const chain = proven.value.join(',\n');
  const [section, digest] =
    chain === '' ? ['', ''] : [`${CHAIN_LINE}\n${chain}\n`, `"chain":"${digestOf(chain)}",`];
  const digests = `${digest}"events":"${digestOf(lines)}","head":"${digestOf(head)}"`;
  return ok(`${head}\n${lines}\n${section}],"sha256":{${digests}}}\n`);
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

/** A line of a proof, as far as it reads. */
interface ProofAt {
  readonly line: number;
  readonly proof: ReturnType<typeof readProofLine>;
}

/** Reads one bundle, line by line. */
class BundleReader {
  readonly findings: BundleFinding[] = [];
  readonly parsed: ParsedEvent[] = [];
  readonly #proofs: ProofAt[] = [];
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

  // EB-11: "A reader MUST check each line of a proof by itself and name those that fail…"
  readProof(line: number, text: string | undefined, isLast: boolean): void {
    const isEnded = isLast || text?.endsWith(',') === true;
    const proof = isEnded ? readProofLine((isLast ? text : text?.slice(0, -1)) ?? '') : undefined;
    this.#proofs.push({ line, proof });
  }

  /** What the proofs show, once it is known of which network the contract is. */
  #prove(network: BitcoinNetwork): readonly BundleProof[] {
    const txids = new Set<string>();
    return this.#proofs.map(({ line, proof }) => {
      const proven = proof && proveWritten(proof, network);
      if (!proven) return this.#wrong(line, 'BUNDLE_LINE');
      if (!proven.ok) return this.#wrong(line, proven.code);
      if (proof.isDamaged) return this.#wrong(line, 'BUNDLE_PROOF');
      const { txid } = proven.value;
      if (txids.has(txid)) return this.#wrong(line, 'BUNDLE_REPEATED');
      txids.add(txid);
      return { line, proven: proven.value };
    });
  }

  #wrong(line: number, code: BundleCode): BundleProof {
    this.find(line, code);
    return { line, code };
  }

  // EB-5: "…A reader MUST compare the digests of the last line with the lines above it…"
  readEnd({ lines, eventsEnd }: BundleLines): void {
    const last = lines.length;
    const [, chain, events, head] = END.exec(lines.at(-1) ?? '') ?? [];
    const hasChain = eventsEnd < last - 1;
    if (events === undefined || (chain !== undefined) !== hasChain) {
      return this.find(last, 'BUNDLE_END');
    }
    const first = lines[0];
    if (first !== undefined && digestOf(first) !== head) this.find(1, 'BUNDLE_HEAD_DIGEST');
    const isOther = (from: number, to: number, digest: string): boolean => {
      // A line that fails is the reason by itself.
      const fails = this.findings.some(({ line }) => line > from && line <= to);
      return !fails && digestOf(lines.slice(from, to).join('\n')) !== digest;
    };
    if (isOther(1, eventsEnd, events)) this.find(last, 'BUNDLE_EVENTS_DIGEST');
    const isChanged = chain !== undefined && isOther(eventsEnd + 1, last - 1, chain);
    if (isChanged) this.find(last, 'BUNDLE_CHAIN_DIGEST');
  }

  report(head: BundleHead | undefined, lines?: BundleLines): BundleReport {
    const folded = head && foldContract(head.contract, this.parsed);
    const fold = folded?.ok === true ? folded.value : undefined;
    const stateHash = fold && computeStateHash(fold.state);
    // Of a contract that is not there nothing is said: a proof is whole, then, or is not.
    const proofs = this.#prove(fold?.state.contract.document.network ?? 'regtest');
    if (lines) this.readEnd(lines);
    // EB-6: "…a reader that folds them to another says so as `BUNDLE_STATE`…"
    const isOther = head !== undefined && stateHash !== head.stateHash;
    if (isOther && this.findings.length === 0) this.find(1, 'BUNDLE_STATE');
    const findings = this.findings.sort((a, b) => a.line - b.line);
    const eventLines = lines ? Math.max(0, lines.eventsEnd - 1) : 0;
    return { head, eventLines, findings, events: this.parsed, fold, stateHash, proofs };
  }
}

/** A file's lines, and the index of the one after its events. */
interface BundleLines {
  readonly lines: readonly (string | undefined)[];
  readonly eventsEnd: number;
}

/** Finds where events end; a damaged line between them and the proofs is still found. */
function divide(lines: readonly (string | undefined)[]): BundleLines {
  const last = lines.length - 1;
  const exact = lines.indexOf(CHAIN_LINE);
  if (exact > 0) return { lines, eventsEnd: exact };
  const hasChain = lines[last]?.includes('"chain"') === true;
  const near = lines.findIndex((line, index) => index > 0 && line?.startsWith(']') === true);
  return { lines, eventsEnd: hasChain && near > 0 ? near : last };
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
    return reader.report(undefined);
  }
  const divided = divide(linesOf(bytes));
  const { lines, eventsEnd } = divided;
  const head = readHead(lines[0]);
  if (!head) reader.find(1, 'BUNDLE_HEAD');
  const last = lines.length - 1;
  for (let index = 1; index < last; index += 1) {
    const text = lines[index];
    const isLast = index === eventsEnd - 1 || index === last - 1;
    if (index < eventsEnd) reader.readEvent(index + 1, text, isLast);
    else if (index > eventsEnd) reader.readProof(index + 1, text, isLast);
    else if (text !== CHAIN_LINE) reader.find(index + 1, 'BUNDLE_LINE');
    yield index / last;
  }
  return reader.report(head, divided);
}

/** `readBundleInSteps` at one go. */
export function readBundle(bytes: Uint8Array, verifier: SignatureVerifier): BundleReport {
  const steps = readBundleInSteps(bytes, verifier);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
