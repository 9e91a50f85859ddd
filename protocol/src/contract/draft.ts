/** The fold's working state; created, changed and read only while one fold runs. */
import type {
  ParsedAcknowledgement,
  ParsedContract,
  ParsedEvent,
  ParsedReceipt,
  ParsedRequest,
} from '../events.ts';
import type { PartyRole } from '../kinds/fields.ts';
import type { RejectCode } from '../result.ts';
import { PARTY_ROLES } from './state.ts';
import type { AppliedSignature, ContractStatus, Equivocation } from './state.ts';

/** A refused event. */
export interface RejectedEvent {
  readonly id: string;
  readonly code: RejectCode;
  readonly detail: string | undefined;
}

/** A receipt that proves payments, with the earliest time later final events leave it. */
export interface AppliedReceipt {
  readonly receipt: ParsedReceipt;
  readonly request: ParsedRequest;
  /** Effective time of the last final event applied before it, if any. */
  readonly afterFinalSec: number | undefined;
}

/** Working state of a fold. */
export interface Draft {
  readonly root: string;
  readonly contract: ParsedContract;
  status: ContractStatus;
  readonly signatures: Partial<Record<PartyRole, AppliedSignature>>;
  readonly receipts: AppliedReceipt[];
  readonly acknowledgements: ParsedAcknowledgement[];
  readonly finalEvents: string[];
  lastFinalSec: number | undefined;
  readonly equivocations: Equivocation[];
  readonly rejects: RejectedEvent[];
  /** Requests by id, from receipts in the set. */
  readonly requests: ReadonlyMap<string, ParsedRequest>;
}

/** An empty draft for a contract. */
export function createDraft(
  contract: ParsedContract,
  requests: ReadonlyMap<string, ParsedRequest>,
): Draft {
  return {
    root: contract.event.id,
    contract,
    status: 'proposed',
    signatures: {},
    receipts: [],
    acknowledgements: [],
    finalEvents: [],
    lastFinalSec: undefined,
    equivocations: [],
    rejects: [],
    requests,
  };
}

/** The role a main key holds in the contract. */
export function roleOfKey(draft: Pick<Draft, 'contract'>, key: string): PartyRole | undefined {
  return PARTY_ROLES.find((role) => draft.contract.document.parties[role].pubkey === key);
}

/** Whether a key may request, receipt and acknowledge for a role: its own or its delegate's. */
export function actsFor(
  state: Pick<Draft, 'contract' | 'signatures'>,
  key: string,
  role: PartyRole,
): boolean {
  return (
    state.contract.document.parties[role].pubkey === key || state.signatures[role]?.delegate === key
  );
}

/** The role for which a key acts, main or delegate. */
export function roleOfActor(
  state: Pick<Draft, 'contract' | 'signatures'>,
  key: string,
): PartyRole | undefined {
  return PARTY_ROLES.find((role) => actsFor(state, key, role));
}

/** The contract an event belongs to; undefined for listings and notices on offers. */
export function contractOf(parsed: ParsedEvent): string | undefined {
  if (parsed.name === 'contract') return parsed.event.id;
  return 'contract' in parsed.document ? parsed.document.contract : undefined;
}
