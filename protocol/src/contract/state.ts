/** State of one contract: what the fold yields, without a clock. Spec: specs/contract.md. */
import type { ParsedContract } from '../events.ts';
import type { ContractDocument } from '../kinds/agreement.ts';
import type { Leg, PartyRole } from '../kinds/fields.ts';
import type { TENDER_LEGS } from '../kinds/tender.ts';
import type { ReportedSales } from './course.ts';
import type { PaidParts } from './paid.ts';

/** Where a contract stands; lateness is a view on top, never a status. */
export type ContractStatus = 'proposed' | 'effective' | 'withdrawn' | 'defaulted' | 'closed';

/** How well a payment is proven. */
export type PaymentClass = 'preimage+acknowledgement' | 'preimage' | 'acknowledgement' | 'chain';

/** One proven payment. */
export interface Payment {
  readonly leg: Leg;
  /** Id of the payee's signed request; of the receipt, where it was paid on the chain. */
  readonly request: string;
  readonly n: number;
  /** What it counts for in the contract's ledger. */
  readonly amountUnits: bigint;
  /** What was paid over Lightning or on the chain. */
  readonly amountMsat: bigint;
  /** What the payee received of it: less where the bank passed it on. */
  readonly receivedMsat: bigint;
  /** By what no payment counts twice: the payment hash, on the chain `TXID:VOUT`. */
  readonly paymentHash: string;
  /** Empty of a payment on the chain. */
  readonly preimage: string;
  readonly settledAtSec: number;
  readonly class: PaymentClass;
  /** The payee stated another time than the receipt. */
  readonly timeContested: boolean;
  /** A disbursement that no default or closure rests on although there is one. */
  readonly afterFinal: boolean;
  /** Id of the receipt that proves it. */
  readonly receipt: string;
}

/** One role's signature in effect. */
export interface AppliedSignature {
  readonly id: string;
  /** The delegate this acceptance names: where messages about money go. */
  readonly delegate: string | undefined;
  /** Every delegate the role has named, in any acceptance: all of them may act for it. */
  readonly delegates: readonly string[];
  readonly effectiveAtSec: number;
  readonly register: { readonly serial: number; readonly previous: string } | undefined;
}

/** How the milestone of a tranche stands. */
export interface Milestone {
  /** The tranche's place in the contract, counted from 0. */
  readonly tranche: number;
  readonly status: 'open' | 'claimed' | 'approved' | 'refused';
  /** Id of the claim that was decided on or waits for it. */
  readonly claim: string | undefined;
  /** Id of the approval or refusal. */
  readonly decision: string | undefined;
  /** When that took effect, Unix seconds. */
  readonly decidedAtSec: number | undefined;
}

/** One countersignature in a bank's register. */
export interface RegisterEntry {
  readonly id: string;
  readonly serial: number;
  /** Id of the countersignature before it, as this one says. */
  readonly previous: string;
}

/** What bank or investor may say of a loan that is not repaid as agreed. */
export type NoticeType = 'arrears' | 'default' | 'acceleration' | 'writeOff';

/** A notice of arrears, default, acceleration or write-off that counts. */
export interface Notice {
  readonly id: string;
  readonly type: NoticeType;
  readonly author: PartyRole;
  /** The instalment an arrears notice names; of others the oldest late one; from 1. */
  readonly instalment: number;
  /** The time at which it was judged, Unix seconds. */
  readonly asOfSec: number;
  /** Payments it does not rest on, settled by then, contradict it: judged on all it would fail. */
  readonly contested: boolean;
}

/** A recovery that counts, as far as it is this contract's. */
export interface Recovery {
  readonly id: string;
  /** When the bank got the money, Unix seconds. */
  readonly recoveredAtSec: number;
  /** When the bank said so, Unix seconds. */
  readonly statedAtSec: number;
  /** All that was got, for all contracts together. */
  readonly grossUnits: bigint;
  readonly costsUnits: bigint;
  /** What the bank owes this contract's investor of it. */
  readonly shareUnits: bigint;
}

/** A tender that counts, as far as it does. */
export interface Tender {
  readonly id: string;
  readonly leg: (typeof TENDER_LEGS)[number];
  /** The parts offered, and what they come to together. */
  readonly n: readonly number[];
  readonly units: bigint;
  /** Its date, Unix seconds. */
  readonly atSec: number;
  /** Contract days it covers, the first and the last; none where the last is before the first. */
  readonly fromDay: number;
  readonly toDay: number;
  /** It covers instalments due after this contract day only. */
  readonly dueAfterDay: number;
  /** The debtor had what it needs to pay. */
  readonly isVoid: boolean;
  /** The payee's first answer, and since when it is effective, Unix seconds. */
  readonly answer?: { readonly id: string; readonly atSec: number | undefined };
}

/** A report of sales that counts. */
export interface CountedReport {
  readonly id: string;
  readonly author: string;
  readonly till: string;
  /** From the first second of its period to before the last, Unix seconds. */
  readonly fromSec: number;
  readonly toSec: number;
  readonly firstSerial: number;
  readonly count: number;
  /** The report it corrects. */
  readonly corrects: string | undefined;
  /** What was taken, as this contract's ledger counts. */
  readonly units: bigint;
  /** Unix seconds. */
  readonly reportedAtSec: number;
}

/** A key that acts for a role, or did: the contract's, a delegate, or one that replaced either. */
export interface RoleKey {
  readonly role: PartyRole;
  readonly key: string;
  /** A main key signs everything; a delegate requests, receipts and acknowledgements. */
  readonly use: 'main' | 'delegate';
  /** Replaced or revoked: what it signs alone counts up to this time, Unix seconds. */
  readonly endsAtSec: number | undefined;
}

/** Terms of a contract that all three have signed, from the root's on. */
export interface Version {
  readonly id: string;
  readonly document: ContractDocument;
  /** The latest of its signatures' times, Unix seconds. */
  readonly effectiveAtSec: number;
  /** The contract day after which these terms ask for instalments; of the root its start's. */
  readonly fromDay: number;
}

/** Whether an offer's contracts may be paid out. */
export type FundingStatus = 'notRequired' | 'open' | 'reached' | 'failed';

/** The contracts of an offer that are paid out in step. */
export interface Cohort {
  /** Ids, this contract's own among them. */
  readonly contracts: readonly string[];
  /** What they come to in all by the bank's notice. */
  readonly totalUnits: bigint;
}

/** The backup servicer's takeover. */
export interface Takeover {
  readonly id: string;
  /** Unix seconds. */
  readonly atSec: number;
  /** The bank has signed something since its silence is said to have begun. */
  readonly contested: boolean;
}

/** Two events that contradict each other. */
export interface Equivocation {
  readonly reason:
    | 'rival signatures'
    | 'rival rotations'
    | 'rival successors'
    | 'overlapping requests'
    | 'contradictory prices'
    | 'contradictory decisions'
    | 'contradictory funding'
    | 'rival reports';
  readonly author: string;
  /** The two ids, least first. */
  readonly events: readonly [string, string];
}

/** The fold's result for one contract. */
export interface ContractState {
  readonly root: string;
  readonly contract: ParsedContract;
  /** Id of the last version of the terms that all three signed. */
  readonly version: string;
  /** The terms all three signed, oldest first; only the root's while that is not signed. */
  readonly versions: readonly Version[];
  readonly status: ContractStatus;
  readonly signatures: Readonly<Partial<Record<PartyRole, AppliedSignature>>>;
  /** The bank's countersignatures with their numbers, under amendments too. */
  readonly registered: readonly RegisterEntry[];
  /** Parties that withdrew, whether or not that came in time. */
  readonly withdrawnBy: readonly PartyRole[];
  /** Undefined unless all have signed: effective, defaulted or closed. */
  readonly effectiveAtSec: number | undefined;
  /** The latest of the three signatures' times, even if the contract was withdrawn after it. */
  readonly signedAtSec: number | undefined;
  /** End of the investor's time to withdraw, where there is one; no tick is due before. */
  readonly coolingOffEndsAtSec: number | undefined;
  /** Every key that acts for a role or did. */
  readonly keys: readonly RoleKey[];
  /** Ids of the key events that count, sorted. */
  readonly keyEvents: readonly string[];
  readonly funding: FundingStatus;
  /** Of the first notice that funding is reached; undefined without one. */
  readonly cohort: Cohort | undefined;
  readonly takeover: Takeover | undefined;
  /** The proven payments in columns, with totals by day for the ledger: quick at any number. */
  readonly paid: PaidParts;
  /** The same, an object each, by settled time, request id, n; made when first read. */
  readonly payments: readonly Payment[];
  /** One for each tranche that has a milestone, in order. */
  readonly milestones: readonly Milestone[];
  /** Arrears notices, then defaults, accelerations, write-offs, each earliest first. */
  readonly notices: readonly Notice[];
  /** When everything fell due, by the first acceleration that nothing contests; Unix seconds. */
  readonly acceleratedAtSec: number | undefined;
  /** When the bank wrote it off, by the first write-off that nothing contests; Unix seconds. */
  readonly writtenOffAtSec: number | undefined;
  /** Recoveries, earliest statement first. */
  readonly recoveries: readonly Recovery[];
  /** Tenders, by (created_at, id). */
  readonly tenders: readonly Tender[];
  /** Reports of sales, by (created_at, id). */
  readonly reports: readonly CountedReport[];
  /** What they come to day by day, as a ledger takes it. */
  readonly sales: readonly ReportedSales[];
  /** Defaults, accelerations, write-offs and closures that hold, earliest first. */
  readonly finalEvents: readonly string[];
  readonly equivocations: readonly Equivocation[];
  /** Requests paid at a price that no quorum of oracles proves: it stands between the two. */
  readonly unprovenPrices: readonly string[];
}

/** Who pays whom on a leg, and what for. */
export interface LegParties {
  readonly payer: PartyRole;
  readonly payee: PartyRole;
  readonly purpose: string;
}

/** Payer, payee and purpose of each leg; who pays an origination fee, `legOf` knows. */
export const LEGS: Readonly<Record<Leg, LegParties>> = {
  disbursement: { payer: 'investor', payee: 'business', purpose: 'principal' },
  repayment: { payer: 'business', payee: 'investor', purpose: 'debt service' },
  originationFee: { payer: 'business', payee: 'bank', purpose: 'origination fee' },
  servicing: { payer: 'business', payee: 'bank', purpose: 'servicing share of debt service' },
  guarantee: { payer: 'bank', payee: 'investor', purpose: 'guarantee' },
  handedOn: { payer: 'investor', payee: 'bank', purpose: 'guarantee handed on' },
  recovery: { payer: 'bank', payee: 'investor', purpose: 'recovered debt service' },
  tillShare: { payer: 'bank', payee: 'investor', purpose: 'share of sales at the bank’s till' },
  takings: { payer: 'bank', payee: 'business', purpose: 'takings of the till paid on' },
};

/** All party roles. */
export const PARTY_ROLES: readonly PartyRole[] = ['investor', 'business', 'bank'];
