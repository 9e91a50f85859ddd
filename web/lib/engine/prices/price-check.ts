/**
 * What a payer makes of the price of a request, beside the protocol's own rule: its clock, and
 * what the oracles told it. Spec: specs/prices.md, "In the client".
 */
import {
  CLOCK_TOLERANCE_SEC,
  msatFor,
  type ContractDocument,
  type RequestDocument,
} from '@realyield/protocol';
import type { Prices } from './prices.ts';

/** Why a request is not paid at its price. */
export type PriceProblem = 'PRICE_MINUTE' | 'PRICE_CONTRADICTED' | 'PRICE_APART';

/** Nothing is paid at a price longer after its minute than this, seconds. */
const STALE_SEC = 660;
/** How much more than by one's own last price may be asked, basis points. */
const TOLERANCE_BPS = 200n;

type Priced = Pick<RequestDocument, 'msat' | 'priced'>;

/** Whether some part costs more than the tolerance allows beyond a price. */
function isApart({ msat, priced }: Priced, price: bigint): boolean {
  return msat.some((asked, index) => {
    const expectedMsat = msatFor(BigInt(priced?.units[index] ?? '0'), price);
    return BigInt(asked) * 10_000n > expectedMsat * (10_000n + TOLERANCE_BPS) + 10_000n;
  });
}

/** Why a request whose prices hold by the protocol should not be paid now; undefined: it may. */
export function priceProblem(
  prices: Prices,
  { denomination }: Pick<ContractDocument, 'denomination'>,
  request: Priced,
  nowSec: number,
): PriceProblem | undefined {
  const { priced } = request;
  if (denomination.type === 'msat' || !priced) return undefined;
  const sinceSec = nowSec - priced.minute * 60;
  if (sinceSec < -CLOCK_TOLERANCE_SEC || sinceSec > STALE_SEC) return 'PRICE_MINUTE';
  const sound = priced.prices.filter((price) => !prices.book.isContradicted(price));
  const isQuorate = priced.prices.length >= denomination.quorum;
  if (isQuorate && sound.length < denomination.quorum) return 'PRICE_CONTRADICTED';
  const own = prices.quote(denomination);
  return own && isApart(request, own.price) ? 'PRICE_APART' : undefined;
}

/** Whether a request without a quorum of prices costs what the person allows without asking. */
export function isAgreed(
  prices: Prices,
  { denomination }: Pick<ContractDocument, 'denomination'>,
  request: Priced,
  requestId: string,
): boolean {
  if (denomination.type === 'msat' || prices.isAgreed(requestId)) return true;
  const last = prices.lastQuote(denomination);
  return last !== undefined && !isApart(request, last.price);
}
