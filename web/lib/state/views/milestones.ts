/** Milestones of a contract as its page shows them. */
import {
  attesterOf,
  disbursementProgress,
  permittedActs,
  type ContractState,
  type Milestone,
  type ParsedEvent,
  type ParsedMilestone,
} from '@realyield/protocol';
import type { StatusView } from '../../components/models.ts';
import type { ClaimView, DecisionView, MilestoneView } from '../../components/milestones/models.ts';
import { amountText } from '../../amount.ts';
import { formatDue } from '../../format.ts';
import type { ContractNow } from './contract.ts';
import { nameOf, personView, type Names } from './people.ts';

/** Titles of milestones that hold money back now. */
export function heldTitles(state: ContractState, nowSec: number): readonly string[] {
  return state.milestones
    .filter(({ status }) => status !== 'approved')
    .map(({ tranche }) => state.contract.document.tranches[tranche])
    .filter((tranche) => tranche !== undefined && tranche.lapsesAtSec > nowSec)
    .map((tranche) => tranche?.milestone?.title ?? '');
}

/** Whether money waits for a milestone and nothing else is to be paid out now. */
export function isHeldBack({ state, nowSec }: ContractNow): boolean {
  const progress = disbursementProgress(state, nowSec);
  return progress.heldTicks > 0 && progress.next === undefined;
}

function isOverdue({ state, nowSec }: ContractNow, { tranche, status }: Milestone): boolean {
  const terms = state.contract.document.tranches[tranche];
  return status !== 'approved' && terms !== undefined && terms.lapsesAtSec <= nowSec;
}

function statusOf(now: ContractNow, milestone: Milestone): StatusView {
  if (isOverdue(now, milestone)) return { text: 'lapsed', tone: 'plain' };
  switch (milestone.status) {
    case 'open':
      return { text: 'not claimed yet', tone: 'plain' };
    case 'claimed':
      return { text: 'waits for a decision', tone: 'waiting' };
    case 'approved':
      return { text: 'confirmed', tone: 'done' };
    case 'refused':
      return { text: 'refused', tone: 'problem' };
  }
}

function sentenceOf(names: Names, now: ContractNow, milestone: Milestone): string {
  const { document } = now.state.contract;
  const tranche = document.tranches[milestone.tranche];
  const amount = amountText(BigInt(tranche?.amountUnits ?? '0'), document.denomination);
  const calendar = { startSec: document.startAtSec, daySec: document.daySec };
  const until = formatDue(tranche?.lapsesAtSec ?? 0, calendar);
  const attesterKey = attesterOf(document);
  const isOwn = names.own.has(attesterKey);
  const attester = isOwn ? 'you' : nameOf(names, attesterKey);
  if (isOverdue(now, milestone)) {
    return `It was not confirmed by ${until}: ${amount} never left the investor and is not owed.`;
  }
  if (now.state.status === 'defaulted' && milestone.status !== 'approved')
    return 'The loan is in default; it releases nothing more.';
  switch (milestone.status) {
    case 'open':
      return `${amount} stays with the investor until it is confirmed, or lapses on ${until}.`;
    case 'claimed':
      return `The business says it is reached. ${amount} waits for a decision by ${attester}.`;
    case 'approved':
      return `Confirmed by ${attester}: ${amount} may leave the investor.`;
    case 'refused':
      return `The claim was refused by ${attester}. The business may claim again until ${until}.`;
  }
}

function isMilestone(parsed: ParsedEvent): parsed is ParsedMilestone {
  return parsed.name === 'milestone';
}

function byNewest(a: ParsedMilestone, b: ParsedMilestone): number {
  if (a.event.created_at !== b.event.created_at) return b.event.created_at - a.event.created_at;
  return a.event.id < b.event.id ? -1 : 1;
}

function decisionsOn(events: readonly ParsedMilestone[], claim: string): DecisionView[] {
  return events.flatMap(({ event, document }) =>
    document.type !== 'claim' && document.claim.id === claim
      ? [
          {
            id: event.id,
            type: document.type,
            statement: document.statement,
            atSec: event.created_at,
          },
        ]
      : [],
  );
}

function claimsOf(events: readonly ParsedMilestone[], tranche: number): ClaimView[] {
  return events.flatMap(({ event, document }) => {
    if (document.type !== 'claim' || document.tranche !== tranche) return [];
    const decisions = decisionsOn(events, event.id);
    const types = new Set(decisions.map(({ type }) => type));
    return [
      {
        id: event.id,
        atSec: event.created_at,
        statement: document.statement,
        evidence: document.evidence,
        decisions,
        isContradicted: types.size > 1,
      },
    ];
  });
}

/** Every milestone with its claims, from the contract's events; `refused` do not count. */
export function milestoneViews(
  names: Names,
  now: ContractNow,
  events: readonly ParsedEvent[],
  refused: ReadonlySet<string>,
): MilestoneView[] {
  const { state } = now;
  const { document } = state.contract;
  const counted = events
    .filter(isMilestone)
    .filter(({ event }) => !refused.has(event.id))
    .sort(byNewest);
  const mayClaim = permittedActs(state, 'business').includes('claim');
  return state.milestones.map((milestone) => {
    const { tranche, status, claim } = milestone;
    const terms = document.tranches[tranche];
    const isStanding = status === 'open' || status === 'refused';
    return {
      tranche,
      title: terms?.milestone?.title ?? '',
      description: terms?.milestone?.description ?? '',
      denomination: document.denomination,
      amountUnits: BigInt(terms?.amountUnits ?? '0'),
      status: statusOf(now, milestone),
      sentence: sentenceOf(names, now, milestone),
      attester: personView(names, attesterOf(document), 'confirms milestones'),
      claims: claimsOf(counted, tranche),
      openClaim: status === 'claimed' && state.status === 'effective' ? claim : undefined,
      isClaimable: mayClaim && isStanding && !isOverdue(now, milestone),
    };
  });
}
