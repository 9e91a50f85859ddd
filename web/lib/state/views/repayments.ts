/** Repayments a business may order, as the dialog before a payment shows them; and ordering one. */
import {
  offerAddress,
  shareAmong,
  shareRepayment,
  wholeOf,
  type ContractState,
  type Result,
} from '@realyield/protocol';
import type { PaymentPlan, PaymentShare } from '../../components/payment-models.ts';
import type { ContractView } from '../../engine/catalog.ts';
import type { OwnContract } from '../../engine/desk.ts';
import type { Repayments } from '../../engine/repayments.ts';
import { refusalInWords } from '../refusals-in-words.ts';
import { contractNow, titleOf } from './contract.ts';
import { personView, type Names } from './people.ts';

/** Which repayment: what is due by the end of today, everything, or an amount of one's own. */
export type RepaymentChoice = 'due' | 'everything' | bigint;

/** What the dialog shows before a repayment; undefined where there is nothing to pay. */
export function repaymentPlan(
  names: Names,
  view: ContractView,
  choice: RepaymentChoice,
  nowSec: number,
): PaymentPlan | undefined {
  const { state, ledger } = contractNow(view, nowSec);
  const [title, what, amountUnits] =
    choice === 'due'
      ? ['Pay what is due', 'what is due by the end of today', ledger.dueNowUnits]
      : choice === 'everything'
        ? ['Repay everything', 'all that is owed today, interest included', ledger.payoffUnits]
        : ['Repay a part', 'a part of what is owed', choice];
  if (amountUnits <= 0n) return undefined;
  return {
    root: view.root,
    order: choice === 'everything' ? 'everything' : 'part',
    denomination: state.contract.document.denomination,
    amountUnits,
    title,
    what: `${titleOf(state)}: ${what}`,
    shares: sharesOf(names, state, amountUnits, nowSec),
  };
}

/** Loans under one offer, with this one, under which something is due. */
export function dueTogether(
  contracts: readonly OwnContract[],
  view: ContractView,
  nowSec: number,
): readonly ContractView[] {
  const address = offerAddressOf(view.fold.state);
  return contracts
    .filter(({ own }) => own.role === 'business')
    .map((contract) => contract.view)
    .filter(({ fold }) => ['effective', 'defaulted'].includes(fold.state.status))
    .filter(({ fold }) => offerAddressOf(fold.state) === address)
    .filter((each) => contractNow(each, nowSec).ledger.dueNowUnits > 0n);
}

/** The address of the offer a contract rests on. */
export function offerAddressOf({ contract }: ContractState): string {
  const { bases, parties } = contract.document;
  const offer = bases.find(({ as }) => as === 'offer');
  return offerAddress(parties.bank.pubkey, String(offer?.event.content['identifier']));
}

/**
 * What the dialog shows before all investors of an offer are paid what is due to them, or their
 * shares of less.
 */
export function togetherPlan(
  names: Names,
  contracts: readonly ContractView[],
  nowSec: number,
  lessUnits?: bigint,
): PaymentPlan | undefined {
  // By id, as the engine orders them: equal remainders go to the first.
  const views = [...contracts].sort((a, b) => (a.root < b.root ? -1 : 1));
  const [first] = views;
  if (!first) return undefined;
  const { denomination } = first.fold.state.contract.document;
  const dues = views.map((view) => contractNow(view, nowSec).ledger.dueNowUnits);
  const totalUnits = dues.reduce((sum, units) => sum + units, 0n);
  const whole = wholeOf(denomination);
  if (lessUnits !== undefined && (lessUnits < whole || lessUnits > totalUnits)) return undefined;
  const parts = lessUnits === undefined ? dues : shareAmong(lessUnits, dues, whole);
  const shares = views.flatMap(({ fold }, index) =>
    sharesOf(names, fold.state, parts[index] ?? 0n, nowSec),
  );
  const what = lessUnits === undefined ? 'what' : 'a part of what';
  const ofBank = shares.filter(({ to }) => to.role === 'bank');
  const bankUnits = ofBank.reduce((sum, share) => sum + share.amountUnits, 0n);
  const bank = ofBank[0] && { to: ofBank[0].to, amountUnits: bankUnits };
  return {
    root: first.root,
    roots: views.map(({ root }) => root),
    order: 'together',
    denomination,
    amountUnits: shares.reduce((sum, share) => sum + share.amountUnits, 0n),
    title: 'Pay all investors',
    what: `${titleOf(first.fold.state)}: ${what} is due to ${views.length} investors today`,
    shares: [...shares.filter(({ to }) => to.role !== 'bank'), ...(bank ? [bank] : [])],
    part: (amountUnits) => togetherPlan(names, views, nowSec, amountUnits),
  };
}

/** What of a repayment is the investor's, and what the bank's. */
function sharesOf(
  names: Names,
  state: ContractState,
  amountUnits: bigint,
  nowSec: number,
): PaymentShare[] {
  const { investor, bank } = state.contract.document.parties;
  const { repaymentUnits, servicingUnits } = shareRepayment(state, amountUnits, nowSec);
  const shares = [
    { to: personView(names, investor.pubkey, 'investor'), amountUnits: repaymentUnits },
    { to: personView(names, bank.pubkey, 'bank'), amountUnits: servicingUnits },
  ];
  return shares.filter((share) => share.amountUnits > 0n);
}

/** Orders what a plan says; undefined, or why it was refused as a sentence. */
export async function orderRepayment(
  repayments: Repayments,
  { root, roots = [root], order, amountUnits }: PaymentPlan,
): Promise<string | undefined> {
  const act = (): Promise<Result<unknown>> => {
    if (order === 'together') return repayments.repayTogether(roots, amountUnits);
    if (order === 'everything') return repayments.repayEverything(root);
    return repayments.repay(root, amountUnits);
  };
  const ordered = await act();
  return ordered.ok ? undefined : refusalInWords(ordered);
}
