/** Shapes of vectors of a till, and the implementation's answers. */
import {
  accruedMsat,
  accrueSale,
  checkSale,
  leafOf,
  openAccount,
  pathTo,
  payableMsat,
  saleShares,
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

/** Contracts a till serves and what it took, and what is owed on each. */
export interface SplitVector extends Named {
  /** `CONTRACT OFFER SHAREBPS PRINCIPAL SOUGHT EFFECTIVESEC OWEDMSAT`. */
  readonly served: readonly string[];
  /** Sales, msat. */
  readonly taken: readonly string[];
  readonly thresholdSat: number;
}

/** What came together for each contract and what of it is handed over: `CONTRACT MSAT MSAT`. */
export function splitOf({ served, taken, thresholdSat }: SplitVector): object {
  const owed = new Map<string, bigint>();
  const contracts = served.map((line) => {
    const [contract = '', offer = '', shareBps, principal = '', sought = '', sec, left = ''] =
      line.split(' ');
    owed.set(contract, BigInt(left));
    return {
      ...{ contract, offer, shareBps: Number(shareBps), effectiveAtSec: Number(sec) },
      ...{ principalUnits: BigInt(principal), soughtUnits: BigInt(sought) },
    };
  });
  const shares = saleShares(contracts).map((share) => {
    let account = openAccount(share);
    for (const msat of taken) account = accrueSale(account, share, BigInt(msat));
    const payable = payableMsat(account, { thresholdSat }, owed.get(share.contract) ?? 0n);
    return `${share.contract} ${accruedMsat(account)} ${payable}`;
  });
  return { shares };
}
