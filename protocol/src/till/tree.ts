/**
 * The tree over the sales of a period: its nodes carry what the sales below them come to, so that
 * a sale shown to lie in it is in the total too. Spec: specs/till.md, "Tree".
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { assert } from '../assert.ts';

/** A leaf or node: its hash, and what the sales below it come to. */
export interface TreeNode {
  readonly hash: string;
  readonly msat: bigint;
  /** In the currency of the till's prices, as a ledger kept in it counts; 0 without one. */
  readonly units: bigint;
}

/** A sale as the tree takes it. */
export interface TreeSale {
  /** The event's id. */
  readonly id: string;
  readonly serial: number;
  readonly msat: bigint;
  readonly units: bigint;
}

/** What a report says of its sales: how many, their sum, and the root that binds both. */
export interface TreeTotals {
  readonly count: number;
  readonly msat: bigint;
  readonly units: bigint;
  readonly root: string;
}

/** First byte of what is hashed: nothing that is hashed as one can be read as another. */
const PREFIX = { leaf: 0, node: 1, root: 2 } as const;
const NO_SALES: TreeNode = { hash: '0'.repeat(64), msat: 0n, units: 0n };
const MAX_AMOUNT = 0xffff_ffff_ffff_ffffn;

function amountBytes(...amounts: readonly bigint[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 * amounts.length));
  amounts.forEach((amount, place) => view.setBigUint64(8 * place, amount));
  return new Uint8Array(view.buffer);
}

function hashWith(prefix: number, ...parts: readonly Uint8Array[]): string {
  return bytesToHex(sha256(concatBytes(Uint8Array.of(prefix), ...parts)));
}

const nodeBytes = ({ hash, msat, units }: TreeNode): Uint8Array =>
  concatBytes(hexToBytes(hash), amountBytes(msat, units));

/** The leaf of a sale. */
export function leafOf({ id, serial, msat, units }: TreeSale): TreeNode {
  // TL-7: "The leaf of a sale is SHA-256 of the byte 0, the event's id, its serial, its msat and
  // its units, the last three as unsigned integers of 8 bytes, most significant first…"
  const hash = hashWith(PREFIX.leaf, hexToBytes(id), amountBytes(BigInt(serial), msat, units));
  return { hash, msat, units };
}

function joined(left: TreeNode, right: TreeNode): TreeNode {
  // TL-8: "A node is SHA-256 of the byte 1 and, of the left and then of the right one below it,
  // hash, sum of msat and sum of units…"
  const hash = hashWith(PREFIX.node, nodeBytes(left), nodeBytes(right));
  return { hash, msat: left.msat + right.msat, units: left.units + right.units };
}

/** How many of several sales lie on the left: the greatest power of two that is less. */
function leftOf(count: number): number {
  let left = 1;
  while (left * 2 < count) left *= 2;
  return left;
}

function topOf(leaves: readonly TreeNode[]): TreeNode {
  const [only] = leaves;
  if (only === undefined) return NO_SALES;
  if (leaves.length === 1) return only;
  // TL-8: "…on the left lie as many sales as the greatest power of two that is less than their
  // number; a single one is its leaf…"
  const left = leftOf(leaves.length);
  return joined(topOf(leaves.slice(0, left)), topOf(leaves.slice(left)));
}

function rootOf(count: number, top: TreeNode): string {
  // TL-9: "The root is SHA-256 of the byte 2, the number of sales as 8 bytes, and hash, sum of msat
  // and sum of units of the topmost node, without sales a hash of 32 zero bytes and sums of 0…"
  return hashWith(PREFIX.root, amountBytes(BigInt(count)), nodeBytes(top));
}

/** What a report says of the sales with these leaves, in the order of their serials. */
export function treeTotals(leaves: readonly TreeNode[]): TreeTotals {
  const top = topOf(leaves);
  const count = leaves.length;
  return { count, msat: top.msat, units: top.units, root: rootOf(count, top) };
}

/** The nodes beside the way from the leaf at a place to the top, lowest first. */
export function pathTo(place: number, leaves: readonly TreeNode[]): TreeNode[] {
  assert(place >= 0 && place < leaves.length, 'the place is one of the tree');
  if (leaves.length === 1) return [];
  const left = leftOf(leaves.length);
  const [within, beside] = [leaves.slice(0, left), leaves.slice(left)];
  if (place < left) return [...pathTo(place, within), topOf(beside)];
  return [...pathTo(place - left, beside), topOf(within)];
}

const isNode = ({ hash, msat, units }: TreeNode): boolean =>
  /^[0-9a-f]{64}$/.test(hash) &&
  [msat, units].every((amount) => amount >= 0n && amount <= MAX_AMOUNT);

/** On which side the nodes beside the way lie, lowest first. */
function sidesOf(place: number, count: number): ('left' | 'right')[] {
  if (count === 1) return [];
  const left = leftOf(count);
  if (place < left) return [...sidesOf(place, left), 'right'];
  return [...sidesOf(place - left, count - left), 'left'];
}

/**
 * What the sales of a tree come to that has a leaf at a place, and its root; undefined where the
 * path does not fit a tree of so many sales.
 */
export function totalsAlong(
  leaf: TreeNode,
  place: number,
  count: number,
  path: readonly TreeNode[],
): TreeTotals | undefined {
  if (place < 0 || place >= count || ![leaf, ...path].every(isNode)) return undefined;
  const sides = sidesOf(place, count);
  if (sides.length !== path.length) return undefined;
  let top = leaf;
  for (const [at, beside] of path.entries()) {
    top = sides[at] === 'left' ? joined(beside, top) : joined(top, beside);
    if (!isNode(top)) return undefined;
  }
  return { count, msat: top.msat, units: top.units, root: rootOf(count, top) };
}
