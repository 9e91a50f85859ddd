/**
 * Who an event's author is in its contract, and whether that key still was it.
 * Spec: specs/contract.md, "Fold"; specs/keys.md.
 */
import type { ParsedEvent, ParsedReceipt } from '../events.ts';
import type { AcceptanceDocument } from '../kinds/agreement.ts';
import type { PartyRole } from '../kinds/fields.ts';
import { reject, type Reject } from '../result.ts';
import { actOf, ACTS, type ActorRole, type ContractAct } from './acts.ts';
import { actsFor, appointeeOf, hasEnded, isMainOf, type Draft } from './draft.ts';
import { settledAtSec } from './evidence.ts';
import { legOf } from './legs.ts';
import { LEGS } from './state.ts';
import { resolveTakeover } from './takeover.ts';

const FINAL_ACTS: ReadonlySet<ContractAct> = new Set([
  'takeover',
  'default',
  'acceleration',
  'writeOff',
  'closure',
]);

/** Acts that are judged by what they rest on, and by the keys which that shows. */
const JUDGED_ALONE: ReadonlySet<ContractAct> = new Set([...FINAL_ACTS, 'arrears']);

/** Whether an event is judged by what it rests on and by nothing else. */
export function isJudgedAlone(parsed: ParsedEvent): boolean {
  const act = actOf(parsed);
  return act !== undefined && JUDGED_ALONE.has(act);
}

/** Each party role alone. */
const ALONE: Readonly<Record<PartyRole, readonly PartyRole[]>> = {
  investor: ['investor'],
  business: ['business'],
  bank: ['bank'],
};

/** Whether an event is final by what it does and by whose act it is. */
export function isFinal(draft: Draft, parsed: ParsedEvent): boolean {
  const act = actOf(parsed);
  if (act === undefined || !FINAL_ACTS.has(act)) return false;
  return ACTS[act].roles.some((role) => standing(draft, act, role, parsed) !== undefined);
}

/** The roles one event needs of its author: narrower than its act's where it names a leg. */
function rolesNeeded(draft: Draft, act: ContractAct, parsed: ParsedEvent): readonly ActorRole[] {
  if (act === 'acceptance' || act === 'amendment') {
    return ALONE[(parsed.document as AcceptanceDocument).role];
  }
  // TL-14: "…by the bank only where the contract's till share has the bank run the till…"
  if (act === 'salesReport') {
    const isBanks = draft.contract.document.tillShare?.runBy === 'bank';
    return isBanks ? ['business', 'bank'] : ALONE.business;
  }
  if (parsed.name === 'tenderAnswer') {
    const isBanks = parsed.document.request.content['leg'] === 'servicing';
    return isBanks ? ALONE.bank : ALONE.investor;
  }
  if (parsed.name === 'receipt') {
    const request = draft.requests.get(parsed.document.request.id);
    if (request) return ALONE[legOf(draft.contract.document, request.document.leg).payer];
  }
  if (parsed.name === 'acknowledgement' && parsed.document.type === 'cash') {
    return ALONE[LEGS[parsed.document.leg].payee];
  }
  return ACTS[act].roles;
}

/** Acts of the bank that its backup servicer may do after a takeover. */
const TAKEN_OVER: readonly ContractAct[] = [
  'amendment',
  'approval',
  'refusal',
  'arrears',
  'default',
  'acceleration',
  'writeOff',
  'closure',
];

/** Whether the backup servicer acts for the bank by this event. */
function hasTakenOver(draft: Draft, act: ContractAct, { event }: ParsedEvent): boolean {
  if (appointeeOf(draft.contract.document, 'backupServicer') !== event.pubkey) return false;
  // N-12: "From a takeover that counts on, the backup servicer may do what the bank may by
  // amendment, decision on milestones and notice; what it approves counts only while its takeover
  // is not contested…"
  const [takeover] = draft.takeovers;
  if (!takeover || event.created_at < takeover.createdAtSec) return false;
  return TAKEN_OVER.includes(act) && (act !== 'approval' || !resolveTakeover(draft)?.contested);
}

/** Whether an event's author holds a role, and whether that key had ended by then. */
function standing(
  draft: Draft,
  act: ContractAct,
  role: ActorRole,
  parsed: ParsedEvent,
): 'held' | 'ended' | undefined {
  const { pubkey: key, created_at: atSec } = parsed.event;
  const { attester, appointees } = draft.contract.document;
  if (role === 'recovery') return undefined;
  if (role === 'backupServicer') return appointees?.backupServicer === key ? 'held' : undefined;
  if (role === 'attester' && attester !== undefined) return attester === key ? 'held' : undefined;
  const party = role === 'attester' ? 'bank' : role;
  const isHeld = ACTS[act].keys === 'main' ? isMainOf : actsFor;
  if (!isHeld(draft, key, party)) {
    return party === 'bank' && hasTakenOver(draft, act, parsed) ? 'held' : undefined;
  }
  return !ACTS[act].isShared && hasEnded(draft, key, party, atSec) ? 'ended' : 'held';
}

/** Why an event does not count by who signed it. */
export function refusalOfAuthor(
  draft: Draft,
  act: ContractAct,
  parsed: ParsedEvent,
): Reject | undefined {
  // KEY-11: "A receipt, acknowledgement or sales report on which a final event that counts rests,
  // and which counted for it, counts, whatever key events that final event does not rest on."
  if (draft.stands.has(parsed.event.id)) return undefined;
  // N-22: "…who signed the notice, and what it rests on, is judged by them alone…"
  const known = JUDGED_ALONE.has(act) ? draft.basisOf(parsed.event.id).view : draft;
  const roles = rolesNeeded(draft, act, parsed);
  let [isHeld, isEnded] = [false, false];
  for (const role of roles) {
    const found = standing(known, act, role, parsed);
    isHeld ||= found === 'held';
    isEnded ||= found === 'ended';
  }
  // KEY-9: "What a key signs alone, dated after the key ended, is refused as `KEY_REVOKED`:
  // receipts, acknowledgements, tenders and answers to them, sales reports, claims, decisions and
  // notices…"
  if (!isHeld) return reject(isEnded ? 'KEY_REVOKED' : 'AUTHOR_ROLE', roles.join());
  return parsed.name === 'receipt' ? refusalOfPayee(draft, parsed) : undefined;
}

/** Why a receipt does not count by the key that signed its request. */
function refusalOfPayee(draft: Draft, { event, document }: ParsedReceipt): Reject | undefined {
  const request = draft.requests.get(document.request.id);
  if (!request) return undefined;
  const { payee } = LEGS[request.document.leg];
  const { pubkey: key } = request.event;
  // P-8: "A receipt counts only from a key of the leg's payer, and with a request from a key of
  // the leg's payee…"
  if (!actsFor(draft, key, payee)) return reject('AUTHOR_ROLE', payee);
  const atSec = settledAtSec(event.created_at, request.document);
  if (!hasEnded(draft, key, payee, atSec)) return undefined;
  // KEY-10: "A receipt for a request by a key that had ended when it settled is refused as
  // `KEY_REVOKED` when the receipt rests on a key event of the payee's role that counts; a payer
  // that says nothing of it has paid."
  const past = draft.pastOf(event.id);
  const isTold = draft.keyEvents.some((each) => each.role === payee && past.has(each.id));
  return isTold ? reject('KEY_REVOKED', payee) : undefined;
}
