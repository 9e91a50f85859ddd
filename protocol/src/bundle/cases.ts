/**
 * What a bundle's events show of the cases of its contract, in sentences.
 * Spec: specs/bundle.md, "What it says".
 */
import { foldContract } from '../contract/fold.ts';
import type { ContractState } from '../contract/state.ts';
import type { DisputeCase, DisputeOutcome } from '../disputes/case.ts';
import { isEarlier, type OtherOutcome } from '../disputes/earlier.ts';
import { foldDispute } from '../disputes/fold.ts';
import { caseOf } from '../disputes/steps.ts';
import type { ParsedEvent } from '../events.ts';
import type { DisputeReason } from '../kinds/dispute.ts';
import { sentenceFor, type RejectCode } from '../result.ts';
import { timeText } from './text.ts';

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

/** This contract, and others that steps name and of which the file holds what they rest on. */
function statesIn(state: ContractState, events: readonly ParsedEvent[]) {
  const states = new Map([[state.root, state]]);
  for (const each of events) {
    if (each.name !== 'dispute' || states.has(each.document.contract)) continue;
    const folded = foldContract(each.document.contract, events);
    if (folded.ok) states.set(each.document.contract, folded.value.state);
  }
  return states;
}

/** Every case of which a step is there, those decided first before the others. */
function foldCases(state: ContractState, events: readonly ParsedEvent[]) {
  const ids = [...new Set(events.flatMap((each) => (each.name === 'dispute' ? caseOf(each) : [])))];
  const states = statesIn(state, events);
  const alone = ids.sort().map((id) => ({ id, folded: foldDispute(id, events, states) }));
  const outcomeOf = ({ folded }: (typeof alone)[number]): DisputeOutcome | undefined =>
    folded.ok ? folded.value.outcome : undefined;
  alone.sort((a, b) => {
    const [one, other] = [outcomeOf(a), outcomeOf(b)];
    if (!one || !other) return Number(!one) - Number(!other);
    return isEarlier(one, other) ? -1 : 1;
  });
  const others: OtherOutcome[] = [];
  return alone.map(({ id }) => {
    const folded = foldDispute(id, events, states, others);
    const outcome = folded.ok ? folded.value.outcome : undefined;
    if (folded.ok && outcome) others.push({ outcome, reason: folded.value.reason });
    return { id, folded };
  });
}

function outcomeText(outcome: DisputeOutcome, amount: AmountText): string {
  const sum = (of: (award: DisputeOutcome['awards'][number]) => bigint): bigint =>
    outcome.awards.reduce((total, award) => total + of(award), 0n);
  const owed = sum(({ owedUnits }) => owedUnits);
  const who =
    outcome.by === undefined ? 'All sides settled it' : `The ${BY[outcome.by]} ruled on it`;
  const when = timeText(outcome.effectiveAtSec);
  if (outcome.awards.length === 0) return `${who}, ${when}: nothing was awarded.`;
  const left = outcome.outstandingUnits;
  const paid = left === 0n ? 'nothing of it is owed any more' : `${amount(left)} are not paid`;
  return (
    `${who}, ${when}: ${amount(owed)} are owed by it, to be paid by ` +
    `${timeText(outcome.payBySec)}; ${paid}, by the payments in this file.`
  );
}

function provenOf(one: DisputeCase, amount: AmountText): string[] {
  const claims = one.claims.map(
    ({ role, claimUnits, effectiveAtSec, withdrawn }) =>
      `Case ${one.id}: the ${role} claimed ${amount(claimUnits)} because ${REASONS[one.reason]}, ` +
      `${timeText(effectiveAtSec)}${withdrawn ? ', and took the claim back' : ''}.`,
  );
  const answered = one.responses.length > 0 ? ['The other side answered the claim.'] : [];
  const { takenAtSec } = one.tracks[one.governing];
  const taken =
    takenAtSec === undefined
      ? []
      : [`The ${BY[one.governing]} took the case, ${timeText(takenAtSec)}.`];
  const outcome = one.outcome ? [outcomeText(one.outcome, amount)] : [];
  const contradictions = one.contradictions.map(
    ({ author, events, reason }) =>
      `In it the key ${author} signed what contradicts itself (${reason}): ${events[0]} and ` +
      `${events[1]}.`,
  );
  return [...claims, ...answered, ...taken, ...outcome, ...contradictions];
}

const refusedText = (id: string, code: RejectCode): string =>
  `The step ${id} of a case does not count: ${sentenceFor(code)}`;

/** What the events show of the cases of a contract. */
export function caseSentences(
  state: ContractState,
  events: readonly ParsedEvent[],
  amount: AmountText,
): CaseSentences {
  const cases = foldCases(state, events);
  return {
    proven: cases.flatMap(({ folded }) => (folded.ok ? provenOf(folded.value, amount) : [])),
    missing: cases.flatMap(({ id, folded }) => {
      if (!folded.ok) return [refusedText(id, folded.code)];
      const { missing, rejects } = folded.value;
      return [
        ...missing.map((step) => `A step of a case names ${step}, and it is not there.`),
        ...rejects.map((each) => refusedText(each.id, each.code)),
      ];
    }),
  };
}
