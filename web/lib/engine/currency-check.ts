/**
 * Offers and contracts in a currency are left aside, neither shown, counted, proposed nor signed:
 * this client shows and pays what is owed in msat. Spec: specs/prices.md.
 */
import { reject, type ContractDocument, type Reject } from '@realyield/protocol';

/** CONTENT_TERMS when terms are in a currency: no request for them could be made or checked. */
export function currencyProblem({
  denomination,
}: Pick<ContractDocument, 'denomination'>): Reject | undefined {
  return denomination.type === 'msat' ? undefined : reject('CONTENT_TERMS', 'denomination');
}
