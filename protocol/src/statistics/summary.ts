/**
 * One contract in figures at an as-of time: what books, portfolios and charts add up.
 * Spec: specs/figures.md, "One contract". Small and plain, so that a client can keep it under
 * (state hash, reused parts) until `staleAtSec`.
 */
import type { Ledger } from '../contract/ledger.ts';
import { ledgerWithDaysOf } from '../contract/standing.ts';
import { lastDueAtSec } from '../contract/plan.ts';
import type { ContractState, ContractStatus, RegisterEntry } from '../contract/state.ts';
import { dayOf, endOfDaySec } from '../interest.ts';
import type { ContractDocument } from '../kinds/agreement.ts';
import { ledgerUnitOf, wholeOf, type LedgerUnit } from '../denomination.ts';
import { offerAddress } from '../tags.ts';
import { instalmentOutcomes, type InstalmentOutcome } from './instalments.ts';
import { DEFAULT_DAYS, summarizeLosses, type LossSummary } from './losses.ts';
import {
  countPayments,
  NO_PARTS,
  type CountedPayments,
  type ProofTotal,
} from './payments-by-day.ts';
import { sumOf } from './rates.ts';

/** Contract days after the end of the term from which a contract counts as ended: half a year. */
export const ENDED_DAYS = 183;

/** Days past due in classes; `defaulted` and `writtenOff` are by notice, whatever the days. */
export type LatenessBucket =
  'current' | '1-30' | '31-60' | '61-90' | '91-180' | 'over180' | 'defaulted' | 'writtenOff';

/** Where a contract stands in words a reader of figures needs. */
export type Standing =
  'proposed' | 'withdrawn' | 'awaiting' | 'lapsed' | 'current' | 'late' | 'defaulted' | 'repaid';

/** One contract in figures. Amounts in ledger units, days in contract days. */
export interface ContractSummary extends LossSummary {
  readonly root: string;
  readonly bank: string;
  readonly business: string;
  /** The investor's contract key. */
  readonly investor: string;
  readonly commitment: string;
  readonly offer: string;
  readonly network: ContractDocument['network'];
  /** What all its amounts are counted in. */
  readonly denomination: LedgerUnit;
  readonly daySec: number;
  readonly asOfSec: number;
  readonly asOfDay: number;
  /** First second at which the same facts may give another summary. */
  readonly staleAtSec: number;
  readonly status: ContractStatus;
  readonly standing: Standing;
  /** The bank's countersignatures, of the first terms and of amendments. */
  readonly registered: readonly RegisterEntry[];
  /** Principal paid out, without what went beyond the contract's principal. */
  readonly disbursedUnits: bigint;
  readonly excessDisbursedUnits: bigint;
  readonly undisbursedUnits: bigint;
  readonly repaidUnits: bigint;
  readonly principalPaidUnits: bigint;
  readonly interestPaidUnits: bigint;
  readonly unallocatedUnits: bigint;
  /** Principal not repaid; 0 when it is less than one satoshi. */
  readonly outstandingUnits: bigint;
  /** Principal not repaid of less than one satoshi. */
  readonly dustUnits: bigint;
  /** Unpaid of instalments past due. */
  readonly arrearsUnits: bigint;
  /** Of it principal. */
  readonly arrearsPrincipalUnits: bigint;
  readonly daysPastDue: number;
  readonly mostDaysPastDue: number;
  readonly bucket: LatenessBucket | undefined;
  /** By notice, or ever DEFAULT_DAYS past due. */
  readonly isDefaulted: boolean;
  readonly isTermOver: boolean;
  /** Closed, repaid, defaulted, or ENDED_DAYS after the end of the term. */
  readonly isEnded: boolean;
  readonly firstPaymentAtSec: number | undefined;
  readonly acknowledged: ProofTotal;
  readonly preimageOnly: ProofTotal;
  readonly contestedTimes: number;
  /** Arrears and default notices that payments contradict: they count in no figure. */
  readonly contestedNotices: number;
  /** Payments left out because their hash counts under another contract. */
  readonly notCounted: ProofTotal;
  readonly instalments: readonly InstalmentOutcome[];
}

function addressOf(document: ContractDocument): string {
  const offer = document.bases.find((base) => base.as === 'offer')?.event;
  return offerAddress(offer?.pubkey ?? '', String(offer?.content['identifier']));
}

/** What notices that are not contested say of a contract. */
interface Noticed {
  readonly isDefault: boolean;
  readonly isWrittenOff: boolean;
}

function bucketOf(ledger: Ledger, outstandingUnits: bigint, { isDefault, isWrittenOff }: Noticed) {
  const days = ledger.daysPastDue;
  if (outstandingUnits === 0n && days === 0) return undefined;
  // F-9: "…a contract that is written off is in the class `writtenOff`, another with a default
  // notice in the class `defaulted`, whatever its days…"
  if (isWrittenOff) return 'writtenOff';
  if (isDefault) return 'defaulted';
  if (days === 0) return 'current';
  if (days <= 30) return '1-30';
  if (days <= 60) return '31-60';
  if (days <= 90) return '61-90';
  return days <= 180 ? '91-180' : 'over180';
}

function standingOf(state: ContractState, ledger: Ledger, byNotice: boolean): Standing {
  if (state.status === 'proposed' || state.status === 'withdrawn') return state.status;
  if (ledger.repaid) return 'repaid';
  if (byNotice || ledger.daysPastDue >= DEFAULT_DAYS) return 'defaulted';
  if (ledger.disbursedUnits === 0n) return ledger.undisbursedUnits > 0n ? 'awaiting' : 'lapsed';
  return ledger.daysPastDue > 0 ? 'late' : 'current';
}

function staleAtSec(document: ContractDocument, asOfSec: number): number {
  const nextDaySec = endOfDaySec(dayOf(asOfSec, document.daySec), document.daySec) + 1;
  const lapses = document.tranches.map((tranche) => tranche.lapsesAtSec);
  return Math.min(nextDaySec, ...lapses.filter((lapsesAtSec) => lapsesAtSec > asOfSec));
}

/** What the figures of a contract are taken of, at an as-of time. */
interface Counted {
  readonly state: ContractState;
  readonly asOfSec: number;
  readonly asOfDay: number;
  readonly ledger: Ledger;
  readonly proofs: CountedPayments;
  readonly instalments: readonly InstalmentOutcome[];
  readonly losses: LossSummary;
}

function countContract(
  state: ContractState,
  asOfSec: number,
  reused: ReadonlySet<string>,
): Counted {
  const { document } = state.contract;
  const asOfDay = dayOf(asOfSec, document.daySec);
  const proofs = countPayments(state, asOfDay, reused);
  const { daily } = proofs;
  const { ledger, repaid } = ledgerWithDaysOf(state, asOfSec, daily);
  const instalments = instalmentOutcomes(document, repaid, ledger.instalments, asOfSec);
  const losses = summarizeLosses({ state, asOfSec, daily, repaid, instalments, reused });
  return { state, asOfSec, asOfDay, ledger, proofs, instalments, losses };
}

/**
 * One contract's figures from its folded state. `reused` names parts (partOf) whose hash counts
 * under another contract: findReusedHashes.
 */
export function summarizeContract(
  state: ContractState,
  asOfSec: number,
  reused: ReadonlySet<string> = NO_PARTS,
): ContractSummary {
  return describe(countContract(state, asOfSec, reused));
}

/** Written out field by field: an object put together of others is ten times slower to make. */
function describe(counted: Counted): ContractSummary {
  const { state, asOfSec, asOfDay, ledger, proofs, instalments, losses } = counted;
  const { root, contract, status } = state;
  const { document } = contract;
  const { parties, daySec } = document;
  const late = ledger.instalments.filter((each) => each.state === 'late');
  const notices = state.notices.filter((each) => dayOf(each.asOfSec, daySec) <= asOfDay);
  // F-10: "A contract is defaulted from the day on which it is 90 days past due, or by a default
  // notice that counts and is not contested (N-6); what is paid later does not undo it."
  const isDefault = notices.some(({ type, contested }) => type === 'default' && !contested);
  const isWrittenOff = losses.writtenOff !== undefined;
  // F-5: "…principal of less than 1,000 msat is not outstanding."
  const isDust = ledger.outstandingUnits < wholeOf(document.denomination);
  const outstandingUnits = isDust ? 0n : ledger.outstandingUnits;
  const mostDaysPastDue = instalments.reduce((most, each) => Math.max(most, each.daysLate), 0);
  const isDefaulted = isDefault || mostDaysPastDue >= DEFAULT_DAYS;
  const lastDueSec = ledger.instalments.at(-1)?.dueAtSec ?? lastDueAtSec(document);
  const lastDueDay = dayOf(lastDueSec, daySec);
  return {
    root,
    bank: parties.bank.pubkey,
    business: parties.business.pubkey,
    investor: parties.investor.pubkey,
    commitment: document.commitment,
    offer: addressOf(document),
    network: document.network,
    denomination: ledgerUnitOf(document.denomination),
    daySec,
    status,
    registered: state.registered,
    asOfSec,
    asOfDay,
    staleAtSec: staleAtSec(document, asOfSec),
    standing: standingOf(state, ledger, isDefault),
    disbursedUnits: ledger.disbursedUnits - ledger.excessDisbursedUnits,
    excessDisbursedUnits: ledger.excessDisbursedUnits,
    undisbursedUnits: ledger.undisbursedUnits,
    repaidUnits: ledger.repaidUnits,
    principalPaidUnits: ledger.principalPaidUnits,
    interestPaidUnits: ledger.interestPaidUnits,
    unallocatedUnits: ledger.unallocatedUnits,
    outstandingUnits,
    dustUnits: isDust ? ledger.outstandingUnits : 0n,
    arrearsUnits: sumOf(late, (each) => each.unpaidUnits),
    arrearsPrincipalUnits: sumOf(late, (each) => each.principalUnits - each.paidPrincipalUnits),
    daysPastDue: ledger.daysPastDue,
    mostDaysPastDue,
    bucket: bucketOf(ledger, outstandingUnits, { isDefault, isWrittenOff }),
    isDefaulted,
    isTermOver: asOfDay > lastDueDay,
    isEnded: isEnded(state, ledger, isDefaulted || asOfDay >= lastDueDay + ENDED_DAYS),
    loss: losses.loss,
    writtenOff: losses.writtenOff,
    isRestructured: losses.isRestructured,
    guarantee: losses.guarantee,
    recoveries: losses.recoveries,
    principalDaysOfYear: losses.principalDaysOfYear,
    firstPaymentAtSec: proofs.firstPaymentAtSec,
    acknowledged: proofs.acknowledged,
    preimageOnly: proofs.preimageOnly,
    contestedTimes: proofs.contestedTimes,
    notCounted: proofs.notCounted,
    contestedNotices: notices.filter(({ contested }) => contested).length,
    instalments,
  };
}

function isEnded(state: ContractState, ledger: Ledger, isOver: boolean): boolean {
  // F-11: "A contract has ended when it is closed, repaid or defaulted, or when 183 contract days
  // have passed since its last due day."
  return state.status === 'closed' || ledger.repaid || isOver;
}
