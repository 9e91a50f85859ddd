/**
 * The dispute machine: the steps of one case and the folds of its contracts → where it stands.
 * No clock; any order or repetition of the set gives the same. Spec: specs/disputes.md.
 */
import type { ContractState } from '../contract/state.ts';
import type { ParsedEvent } from '../events.ts';
import { ok, reject, type RejectCode, type Result } from '../result.ts';
import { appointeeOf } from '../contract/draft.ts';
import { applyStep } from './apply.ts';
import type {
  Admission,
  ArbiterRole,
  ArbiterTrack,
  DisputeCase,
  DisputeOutcome,
  DisputeStatus,
} from './case.ts';
import type { OtherOutcome } from './earlier.ts';
import {
  claimsBefore,
  draftOf,
  governingOf,
  isSilent,
  type Claim,
  type DisputeDraft,
} from './draft.ts';
import { contradictionsOf, outcomeOf, paidDecisions, recordedDecisions } from './outcome.ts';
import { outsideRefusal, partyOf } from './roles.ts';
import { orderSteps, stepsOf, type DisputeStep, type RefusedStep } from './steps.ts';

type States = ReadonlyMap<string, ContractState>;

/** The case as opened, or why there is none. */
function openCase(
  opened: DisputeStep | undefined,
  states: States,
  others: readonly OtherOutcome[],
): Result<DisputeDraft> {
  if (opened?.document.type !== 'open') return reject('DISPUTE_UNKNOWN');
  const { contract, reason } = opened.document;
  const state = states.get(contract);
  if (!state) return reject('CONTRACT_UNKNOWN', contract);
  const draft = draftOf(opened, reason, states, state, others);
  // DI-1: "A case is opened by a claimant of an effective contract that names an arbiter and a
  // fallback arbiter, when there is something to claim…"
  const { document } = state.contract;
  const lacking = (['arbiter', 'fallbackArbiter'] as const).find(
    (role) => appointeeOf(document, role) === undefined,
  );
  if (lacking) return reject('APPOINTMENT_MISSING', lacking);
  if (partyOf(state, opened) !== draft.claimant) return reject('AUTHOR_ROLE', draft.claimant);
  const [claim] = draft.claims.values();
  return claim && claim.limitUnits > 0n ? ok(draft) : reject('NOTHING_CLAIMED', reason);
}

/** How each response and piece of evidence stands with who decides. */
function admissionsOf(draft: DisputeDraft): Record<string, Admission> {
  const { taken, rulings } = draft.tracks[governingOf(draft)];
  const lists = [...taken, ...rulings.slice(0, 1)].flatMap(({ document }) =>
    'admitted' in document ? document.admitted : [],
  );
  const listed = new Set(lists);
  // DI-20: "What was in time is what the lists of the arbiter who decides name: the taking's until
  // there is a ruling, which then names the rest; a step that neither names is not admitted…"
  const otherwise = rulings.length > 0 ? 'notAdmitted' : 'pending';
  const said = [...draft.responses, ...draft.evidence];
  return Object.fromEntries(
    said.map(({ id }) => [id, listed.has(id) ? 'admitted' : otherwise] as const),
  );
}

/** The claims that are decided on: all of them where all sides settle. */
function claimsHeard(draft: DisputeDraft, outcome: DisputeOutcome | undefined): Claim[] {
  if (outcome?.type === 'settlement') return claimsBefore(draft, undefined);
  const { taken, rulings } = draft.tracks[governingOf(draft)];
  // Of several takings by one arbiter the one that the ruling rests on.
  const document = rulings.find(({ id }) => id === outcome?.id)?.document;
  const named = document?.type === 'ruling' ? document.taken : undefined;
  return claimsBefore(draft, taken.find(({ id }) => id === named) ?? taken[0]);
}

/** Whether there is nobody left who claims anything, and nothing came of it. */
function isWithdrawn(draft: DisputeDraft, outcome: DisputeOutcome | undefined): boolean {
  // DI-47: "…where nothing of it would be owed without, the case is `complied` and not
  // `withdrawn`."
  return !outcome?.isMet && claimsHeard(draft, outcome).every(({ withdrawn }) => withdrawn);
}

function statusOf(
  draft: DisputeDraft,
  outcome: DisputeOutcome | undefined,
  isClosed: boolean,
): DisputeStatus {
  if (isClosed) return 'closed';
  if (isWithdrawn(draft, outcome)) return 'withdrawn';
  if (outcome) {
    if (outcome.outstandingUnits === 0n) return 'complied';
    return outcome.type === 'ruling' ? 'ruled' : 'settled';
  }
  return draft.tracks[governingOf(draft)].taken.length > 0 ? 'taken' : 'open';
}

/** Whether a closing counts, and if not why. */
function closingRefusal(
  draft: DisputeDraft,
  step: DisputeStep,
  outcome: DisputeOutcome | undefined,
): RejectCode | undefined {
  const { document } = [...draft.claims.values()][0]?.state.contract ?? {};
  const governs = document && appointeeOf(document, governingOf(draft)) === step.author;
  if (!governs) return 'AUTHOR_ROLE';
  // DI-21: "A closing is refused as `STATE_FORBIDS` before there is an outcome and in a case that
  // is withdrawn, and as `RULING_UNPAID` while anything of it is owed…"
  const isEarly = !outcome || !step.past.has(outcome.id);
  if (isEarly || isWithdrawn(draft, outcome)) return 'STATE_FORBIDS';
  return outcome.outstandingUnits > 0n ? 'RULING_UNPAID' : undefined;
}

function trackOf({ tracks }: DisputeDraft, role: ArbiterRole): ArbiterTrack {
  const { taken, rulings } = tracks[role];
  const first = (steps: readonly DisputeStep[]): number | undefined => steps[0]?.effectiveAtSec;
  return { takenAtSec: first(taken), ruledAtSec: first(rulings) };
}

function viewOf(
  draft: DisputeDraft,
  applied: readonly DisputeStep[],
  outcome: DisputeOutcome | undefined,
  isClosed: boolean,
): Omit<DisputeCase, 'applied' | 'rejects' | 'missing'> {
  const governing = governingOf(draft);
  const [taken] = draft.tracks[governing].taken;
  return {
    id: draft.opened.id,
    contract: draft.opened.document.contract,
    reason: draft.reason,
    status: statusOf(draft, outcome, isClosed),
    openedAtSec: draft.opened.effectiveAtSec,
    claims: claimsHeard(draft, outcome).map(({ step, state, ...claim }) => ({
      ...claim,
      id: step.id,
      contract: state.root,
      role: draft.claimant,
      effectiveAtSec: step.effectiveAtSec,
    })),
    contracts: [...draft.claims.keys()],
    respondBySec: draft.respondBySec,
    takeBySec: draft.takeBySec,
    ruleBySec: taken ? taken.effectiveAtSec + draft.ruleDaysSec : undefined,
    governing,
    tracks: {
      arbiter: trackOf(draft, 'arbiter'),
      fallbackArbiter: trackOf(draft, 'fallbackArbiter'),
    },
    fallbackCalled: draft.calls.length > 0,
    arbiterSilent: isSilent(draft),
    taken: taken?.id,
    responses: draft.responses.map(({ id }) => id),
    admissions: admissionsOf(draft),
    outcome,
    contradictions: contradictionsOf(draft, applied),
  };
}

/** The steps of those who have a part in the case in order, and apart what others signed. */
function sorted(dispute: string, input: Iterable<ParsedEvent>, states: States) {
  const all = stepsOf(dispute, input);
  const opening = all.find(({ event }) => event.id === dispute);
  const opener = opening && states.get(opening.document.contract);
  const outside: RefusedStep[] = [];
  // DI-41: "A step by a key that has no part in the contract it names, or of a contract that
  // cannot be in the case, is refused before the steps are put in order…"
  const within = all.filter((parsed) => {
    const code = outsideRefusal(parsed, states, opener);
    if (code) outside.push({ id: parsed.event.id, code });
    return !code;
  });
  const { steps, missing } = orderSteps(within);
  const known = new Set(outside.map(({ id }) => id));
  outside.sort((a, b) => (a.id < b.id ? -1 : 1));
  return { steps, missing: missing.filter((id) => !known.has(id)), outside };
}

/**
 * Folds the steps of the case that a step of this id opened; other events are left aside.
 * Answers why there is no case where its opening is missing or does not count. `others` are the
 * outcomes of other cases on its contracts, each folded so too: payments pay one of them only.
 */
export function foldDispute(
  dispute: string,
  input: Iterable<ParsedEvent>,
  states: States,
  others: readonly OtherOutcome[] = [],
): Result<DisputeCase> {
  const { steps, missing, outside } = sorted(dispute, input, states);
  const opening = openCase(
    steps.find(({ id }) => id === dispute),
    states,
    others,
  );
  if (!opening.ok) return opening;
  const draft = opening.value;
  const applied: DisputeStep[] = [draft.opened];
  const rejects = [...outside];
  for (const step of steps) {
    if (step === draft.opened) continue;
    const refused = applyStep(draft, step);
    if (refused) rejects.push({ id: step.id, code: refused.code });
    else applied.push(step);
  }
  const outcome = outcomeOf(draft);
  const unfit = draft.closings.flatMap((step) => {
    const code = closingRefusal(draft, step, outcome);
    return code ? [{ id: step.id, code }] : [];
  });
  const isClosed = unfit.length < draft.closings.length;
  // DI-31: "…and as `STATE_FORBIDS` one that is for something else than the case's outcome, or a
  // ruling that the outcome does not rest on, for a record any ruling of the case."
  const signable = paidDecisions(draft, outcome);
  const recorded = recordedDecisions(draft, outcome);
  const astray = draft.payouts
    .filter(({ document }) => {
      const decisions = document.type === 'paidOut' ? recorded : signable;
      return 'outcome' in document && !decisions.has(document.outcome);
    })
    .map(({ id }) => ({ id, code: 'STATE_FORBIDS' as const }));
  unfit.push(...astray);
  const counted = applied.map(({ id }) => id).filter((id) => !unfit.some((each) => each.id === id));
  const all = [...rejects, ...unfit];
  const view = viewOf(draft, applied, outcome, isClosed);
  return ok({ ...view, applied: counted, rejects: all, missing });
}
