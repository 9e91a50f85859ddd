/**
 * The one table of what may happen to a contract: which acts count in which status. The client's
 * "what may I do now" reads the same table. Spec: specs/contract.md, "Transitions".
 */
import type { ParsedEvent } from '../events.ts';
import { reject, type Reject } from '../result.ts';
import { actOf, ACTS, type ActorRole, type ContractAct } from './acts.ts';
import { refusalOfAuthor } from './authors.ts';
import { roleOfKey, type Draft } from './draft.ts';
import { PARTY_ROLES, type ContractState, type ContractStatus } from './state.ts';

const money = {
  receipt: 'offered',
  chainReceipt: 'offered',
  received: 'offered',
  objection: 'offered',
  cash: 'offered',
} as const;
/** Who cannot be paid says so, and is answered, while anything is owed. */
const tenders = { tender: 'offered', tenderAnswer: 'offered' } as const;
/** What a till took is said as long as there is something to say. */
const sales = { salesReport: 'offered' } as const;
const keys = { rotation: 'offered', revocation: 'offered' } as const;

/** Which acts count in which status; those not `offered` count, but no client proposes them. */
export const TRANSITIONS: Readonly<
  Record<ContractStatus, Partial<Readonly<Record<ContractAct, 'offered' | 'counted'>>>>
> = {
  proposed: { acceptance: 'offered', withdrawal: 'offered', ...keys },
  effective: {
    acceptance: 'counted',
    withdrawal: 'offered',
    ...keys,
    takeover: 'offered',
    amendment: 'offered',
    fundingReached: 'offered',
    fundingFailed: 'offered',
    ...money,
    ...tenders,
    ...sales,
    claim: 'offered',
    approval: 'offered',
    refusal: 'offered',
    arrears: 'offered',
    default: 'offered',
    closure: 'offered',
  },
  withdrawn: { withdrawal: 'counted' },
  defaulted: {
    ...keys,
    takeover: 'offered',
    amendment: 'offered',
    ...money,
    ...tenders,
    ...sales,
    refusal: 'offered',
    default: 'counted',
    acceleration: 'offered',
    writeOff: 'offered',
    recovery: 'offered',
    closure: 'offered',
  },
  closed: { ...keys, ...money, ...sales, closure: 'counted' },
};

/** Applies one event to the draft; what is refused proves nothing. */
export function applyEvent(draft: Draft, parsed: ParsedEvent): Reject | undefined {
  const act = actOf(parsed);
  if (!act) return reject('STATE_FORBIDS', parsed.name);
  // C-16: "The author's role MUST be read from the contract and its acceptances, never from tags…"
  const refused = refusalOfAuthor(draft, act, parsed);
  if (refused) return refused;
  const role = roleOfKey(draft, parsed.event.pubkey);
  // Remembered even when it comes too late: nobody has to go on lending after it.
  // C-20: "…The state names who withdrew either way, and an investor's planner stops."
  if (act === 'withdrawal' && role) draft.withdrawnBy.add(role);
  // C-17: "An act that the table does not have for the status is refused as `STATE_FORBIDS`."
  if (!TRANSITIONS[draft.status][act]) return reject('STATE_FORBIDS', `${draft.status} ${act}`);
  return ACTS[act].apply(draft, parsed);
}

type ActingState = Pick<
  ContractState,
  | 'status'
  | 'signatures'
  | 'contract'
  | 'milestones'
  | 'payments'
  | 'funding'
  | 'takeover'
  | 'acceleratedAtSec'
  | 'writtenOffAtSec'
>;

function isOf(state: ActingState, act: ContractAct, role: ActorRole): boolean {
  const { roles } = ACTS[act];
  if (roles.includes(role)) return true;
  // The bank decides on milestones where the contract names nobody else.
  const { attester } = state.contract.document;
  return role === 'bank' && attester === undefined && roles.includes('attester');
}

/** Whether the investor may still have time to withdraw; the clock is the caller's. */
function isWithdrawable({ status, contract, payments }: ActingState, role: ActorRole): boolean {
  if (status === 'proposed') return true;
  const hasTime = role === 'investor' && contract.document.coolingOffDays > 0;
  return hasTime && payments.length === 0;
}

/** Whether there is anything an act could be about. */
function hasObject(state: ActingState, act: ContractAct, role: ActorRole): boolean {
  const isAny = (...statuses: string[]): boolean =>
    state.milestones.some(({ status }) => statuses.includes(status));
  switch (act) {
    case 'acceptance':
      return PARTY_ROLES.some((party) => party === role && !state.signatures[party]);
    case 'withdrawal':
      return isWithdrawable(state, role);
    case 'takeover':
      return state.takeover === undefined;
    case 'fundingReached':
      return state.funding === 'open';
    case 'fundingFailed':
      return state.funding === 'open' || state.funding === 'reached';
    case 'claim':
      return isAny('open', 'refused');
    case 'approval':
    case 'refusal':
      return isAny('claimed');
    case 'acceleration':
      return state.acceleratedAtSec === undefined;
    case 'writeOff':
      return state.writtenOffAtSec === undefined;
    default:
      return true;
  }
}

/** What a role may do next, by the table; whether a notice would count is the fold's to say. */
export function permittedActs(state: ActingState, role: ActorRole): ContractAct[] {
  const entries = Object.entries(TRANSITIONS[state.status]) as [ContractAct, string][];
  return entries
    .filter(([act, how]) => how === 'offered' && isOf(state, act, role))
    .map(([act]) => act)
    .filter((act) => hasObject(state, act, role));
}
