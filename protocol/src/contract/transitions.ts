/**
 * The one table of what may happen to a contract: [status, act] → who may do it and what it does.
 * Spec: specs/contract.md, "Transitions". The client's "what may I do now" reads the same table.
 */
import type { ParsedEvent, ParsedReceipt, ParsedSignature } from '../events.ts';
import { Kind } from '../kinds.ts';
import type { PartyRole } from '../kinds/fields.ts';
import { reject, type Reject } from '../result.ts';
import { actsFor, roleOfActor, roleOfKey, type Draft } from './draft.ts';
import { computeLedger } from './ledger.ts';
import { requestMismatch, resolvePayments } from './payments.ts';
import { LEGS, PARTY_ROLES, type ContractState, type ContractStatus } from './state.ts';

/** What can be done to a contract by a signed event. */
export type ContractAct =
  'acceptance' | 'withdrawal' | 'receipt' | 'received' | 'objection' | 'cash' | 'closure';

type Apply = (draft: Draft, parsed: ParsedEvent) => Reject | undefined;

interface Transition {
  readonly roles: readonly PartyRole[];
  readonly apply: Apply;
}

function applyAcceptance(draft: Draft, parsed: ParsedEvent): Reject | undefined {
  const { document, event } = parsed as ParsedSignature;
  if (document.type !== 'acceptance') return reject('STATE_FORBIDS');
  if (draft.contract.document.parties[document.role].pubkey !== event.pubkey) {
    // C-7: "An acceptance is valid only from the key the contract names for its role".
    return reject('AUTHOR_ROLE', document.role);
  }
  const earlier = draft.signatures[document.role];
  if (earlier) {
    draft.equivocations.push({
      reason: 'rival signatures',
      author: event.pubkey,
      events: earlier.id < event.id ? [earlier.id, event.id] : [event.id, earlier.id],
    });
    return reject('ALREADY_SIGNED', document.role);
  }
  const { delegate } = document;
  if (delegate !== undefined && roleOfActor(draft, delegate) !== undefined) {
    return reject('DELEGATE_CONFLICT');
  }
  draft.signatures[document.role] = {
    id: event.id,
    delegate,
    effectiveAtSec: event.created_at,
    register: document.register,
  };
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
  if (!request) return reject('REQUEST_UNKNOWN');
  const leg = LEGS[request.document.leg];
  if (!actsFor(draft, receipt.event.pubkey, leg.payer)) return reject('AUTHOR_ROLE', leg.payer);
  if (!actsFor(draft, request.event.pubkey, leg.payee)) return reject('AUTHOR_ROLE', leg.payee);
  const mismatch = requestMismatch(draft.contract.document, request.document);
  if (mismatch) return mismatch;
  draft.receipts.push({ receipt, request, afterFinalSec: draft.lastFinalSec });
  return undefined;
}

function applyAcknowledgement(draft: Draft, parsed: ParsedEvent): undefined {
  if (parsed.name === 'acknowledgement') draft.acknowledgements.push(parsed);
  return undefined;
}

function applyClosure(draft: Draft, parsed: ParsedEvent): Reject | undefined {
  // Answers about unknown requests are reported once, at the end, not at every closure.
  const payments = resolvePayments({ ...draft, rejects: [] });
  const latest = payments[payments.length - 1]?.settledAtSec ?? 0;
  const asOfSec = Math.max(parsed.event.created_at, latest);
  // C-12: "A closure is valid only when the ledger at its time is repaid".
  const ledger = computeLedger(draft.contract.document, payments, asOfSec);
  if (!ledger.repaid) return reject('NOT_REPAID');
  draft.status = 'closed';
  draft.finalEvents.push(parsed.event.id);
  draft.lastFinalSec = Math.max(draft.lastFinalSec ?? 0, parsed.event.created_at);
  return undefined;
}

const anyParty: readonly PartyRole[] = ['investor', 'business', 'bank'];
const payers: readonly PartyRole[] = ['investor', 'business'];

const moneyActs = {
  receipt: { roles: payers, apply: applyReceipt },
  received: { roles: payers, apply: applyAcknowledgement },
  objection: { roles: payers, apply: applyAcknowledgement },
  cash: { roles: payers, apply: applyAcknowledgement },
} satisfies Partial<Record<ContractAct, Transition>>;

/** The table itself. */
export const TRANSITIONS: Readonly<
  Record<ContractStatus, Partial<Record<ContractAct, Transition>>>
> = {
  proposed: {
    acceptance: { roles: anyParty, apply: applyAcceptance },
    withdrawal: { roles: anyParty, apply: applyWithdrawal },
  },
  effective: {
    acceptance: { roles: [], apply: applyAcceptance },
    ...moneyActs,
    closure: { roles: ['bank'], apply: applyClosure },
  },
  withdrawn: {},
  closed: { ...moneyActs },
};

/** The act an event performs, or undefined when it is none on a contract. */
export function actOf(parsed: ParsedEvent): ContractAct | undefined {
  switch (parsed.event.kind) {
    case Kind.signature:
    case Kind.acknowledgement:
    case Kind.notice: {
      const type = 'type' in parsed.document ? parsed.document.type : undefined;
      const acts: readonly string[] = Object.keys(ACTS);
      return type !== undefined && acts.includes(type) ? (type as ContractAct) : undefined;
    }
    case Kind.receipt:
      return 'receipt';
    default:
      return undefined;
  }
}

const ACTS: Readonly<Record<ContractAct, 'main' | 'delegate'>> = {
  acceptance: 'main',
  withdrawal: 'main',
  receipt: 'delegate',
  received: 'delegate',
  objection: 'delegate',
  cash: 'delegate',
  closure: 'main',
};

/** Applies one event to the draft; a refusal changes nothing but the list of equivocations. */
export function applyEvent(draft: Draft, parsed: ParsedEvent): Reject | undefined {
  const act = actOf(parsed);
  if (!act) return reject('STATE_FORBIDS', parsed.name);
  const transition = TRANSITIONS[draft.status][act];
  if (!transition) return reject('STATE_FORBIDS', `${draft.status} ${act}`);
  const key = parsed.event.pubkey;
  const role = ACTS[act] === 'main' ? roleOfKey(draft, key) : roleOfActor(draft, key);
  // C-6: "The author's role is read from the contract, never from tags".
  if (!role) return reject('AUTHOR_ROLE');
  if (transition.roles.length > 0 && !transition.roles.includes(role)) {
    return reject('AUTHOR_ROLE', role);
  }
  return transition.apply(draft, parsed);
}

/** What a role may do next, by the table; empty for strangers. */
export function permittedActs(
  state: Pick<ContractState, 'status' | 'signatures'>,
  role: PartyRole,
): ContractAct[] {
  const entries = Object.entries(TRANSITIONS[state.status]) as [ContractAct, Transition][];
  return entries
    .filter(([, transition]) => transition.roles.includes(role))
    .map(([act]) => act)
    .filter((act) => act !== 'acceptance' || state.signatures[role] === undefined);
}
