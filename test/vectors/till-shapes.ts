/** Shapes of vectors of a till, and the implementation's answers. */
import {
  checkSale,
  leafOf,
  pathTo,
  treeTotals,
  type ParsedEvent,
  type ParsedSales,
  type SaleDocument,
  type SalesReport,
  type SaleStanding,
  type Signed,
  type SignedEvent,
  type TreeNode,
} from '@realyield/protocol';
import type { Named } from './vector.ts';

/** Sales of a period: `ID SERIAL MSAT UNITS`. */
export interface TreeVector extends Named {
  readonly leaves: readonly string[];
}

/** A customer's sale, a report and what the business shows: nodes are `HASH MSAT UNITS`. */
export interface ProofVector extends Named {
  readonly sale: SignedEvent;
  readonly report: SignedEvent;
  readonly keys: readonly string[];
  readonly proof?: { readonly leaf: string; readonly path: readonly string[] };
}

/** A node as a line. */
export const lineOf = ({ hash, msat, units }: TreeNode): string => `${hash} ${msat} ${units}`;

/** A line as a node. */
export function nodeOf(line: string): TreeNode {
  const [hash = '', msat = '', units = ''] = line.split(' ');
  return { hash, msat: BigInt(msat), units: BigInt(units) };
}

/** The tree over a period's sales, and the path to each. */
export function treeOf(vector: TreeVector): object {
  const leaves = vector.leaves.map((line) => {
    const [id = '', serial, msat = '', units = ''] = line.split(' ');
    return leafOf({ id, serial: Number(serial), msat: BigInt(msat), units: BigInt(units) });
  });
  const { root, msat, units } = treeTotals(leaves);
  const paths = leaves.map((_, place) => pathTo(place, leaves).map(lineOf));
  return { root, msat, units, paths };
}

/** What a sale says about a report. */
export function proofOf(
  { sale, report, keys, proof }: ProofVector,
  readAll: (events: readonly unknown[]) => readonly ParsedEvent[],
): SaleStanding {
  const [sold, reported] = readAll([sale, report]) as [ParsedSales, ParsedSales];
  return checkSale(
    sold as Signed<SaleDocument>,
    reported as Signed<SalesReport>,
    keys,
    proof && { leaf: nodeOf(proof.leaf), path: proof.path.map(nodeOf) },
  );
}
