/**
 * The one table of what may happen to a contract: which acts count in which status, and, for
 * each act, whose it is and what it does. The client's "what may I do now" reads the same table.
 * Spec: specs/contract.md, "Transitions".
 */
import type { ParsedAcknowledgement, ParsedEvent, ParsedReceipt } from '../events.ts';
import { Kind } from '../kinds.ts';
import type { AcceptanceDocument } from '../kinds/agreement.ts';
import type { PartyRole } from '../kinds/fields.ts';
import { keyFactsHash } from '../keyfacts/sheet.ts';
import { REJECT_CODES, reject, type Reject } from '../result.ts';
import { actsFor, attesterOf, roleOfKey, type Draft } from './draft.ts';
import { applyClaim, applyDecision } from './milestones.ts';
import {
  applyAcceleration,
  applyArrears,
  applyClosure,
  applyDefault,
  applyWriteOff,
} from './notices.ts';
import { requestMismatch } from './payments.ts';
import { applyRecovery } from './recovery.ts';
import { legOf } from './legs.ts';
import { LEGS, PARTY_ROLES, type ContractState, type ContractStatus } from './state.ts';

/** What can be done to a contract by a signed event. */
export type ContractAct =
  | 'acceptance'
  | 'withdrawal'
  | 'receipt'
  | 'received'
  | 'objection'
  | 'cash'
  | 'claim'
  | 'approval'
  | 'refusal'
  | 'arrears'
  | 'default'
  | 'acceleration'
  | 'writeOff'
  | 'recovery'
  | 'closure';

/** Who may do something: a party, or whoever decides on milestones. */
export type ActorRole = PartyRole | 'attester';

interface Act {
  /** Acts of a lower phase are applied first, whatever their dates say. */
  readonly phase: number;
  /** Whether a delegate may do it. */
  readonly keys: 'main' | 'delegate';
  readonly roles: readonly ActorRole[];
  readonly apply: (draft: Draft, parsed: ParsedEvent) => Reject | undefined;
}

function applyAcceptance(draft: Draft, parsed: ParsedEvent): Reject | undefined {
  const document = parsed.document as AcceptanceDocument;
  // K-13: "The fold MUST refuse an acceptance whose `keyFacts` is not the hash of the sheet of the
  // terms it accepts…"
  if (document.keyFacts !== keyFactsHash(draft.contract.document)) {
    return reject('KEY_FACTS_MISMATCH', document.role);
  }
  const { event } = parsed;
  const earlier = draft.signatures[document.role];
  const delegates = document.delegate === undefined ? [] : [document.delegate];
  // C-19: "Further acceptances by one role dismiss nothing: each adds its delegate…"
  if (earlier) {
    draft.equivocations.push({
      reason: 'rival signatures',
      author: event.pubkey,
      events: earlier.id < event.id ? [earlier.id, event.id] : [event.id, earlier.id],
    });
    const all = [...new Set([...earlier.delegates, ...delegates])];
    draft.signatures = { ...draft.signatures, [document.role]: { ...earlier, delegates: all } };
    return undefined;
  }
  const signature = {
    id: event.id,
    delegate: document.delegate,
    delegates,
    effectiveAtSec: event.created_at,
    register: document.register,
  };
  draft.signatures = { ...draft.signatures, [document.role]: signature };
  // C-18: "A contract is effective when the set holds an acceptance of each of the three roles…"
  const complete = PARTY_ROLES.every((role) => draft.signatures[role] !== undefined);
  if (complete) draft.status = 'effective';
  return undefined;
}

function applyWithdrawal(draft: Draft): undefined {
  draft.status = 'withdrawn';
  return undefined;
}

function applyReceipt(draft: Draft, parsed: ParsedEvent): Reject | undefined {
  const receipt = parsed as ParsedReceipt;
  const request = draft.requests.get(receipt.document.request.id);
  if (!request) return reject('REQUEST_UNKNOWN', receipt.document.request.id);
  const mismatch = requestMismatch(draft.contract.document, request.document);
  if (mismatch) return mismatch;
  draft.receipts.push({ receipt, request });
  draft.proven.set(request.event.id, request);
  return undefined;
}

function applyAnswer(draft: Draft, parsed: ParsedEvent): Reject | undefined {
  const { document, event } = parsed as ParsedAcknowledgement;
  if (document.type === 'cash') return undefined;
  // P-16: "An item of an acknowledgement counts only for a request that a counted receipt embeds,
  // from a key of its payee…"
  const refusals: Reject[] = [];
  const items = document.type === 'received' ? document.items : [document];
  for (const item of items) {
    const request = draft.proven.get(item.request);
    if (!request) {
      refusals.push(reject('REQUEST_UNKNOWN', item.request));
      continue;
    }
    const { leg, n } = request.document;
    if (!actsFor(draft, event.pubkey, LEGS[leg].payee)) {
      refusals.push(reject('AUTHOR_ROLE', LEGS[leg].payee));
    }
    const strange = item.n.find((part) => !n.includes(part));
    if (strange !== undefined) refusals.push(reject('PART_UNKNOWN', String(strange)));
  }
  draft.acknowledgements.push(parsed as ParsedAcknowledgement);
  const rank = ({ code }: Reject): number => REJECT_CODES.indexOf(code);
  return refusals.sort((a, b) => rank(a) - rank(b))[0];
}

const anyParty: readonly PartyRole[] = ['investor', 'business', 'bank'];
const creditors: readonly PartyRole[] = ['bank', 'investor'];

/** Every act: whose it is and what it does. */
const ACTS: Readonly<Record<ContractAct, Act>> = {
  acceptance: { phase: 0, keys: 'main', roles: anyParty, apply: applyAcceptance },
  withdrawal: { phase: 1, keys: 'main', roles: anyParty, apply: applyWithdrawal },
  receipt: { phase: 2, keys: 'delegate', roles: anyParty, apply: applyReceipt },
  received: { phase: 3, keys: 'delegate', roles: anyParty, apply: applyAnswer },
  objection: { phase: 3, keys: 'delegate', roles: anyParty, apply: applyAnswer },
  cash: { phase: 3, keys: 'delegate', roles: anyParty, apply: applyAnswer },
  claim: { phase: 4, keys: 'main', roles: ['business'], apply: applyClaim },
  approval: { phase: 5, keys: 'main', roles: ['attester'], apply: applyDecision },
  refusal: { phase: 5, keys: 'main', roles: ['attester'], apply: applyDecision },
  arrears: { phase: 6, keys: 'main', roles: creditors, apply: applyArrears },
  default: { phase: 7, keys: 'main', roles: creditors, apply: applyDefault },
  acceleration: { phase: 8, keys: 'main', roles: creditors, apply: applyAcceleration },
  writeOff: { phase: 9, keys: 'main', roles: ['bank'], apply: applyWriteOff },
  recovery: { phase: 10, keys: 'main', roles: ['bank'], apply: applyRecovery },
  closure: { phase: 11, keys: 'main', roles: ['bank'], apply: applyClosure },
};

const money = {
  receipt: 'offered',
  received: 'offered',
  objection: 'offered',
  cash: 'offered',
} as const;

/** Which acts count in which status; those not `offered` count, but no client proposes them. */
export const TRANSITIONS: Readonly<
  Record<ContractStatus, Partial<Readonly<Record<ContractAct, 'offered' | 'counted'>>>>
> = {
  proposed: { acceptance: 'offered', withdrawal: 'offered' },
  effective: {
    acceptance: 'counted',
    ...money,
    claim: 'offered',
    approval: 'offered',
    refusal: 'offered',
    arrears: 'offered',
    default: 'offered',
    closure: 'offered',
  },
  withdrawn: { withdrawal: 'counted' },
  defaulted: {
    ...money,
    refusal: 'offered',
    default: 'counted',
    acceleration: 'offered',
    writeOff: 'offered',
    recovery: 'offered',
    closure: 'offered',
  },
  closed: { ...money, closure: 'counted' },
};

/** The act an event performs, or undefined when it is none on a contract. */
export function actOf(parsed: ParsedEvent): ContractAct | undefined {
  switch (parsed.event.kind) {
    case Kind.signature:
    case Kind.acknowledgement:
    case Kind.milestone:
    case Kind.notice: {
      const type = 'type' in parsed.document ? parsed.document.type : undefined;
      return type !== undefined && Object.hasOwn(ACTS, type) ? (type as ContractAct) : undefined;
    }
    case Kind.receipt:
      return 'receipt';
    default:
      return undefined;
  }
}

/** When an event is applied: lower phases first. */
export function phaseOf(parsed: ParsedEvent): number {
  const act = actOf(parsed);
  return act ? ACTS[act].phase : Infinity;
}

const FINAL_ACTS = new Set<ContractAct>(['default', 'acceleration', 'writeOff', 'closure']);

/** Whether an event is final by what it does and by whose act it is. */
export function isFinal(draft: Draft, parsed: ParsedEvent): boolean {
  const act = actOf(parsed);
  if (act === undefined || !FINAL_ACTS.has(act)) return false;
  return refusalOfAuthor(draft, act, parsed) === undefined;
}

/** The roles one event needs of its author: narrower than its act's where it names a leg. */
function rolesNeeded(draft: Draft, act: ContractAct, parsed: ParsedEvent): readonly ActorRole[] {
  if (act === 'acceptance') return [(parsed.document as AcceptanceDocument).role];
  if (parsed.name === 'receipt') {
    const request = draft.requests.get(parsed.document.request.id);
    if (request) return [legOf(draft.contract.document, request.document.leg).payer];
  }
  if (parsed.name === 'acknowledgement' && parsed.document.type === 'cash') {
    return [LEGS[parsed.document.leg].payee];
  }
  return ACTS[act].roles;
}

function refusalOfAuthor(draft: Draft, act: ContractAct, parsed: ParsedEvent): Reject | undefined {
  const key = parsed.event.pubkey;
  const roles = rolesNeeded(draft, act, parsed);
  const isHeld = (role: ActorRole): boolean => {
    if (role === 'attester') return attesterOf(draft.contract.document) === key;
    return ACTS[act].keys === 'main' ? roleOfKey(draft, key) === role : actsFor(draft, key, role);
  };
  if (!roles.some(isHeld)) return reject('AUTHOR_ROLE', roles.join());
  if (parsed.name !== 'receipt') return undefined;
  const request = draft.requests.get(parsed.document.request.id);
  if (!request) return undefined;
  const { payee } = LEGS[request.document.leg];
  // P-8: "A receipt counts only from a key of the leg's payer, and with a request from a key of
  // the leg's payee…"
  return actsFor(draft, request.event.pubkey, payee) ? undefined : reject('AUTHOR_ROLE', payee);
}

/** Applies one event to the draft; what is refused proves nothing. */
export function applyEvent(draft: Draft, parsed: ParsedEvent): Reject | undefined {
  const act = actOf(parsed);
  if (!act) return reject('STATE_FORBIDS', parsed.name);
  // C-16: "The author's role MUST be read from the contract and its acceptances, never from tags…"
  const refused = refusalOfAuthor(draft, act, parsed);
  if (refused) return refused;
  const role = roleOfKey(draft, parsed.event.pubkey);
  // Remembered even when it comes too late: nobody has to go on lending after it.
  // C-20: "A withdrawal makes a contract withdrawn only while an acceptance is lacking…"
  if (act === 'withdrawal' && role) draft.withdrawnBy.add(role);
  // C-17: "An act that the table does not have for the status is refused as `STATE_FORBIDS`."
  if (!TRANSITIONS[draft.status][act]) return reject('STATE_FORBIDS', `${draft.status} ${act}`);
  return ACTS[act].apply(draft, parsed);
}

type ActingState = Pick<
  ContractState,
  'status' | 'signatures' | 'contract' | 'milestones' | 'acceleratedAtSec' | 'writtenOffAtSec'
>;

function isOf(state: ActingState, act: ContractAct, role: ActorRole): boolean {
  const { roles } = ACTS[act];
  if (roles.includes(role)) return true;
  // The bank decides on milestones where the contract names nobody else.
  const { attester } = state.contract.document;
  return role === 'bank' && attester === undefined && roles.includes('attester');
}

/** Whether there is anything an act could be about. */
function hasObject(state: ActingState, act: ContractAct, role: ActorRole): boolean {
  const isAny = (...statuses: string[]): boolean =>
    state.milestones.some(({ status }) => statuses.includes(status));
  if (act === 'acceptance') return role !== 'attester' && state.signatures[role] === undefined;
  if (act === 'claim') return isAny('open', 'refused');
  if (act === 'acceleration') return state.acceleratedAtSec === undefined;
  if (act === 'writeOff') return state.writtenOffAtSec === undefined;
  return act === 'approval' || act === 'refusal' ? isAny('claimed') : true;
}

/** What a role may do next, by the table; whether a notice would count is the fold's to say. */
export function permittedActs(state: ActingState, role: ActorRole): ContractAct[] {
  const entries = Object.entries(TRANSITIONS[state.status]) as [ContractAct, string][];
  return entries
    .filter(([act, how]) => how === 'offered' && isOf(state, act, role))
    .map(([act]) => act)
    .filter((act) => hasObject(state, act, role));
}
