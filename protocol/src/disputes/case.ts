/** What the fold of a case yields. Spec: specs/disputes.md, "Case". */
import type { Award, DisputeReason } from '../kinds/dispute.ts';
import type { PartyRole } from '../kinds/fields.ts';
import type { RejectCode } from '../result.ts';

/** Where a case stands; lateness is a view on top, never a status. */
export type DisputeStatus =
  'open' | 'taken' | 'ruled' | 'settled' | 'complied' | 'withdrawn' | 'closed';

/** One claim of a case. */
export interface DisputeClaim {
  /** Id of the opening or joining step. */
  readonly id: string;
  readonly contract: string;
  readonly role: PartyRole;
  readonly claimUnits: bigint;
  /** The most the contract's ledger showed at the claim's time. */
  readonly limitUnits: bigint;
  readonly address: string | undefined;
  readonly effectiveAtSec: number;
  readonly withdrawn: boolean;
}

/** Who decides a case. */
export type ArbiterRole = 'arbiter' | 'fallbackArbiter';

/** An award as it is owed. Amounts in units of its contract's ledger. */
export interface OwedAward {
  readonly award: Award;
  /** At most what was claimed, and what the ledger showed when the outcome took effect. */
  readonly owedUnits: bigint;
  /** On the contract's leg. */
  readonly paidUnits: bigint;
  /** Out of the bank's bond. */
  readonly fromBondUnits: bigint;
  readonly outstandingUnits: bigint;
}

/** A payout of the bond that is on the chain. */
export interface RecordedPayout {
  /** Id of the step that records it, the first in order. */
  readonly id: string;
  /** Id of the pledge. */
  readonly pledge: string;
  readonly txid: string;
  readonly height: number;
  /** To whom awards go, together. */
  readonly paidSat: bigint;
  /** To the miners. */
  readonly feeSat: bigint;
}

/** What the bond paid for rulings that an outcome rests on: of a contract's share, not of it. */
export interface PaidBefore {
  readonly contract: string;
  readonly units: bigint;
  /** Its part of what went to the miners. */
  readonly feeSat: bigint;
}

/** A ruling, or a settlement all sides signed: frozen with everything in it. */
export interface DisputeOutcome {
  readonly type: 'ruling' | 'settlement';
  /** Id of the ruling or of the proposal accepted. */
  readonly id: string;
  readonly by: ArbiterRole | undefined;
  readonly effectiveAtSec: number;
  /** What settled from then on pays it; earlier where a ruling it does not rest on was paid. */
  readonly paidFromSec: number;
  readonly payBySec: number;
  readonly awards: readonly OwedAward[];
  /** What the bond has paid of it. */
  readonly payouts: readonly RecordedPayout[];
  /** What it had paid for rulings the outcome rests on; absent where that is nothing. */
  readonly paidBefore?: readonly PaidBefore[];
  /** Of all awards. */
  readonly outstandingUnits: bigint;
  /** Nothing is owed, and nothing would be had nobody withdrawn that it does not know of. */
  readonly isMet: boolean;
}

/** Two steps that contradict each other, least id first. */
export interface DisputeContradiction {
  readonly reason: 'rival rulings' | 'rival settlements' | 'rival takings' | 'documents exchanged';
  readonly author: string;
  readonly events: readonly [string, string];
}

/** How a response or evidence stands with the arbiter who decides. */
export type Admission = 'pending' | 'admitted' | 'notAdmitted';

/** What one arbiter did, Unix seconds of what took effect first. */
export interface ArbiterTrack {
  readonly takenAtSec: number | undefined;
  readonly ruledAtSec: number | undefined;
}

/** The fold of one case. */
export interface DisputeCase {
  readonly id: string;
  readonly contract: string;
  readonly reason: DisputeReason;
  readonly status: DisputeStatus;
  readonly openedAtSec: number;
  readonly claims: readonly DisputeClaim[];
  /** Contracts in the case. */
  readonly contracts: readonly string[];
  readonly respondBySec: number;
  readonly takeBySec: number;
  /** Undefined until the case is taken. */
  readonly ruleBySec: number | undefined;
  readonly governing: ArbiterRole;
  readonly tracks: Readonly<Record<ArbiterRole, ArbiterTrack>>;
  /** A party has called the fallback arbiter, and may. */
  readonly fallbackCalled: boolean;
  /** One was made when the arbiter had let its time pass, with something left to decide. */
  readonly arbiterSilent: boolean;
  readonly taken: string | undefined;
  readonly responses: readonly string[];
  readonly admissions: Readonly<Record<string, Admission>>;
  readonly outcome: DisputeOutcome | undefined;
  readonly contradictions: readonly DisputeContradiction[];
  /** Steps that count, in order. */
  readonly applied: readonly string[];
  readonly rejects: readonly { readonly id: string; readonly code: RejectCode }[];
  /** Ids that steps name and nobody handed over: a relay withholds them. */
  readonly missing: readonly string[];
}
