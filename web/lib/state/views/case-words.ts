/** Disputes in words: what a case can be about, what its steps are called, who pays what. */
import {
  legOf,
  type ArbiterRole,
  type Award,
  type ContractState,
  type DisputeContradiction,
  type DisputeDocument,
  type DisputeReason,
  type DisputeStatus,
  type KeyHolderRole,
  type PartyRole,
} from '@realyield/protocol';
import type { StatusView } from '../../components/models.ts';
import { formatPlural } from '../../format.ts';

/** What a case can be about: as its title, and to whoever might open one. */
export const REASON_WORDS: Readonly<
  Record<DisputeReason, { readonly title: string; readonly note: string }>
> = {
  notRepaid: {
    title: 'It was not repaid',
    note: 'An instalment is late. You can claim what is due to you by now.',
  },
  notDisbursed: {
    title: 'It was not paid out',
    note:
      'Money that was agreed did not arrive. You can claim what can still be paid out; what ' +
      'lapses while the case runs can be awarded all the same.',
  },
  milestoneFalse: {
    title: 'A milestone was confirmed that was not reached',
    note: 'You can claim what would repay you today.',
  },
  misrepresentation: {
    title: 'The prospectus said what was not so',
    note: 'You can claim what would repay you today.',
  },
  notAcknowledged: {
    title: 'A payment was made and not acknowledged',
    note: 'You can claim what you paid out that the business never acknowledged.',
  },
  rulingNotComplied: {
    title: 'A ruling was not complied with',
    note: 'Money awarded in an earlier case is overdue.',
  },
};

/** Where a case stands. */
export const CASE_STATUS: Readonly<Record<DisputeStatus, StatusView>> = {
  open: { text: 'open', tone: 'waiting' },
  taken: { text: 'being decided', tone: 'active' },
  ruled: { text: 'ruled, money owed', tone: 'problem' },
  settled: { text: 'settled, money owed', tone: 'waiting' },
  complied: { text: 'nothing owed', tone: 'done' },
  withdrawn: { text: 'withdrawn', tone: 'plain' },
  closed: { text: 'closed', tone: 'done' },
};

/** What an arbiter is called. */
export const ARBITER_WORDS: Readonly<Record<ArbiterRole, string>> = {
  arbiter: 'arbiter',
  fallbackArbiter: 'fallback arbiter',
};

/** What one of the three is called who hold a bond. */
export const HOLDER_WORDS: Readonly<Record<KeyHolderRole, string>> = {
  ...ARBITER_WORDS,
  trustee: 'trustee',
};

/** What somebody did with a step, after their name. */
export const STEP_WORDS: Readonly<Record<DisputeDocument['type'], string>> = {
  open: 'opened the case',
  join: 'joined the case',
  response: 'answered',
  evidence: 'added evidence',
  proposal: 'proposed to settle',
  settlement: 'accepted a proposal',
  taken: 'took the case',
  ruling: 'ruled',
  fallback: 'called the fallback arbiter',
  compliance: 'pointed at payments',
  payout: 'signed a payout of the bond',
  paidOut: 'recorded a payout of the bond',
  withdrawal: 'withdrew the claim',
  closing: 'closed the case',
};

/** What contradicts in a case, and what follows. */
export const CONTRADICTION_WORDS: Readonly<
  Record<
    DisputeContradiction['reason'],
    { readonly did: string; readonly so: string; readonly todo?: string }
  >
> = {
  'rival rulings': {
    did: 'signed two rulings in this case.',
    so: 'The first in order stands. Both are below.',
    todo: 'If you have paid nothing yet, ask the arbiter which is meant before you do.',
  },
  'rival settlements': {
    did: 'proposed one of two settlements that all sides have signed.',
    so: 'The one more claimants signed stands, or else the first in order.',
    todo: 'If you have paid nothing yet, agree on one of them before you do.',
  },
  'rival takings': {
    did: 'took a case that the first arbiter had taken in time.',
    so: 'The fallback arbiter decides, since a party called them without knowing of it.',
  },
  'documents exchanged': {
    did: 'named two different files by one name.',
    so: 'Each is known by its fingerprint; the arbiter sees which was shown when.',
  },
};

/** Legs on which money can be awarded to a claimant, the likeliest first. */
export function legsFor(claimant: PartyRole, state: ContractState): readonly Award['leg'][] {
  if (claimant === 'business') return ['disbursement'];
  const isGuaranteed = state.versions.some(({ document }) => document.guarantee.type !== 'none');
  const isDefaulted = state.status === 'defaulted';
  return [
    'repayment' as const,
    ...(isDefaulted && isGuaranteed ? ['guarantee' as const] : []),
    ...(isDefaulted ? ['recovery' as const] : []),
  ];
}

const LEG_WORDS: Readonly<Record<Award['leg'], string>> = {
  disbursement: 'as the loan’s money',
  repayment: 'as repayment',
  guarantee: 'by its guarantee',
  recovery: 'from what it recovered',
};

/** Who pays an award, and as what: `The business, as repayment`. */
export function payerWords(leg: Award['leg'], state: ContractState): string {
  return `The ${legOf(state.contract.document, leg).payer}, ${LEG_WORDS[leg]}`;
}

/** How long there is: `5 days left`, `2 days over`; in days of the contract. */
export function leftWords(atSec: number, nowSec: number, daySec: number): string {
  const days = Math.floor(Math.abs(atSec - nowSec) / daySec);
  const isOver = nowSec > atSec;
  if (days === 0) return isOver ? 'time is over' : 'less than a day left';
  return `${formatPlural(days, 'day')} ${isOver ? 'over' : 'left'}`;
}
