/**
 * Every act on a contract: whose it is, when it is applied and what it does.
 * Spec: specs/contract.md, "Transitions".
 */
import type { ParsedEvent } from '../events.ts';
import { Kind } from '../kinds.ts';
import type { PartyRole } from '../kinds/fields.ts';
import type { Reject } from '../result.ts';
import { applyAcceptance, applyWithdrawal } from './agreement.ts';
import type { Draft } from './draft.ts';
import { applyChainReceipt } from './chain-receipts.ts';
import { applyFunding } from './funding.ts';
import { applyClaim, applyDecision } from './milestones.ts';
import {
  applyAcceleration,
  applyArrears,
  applyClosure,
  applyDefault,
  applyWriteOff,
} from './notices.ts';
import { applyAnswer, applyReceipt } from './receipts.ts';
import { applyRecovery } from './recovery.ts';
import { applySalesReport } from './sales.ts';
import { applyTakeover } from './takeover.ts';
import { applyTender, applyTenderAnswer } from './tenders.ts';
import { applyAmendment } from './versions.ts';

/** What can be done to a contract by a signed event. */
export type ContractAct =
  | 'acceptance'
  | 'rotation'
  | 'revocation'
  | 'takeover'
  | 'amendment'
  | 'receipt'
  | 'chainReceipt'
  | 'withdrawal'
  | 'fundingReached'
  | 'fundingFailed'
  | 'received'
  | 'objection'
  | 'cash'
  | 'tender'
  | 'tenderAnswer'
  | 'salesReport'
  | 'claim'
  | 'approval'
  | 'refusal'
  | 'arrears'
  | 'default'
  | 'acceleration'
  | 'writeOff'
  | 'recovery'
  | 'closure';

/** Who may do something: a party, who decides on milestones, who takes over, who recovers keys. */
export type ActorRole = PartyRole | 'attester' | 'backupServicer' | 'recovery';

/** One act. */
export interface Act {
  /** Acts of a lower phase are applied first, whatever their dates say. */
  readonly phase: number;
  /** Whether a delegate may do it. */
  readonly keys: 'main' | 'delegate';
  readonly roles: readonly ActorRole[];
  /** Acts that others signed with are not undone by a key event, which could be dated back. */
  readonly isShared?: true;
  readonly apply: (draft: Draft, parsed: ParsedEvent) => Reject | undefined;
}

const anyParty: readonly PartyRole[] = ['investor', 'business', 'bank'];
const creditors: readonly PartyRole[] = ['bank', 'investor'];
const keepers: readonly ActorRole[] = [...anyParty, 'recovery'];
const none = (): undefined => undefined;

const by = (
  phase: number,
  roles: readonly ActorRole[],
  apply: Act['apply'],
  keys: Act['keys'] = 'main',
): Act => ({ phase, keys, roles, apply });

/** Every act: whose it is and what it does. */
export const ACTS: Readonly<Record<ContractAct, Act>> = {
  acceptance: { ...by(0, anyParty, applyAcceptance), isShared: true },
  // Applied together by `applyKeyEvents`.
  rotation: by(1, keepers, none),
  revocation: by(1, keepers, none),
  takeover: by(2, ['backupServicer'], applyTakeover),
  amendment: { ...by(3, anyParty, applyAmendment), isShared: true },
  receipt: by(4, anyParty, applyReceipt, 'delegate'),
  chainReceipt: by(4, ['business'], applyChainReceipt, 'delegate'),
  withdrawal: { ...by(5, anyParty, applyWithdrawal), isShared: true },
  fundingReached: by(6, ['bank'], applyFunding),
  fundingFailed: by(6, ['bank'], applyFunding),
  received: by(7, anyParty, applyAnswer, 'delegate'),
  objection: by(7, anyParty, applyAnswer, 'delegate'),
  cash: by(7, anyParty, applyAnswer, 'delegate'),
  tender: by(8, ['business'], applyTender, 'delegate'),
  tenderAnswer: by(9, creditors, applyTenderAnswer, 'delegate'),
  salesReport: by(10, ['business'], applySalesReport, 'delegate'),
  claim: by(11, ['business'], applyClaim),
  approval: by(12, ['attester'], applyDecision),
  refusal: by(12, ['attester'], applyDecision),
  arrears: by(13, creditors, applyArrears),
  default: by(14, creditors, applyDefault),
  acceleration: by(15, creditors, applyAcceleration),
  writeOff: by(16, ['bank'], applyWriteOff),
  recovery: by(17, ['bank'], applyRecovery),
  closure: by(18, ['bank'], applyClosure),
};

/** Whether an acceptance is one of an amendment, and not of the contract itself. */
function isAmendment(parsed: ParsedEvent): boolean {
  // V-1: "An acceptance (2811) of an amendment names the root as its `contract` and embeds the
  // amendment…"
  if (parsed.name !== 'signature' || parsed.document.type !== 'acceptance') return false;
  return parsed.document.terms.id !== parsed.document.contract;
}

/** The act an event performs, or undefined when it is none on a contract. */
export function actOf(parsed: ParsedEvent): ContractAct | undefined {
  // Most events are of these two names.
  if (parsed.name === 'receipt') return 'receipt';
  if (parsed.name === 'chainReceipt') return 'chainReceipt';
  if (parsed.name === 'acknowledgement') return parsed.document.type;
  switch (parsed.event.kind) {
    case Kind.signature:
    case Kind.milestone:
    case Kind.key:
    case Kind.sales:
    case Kind.notice: {
      const type = 'type' in parsed.document ? parsed.document.type : undefined;
      if (isAmendment(parsed)) return 'amendment';
      return type !== undefined && Object.hasOwn(ACTS, type) ? (type as ContractAct) : undefined;
    }
    case Kind.tender:
      return parsed.name === 'tender' ? 'tender' : 'tenderAnswer';
    default:
      return undefined;
  }
}

/** When an event is applied: lower phases first. */
export function phaseOf(parsed: ParsedEvent): number {
  const act = actOf(parsed);
  return act ? ACTS[act].phase : Infinity;
}
