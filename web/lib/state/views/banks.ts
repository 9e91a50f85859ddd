/** Banks with what is known of how they were repaid, each figure with what it rests on. */
import type { BankView } from '../../components/models.ts';
import { formatPlural } from '../../format.ts';
import { personView, type Names } from './people.ts';

/** A bank beside an offer. */
export function bankView(names: Names, publicKey: string): BankView {
  const contracts = names.catalog
    .rootsOfBank(publicKey)
    .map((root) => names.catalog.contract(root)?.fold.state.status)
    .filter((status) => status === 'effective' || status === 'closed');
  const closed = contracts.filter((status) => status === 'closed').length;
  const basis =
    contracts.length === 0
      ? 'No contract of this bank is known here yet; age not proven.'
      : `${formatPlural(contracts.length, 'contract')} known here, ` +
        `${closed} repaid and closed; contract keys, age not proven.`;
  return { bank: personView(names, publicKey, 'bank'), basis };
}
