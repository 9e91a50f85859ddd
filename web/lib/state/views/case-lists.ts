/** Cases of an arbiter, a bank or an offer: as rows, and what became of them in words. */
import type { CaseRecord } from '@realyield/protocol';
import type { DeskColumn, DeskRow } from '../../components/models.ts';
import type { CaseView } from '../../engine/cases/case-book.ts';
import { formatPlural, formatShare } from '../../format.ts';
import type { Fact } from '../../ui/facts.ts';
import { CASE_STATUS, REASON_WORDS } from './case-words.ts';
import { openerState } from './cases.ts';
import { titleOf } from './contract.ts';
import { nameOf, type Names } from './people.ts';

/** Columns of a list of cases for everybody, after the first, which is where each stands. */
export const CASE_COLUMNS: readonly DeskColumn[] = [
  { key: 'reason', label: 'About' },
  { key: 'title', label: 'Loan' },
  { key: 'bank', label: 'Bank' },
  { key: 'opened', label: 'Opened' },
];

const ORDER = ['ruled', 'settled', 'taken', 'open', 'complied', 'closed', 'withdrawn'] as const;

/** Cases as rows for everybody: those with money owed first, then those running. */
export function publicCaseRows(names: Names, cases: readonly CaseView[]): DeskRow[] {
  return cases.map((view) => {
    const { document } = openerState(view).contract;
    const calendar = { startSec: document.startAtSec, daySec: document.daySec };
    const { fold } = view;
    return {
      id: view.id,
      href: `/cases/${view.id}`,
      next: { ...CASE_STATUS[fold.status], order: ORDER.indexOf(fold.status) },
      cells: {
        reason: { kind: 'text', text: REASON_WORDS[fold.reason].title },
        title: { kind: 'text', text: titleOf(openerState(view)) },
        bank: { kind: 'text', text: nameOf(names, document.parties.bank.pubkey) },
        opened: { kind: 'date', atSec: fold.openedAtSec, calendar },
      },
    };
  });
}

/** What became of cases, in a sentence. */
export function casesSentence(record: CaseRecord): string {
  const { cases, undecided, ruled, settled, withdrawn, unpaid } = record;
  const parts = [
    undecided > 0 ? `${undecided} not decided yet` : '',
    ruled > 0 ? `${ruled} ruled on` : '',
    settled > 0 ? `${settled} settled` : '',
    withdrawn > 0 ? `${withdrawn} withdrawn` : '',
  ].filter((part) => part !== '');
  const overdue =
    unpaid > 0 ? ` In ${unpaid} of them money is owed though the time to pay it is over.` : '';
  return `${formatPlural(cases, 'case')}: ${parts.join(', ')}.${overdue}`;
}

/** What became of cases, as facts. */
export function caseFacts(record: CaseRecord): Fact[] {
  const { compliance, dismissed, owed, unpaid, ruled } = record;
  const { numerator, denominator } = compliance;
  const isNone = denominator === 0;
  return [
    { label: 'Opened', text: String(record.cases) },
    { label: 'Not decided yet', text: String(record.undecided) },
    {
      label: 'Ruled on',
      text: String(ruled),
      note: dismissed > 0 ? `${dismissed} of them awarded nothing` : undefined,
    },
    ...(record.settled > 0 ? [{ label: 'Settled', text: String(record.settled) }] : []),
    ...(record.withdrawn > 0 ? [{ label: 'Withdrawn', text: String(record.withdrawn) }] : []),
    {
      label: 'Money owed now',
      text: String(owed),
      note: owed > 0 ? `in ${unpaid} the time to pay is over` : undefined,
    },
    {
      label: 'Rulings complied with',
      text: isNone ? 'none was due' : formatShare(numerator, denominator),
      note: isNone ? undefined : `${numerator} of ${denominator}, whoever was to pay`,
    },
  ];
}
