/** What the dialog before a payment shows. */
import type { PersonView } from '../ui/shell.svelte.ts';

/** A repayment somebody is about to order. */
export interface PaymentPlan {
  /** The contract's id. */
  readonly root: string;
  /** `everything` also pays the interest that is added until it is paid. */
  readonly order: 'part' | 'everything';
  readonly amountUnits: bigint;
  /** The dialog's head. */
  readonly title: string;
  /** What it is for: `A second oven, instalment 3 of 5`. */
  readonly what: string;
  readonly to: PersonView;
}
