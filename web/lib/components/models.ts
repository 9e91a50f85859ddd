/**
 * View models: what the components show, already computed. Amounts are bigint units of the
 * ledger named beside them, rates basis points, times unix seconds. All words may come from
 * strangers; components clean and isolate them. Nothing here knows events or the protocol.
 */
import type { Amount, AmountUnit } from '../amount.ts';
import type { Calendar } from '../format.ts';
import type { PersonView } from '../ui/shell.svelte.ts';

export type { Calendar } from '../format.ts';
export type { Fact } from '../ui/facts.ts';
export type { PersonView, RelayLine } from '../ui/shell.svelte.ts';

/** Colour and mark of a status word. */
export type Tone = 'plain' | 'done' | 'active' | 'waiting' | 'problem';

/** A status as a word. */
export interface StatusView {
  readonly text: string;
  readonly tone: Tone;
}

/** A bank and what is known of how it was repaid. */
export interface BankView {
  readonly bank: PersonView;
  readonly href?: string | undefined;
  /** Undefined while its receipts are being read: half a record would be a wrong one. */
  readonly record?: BankRecordView | undefined;
  /** What its loans lost and what came back, in words. */
  readonly losses?: string | undefined;
  /** Cases on its loans and what is owed in them, in words; none where there are none. */
  readonly cases?: string | undefined;
  /** What the figures rest on, in words: `11 contracts over 19 months; age not proven`. */
  readonly basis: string;
}

/** How a bank was repaid, in the figures that stand on an offer. */
export interface BankRecordView {
  /** Contracts in effect, now or before. */
  readonly contractCount: number;
  /** Instalments that have fallen due and whose days of grace are over, or that are paid. */
  readonly dueCount: number;
  /** Those of them paid in time. */
  readonly onTimeCount: number;
  /** Unpaid, their days of grace not over. */
  readonly inGraceCount: number;
  /** What is owed, apart for every denomination: such amounts are never added. */
  readonly risks: readonly RiskView[];
}

/** What a bank's borrowers owe in one denomination. */
export interface RiskView {
  readonly denomination: AmountUnit;
  readonly outstandingUnits: bigint;
  /** Outstanding under contracts more than 30 days past due. */
  readonly par30Units: bigint;
}

/** An offer in a list. */
export interface OfferCardView {
  readonly href: string;
  readonly business: PersonView;
  readonly place: string;
  /** One line. */
  readonly purpose: string;
  /** What its amounts are counted in. */
  readonly denomination: AmountUnit;
  readonly soughtUnits: bigint;
  readonly raisedUnits: bigint;
  readonly rateBps: number;
  /** `1.3 times`: what a share of sales repays in all, where there is no interest. */
  readonly times?: string;
  /** In words: `12 months`. */
  readonly term: string;
  /** In a word or two: `equal instalments`. */
  readonly plan: string;
  readonly bank: BankView;
  /** Bond cover in words: `no bond`, `covers 20 % of this loan until March 2027`. */
  readonly bond: string;
  readonly status?: StatusView | undefined;
}

/** How one instalment stands; `none` asks for nothing, `ahead` is paid before its day. */
export type InstalmentState =
  'upcoming' | 'due' | 'paid' | 'ahead' | 'late' | 'partPaid' | 'tendered' | 'none';

/** One instalment of a schedule. */
export interface InstalmentView {
  /** From 1. */
  readonly number: number;
  readonly dueAtSec: number;
  readonly principalUnits: bigint;
  readonly interestUnits: bigint;
  readonly feesUnits: bigint;
  readonly totalUnits: bigint;
  readonly paidUnits: bigint;
  readonly state: InstalmentState;
  /** Days past due by the contract's calendar, where late. */
  readonly daysLate?: number | undefined;
  /** How many days after its due day it was paid, and whether that was within the grace. */
  readonly paidLate?: { readonly days: number; readonly isInGrace: boolean } | undefined;
}

/** A schedule and the calendar its dates are read by. */
export interface ScheduleView {
  /** What its amounts are counted in. */
  readonly denomination: AmountUnit;
  readonly calendar: Calendar;
  readonly instalments: readonly InstalmentView[];
  /** What comes on top of principal, in one word; interest unless said. */
  readonly costName?: string;
}

/** The head of a contract. */
export interface ContractHeadView {
  /** 32-byte hex id of the root contract. */
  readonly id: string;
  /** What the loan is for, in one line. */
  readonly title: string;
  readonly place?: string | undefined;
  readonly status: StatusView;
  /** Where it stands: `Repaying, 4 of 12. Next 41 200 sat on 3 March.` */
  readonly sentence: string;
  readonly parties: readonly PersonView[];
}

/** Balances of one contract at a moment. */
export interface BalancesView extends Pick<ScheduleView, 'denomination' | 'costName'> {
  readonly principalUnits: bigint;
  readonly disbursedUnits: bigint;
  readonly outstandingUnits: bigint;
  readonly accruedInterestUnits: bigint;
  readonly repaidUnits: bigint;
  readonly daysPastDue: number;
  readonly asOfSec: number;
}

/** One thing that was checked about an event. */
export interface CheckView {
  readonly label: string;
  readonly state: 'ok' | 'failed' | 'unknown';
  readonly detail?: string | undefined;
}

/** A signed event in a timeline. */
export interface TimelineEventView {
  readonly id: string;
  readonly atSec: number;
  /** What it is: `Receipt for instalment 4`. */
  readonly title: string;
  readonly detail?: string | undefined;
  readonly amount?: Amount | undefined;
  readonly flow?: 'in' | 'out' | undefined;
  readonly who: PersonView;
  readonly tone?: Tone | undefined;
  readonly checks: readonly CheckView[];
  /** The event as JSON text. */
  readonly raw: string;
}

/** Events that one relay does not show. */
export interface GapView {
  readonly relay: string;
  /** Relays that show them; none where only this device has them. */
  readonly shownBy: readonly string[];
  readonly count: number;
  readonly events: readonly TimelineEventView[];
  /** Those that have no place in the timeline. */
  readonly otherIds: readonly string[];
}

/** How a contract's relays compare. */
export interface GapsView {
  /** Relays that have sent all they have. */
  readonly compared: readonly string[];
  readonly gaps: readonly GapView[];
  /** Ids that signed events name and no relay showed. */
  readonly named: readonly string[];
}

/** An event that was refused. */
export interface RejectedView {
  readonly id: string;
  /** The stable reject code. */
  readonly code: string;
  readonly sentence: string;
  readonly atSec?: number | undefined;
  readonly who?: PersonView | undefined;
}

/** Someone to be, in the local world. */
export interface PersonaView {
  readonly id: string;
  readonly person: PersonView;
  /** Who they are and what they can do here, in one or two sentences. */
  readonly story: string;
  /** `current` is who this browser is now; `taken` is open in another browser. */
  readonly state: 'free' | 'taken' | 'current';
}

/** A connected wallet. */
export interface WalletView {
  readonly alias: string;
  readonly network?: string | undefined;
  /** Undefined while the wallet has not told. */
  readonly balanceMsat?: bigint | undefined;
  readonly budget?:
    | {
        readonly totalMsat: bigint;
        readonly usedMsat: bigint;
        readonly renewal?: string | undefined;
      }
    | undefined;
  /** What it cannot do, each a sentence. */
  readonly cannot: readonly string[];
  /** `silent`: it has not answered. */
  readonly state: 'connected' | 'connecting' | 'silent';
}

/** The terms of an investment in plain words. */
export interface TermsView {
  /** What its amounts are counted in. */
  readonly denomination: AmountUnit;
  readonly payUnits: bigint;
  /** How it is paid: `in 30 payments over 30 days, each only after the last was proven`. */
  readonly payHow: string;
  /** Its tranches and the bank's fee, each a sentence; a single plain tranche has none. */
  readonly paySteps: readonly string[];
  readonly backUnits: bigint;
  readonly backHow: string;
  /** What else the plan says: a slow start, the day count, what early payments do. */
  readonly backMore: readonly string[];
  readonly when: string;
  /** What happens if it is not repaid. */
  readonly ifNot: readonly string[];
  readonly notProven: readonly string[];
}

/** A point of the prospectus: what protects, what does not. */
export interface PointView {
  readonly label: string;
  readonly text: string;
}

/** The written half of a prospectus. */
export interface ProspectusView {
  readonly title: string;
  readonly place: string;
  readonly business: PersonView;
  readonly bank: BankView;
  /** The case in the bank's and the business's words; line breaks are kept. */
  readonly story: string;
  readonly status?: StatusView | undefined;
  readonly protects: readonly PointView[];
  readonly exposes: readonly PointView[];
}

/** A cell of a desk list; the list aligns, formats and sorts by its kind. */
export type DeskCell =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'person'; readonly person: PersonView }
  | { readonly kind: 'money'; readonly amountUnits: bigint; readonly denomination: AmountUnit }
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'rate'; readonly bps: number }
  | { readonly kind: 'date'; readonly atSec: number; readonly calendar: Calendar }
  | { readonly kind: 'status'; readonly status: StatusView };

/** A column after the first, which is always the next step. */
export interface DeskColumn {
  readonly key: string;
  readonly label: string;
}

/** A row of a desk list. */
export interface DeskRow {
  readonly id: string;
  readonly href: string;
  /** The next step as a verb, and how pressing it is; lower `order` sorts first. */
  readonly next: StatusView & { readonly order: number };
  readonly cells: Readonly<Record<string, DeskCell>>;
}
