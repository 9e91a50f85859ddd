/** Fields of a sale or report that must agree with each other. Spec: specs/till.md. */
import type { ParsedSales } from '../parsed.ts';
import { REGISTER_START } from '../params.ts';
import { reject, type Reject } from '../result.ts';
import type { ContractPlan, OfferPlan } from '../kinds/plan.ts';
import type { SalesDocument } from '../kinds/sales.ts';
import type { TillShare } from '../kinds/till-share.ts';
import { treeTotals } from './tree.ts';

const terms = (detail: string): Reject => reject('CONTENT_TERMS', detail);

/** Contradictions within a sale or a report. */
export function salesContradiction(document: SalesDocument): Reject | undefined {
  if (document.type === 'sale') {
    // TL-3: "A reader MUST refuse a sale of 0 msat as `CONTENT_TERMS`."
    return document.msat === '0' ? terms('msat') : undefined;
  }
  const { fromSec, toSec, firstSerial, count, totalMsat, priced, root, previous } = document;
  // TL-4: "A reader MUST refuse a report as `CONTENT_TERMS` the period of which is empty, the
  // `previous` of which is 64 zeros and its `firstSerial` not 1, or which has less msat than
  // sales…"
  if (toSec <= fromSec) return terms('toSec');
  if (previous === REGISTER_START && firstSerial !== 1) return terms('previous');
  if (BigInt(totalMsat) < BigInt(count)) return terms('totalMsat');
  if (count > 0) return undefined;
  // TL-5: "A reader MUST refuse a report without sales as `CONTENT_TERMS` unless its totals are 0
  // and its root is that of no sales."
  if (totalMsat !== '0' || (priced && priced.units !== '0')) return terms('totalMsat');
  return root === treeTotals([]).root ? undefined : terms('root');
}

/** A period is reported once it is over. */
export function checkReport({ event, document }: ParsedSales): Reject | undefined {
  // TL-6: "A reader MUST refuse a report dated before the end of its period as `CONTENT_TERMS`: it
  // would speak of sales that nobody has made yet."
  const isEarly = document.type === 'salesReport' && event.created_at < document.toSec;
  return isEarly ? terms('toSec') : undefined;
}

/** What contradicts in a till share, by its field; undefined where nothing does. */
export function badTillShare({
  tillShare,
  plan,
}: {
  readonly tillShare?: TillShare | undefined;
  readonly plan: ContractPlan | OfferPlan;
}): string | undefined {
  if (tillShare === undefined) return undefined;
  // TL-20: "A reader MUST refuse an offer or contract as `CONTENT_TERMS` the till share of which
  // has a `recoveryBps` less than its `shareBps`, or another one at a till run by the business, or,
  // under a revenue share, another `shareBps` than the plan."
  const { shareBps, recoveryBps, runBy } = tillShare;
  if (recoveryBps < shareBps) return 'recoveryBps';
  if (runBy === 'business' && recoveryBps !== shareBps) return 'recoveryBps';
  return plan.type === 'revenueShare' && plan.shareBps !== shareBps ? 'shareBps' : undefined;
}
