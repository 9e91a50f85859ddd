/** What a party owes beside repayments, in words: fees on top, guarantees, recoveries. */
import {
  guaranteeOf,
  isSerial,
  isStreamed,
  legOf,
  legsInUse,
  dueOn,
  planOrigination,
  type Leg,
  type PartyRole,
} from '@realyield/protocol';
import type { PaymentPlan } from '../../components/payment-models.ts';
import type { Repayments } from '../../engine/repayments.ts';
import { formatDue } from '../../format.ts';
import { refusalInWords } from '../refusals-in-words.ts';
import { titleOf, type ContractNow } from './contract.ts';
import { calendarOf } from './notices.ts';
import { personView, type Names } from './people.ts';

/** One thing to pay, with what the dialog before it shows. */
export interface DueView {
  readonly leg: Leg;
  readonly amountUnits: bigint;
  /** What it is, as a sentence without its amount. */
  readonly sentence: string;
  readonly isLate: boolean;
  readonly plan: PaymentPlan;
}

const NONE: ReadonlySet<number> = new Set();

/** What each is called where it is paid. */
const TITLES: Readonly<Partial<Record<Leg, string>>> = {
  originationFee: 'Pay the bank’s fee',
  guarantee: 'Pay under the guarantee',
  recovery: 'Pay on what was recovered',
  handedOn: 'Hand on to the bank',
};

function dueUnits(leg: Leg, { state, nowSec }: ContractNow): bigint {
  if (isSerial(leg)) return dueOn(state, leg, nowSec);
  const plan = planOrigination(state, NONE, nowSec);
  return plan.action === 'pay' ? plan.parts.reduce((sum, part) => sum + part.amountUnits, 0n) : 0n;
}

function sentenceOn(leg: Leg, { state, nowSec }: ContractNow): [string, boolean] {
  const called = guaranteeOf(state, nowSec);
  switch (leg) {
    case 'originationFee':
      return ['The bank’s fee for what is paid out now, on top of the loan.', false];
    case 'guarantee': {
      const isLate = (called?.daysPastDue ?? 0) > 0;
      const due = called ? formatDue(called.dueAtSec, calendarOf(state)) : '';
      return [`Your guarantee to the investor, due ${due}.`, isLate];
    }
    case 'handedOn':
      return [
        'You have more than you lacked: this goes back to the bank, which had paid it.',
        false,
      ];
    default:
      return ['The investor’s share of what you recovered.', false];
  }
}

/** What a role owes on a contract now beside repayments. */
export function dueViews(names: Names, now: ContractNow, role: PartyRole | undefined): DueView[] {
  const { state } = now;
  const { document } = state.contract;
  return legsInUse(state).flatMap((leg) => {
    const { payer, payee } = legOf(document, leg);
    const title = TITLES[leg];
    if (payer !== role || title === undefined || isStreamed(state, leg)) return [];
    const amountUnits = dueUnits(leg, now);
    if (amountUnits === 0n) return [];
    const [sentence, isLate] = sentenceOn(leg, now);
    const to = personView(names, document.parties[payee].pubkey, payee);
    const plan: PaymentPlan = {
      root: state.root,
      order: 'due',
      leg,
      denomination: document.denomination,
      amountUnits,
      title,
      what: `${titleOf(state)}: ${purposeOf(leg)}`,
      shares: [{ to, amountUnits }],
    };
    return [{ leg, amountUnits, sentence, isLate, plan }];
  });
}

function purposeOf(leg: Leg): string {
  if (leg === 'originationFee') return 'the bank’s fee on what is paid out';
  if (leg === 'guarantee') return 'what the guarantee owes';
  return leg === 'handedOn' ? 'what is too much of the guarantee' : 'what was recovered';
}

/** Orders what a plan says; undefined, or why it was refused as a sentence. */
export async function orderDue(
  repayments: Repayments,
  { root, leg }: PaymentPlan,
): Promise<string | undefined> {
  if (leg === undefined) return undefined;
  const ordered = await repayments.payDue(root, leg);
  return ordered.ok ? undefined : refusalInWords(ordered);
}
