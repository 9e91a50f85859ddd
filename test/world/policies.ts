/**
 * What a persona nobody plays decides for itself: pure, from what its client shows and the time.
 * Asked again after every change, each answers with the steps that are due now; a step that has
 * been taken shows in the facts and is not decided twice.
 */
import {
  DAY_SEC,
  computeLedger,
  floorToWhole,
  permittedActs,
  wholeOf,
  type ContractDocument,
  type ContractState,
  type PartyRole,
} from '@realyield/protocol';

/** In how many parts the business repays. */
const REPAYMENT_PARTS = 4;
/** Contract days between the last tick and the first part, and from part to part. */
const DAYS_BETWEEN_PARTS = 4;
/** Contract days an attester takes to decide, so that a visitor sees it waiting. */
const DAYS_TO_DECIDE = 4;

/** A proposal that waits for this persona's signature. */
export interface ProposalFacts {
  readonly root: string;
  readonly role: PartyRole;
  /** Whether its terms are exactly the offer's. */
  readonly isSound: boolean;
  readonly hasBusinessSignature: boolean;
}

/** A contract in which this persona has a role. */
export interface ContractFacts {
  readonly root: string;
  readonly role: PartyRole;
  readonly state: ContractState;
  /** Repayment parts ordered and not yet proven. */
  readonly openOrders: number;
  /** Whether it has the means to repay by itself. */
  readonly isStruggling: boolean;
}

/** A claim this persona has to decide on. */
export interface ClaimFacts {
  readonly root: string;
  /** Its id. */
  readonly claim: string;
  readonly claimedAtSec: number;
  readonly daySec: number;
}

/** Everything a decision rests on. */
export interface Facts {
  readonly proposals: readonly ProposalFacts[];
  readonly claims: readonly ClaimFacts[];
  readonly contracts: readonly ContractFacts[];
  readonly nowSec: number;
}

/** One step to take. */
export type Step =
  | { readonly act: 'countersign'; readonly root: string }
  | { readonly act: 'repay'; readonly root: string; readonly amountUnits: bigint }
  | { readonly act: 'claim'; readonly root: string; readonly tranche: number }
  | { readonly act: 'approve'; readonly root: string; readonly claim: string }
  | { readonly act: 'close'; readonly root: string };

/** Steps due now, and when to look again although nothing changes. */
export interface Decision {
  readonly steps: readonly Step[];
  /** Unix seconds. */
  readonly lookAgainAtSec: number | undefined;
}

const nothing: Decision = { steps: [], lookAgainAtSec: undefined };

function decideCountersign(proposal: ProposalFacts): Decision {
  const { root, role } = proposal;
  if (!proposal.isSound || role === 'investor') return nothing;
  if (role === 'bank' && !proposal.hasBusinessSignature) return nothing;
  return { steps: [{ act: 'countersign', root }], lookAgainAtSec: undefined };
}

/** Whether a loan lasts minutes, so that somebody may watch it from beginning to end. */
function isShown({ daySec, plan }: ContractDocument): boolean {
  return daySec < DAY_SEC && plan.type === 'bullet';
}

/** What is due today, and nothing sooner. */
function decideInstalment({ root, state }: ContractFacts, nowSec: number): Decision {
  const { document } = state.contract;
  const { dueNowUnits, instalments } = computeLedger(document, state.payments, nowSec);
  if (dueNowUnits > 0n) {
    return { steps: [{ act: 'repay', root, amountUnits: dueNowUnits }], lookAgainAtSec: undefined };
  }
  // A due time is its day's last second.
  const days = instalments.map((instalment) => instalment.dueAtSec - document.daySec + 1);
  return { steps: [], lookAgainAtSec: days.find((atSec) => atSec > nowSec) };
}

function decideRepay(contract: ContractFacts, nowSec: number): Decision {
  const { root, state, openOrders, isStruggling } = contract;
  if (state.status !== 'effective' || openOrders > 0 || isStruggling) return nothing;
  const { document } = state.contract;
  if (!isShown(document)) return decideInstalment(contract, nowSec);
  const ledger = computeLedger(document, state.payments, nowSec);
  if (ledger.undisbursedUnits > 0n) {
    // Either the rest arrives, which is a change, or it lapses, which is not.
    const lapses = document.tranches.map((tranche) => tranche.lapsesAtSec);
    return { steps: [], lookAgainAtSec: Math.max(...lapses) };
  }
  if (ledger.disbursedUnits === 0n || ledger.payoffUnits === 0n) return nothing;
  const latestSec = Math.max(...state.payments.map((payment) => payment.settledAtSec));
  const dueSec = latestSec + DAYS_BETWEEN_PARTS * document.daySec;
  if (nowSec < dueSec) return { steps: [], lookAgainAtSec: dueSec };
  const paidParts = state.payments.filter((payment) => payment.leg === 'repayment').length;
  const partsLeft = BigInt(Math.max(1, REPAYMENT_PARTS - paidParts));
  const share = floorToWhole(ledger.payoffUnits / partsLeft, wholeOf(document.denomination));
  // A last part that settles a day late leaves a day's interest, which one more part pays.
  const amountUnits = share > 0n ? share : ledger.payoffUnits;
  return { steps: [{ act: 'repay', root, amountUnits }], lookAgainAtSec: undefined };
}

/** The business claims what a tranche waits for as soon as the tranche begins, once. */
function decideClaims({ root, state }: ContractFacts, nowSec: number): Decision {
  if (!permittedActs(state, 'business').includes('claim')) return nothing;
  const open = state.milestones.flatMap(({ tranche, status }) => {
    const terms = state.contract.document.tranches[tranche];
    const isOpen = status === 'open' && terms !== undefined && terms.lapsesAtSec > nowSec;
    return isOpen ? [{ tranche, fromSec: terms.fromSec }] : [];
  });
  const later = open.filter(({ fromSec }) => fromSec > nowSec).map(({ fromSec }) => fromSec);
  return {
    steps: open
      .filter(({ fromSec }) => fromSec <= nowSec)
      .map(({ tranche }) => ({ act: 'claim' as const, root, tranche })),
    lookAgainAtSec: later.length === 0 ? undefined : Math.min(...later),
  };
}

function decideApproval(
  { root, claim, claimedAtSec, daySec }: ClaimFacts,
  nowSec: number,
): Decision {
  const atSec = claimedAtSec + DAYS_TO_DECIDE * daySec;
  if (nowSec < atSec) return { steps: [], lookAgainAtSec: atSec };
  return { steps: [{ act: 'approve', root, claim }], lookAgainAtSec: undefined };
}

function decideClose(contract: ContractFacts, nowSec: number): Decision {
  const { root, state } = contract;
  if (state.status !== 'effective') return nothing;
  const ledger = computeLedger(state.contract.document, state.payments, nowSec);
  if (!ledger.repaid) return nothing;
  return { steps: [{ act: 'close', root }], lookAgainAtSec: undefined };
}

function decideContract(contract: ContractFacts, nowSec: number): readonly Decision[] {
  if (contract.role === 'business') {
    return [decideClaims(contract, nowSec), decideRepay(contract, nowSec)];
  }
  return contract.role === 'bank' ? [decideClose(contract, nowSec)] : [];
}

/** The steps a persona takes now, whatever roles it has. */
export function decide(facts: Facts): Decision {
  const decisions = [
    ...facts.proposals.map(decideCountersign),
    ...facts.claims.map((claim) => decideApproval(claim, facts.nowSec)),
    ...facts.contracts.flatMap((contract) => decideContract(contract, facts.nowSec)),
  ];
  const times = decisions
    .map((decision) => decision.lookAgainAtSec)
    .filter((atSec) => atSec !== undefined);
  return {
    steps: decisions.flatMap((decision) => decision.steps),
    lookAgainAtSec: times.length === 0 ? undefined : Math.min(...times),
  };
}
