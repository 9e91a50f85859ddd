/**
 * What a bundle's events show of the cases of its contract, in sentences.
 * Spec: specs/bundle.md, "What it says".
 */
import { foldContract } from '../contract/fold.ts';
import type { ContractState } from '../contract/state.ts';
import type { DisputeCase, DisputeClaim, DisputeOutcome, OwedAward } from '../disputes/case.ts';
import { isEarlier, type OtherOutcome } from '../disputes/earlier.ts';
import { foldDispute } from '../disputes/fold.ts';
import { caseOf } from '../disputes/steps.ts';
import type { ParsedDispute, ParsedEvent } from '../events.ts';
import type { DisputeReason } from '../kinds/dispute.ts';
import type { RejectCode, Result } from '../result.ts';
import { amountText, refusedTexts, timeText } from './text.ts';

/** Sentences on cases, in the lists of a bundle. */
export interface CaseSentences {
  readonly proven: readonly string[];
  readonly missing: readonly string[];
}

type AmountText = (units: bigint) => string;

const REASONS: Readonly<Record<DisputeReason, string>> = {
  notRepaid: 'it was not repaid',
  notDisbursed: 'it was not paid out',
  milestoneFalse: 'a milestone was confirmed that was not reached',
  misrepresentation: 'the prospectus said what was not so',
  notAcknowledged: 'a payment was not acknowledged',
  rulingNotComplied: 'a ruling was not complied with',
};

const BY = { arbiter: 'arbiter', fallbackArbiter: 'fallback arbiter' } as const;

/** A case as the events make it, or why they make none. */
export interface FoldedCase {
  readonly id: string;
  readonly folded: Result<DisputeCase>;
  /** Contracts that claims of it name, whether or not their terms are there. */
  readonly claimedOn: readonly string[];
}

/** Cases with the contracts in them. */
export interface FoldedCases {
  readonly cases: readonly FoldedCase[];
  readonly states: ReadonlyMap<string, ContractState>;
}

type Steps = readonly ParsedDispute[];

const claimedOn = (steps: Steps): readonly string[] => [
  ...new Set(
    steps.flatMap(({ document }) =>
      document.type === 'open' || document.type === 'join' ? [document.contract] : [],
    ),
  ),
];

/** The steps of each case, by its id. */
function stepsById(events: readonly ParsedEvent[]): ReadonlyMap<string, Steps> {
  const found = new Map<string, ParsedDispute[]>();
  for (const each of events) {
    if (each.name !== 'dispute') continue;
    const id = caseOf(each);
    const steps = found.get(id);
    if (steps) steps.push(each);
    else found.set(id, [each]);
  }
  return found;
}

/** The contract, and others on which claims are made, where their terms are there. */
function statesOf(
  state: ContractState,
  events: readonly ParsedEvent[],
  roots: Iterable<string>,
): ReadonlyMap<string, ContractState> {
  const states = new Map([[state.root, state]]);
  const there = new Set(events.map(({ event }) => event.id));
  for (const root of roots) {
    if (states.has(root) || !there.has(root)) continue;
    const folded = foldContract(root, events);
    if (folded.ok) states.set(root, folded.value.state);
  }
  return states;
}

/** The cases a contract is in, those decided first before the others. */
export function foldCases(state: ContractState, events: readonly ParsedEvent[]): FoldedCases {
  const byId = [...stepsById(events)].sort(([a], [b]) => (a < b ? -1 : 1));
  const known = byId.map(([id, steps]) => ({ id, claimedOn: claimedOn(steps) }));
  const states = statesOf(state, events, new Set(known.flatMap((each) => each.claimedOn)));
  const alone = known.map((each) => ({ ...each, folded: foldDispute(each.id, events, states) }));
  const outcomeOf = ({ folded }: FoldedCase): DisputeOutcome | undefined =>
    folded.ok ? folded.value.outcome : undefined;
  alone.sort((a, b) => {
    const [one, other] = [outcomeOf(a), outcomeOf(b)];
    if (!one || !other) return Number(!one) - Number(!other);
    return isEarlier(one, other) ? -1 : 1;
  });
  const others: OtherOutcome[] = [];
  const cases = alone.map((each) => {
    const folded = foldDispute(each.id, events, states, others);
    const outcome = folded.ok ? folded.value.outcome : undefined;
    if (folded.ok && outcome) others.push({ outcome, reason: folded.value.reason });
    return { ...each, folded };
  });
  // EB-8: "…the cases of which a bundle holds steps and in which its contract is…"
  return { cases: cases.filter((each) => concerns(each, state.root)), states };
}

function concerns({ folded, claimedOn: roots }: FoldedCase, root: string): boolean {
  return folded.ok ? folded.value.contracts.includes(root) : roots.includes(root);
}

/** What is said of one contract's part in a case. */
interface Part {
  readonly root: string;
  /** Nothing for the contract of the bundle, whose case it is. */
  readonly of: string;
  readonly amount: AmountText;
}

function partsOf(one: DisputeCase, root: string, states: FoldedCases['states']): Part[] {
  return [root, ...one.contracts.filter((other) => other !== root)].flatMap((each) => {
    const unit = states.get(each)?.contract.document.denomination;
    if (!unit) return [];
    const of = each === root ? '' : ` on the contract ${each}`;
    return [{ root: each, of, amount: (units) => amountText(units, unit) }];
  });
}

function outcomeText(outcome: DisputeOutcome, { root, of, amount }: Part): string {
  const awards = outcome.awards.filter(({ award }) => award.contract === root);
  const sum = (each: (award: OwedAward) => bigint): bigint =>
    awards.reduce((total, award) => total + each(award), 0n);
  const who =
    outcome.by === undefined ? 'All sides settled it' : `The ${BY[outcome.by]} ruled on it`;
  const when = timeText(outcome.effectiveAtSec);
  if (awards.length === 0) return `${who}, ${when}: nothing was awarded${of}.`;
  const left = sum(({ outstandingUnits }) => outstandingUnits);
  const paid = left === 0n ? 'nothing of it is owed any more' : `${amount(left)} are not paid`;
  return (
    `${who}, ${when}: ${amount(sum(({ owedUnits }) => owedUnits))} are owed by it${of}, to be ` +
    `paid by ${timeText(outcome.payBySec)}; ${paid}, by the payments in this file.`
  );
}

function claimText(one: DisputeCase, claim: DisputeClaim, { of, amount }: Part): string {
  const { role, claimUnits, effectiveAtSec, withdrawn } = claim;
  const who = of === '' ? `the ${role}` : `another ${role}`;
  return (
    `Case ${one.id}: ${who} claimed ${amount(claimUnits)}${of} because ${REASONS[one.reason]}, ` +
    `${timeText(effectiveAtSec)}${withdrawn ? ', and took the claim back' : ''}.`
  );
}

function provenOf(one: DisputeCase, root: string, states: FoldedCases['states']): string[] {
  const parts = partsOf(one, root, states);
  const claims = parts.flatMap((part) =>
    one.claims
      .filter(({ contract }) => contract === part.root)
      .map((claim) => claimText(one, claim, part)),
  );
  const answered = one.responses.length > 0 ? ['The other side answered the claim.'] : [];
  const { takenAtSec } = one.tracks[one.governing];
  const taken =
    takenAtSec === undefined
      ? []
      : [`The ${BY[one.governing]} took the case, ${timeText(takenAtSec)}.`];
  const { outcome } = one;
  const outcomes = outcome ? parts.map((part) => outcomeText(outcome, part)) : [];
  const contradictions = one.contradictions.map(
    ({ author, events, reason }) =>
      `In it the key ${author} signed what contradicts itself (${reason}): ${events[0]} and ` +
      `${events[1]}.`,
  );
  return [...claims, ...answered, ...taken, ...outcomes, ...contradictions];
}

function refusedIn({ id, folded }: FoldedCase): readonly { id: string; code: RejectCode }[] {
  return folded.ok ? folded.value.rejects : [{ id, code: folded.code }];
}

function missingOf({ id, folded, claimedOn: roots }: FoldedCase, { states }: FoldedCases) {
  const absent = roots
    .filter((root) => !states.has(root))
    .map((root) => `The case ${id} has a claim on the contract ${root}, which is not there.`);
  const missing = folded.ok ? folded.value.missing : [];
  return [
    ...absent,
    ...missing.map((step) => `A step of a case names ${step}, and it is not there.`),
  ];
}

/** What the events show of the cases of a contract. */
export function caseSentences(state: ContractState, found: FoldedCases): CaseSentences {
  const { cases, states } = found;
  return {
    proven: cases.flatMap(({ folded }) =>
      folded.ok ? provenOf(folded.value, state.root, states) : [],
    ),
    missing: [
      ...cases.flatMap((each) => missingOf(each, found)),
      ...refusedTexts(cases.flatMap(refusedIn), 'step', ' of a case'),
    ],
  };
}
