/** Repayments a business may order, as the dialog before a payment shows them; and ordering one. */
import { sentenceFor, shareRepayment, type ContractState, type Result } from '@realyield/protocol';
import type { PaymentPlan, PaymentShare } from '../../components/payment-models.ts';
import type { ContractView } from '../../engine/catalog.ts';
import type { Repayments } from '../../engine/repayments.ts';
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
    amountUnits,
    title,
    what: `${titleOf(state)}: ${what}`,
    shares: sharesOf(names, state, amountUnits, nowSec),
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
  { root, order, amountUnits }: PaymentPlan,
): Promise<string | undefined> {
  const ordered: Result<unknown> =
    order === 'everything'
      ? await repayments.repayEverything(root)
      : await repayments.repay(root, amountUnits);
  return ordered.ok ? undefined : sentenceFor(ordered.code);
}
