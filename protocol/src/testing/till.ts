/** Sales and reports of a till, built from seeds. */
import {
  buildSales,
  REGISTER_START,
  saleLeaf,
  treeTotals,
  type InCurrency,
  type ParsedSales,
  type SaleDocument,
  type SalesReport,
  type Signed,
  type SignedEvent,
} from '../index.ts';
import { hashOf, realSigning, type Signing } from './keys.ts';
import type { Loan } from './loan.ts';

/** A sale at a till. */
export interface SaleGiven {
  readonly serial: number;
  readonly msat: bigint;
  readonly atSec: number;
  readonly till?: string;
  readonly priced?: InCurrency;
  readonly name?: string;
}

/** A signed sale, as its customer has it. */
export function sell(given: SaleGiven, signing: Signing = realSigning): Signed<SaleDocument> {
  const { serial, msat, atSec, till = 'till', priced, name = 'business' } = given;
  const template = buildSales(
    {
      v: 1,
      type: 'sale',
      till: hashOf(till),
      serial,
      msat: msat.toString(),
      ...(priced ? { priced } : {}),
      salt: hashOf(`${till} salt ${serial}`),
    },
    atSec,
  );
  const [parsed] = signing.read(signing.sign(name, template)) as [ParsedSales];
  return { event: parsed.event, document: parsed.document as SaleDocument };
}

/** What a report says beside what its sales come to. */
export type ReportGiven = Partial<SalesReport> & Pick<SalesReport, 'fromSec' | 'toSec'>;

/** The document of a report over sales, in the order of their serials. */
export function reportOf(
  contracts: readonly string[],
  sales: readonly Signed<SaleDocument>[],
  given: ReportGiven,
): SalesReport {
  const { count, msat, units, root } = treeTotals(sales.map((each) => saleLeaf(each)));
  const priced = sales[0]?.document.priced;
  return {
    v: 1,
    type: 'salesReport',
    till: hashOf('till'),
    contracts: [...contracts].sort(),
    firstSerial: sales[0]?.document.serial ?? 1,
    count,
    totalMsat: msat.toString(),
    ...(priced ? { priced: { ...priced, units: units.toString() } } : {}),
    root,
    previous: given.firstSerial === undefined ? REGISTER_START : hashOf('before'),
    ...given,
  };
}

/** A report added to a loan, by the business unless said; its sales are of one amount each. */
export function report(
  loan: Loan,
  totals: Partial<SalesReport> & { readonly atSec: number },
  name = 'business',
): SignedEvent {
  const { atSec, ...said } = totals;
  const document = reportOf([loan.root], [], {
    ...{ fromSec: loan.startAtSec, toSec: atSec, firstSerial: 1, previous: REGISTER_START },
    ...{ count: 1, totalMsat: '1000', root: hashOf('sales'), ...said },
  });
  return loan.addAs(name, buildSales(document, atSec));
}
