/** Work lists of a desk: who is late and what may be done, and what a business owes and when. */
import type { NoticeType } from '@realyield/protocol';
import type { DeskRow, StatusView } from '../../components/models.ts';
import type { ContractView } from '../../engine/catalog.ts';
import type { OwnContract } from '../../engine/desk.ts';
import type { Outlook } from '../../engine/notices.ts';
import { amountText, type AmountUnit } from '../../amount.ts';
import { formatDue } from '../../format.ts';
import { nextInstalment } from './contract-sentence.ts';
import { contractNow, titleOf, type ContractNow } from './contract.ts';
import { calendarOf, cureEndsAtSec, standingArrears } from './notices.ts';
import { nameOf, type Names } from './people.ts';
import { offerAddressOf } from './repayments.ts';

/** When a notice on a contract would count. */
export type OutlookOf = (root: string, type: NoticeType) => Outlook;

type Next = DeskRow['next'];

function nextStep(now: ContractNow, outlookOf: OutlookOf): Next {
  const { state } = now;
  if (state.status === 'defaulted') return { text: 'see the default', tone: 'problem', order: 2 };
  const notice = outlookOf(state.root, 'default');
  if (notice.when === 'now') return { text: 'declare default', tone: 'problem', order: 0 };
  const last = standingArrears(now);
  const arrears = outlookOf(state.root, 'arrears');
  if (!last && arrears.when === 'now') {
    return { text: 'send arrears notice', tone: 'problem', order: 1 };
  }
  const until = notice.when === 'later' ? notice : arrears.when === 'later' ? arrears : undefined;
  if (!until) return { text: 'see why it is late', tone: 'problem', order: 2 };
  const day = formatDue(until.atSec, calendarOf(state));
  return { text: last ? `wait until ${day}` : `in grace until ${day}`, tone: 'waiting', order: 3 };
}

function noticeText(now: ContractNow): string {
  const { state } = now;
  const calendar = calendarOf(state);
  const ended = state.notices.find(({ type }) => type === 'default');
  if (ended) return `default, ${formatDue(ended.asOfSec, calendar)}`;
  const last = standingArrears(now);
  if (!last) return 'none yet';
  const until = formatDue(cureEndsAtSec(state, last.asOfSec), calendar);
  return `${formatDue(last.asOfSec, calendar)}, to cure until ${until}`;
}

/** Loans that are late, as rows; `contracts` are those of one person. */
export function arrearsRows(
  names: Names,
  contracts: readonly OwnContract[],
  nowSec: number,
  outlookOf: OutlookOf,
): DeskRow[] {
  return contracts
    .map(({ view }) => contractNow(view, nowSec))
    .filter(({ state: { status }, ledger }) => {
      return (status === 'effective' || status === 'defaulted') && ledger.daysPastDue > 0;
    })
    .map((now) => ({
      id: now.state.root,
      href: `/contracts/${now.state.root}`,
      next: nextStep(now, outlookOf),
      cells: {
        business: {
          kind: 'text' as const,
          text: nameOf(names, now.state.contract.document.parties.business.pubkey),
        },
        title: { kind: 'text' as const, text: titleOf(now.state) },
        days: { kind: 'count' as const, count: now.ledger.daysPastDue },
        due: {
          kind: 'money' as const,
          amountUnits: now.ledger.dueNowUnits,
          denomination: now.state.contract.document.denomination,
        },
        notice: { kind: 'text' as const, text: noticeText(now) },
      },
    }));
}

/** What a business owes under one contract. */
export interface OwedView {
  readonly root: string;
  /** Address of the offer it rests on. */
  readonly offer: string;
  readonly title: string;
  readonly status: StatusView;
  readonly denomination: AmountUnit;
  /** Of the next instalment that is not paid, or of the oldest that is late. */
  readonly due: string;
  /** `instalment 4 of 12, loan of 500 000 sat`: two loans may have one title. */
  readonly which: string;
  /** Whole satoshis or minor units due by the end of today; 0 while nothing is. */
  readonly dueNowUnits: bigint;
  /** What the next instalment will come to. */
  readonly nextUnits: bigint;
  readonly order: number;
}

function owedView(view: ContractView, nowSec: number): OwedView | undefined {
  const now = contractNow(view, nowSec);
  const { state, ledger } = now;
  const isOwed = state.status === 'effective' || state.status === 'defaulted';
  const next = nextInstalment(now);
  if (!isOwed || !next || ledger.disbursedUnits === 0n || ledger.payoffUnits === 0n)
    return undefined;
  const { denomination, principalUnits } = state.contract.document;
  const isLate = ledger.daysPastDue > 0;
  const isDue = ledger.dueNowUnits > 0n;
  const isOffered = ledger.instalments.some((each) => each.state === 'tendered');
  return {
    root: view.root,
    offer: offerAddressOf(state),
    title: titleOf(state),
    denomination,
    status: isLate
      ? { text: 'late', tone: 'problem' }
      : isOffered
        ? { text: 'due, and nobody asks for it', tone: 'waiting' }
        : isDue
          ? { text: 'due today', tone: 'waiting' }
          : { text: 'to come', tone: 'plain' },
    due: formatDue(next.dueAtSec, calendarOf(state)),
    which:
      `instalment ${next.number} of ${ledger.instalments.length}, ` +
      `loan of ${amountText(BigInt(principalUnits), denomination, true)}`,
    dueNowUnits: ledger.dueNowUnits,
    nextUnits: next.amountUnits,
    order: next.dueAtSec,
  };
}

/** What is due to several investors of one offer at once. */
export interface OwedTogether {
  readonly key: string;
  readonly title: string;
  /** That of all its loans: one offer is in one denomination. */
  readonly denomination: AmountUnit;
  readonly loans: readonly OwedView[];
  readonly dueNowUnits: bigint;
  readonly order: number;
}

/** What a business owes by offer, the oldest due first; loans with nothing due stand alone. */
export function owedTogether(contracts: readonly OwnContract[], nowSec: number): OwedTogether[] {
  const groups = new Map<string, OwedView[]>();
  for (const loan of owedViews(contracts, nowSec)) {
    const key = loan.dueNowUnits > 0n ? loan.offer : loan.root;
    groups.set(key, [...(groups.get(key) ?? []), loan]);
  }
  return [...groups].flatMap(([key, loans]) => {
    const [first] = loans;
    return first ? [togetherOf(key, first, loans)] : [];
  });
}

function togetherOf(key: string, first: OwedView, loans: readonly OwedView[]): OwedTogether {
  return {
    key,
    title: first.title,
    denomination: first.denomination,
    loans,
    dueNowUnits: loans.reduce((sum, loan) => sum + loan.dueNowUnits, 0n),
    order: Math.min(...loans.map(({ order }) => order)),
  };
}

/** What a business owes, the oldest due first. */
export function owedViews(contracts: readonly OwnContract[], nowSec: number): OwedView[] {
  return contracts
    .filter(({ own }) => own.role === 'business')
    .map(({ view }) => owedView(view, nowSec))
    .filter((owed) => owed !== undefined)
    .sort((a, b) => a.order - b.order);
}
