/**
 * What a customer's sale says about the report of its period. Spec: specs/till.md, "Proving".
 */
import type { ParsedSales } from '../events.ts';
import type { SaleDocument, SalesReport } from '../kinds/sales.ts';
import { leafOf, totalsAlong, type TreeNode } from './tree.ts';

/** A document of a till with its event. */
export interface Signed<Document> {
  readonly event: ParsedSales['event'];
  readonly document: Document;
}

/** What lies at a sale's place in the tree of a report. */
export interface SaleProof {
  readonly leaf: TreeNode;
  /** The nodes beside the way up, lowest first. */
  readonly path: readonly TreeNode[];
}

/** What a report is shown to say wrongly: its serials, period, total, currency, or one sale. */
export type ContradictedStatement = 'serials' | 'period' | 'sale' | 'total' | 'priced';

/** What a sale and, where there is one, a proof say about a report. */
export type SaleStanding =
  /** Of another till, another key or another time: it says nothing about this report. */
  | { readonly state: 'elsewhere' }
  /** It must be in the report; nobody has shown that it is. */
  | { readonly state: 'unanswered' }
  | { readonly state: 'included' }
  | { readonly state: 'contradicted'; readonly statement: ContradictedStatement };

const ELSEWHERE: SaleStanding = { state: 'elsewhere' };
const UNANSWERED: SaleStanding = { state: 'unanswered' };
const contradicted = (statement: ContradictedStatement): SaleStanding => ({
  state: 'contradicted',
  statement,
});

/** The leaf of a signed sale. */
export function saleLeaf({ event, document }: Signed<SaleDocument>): TreeNode {
  const { serial, msat, priced } = document;
  const units = BigInt(priced?.units ?? 0);
  return leafOf({ id: event.id, serial, msat: BigInt(msat), units });
}

/** Whether a sale that is in a report is counted in its total, in the report's currency. */
function standingInside(
  { document: { priced } }: Signed<SaleDocument>,
  report: SalesReport,
  totals: { readonly msat: bigint; readonly units: bigint },
): SaleStanding {
  if (priced?.currency !== report.priced?.currency) return contradicted('priced');
  if (priced?.minorDigits !== report.priced?.minorDigits) return contradicted('priced');
  // TL-12: "…`total` where the tree with the report's root has other sums than it says…"
  const isSum =
    totals.msat === BigInt(report.totalMsat) && totals.units === BigInt(report.priced?.units ?? 0);
  return isSum ? { state: 'included' } : contradicted('total');
}

/**
 * What a customer's sale says about a report; `keys` are those that act for the till's owner.
 * Anyone who has the two events can tell, without asking anybody.
 */
export function checkSale(
  sale: Signed<SaleDocument>,
  report: Signed<SalesReport>,
  keys: readonly string[],
  proof?: SaleProof,
): SaleStanding {
  const { till, firstSerial, count, fromSec, toSec, root } = report.document;
  const place = sale.document.serial - firstSerial;
  // TL-11: "A sale says something about a report only when both are of one till and signed by keys
  // of one role, and its serial or its time lies within the report."
  if (sale.document.till !== till) return ELSEWHERE;
  if (![sale, report].every(({ event }) => keys.includes(event.pubkey))) return ELSEWHERE;
  const isAmong = place >= 0 && place < count;
  const { created_at: soldAtSec } = sale.event;
  const isWithin = soldAtSec >= fromSec && soldAtSec < toSec;
  if (!isAmong && !isWithin) return ELSEWHERE;
  // TL-12: "A report is contradicted in its `serials` by a sale of its period with another serial,
  // in its `period` by a sale of its serials at another time…"
  if (!isAmong) return contradicted('serials');
  if (!isWithin) return contradicted('period');
  const totals = proof && totalsAlong(proof.leaf, place, count, proof.path);
  // What does not lead to the root proves nothing, for or against.
  if (!proof || totals?.root !== root) return UNANSWERED;
  // TL-12: "…in the `sale` by a proof that another leaf lies at the place of its serial…"
  if (proof.leaf.hash !== saleLeaf(sale).hash) return contradicted('sale');
  return standingInside(sale, report.document, totals);
}

/** Whether a till signed two sales under one serial: it used a number again. */
export function isSerialTwice(
  one: Signed<SaleDocument>,
  other: Signed<SaleDocument>,
  keys: readonly string[],
): boolean {
  // TL-13: "Two sales of one till, signed by keys of one role, with one serial and different ids
  // prove that a serial was used twice."
  const isSame =
    one.document.till === other.document.till && one.document.serial === other.document.serial;
  const isTheirs = [one, other].every(({ event }) => keys.includes(event.pubkey));
  return isSame && isTheirs && one.event.id !== other.event.id;
}
