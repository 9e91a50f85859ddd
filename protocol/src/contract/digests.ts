/**
 * What the state hash covers of payments: a tree of digests, in which one more payment changes a
 * path and no more. A tree never changes; what follows from it shares what it can.
 * Spec: specs/contract.md, "State hash".
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { classOf, type PaidRequest, type PaidRun } from './paid.ts';

/** So many entries stand side by side; more are parted by the next digit of their ids. */
const MAX_ENTRIES = 32;
const DIGITS = 16;

/** Parts of one request with neighbouring numbers, one settled time and one class. */
interface HashedRun {
  readonly first: number;
  last: number;
  readonly run: PaidRun;
}

function hashedRuns(parts: readonly number[], runs: readonly PaidRun[]): HashedRun[] {
  const hashed: HashedRun[] = [];
  for (const run of runs) {
    for (let place = run.first; place <= run.last; place += 1) {
      const n = parts[place] ?? 0;
      const open = hashed.at(-1);
      const isSame =
        open?.last === n - 1 &&
        open.run.settledAtSec === run.settledAtSec &&
        open.run.isReceived === run.isReceived;
      if (isSame) open.last = n;
      else hashed.push({ first: n, last: n, run });
    }
  }
  return hashed;
}

function runText(first: number, last: number, { settledAtSec }: PaidRun, proof: string): string {
  return `[${first},${last},${settledAtSec},"${proof}"]`;
}

/** What the hash covers of a request: by part numbers, whatever places and receipts they had. */
function runsText({ request, runs }: PaidRequest): string {
  const { n: parts } = request.document;
  const [only] = runs;
  if (only && runs.length === 1) {
    const [from = 0, to = 0] = [parts[only.first], parts[only.last]];
    const isWithoutGaps = to - from === only.last - only.first;
    if (isWithoutGaps) return runText(from, to, only, classOf(only));
  }
  return hashedRuns(parts, runs)
    .map(({ first, last, run }) => runText(first, last, run, classOf(run)))
    .join();
}

/** A request's entry as canonical JSON. */
function entryText(paid: PaidRequest): string {
  return `["${paid.request.event.id}",[${runsText(paid)}]]`;
}

const idOf = ({ request }: PaidRequest): string => request.event.id;

function digitOf(paid: PaidRequest, depth: number): number {
  return Number.parseInt(idOf(paid).charAt(depth), DIGITS);
}

/** Few entries side by side, by id, or many parted by a digit. */
interface Node {
  readonly size: number;
  readonly entries: readonly PaidRequest[];
  readonly children: readonly (Node | undefined)[];
  /** SHA-256 of its canonical JSON, hex, once it was asked for. */
  digest: string | undefined;
}

function leafOf(entries: readonly PaidRequest[]): Node {
  return { size: entries.length, entries, children: [], digest: undefined };
}

/** The node of entries sorted by id; those of many that were not changed stay what they are. */
function nodeOf(entries: readonly PaidRequest[], depth: number): Node {
  if (entries.length <= MAX_ENTRIES) return leafOf(entries);
  const parted: PaidRequest[][] = Array.from({ length: DIGITS }, () => []);
  for (const paid of entries) parted[digitOf(paid, depth)]?.push(paid);
  const children = parted.map((own) => (own.length === 0 ? undefined : nodeOf(own, depth + 1)));
  return { size: entries.length, entries: [], children, digest: undefined };
}

function* entriesOf(node: Node): Generator<PaidRequest> {
  yield* node.entries;
  for (const child of node.children) if (child) yield* entriesOf(child);
}

/** Few entries with one of them replaced, added or, where it proves nothing, left out. */
function withEntry(entries: readonly PaidRequest[], paid: PaidRequest): PaidRequest[] {
  const id = idOf(paid);
  const after = entries.filter((each) => idOf(each) !== id);
  if (paid.runs.length === 0) return after;
  const place = after.findIndex((each) => idOf(each) > id);
  after.splice(place < 0 ? after.length : place, 0, paid);
  return after;
}

/** A node with one request as it now stands. */
function changed(node: Node | undefined, paid: PaidRequest, depth: number): Node {
  if (!node || node.children.length === 0) {
    return nodeOf(withEntry(node?.entries ?? [], paid), depth);
  }
  const digit = digitOf(paid, depth);
  const child = changed(node.children[digit], paid, depth + 1);
  const children = node.children.slice();
  children[digit] = child.size === 0 ? undefined : child;
  const size = node.size - (node.children[digit]?.size ?? 0) + child.size;
  const after: Node = { size, entries: [], children, digest: undefined };
  return size > MAX_ENTRIES ? after : leafOf([...entriesOf(after)]);
}

/** Canonical JSON of a node. */
function textOf(node: Node): string {
  // C-37: "The payments of up to 32 requests are an array of `[request id, runs]`, by id; of more
  // an array of sixteen texts: for each hexadecimal digit in order the SHA-256, in hex, of the
  // canonical JSON of the payments of the requests whose id has that digit next, in the same way,
  // or an empty text where there are none."
  if (node.children.length === 0) return `[${node.entries.map(entryText).join()}]`;
  return `[${node.children.map((child) => `"${child ? digestOf(child) : ''}"`).join()}]`;
}

function digestOf(node: Node): string {
  return (node.digest ??= bytesToHex(sha256(utf8ToBytes(textOf(node)))));
}

/** Changes that are remembered until somebody asks: more of them are not worth it. */
const MAX_CHANGES = 64;

/**
 * The tree of a contract's payments, made when it is first asked for: from the tree of what was
 * proven before and what changed since, or, where that was never asked for, from all there is.
 */
export class PaymentDigests {
  #root: Node | undefined;
  #base: Node | undefined;
  #changes: readonly PaidRequest[] = [];
  readonly #all: () => Iterable<PaidRequest>;

  constructor(
    all: () => Iterable<PaidRequest>,
    before?: PaymentDigests,
    changes: readonly PaidRequest[] = [],
  ) {
    this.#all = all;
    if (!before) return;
    const base = before.#root ?? before.#base;
    const since = before.#root ? changes : [...before.#changes, ...changes];
    if (!base || since.length > MAX_CHANGES) return;
    this.#base = base;
    this.#changes = since;
  }

  #make(): Node {
    let node = this.#base;
    if (!node) {
      const paid = [...this.#all()].filter(({ runs }) => runs.length > 0);
      return nodeOf(
        paid.sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1)),
        0,
      );
    }
    for (const paid of this.#changes) node = changed(node, paid, 0);
    return node;
  }

  /** Canonical JSON of what the state hash covers of payments. */
  text(): string {
    this.#root ??= this.#make();
    this.#base = undefined;
    this.#changes = [];
    return textOf(this.#root);
  }
}
