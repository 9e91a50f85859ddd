/** Who a bank is, by its own words, and its contracts as a list. */
import type { ContractSummary, Standing } from '@realyield/protocol';
import type { BankProfileView } from '../../components/figure-models.ts';
import type { DeskColumn, DeskRow, StatusView } from '../../components/models.ts';
import { countryName } from '../market/words.ts';
import { titleOf } from './contract.ts';
import { personView, type Names } from './people.ts';

const STANDINGS: Readonly<Record<Standing, StatusView & { readonly order: number }>> = {
  defaulted: { text: 'in default', tone: 'problem', order: 0 },
  late: { text: 'late', tone: 'problem', order: 1 },
  current: { text: 'in time', tone: 'active', order: 2 },
  awaiting: { text: 'to be paid out', tone: 'waiting', order: 3 },
  repaid: { text: 'repaid', tone: 'done', order: 4 },
  lapsed: { text: 'lapsed', tone: 'plain', order: 5 },
  proposed: { text: 'proposed', tone: 'waiting', order: 6 },
  withdrawn: { text: 'withdrawn', tone: 'plain', order: 7 },
};

/** A contract's standing as a status, the most pressing with the lowest order. */
export function standingStatus(standing: Standing): StatusView & { readonly order: number } {
  return STANDINGS[standing];
}

/** Columns of a bank's contracts after the first, which is where they stand. */
export const BANK_COLUMNS: readonly DeskColumn[] = [
  { key: 'loan', label: 'Loan' },
  { key: 'business', label: 'Business' },
  { key: 'principal', label: 'Principal' },
  { key: 'outstanding', label: 'Outstanding' },
  { key: 'days', label: 'Days past due' },
];

/** A bank's contracts as rows. */
export function bankContractRows(names: Names, contracts: readonly ContractSummary[]): DeskRow[] {
  return contracts.flatMap((summary) => {
    const state = names.catalog.contract(summary.root)?.fold.state;
    if (!state) return [];
    const { denomination } = summary;
    const principal = BigInt(state.contract.document.principalUnits);
    return {
      id: summary.root,
      href: `/contracts/${summary.root}`,
      next: standingStatus(summary.standing),
      cells: {
        loan: { kind: 'text', text: titleOf(state) },
        business: { kind: 'person', person: personView(names, summary.business) },
        principal: { kind: 'money', amountUnits: principal, denomination },
        outstanding: { kind: 'money', amountUnits: summary.outstandingUnits, denomination },
        days: { kind: 'count', count: summary.daysPastDue },
      },
    };
  });
}

/** A bank by its profile. */
export function bankProfileView(names: Names, publicKey: string): BankProfileView {
  const document = names.catalog.bankProfile(publicKey)?.document;
  return {
    bank: personView(names, publicKey, 'bank'),
    about: document?.about,
    place: document && `${document.place.locality}, ${countryName(document.place.country)}`,
    charter: document?.charter,
    policy: document?.policy,
    website: document?.website,
    relays: document?.relays ?? [],
  };
}
