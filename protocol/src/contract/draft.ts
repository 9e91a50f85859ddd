/** The fold's working state; created, changed and read only while one fold runs. */
import type {
  ParsedAcknowledgement,
  ParsedContract,
  ParsedEvent,
  ParsedMilestone,
  ParsedNotice,
  ParsedReceipt,
  ParsedRequest,
  ParsedTender,
} from '../events.ts';
import type { ContractDocument } from '../kinds/agreement.ts';
import type { AppointeeRole } from '../kinds/appointees.ts';
import type { PartyRole } from '../kinds/fields.ts';
import type { RejectCode } from '../result.ts';
import type { LedgerCourse } from './course.ts';
import type { ChainPaid, PaidParts } from './paid.ts';
import type { AppliedTenderAnswer, Witness } from './tender-facts.ts';
import { placesOf } from './places.ts';
import { PARTY_ROLES } from './state.ts';
import type {
  AppliedSignature,
  ContractStatus,
  CountedReport,
  Equivocation,
  NoticeType,
  Recovery,
  RoleKey,
  Version,
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

/** A takeover, default, acceleration, write-off or closure that holds. */
export interface AppliedFinal {
  readonly id: string;
  readonly createdAtSec: number;
  /** Ids of the receipts, answers and sales reports it rests on that counted for it. */
  readonly counted: ReadonlySet<string>;
  /** The payments it shows; undefined of a takeover, which shows none. */
  readonly paid: PaidParts | undefined;
  /** The terms it shows in force, from the root's on. */
  readonly versions: readonly Version[];
}

/** What one notice rests on, as it shows it. */
export interface Basis {
  /** Ids of everything the notice rests on. */
  readonly past: ReadonlySet<string>;
  /** The contract as that shows it: keys, and what those signed of terms and payments. */
  readonly view: Draft;
}

/** A delegate that an acceptance names. */
export interface Delegation {
  /** Id of the acceptance. */
  readonly id: string;
  readonly role: PartyRole;
  readonly key: string;
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
  /** The terms it was judged by, and all there were until then. */
  readonly terms: ContractDocument;
  readonly course: LedgerCourse;
}

/** One role's signature under an amendment. */
export interface AmendmentSignature {
  readonly id: string;
  /** Id of the amendment. */
  readonly version: string;
  readonly role: PartyRole;
  readonly atSec: number;
  /** The bank's entry in its register. */
  readonly register: AppliedSignature['register'];
}

/** Working state of a fold. */
export interface Draft {
  readonly root: string;
  readonly contract: ParsedContract;
  status: ContractStatus;
  signatures: Readonly<Partial<Record<PartyRole, AppliedSignature>>>;
  keys: readonly RoleKey[];
  readonly delegations: Delegation[];
  /** Key events that count. */
  readonly keyEvents: { readonly id: string; readonly role: PartyRole }[];
  readonly withdrawnBy: Set<PartyRole>;
  /** Amendments by id, whether or not anybody signed them. */
  readonly amendments: ReadonlyMap<string, ParsedContract>;
  readonly amendmentSignatures: AmendmentSignature[];
  readonly funding: ParsedNotice[];
  readonly takeovers: AppliedFinal[];
  readonly receipts: AppliedReceipt[];
  /** Requests of those receipts, by id. */
  readonly proven: Map<string, ParsedRequest>;
  readonly chainPaid: ChainPaid[];
  readonly acknowledgements: ParsedAcknowledgement[];
  readonly tenders: ParsedTender[];
  readonly tenderAnswers: AppliedTenderAnswer[];
  /** Who names which answer to a tender, by the answer's id. */
  witnesses: ReadonlyMap<string, readonly Witness[]>;
  readonly claims: ParsedMilestone[];
  readonly decisions: ParsedMilestone[];
  readonly notices: AppliedNotice[];
  readonly recoveries: Recovery[];
  readonly reports: CountedReport[];
  readonly finals: AppliedFinal[];
  readonly equivocations: Equivocation[];
  readonly rejects: RejectedEvent[];
  /** Requests by id that receipts in the set, or answers to tenders, embed. */
  readonly requests: ReadonlyMap<string, ParsedRequest>;
  /** Ids of everything an event of the set rests on, itself left out. */
  readonly pastOf: (id: string) => ReadonlySet<string>;
  /** What a notice of the set rests on. */
  readonly basisOf: (id: string) => Basis;
  /** Ids of receipts, answers and sales reports that counted for final events that count. */
  stands: ReadonlySet<string>;
  /** What the bank's keys signed in the set. */
  fromBank: readonly ParsedEvent[];
}

/** An empty draft for a contract. */
export function createDraft(
  contract: ParsedContract,
  set: Pick<Draft, 'requests' | 'amendments' | 'pastOf' | 'basisOf'>,
): Draft {
  return {
    root: contract.event.id,
    contract,
    status: 'proposed',
    signatures: {},
    keys: mainKeys(contract.document),
    delegations: [],
    keyEvents: [],
    withdrawnBy: new Set(),
    amendmentSignatures: [],
    funding: [],
    takeovers: [],
    receipts: [],
    proven: new Map(),
    chainPaid: [],
    acknowledgements: [],
    tenders: [],
    tenderAnswers: [],
    witnesses: new Map(),
    claims: [],
    decisions: [],
    notices: [],
    recoveries: [],
    reports: [],
    finals: [],
    equivocations: [],
    rejects: [],
    requests: set.requests,
    amendments: set.amendments,
    pastOf: set.pastOf,
    basisOf: set.basisOf,
    stands: new Set(),
    fromBank: [],
  };
}

/** The keys that a contract itself names for its parties. */
export function mainKeys({ parties }: ContractDocument): RoleKey[] {
  return PARTY_ROLES.map((role) => ({
    role,
    key: parties[role].pubkey,
    use: 'main',
    endsAtSec: undefined,
  }));
}

/** The key that decides on a contract's milestones. */
export function attesterOf(document: ContractDocument): string {
  return document.attester ?? document.parties.bank.pubkey;
}

/** The key a contract appoints to a role. */
export function appointeeOf(document: ContractDocument, role: AppointeeRole): string | undefined {
  return document.appointees?.[role];
}

/** The role a main key holds or held in the contract. */
export function roleOfKey(state: Pick<Draft, 'keys'>, key: string): PartyRole | undefined {
  return PARTY_ROLES.find((role) => isMainOf(state, key, role));
}

/** Whether a key is or was a role's main key. */
export function isMainOf(state: Pick<Draft, 'keys'>, key: string, role: PartyRole): boolean {
  for (const each of placesOf(state, key)) {
    if (each.key === key && each.role === role && each.use === 'main') return true;
  }
  return false;
}

/** Whether a key may request, receipt and acknowledge for a role: its own or a delegate's. */
export function actsFor(state: Pick<Draft, 'keys'>, key: string, role: PartyRole): boolean {
  for (const each of placesOf(state, key)) {
    if (each.key === key && each.role === role) return true;
  }
  return false;
}

/** Whether a key was replaced or revoked for a role before a time, so that nobody trusts it. */
export function hasEnded(
  state: Pick<Draft, 'keys'>,
  key: string,
  role: PartyRole,
  atSec: number,
): boolean {
  let isKnown = false;
  for (const { key: own, role: other, endsAtSec = Infinity } of placesOf(state, key)) {
    if (own !== key || other !== role) continue;
    if (endsAtSec >= atSec) return false;
    isKnown = true;
  }
  return isKnown;
}

/** How an answer's author stands as the payee of what it answers. */
export function payeeStanding(
  draft: Pick<Draft, 'keys' | 'stands'>,
  { id, pubkey: key, created_at: atSec }: ParsedEvent['event'],
  payee: PartyRole,
): 'held' | 'ended' | undefined {
  if (!actsFor(draft, key, payee)) return undefined;
  return hasEnded(draft, key, payee, atSec) && !draft.stands.has(id) ? 'ended' : 'held';
}

/** The first role for which a key acts, main or delegate; a delegate may act for several. */
export function roleOfActor(state: Pick<Draft, 'keys'>, key: string): PartyRole | undefined {
  let first: PartyRole | undefined;
  for (const each of placesOf(state, key)) {
    if (each.key !== key) continue;
    if (first !== undefined && each.role !== first) {
      return roleOfKey(state, key) ?? PARTY_ROLES.find((role) => actsFor(state, key, role));
    }
    first = each.role;
  }
  return first;
}

/** Whether a key has a place in the contract beside the parties': it attests or was appointed. */
export function isNamedIn(document: ContractDocument, key: string): boolean {
  const recovery = PARTY_ROLES.map((role) => document.parties[role].recovery);
  const served = Object.values(document.appointees ?? {});
  return [attesterOf(document), ...recovery, ...served].includes(key);
}

/** Final events by (time, id). */
export function finalsOf(draft: Draft): readonly string[] {
  const finals = [...draft.finals, ...draft.takeovers].sort(
    (a, b) => a.createdAtSec - b.createdAtSec || (a.id < b.id ? -1 : 1),
  );
  return finals.map(({ id }) => id);
}

/** The contract an event belongs to; undefined for listings and notices on offers. */
export function contractOf(parsed: ParsedEvent): string | undefined {
  if (parsed.name === 'contract') return parsed.document.replaces?.root ?? parsed.event.id;
  return 'contract' in parsed.document ? parsed.document.contract : undefined;
}

/** Every contract an event says something about: its own, or those a notice on an offer names. */
export function contractsOf(parsed: ParsedEvent): readonly string[] {
  if ('contracts' in parsed.document) return parsed.document.contracts;
  const root = contractOf(parsed);
  return root === undefined ? [] : [root];
}

/** Whether an event says something about a contract. */
export function isAbout(parsed: ParsedEvent, root: string): boolean {
  if ('contracts' in parsed.document) return parsed.document.contracts.includes(root);
  return contractOf(parsed) === root;
}
