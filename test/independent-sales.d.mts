/** A leaf or node as a second reader, from specs/ alone, has it. */
export interface SecondNode {
  readonly hash: string;
  readonly msat: bigint;
  readonly units: bigint;
}
/** The leaf of a sale. */
export function leafOf(sale: {
  readonly id: string;
  readonly serial: number;
  readonly msat: bigint;
  readonly units: bigint;
}): SecondNode;
/** What the tree over leaves comes to, and its root. */
export function rootOf(leaves: readonly SecondNode[]): {
  readonly msat: bigint;
  readonly units: bigint;
  readonly root: string;
};
/** What comes together for each contract and what of it is handed over: `CONTRACT MSAT MSAT`. */
export function sharesOf(
  served: readonly string[],
  taken: readonly string[],
  thresholdSat: number,
): string[];
