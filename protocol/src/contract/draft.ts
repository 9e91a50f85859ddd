/** The fold's working state; created, changed and read only while one fold runs. */
import type {
  ParsedAcknowledgement,
  ParsedContract,
  ParsedEvent,
  ParsedMilestone,
  ParsedReceipt,
  ParsedRequest,
} from '../events.ts';
import type { ContractDocument } from '../kinds/agreement.ts';
import type { PartyRole } from '../kinds/fields.ts';
import type { RejectCode } from '../result.ts';
import { PARTY_ROLES } from './state.ts';
import type {
  AppliedSignature,
  ContractStatus,
  Equivocation,
  NoticeType,
  Recovery,
} from './state.ts';

/** A refused event. */
export interface RejectedEvent {
  readonly id: string;
  readonly code: RejectCode;
  readonly detail: string | undefined;
}

/** A receipt that proves payments, with the request it embeds. */
export interface AppliedReceipt {
  readonly receipt: ParsedReceipt;
  readonly request: ParsedRequest;
}

/** A default, acceleration, write-off or closure that holds. */
export interface AppliedFinal {
  readonly id: string;
  readonly createdAtSec: number;
  /** Ids of everything it rests on. */
  readonly past: ReadonlySet<string>;
}

/** A notice of arrears, default, acceleration or write-off that holds. */
export interface AppliedNotice {
  readonly type: NoticeType;
  readonly parsed: ParsedEvent;
  /** The instalment it names, or the oldest late one; counted from 1. */
  readonly instalment: number;
  /** The time at which it was judged. */
  readonly asOfSec: number;
  /** Arrears notices that a default rests on, or defaults that what follows one rests on. */
  readonly restsOn: readonly AppliedNotice[];
}

/** Working state of a fold. */
export interface Draft {
  readonly root: string;
  readonly contract: ParsedContract;
  status: ContractStatus;
  signatures: Readonly<Partial<Record<PartyRole, AppliedSignature>>>;
  readonly withdrawnBy: Set<PartyRole>;
  readonly receipts: AppliedReceipt[];
  /** Requests of those receipts, by id. */
  readonly proven: Map<string, ParsedRequest>;
  readonly acknowledgements: ParsedAcknowledgement[];
  readonly claims: ParsedMilestone[];
  readonly decisions: ParsedMilestone[];
  readonly notices: AppliedNotice[];
  readonly recoveries: Recovery[];
  readonly finals: AppliedFinal[];
  readonly equivocations: Equivocation[];
  readonly rejects: RejectedEvent[];
  /** Requests by id that receipts in the set embed. */
  readonly requests: ReadonlyMap<string, ParsedRequest>;
  /** Ids of everything an event of the set rests on, itself left out. */
  readonly pastOf: (id: string) => ReadonlySet<string>;
}

/** An empty draft for a contract. */
export function createDraft(
  contract: ParsedContract,
  requests: Draft['requests'],
  pastOf: Draft['pastOf'],
): Draft {
  return {
    root: contract.event.id,
    contract,
    status: 'proposed',
    signatures: {},
    withdrawnBy: new Set(),
    receipts: [],
    proven: new Map(),
    acknowledgements: [],
    claims: [],
    decisions: [],
    notices: [],
    recoveries: [],
    finals: [],
    equivocations: [],
    rejects: [],
    requests,
    pastOf,
  };
}

/** The key that decides on a contract's milestones. */
export function attesterOf(document: ContractDocument): string {
  return document.attester ?? document.parties.bank.pubkey;
}

/** The role a main key holds in the contract. */
export function roleOfKey(state: Pick<Draft, 'contract'>, key: string): PartyRole | undefined {
  return PARTY_ROLES.find((role) => state.contract.document.parties[role].pubkey === key);
}

/** Whether a key may request, receipt and acknowledge for a role: its own or a delegate's. */
export function actsFor(
  state: Pick<Draft, 'contract' | 'signatures'>,
  key: string,
  role: PartyRole,
): boolean {
  if (state.contract.document.parties[role].pubkey === key) return true;
  return state.signatures[role]?.delegates.includes(key) ?? false;
}

/** The first role for which a key acts, main or delegate; a delegate may act for several. */
export function roleOfActor(
  state: Pick<Draft, 'contract' | 'signatures'>,
  key: string,
): PartyRole | undefined {
  return roleOfKey(state, key) ?? PARTY_ROLES.find((role) => actsFor(state, key, role));
}

/** The contract an event belongs to; undefined for listings and notices on offers. */
export function contractOf(parsed: ParsedEvent): string | undefined {
  if (parsed.name === 'contract') return parsed.event.id;
  return 'contract' in parsed.document ? parsed.document.contract : undefined;
}

/** Every contract an event says something about: its own, or those a recovery names. */
export function contractsOf(parsed: ParsedEvent): readonly string[] {
  if (parsed.name === 'notice' && parsed.document.type === 'recovery') {
    return parsed.document.contracts;
  }
  const root = contractOf(parsed);
  return root === undefined ? [] : [root];
}
