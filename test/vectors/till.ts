/** Vectors of sales, their tree, what a receipt proves, and reports: folder `till`. */
import {
  buildSales,
  pathTo,
  planTicks,
  saleLeaf,
  type SaleDocument,
  type SalesReport,
  type Signed,
  type SignedEvent,
  type TreeNode,
} from '@realyield/protocol';
import { hashOf, Loan, publicOf, signAs } from '../fixtures/loan.ts';
import { equalPlan } from '../fixtures/plans.ts';
import { dollars } from '../fixtures/prices.ts';
import { give } from '../fixtures/steps.ts';
import { report, reportOf, sell, type ReportGiven } from '../fixtures/till.ts';
import { DAY, folded, START } from './contracts.ts';
import { lineOf } from './till-shapes.ts';
import { finish, type Cases, type Vector } from './vector.ts';

const ROOT = hashOf('contract');
const PERIOD = { fromSec: START, toSec: START + 100 };
const AMOUNTS = [21_000n, 1n, 999_999_999n, 5_000n, 5_000n];
const priced = { currency: 'USD', minorDigits: 2, units: '500000000' };
const sales = AMOUNTS.map((msat, at) => sell({ serial: at + 1, msat, atSec: START + at * 10 }));
const leaves = sales.map((each) => saleLeaf(each));

function signedReport(
  given: Partial<ReportGiven> = {},
  of: readonly Signed<SaleDocument>[] = sales,
  atSec = START + 100,
): SignedEvent {
  return signAs('business', buildSales(reportOf([ROOT], of, { ...PERIOD, ...given }), atSec));
}

function readingCases(): Cases {
  const read = (name: string, requires: string[], event: unknown, codes: string[] = []): Vector =>
    finish(codes, { name, requires, event });
  const refused = (name: string, requires: string[], event: unknown): Vector =>
    read(name, requires, event, ['CONTENT_TERMS']);
  const [first] = sales;
  const nothing = { ...first?.document, msat: '0' } as SaleDocument;
  const inDollars = sell({ serial: 9, msat: 7_000n, atSec: START, priced });
  return {
    sale: read('A sale', ['E-2'], sell({ serial: 1, msat: 1n, atSec: START }).event),
    'sale-priced': read('A sale in a currency', ['E-2'], inDollars.event),
    'sale-zero': refused('A sale of nothing', ['TL-3'], signAs('business', buildSales(nothing, 0))),
    report: read('A report of five sales', ['E-2'], signedReport()),
    'report-none': read('A report of no sales', ['TL-5'], signedReport({}, [])),
    'report-no-time': refused('Of no time', ['TL-4'], signedReport({ toSec: START })),
    'report-first': refused(
      'Nothing before, and not the first serial',
      ['TL-4'],
      signedReport({ firstSerial: 2, previous: '0'.repeat(64) }),
    ),
    'report-more-sales': refused(
      'Less msat than sales',
      ['TL-4'],
      signedReport({ totalMsat: '4' }),
    ),
    'report-none-total': refused(
      'No sales that come to something',
      ['TL-5'],
      signedReport({ totalMsat: '1' }, []),
    ),
    'report-none-root': refused('No sales and a root', ['TL-5'], signedReport({ root: ROOT }, [])),
    'report-early': refused('Before its end', ['TL-6'], signedReport({}, sales, START + 99)),
  };
}

function treeCases(): Cases {
  const of = (name: string, count: number): Vector => {
    const lines = Array.from({ length: count }, (_, at) => {
      return `${hashOf(`sale ${at}`)} ${at + 7} ${1_000 * at + 1} ${at % 2}`;
    });
    return finish([], { name, requires: ['TL-7', 'TL-8', 'TL-9'], leaves: lines });
  };
  return {
    'tree-none': of('No sales', 0),
    'tree-one': of('One sale', 1),
    'tree-two': of('Two sales', 2),
    'tree-three': of('Three: the last one goes up alone', 3),
    'tree-six': of('Six', 6),
    'tree-seven': of('Seven', 7),
    'tree-eight': of('Eight', 8),
  };
}

function proving(
  name: string,
  requires: string[],
  sale: Signed<SaleDocument> | undefined,
  given: Partial<SalesReport> = {},
  proof?: { readonly leaf: TreeNode | undefined; readonly path: readonly TreeNode[] },
): Vector {
  const shown = proof?.leaf && {
    leaf: lineOf(proof.leaf),
    path: proof.path.map((node) => lineOf(node)),
  };
  return finish([], {
    ...{ name, requires, sale: sale?.event as SignedEvent, report: signedReport(given) },
    ...{ keys: [publicOf('business'), publicOf('business phone')] },
    ...(shown ? { proof: shown } : {}),
  });
}

function proofCases(): Cases {
  const third = sales[2];
  const at = (place: number) => ({ leaf: leaves[place], path: pathTo(place, leaves) });
  const other = sell({ serial: 3, msat: 21_000n, atSec: START + 20, till: 'another name' });
  const left = sell({ serial: 6, msat: 21_000n, atSec: START + 20 });
  const later = sell({ serial: 3, msat: 21_000n, atSec: START + 100 });
  const replaced = sell({ serial: 3, msat: 21_000n, atSec: START + 20 });
  const elsewhere = sell({ serial: 6, msat: 21_000n, atSec: START + 100 });
  const strangers = sell({ serial: 3, msat: 1n, atSec: START + 20, name: 'stranger' });
  const phones = sell({ serial: 3, msat: 1n, atSec: START + 20, name: 'business phone' });
  return {
    'proof-included': proving('Shown to be in it', ['TL-11'], third, {}, at(2)),
    'proof-none': proving('Nothing shown', ['TL-12'], third),
    'proof-wrong': proving('A path that leads elsewhere', ['TL-12'], third, {}, at(3)),
    'proof-till': proving('A sale at another till', ['TL-11'], other, {}, at(2)),
    'proof-later': proving('Neither its serial nor its time', ['TL-11'], elsewhere),
    'proof-stranger': proving('Signed by somebody else', ['TL-11'], strangers, {}, at(2)),
    'proof-serials': proving('Of the period, without a place', ['TL-12'], left),
    'proof-period': proving('Of the serials, after the period', ['TL-12'], later),
    'proof-sale': proving('Another sale in its place', ['TL-12'], replaced, {}, at(2)),
    'proof-delegate': proving('The same by a delegate', ['TL-12'], phones, {}, at(2)),
    'proof-total': proving(
      'A total that is not the sum',
      ['TL-12'],
      third,
      { totalMsat: '1000034999' },
      at(2),
    ),
    'proof-priced': proving('In a currency it was not in', ['TL-12'], third, { priced }, at(2)),
    'proof-count': proving('As if there were four', ['TL-12'], third, { count: 4 }, at(2)),
    'proof-forged': proving(
      'A sum along the way that is not',
      ['TL-12'],
      third,
      {},
      {
        leaf: leaves[2],
        path: pathTo(2, leaves).map((node) => ({ ...node, msat: node.msat + 1n })),
      },
    ),
  };
}

/** Five per cent of sales, at least 1 % of what is lent, due on days 30, 60 and 90. */
function sharing(options: { readonly isInDollars?: boolean } = {}): Loan {
  const { due, graceDays, lateFee } = equalPlan(3, 30, 30, 5);
  const share = { shareBps: 500, capBps: 13_000, floorBps: 100 };
  const plan = { type: 'revenueShare' as const, due, graceDays, lateFee, ...share };
  const amounts = options.isInDollars
    ? { amountSoughtUnits: '30000000000', minimumTicketUnits: '1000000000' }
    : {};
  const kept = options.isInDollars
    ? { ...amounts, minimumTotalUnits: '1000000000', denomination: dollars() }
    : {};
  const loan = new Loan({
    offer: { plan, rateBps: 0, ...kept },
    ...(options.isInDollars ? { principalUnits: 10_000_000_000n } : {}),
  });
  loan.sign('investor', START + 1);
  loan.sign('business', START + 2, 'business phone');
  loan.sign('bank', START + 3);
  loan.pay('disbursement', planTicks(loan.contract.document), START + 20);
  return loan;
}

const day = (count: number, sec = 30): number => START + count * DAY + sec;
const spans = (from: number, to: number) => ({ fromSec: day(from), toSec: day(to) });

/** Reports of days 0 to 20 and 20 to 40, of 1,000,000 and 2,000,000 sat. */
function reported(loan: Loan, name = 'business'): SignedEvent {
  const first = report(
    loan,
    { atSec: day(20), ...spans(0, 20), count: 10, totalMsat: '1000000000' },
    name,
  );
  const said = { ...spans(20, 40), firstSerial: 11, count: 20, totalMsat: '2000000000' };
  report(loan, { atSec: day(41), ...said, previous: first.id }, name);
  return first;
}

function reportCases(): Cases {
  const usual = sharing();
  reported(usual, 'business phone');
  const late = sharing();
  const said = { ...spans(0, 20), count: 10, totalMsat: '1000000000' };
  report(late, { atSec: day(31), ...said });
  const corrected = sharing();
  const first = reported(corrected);
  const more = { ...spans(0, 20), count: 10, totalMsat: '4000000000', corrects: first.id };
  report(corrected, { atSec: day(50), ...more });
  report(corrected, { atSec: day(51), ...more, count: 9, totalMsat: '9' });
  const rivals = sharing();
  reported(rivals);
  const over = { ...spans(10, 30), firstSerial: 5, count: 7, previous: hashOf('none') };
  report(rivals, { atSec: day(42), ...over, totalMsat: '2500000000' });
  report(rivals, { atSec: day(43), ...spans(40, 43), till: hashOf('other'), totalMsat: '7000' });
  const foreign = sharing();
  report(foreign, { atSec: day(20) }, 'bank');
  report(foreign, { atSec: day(20) }, 'investor');
  const inDollars = sharing({ isInDollars: true });
  report(inDollars, { atSec: day(20), priced: { ...priced, units: '77000000' } });
  report(inDollars, { atSec: day(20), totalMsat: '5000' });
  report(inDollars, { atSec: day(20), priced: { ...priced, currency: 'EUR' } });
  const judged = sharing();
  report(judged, { atSec: day(20), ...said });
  judged.pay('repayment', [{ n: 0, amountUnits: 10_000_000n }], day(29));
  give(judged, 'arrears', day(36));
  const unseen = sharing();
  unseen.pay('repayment', [{ n: 0, amountUnits: 10_000_000n }], day(29));
  const known = unseen.heads('investor', 'business');
  report(unseen, { atSec: day(20), ...said });
  give(unseen, 'arrears', day(36), { rests: known });
  const mismatch = ['DENOMINATION_MISMATCH', 'DENOMINATION_MISMATCH'];
  return {
    reports: folded('Two reports, by a delegate', ['TL-16', 'PL-18'], usual, [], day(70)),
    'reports-late': folded('After the due day: for the next', ['PL-18'], late, [], day(61)),
    'reports-corrected': folded(
      'Corrected twice, up and down',
      ['TL-17', 'TL-18'],
      corrected,
      [],
      day(70),
    ),
    'reports-rival': folded('With serials in common', ['TL-17', 'TL-18'], rivals, [], day(70)),
    'reports-author': folded('Not by the business', ['C-16'], foreign, [
      'AUTHOR_ROLE',
      'AUTHOR_ROLE',
    ]),
    'reports-dollars': folded('In a currency', ['TL-16'], inDollars, mismatch, day(31)),
    'reports-judged': folded('Late by what was sold', ['N-1', 'N-2'], judged),
    'reports-unseen': folded('A notice that does not rest on it', ['N-1'], unseen, ['NOT_LATE']),
  };
}

/** Folder `till`. */
export function tillCases(): Cases {
  return { ...readingCases(), ...treeCases(), ...proofCases(), ...reportCases() };
}
