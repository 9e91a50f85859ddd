/** Money that moves, or is about to: streams, and what the dialog before a payment shows. */
import type { Leg } from '@realyield/protocol';
import type { AmountUnit } from '../amount.ts';
import type { PersonView } from '../ui/shell.svelte.ts';
import type { WalletView } from './models.ts';

/** What one payee gets of a payment. */
export interface PaymentShare {
  readonly to: PersonView;
  readonly amountUnits: bigint;
}

/** A payment somebody is about to order. */
export interface PaymentPlan {
  /** The contract's id. */
  readonly root: string;
  /** `everything` also pays what is added until it is paid; `due` a leg; `together` several. */
  readonly order: 'part' | 'everything' | 'due' | 'together';
  /** All contracts of one offer that are paid together. */
  readonly roots?: readonly string[];
  /** The leg, where what is due on it is paid. */
  readonly leg?: Leg;
  /** What its amounts are counted in. */
  readonly denomination: AmountUnit;
  readonly amountUnits: bigint;
  /** The dialog's head. */
  readonly title: string;
  /** What it is for: `A second oven, instalment 3 of 5`. */
  readonly what: string;
  /** To whom; where there are several, their shares add up to the amount. */
  readonly shares: readonly PaymentShare[];
  /** The same payment of less, where that can be chosen; undefined for what cannot be paid. */
  readonly part?: (amountUnits: bigint) => PaymentPlan | undefined;
}

/** Money moving in ticks from one person to another. */
export interface StreamModel {
  readonly from: PersonView;
  readonly to: PersonView;
  /** What its amounts are counted in. */
  readonly denomination: AmountUnit;
  /** What one tick pays, and how long a tick lasts in seconds. */
  readonly tickUnits: bigint;
  readonly tickSec: number;
  readonly paidUnits: bigint;
  readonly totalUnits: bigint;
  readonly ticksPaid: number;
  readonly ticksTotal: number;
  readonly state: 'flowing' | 'waiting' | 'paused' | 'stopped' | 'done';
  readonly nextTickAtSec?: number | undefined;
  /** What it waits for, or why it stopped, as a sentence. */
  readonly reason?: string | undefined;
  /** What was not paid is not paid any more. */
  readonly isOver?: boolean;
  /** Of the agreed rate so many percent, as its payer chose; undefined: as agreed. */
  readonly pacePercent?: number | undefined;
  /** When the last payment is made at that pace, and as agreed, Unix seconds. */
  readonly endsAtSec?: number | undefined;
  readonly agreedEndsAtSec?: number | undefined;
}

/** A limit of the payer's own, and what counts against it, msat. */
export interface BoundView {
  readonly limitMsat: bigint;
  readonly spentMsat: bigint;
}

/** What bounds a payer: the wallet's budget where it tells, their own limits where they are set. */
export interface SpendingView {
  readonly budget: WalletView['budget'];
  /** In any 24 hours. */
  readonly day: BoundView | undefined;
  /** Under the contract in all. */
  readonly contract: BoundView | undefined;
}
