/**
 * Amendments: which terms all three have signed, and from which day they ask.
 * Spec: specs/versions.md.
 */
import { canonicalize } from '../canonical.ts';
import type { ParsedContract, ParsedEvent, ParsedSignature } from '../events.ts';
import { dayOf } from '../interest.ts';
import type { AcceptanceDocument, ContractDocument } from '../kinds/agreement.ts';
import { reject, type Reject } from '../result.ts';
import { keyFactsMismatch } from './agreement.ts';
import type { LedgerVersion } from './course.ts';
import { isMainOf, type AmendmentSignature, type Draft } from './draft.ts';
import type { PaidParts } from './paid.ts';
import { dueDates } from './plan.ts';
import { PARTY_ROLES, type Equivocation, type Version } from './state.ts';

/** What no amendment changes: who acts, what is lent and when, and what it rests on. */
const FIXED = [
  'network',
  'daySec',
  'bases',
  'parties',
  'commitment',
  'denomination',
  'principalUnits',
  'startAtSec',
  'attester',
  'appointees',
  'silenceDays',
  'funding',
  'coolingOffDays',
  'fees',
  'tillShare',
] as const satisfies readonly (keyof ContractDocument)[];

const fixed = new WeakMap<ContractDocument, string>();

/** What no amendment may change, as text; the same of a document whenever it is asked for. */
function fixedTerms(document: ContractDocument): string {
  const known = fixed.get(document);
  if (known !== undefined) return known;
  const written = writeFixedTerms(document);
  fixed.set(document, written);
  return written;
}

function writeFixedTerms(document: ContractDocument): string {
  const fields = FIXED.flatMap((field) => {
    const value = document[field];
    return value === undefined ? [] : [[field, value]];
  });
  const tranches = document.tranches.map(({ lapsesAtSec: _lapses, ...tranche }) => tranche);
  const { plan } = document;
  // Its cost is owed from the first day on, and what was repaid of it is shared by it.
  const cost = plan.type === 'revenueShare' ? plan.capBps : 0;
  return canonicalize([fields, tranches, cost]);
}

/** Whether an amendment leaves alone what it must; otherwise the code. */
export function amendmentMismatch(
  root: ContractDocument,
  amendment: ContractDocument,
): Reject | undefined {
  // V-2: "An acceptance of an amendment is refused as `VERSION_MISMATCH` when its network, day,
  // bases, parties, commitment, denomination, principal, start, attester, appointees, silence,
  // funding, time to withdraw, fees, till share or tranches, but for when they lapse, are not the
  // root's; when one of the two plans is a revenue share and the other is not; or when their
  // `capBps` differ."
  const isSame = fixedTerms(root) === fixedTerms(amendment);
  return isSame ? undefined : reject('VERSION_MISMATCH');
}

/** A role signs an amendment. */
export function applyAmendment(draft: Draft, parsed: ParsedEvent): Reject | undefined {
  const { document, event } = parsed as ParsedSignature;
  const { role, terms, register } = document as AcceptanceDocument;
  const amendment = draft.amendments.get(terms.id);
  if (!amendment) return reject('VERSION_MISMATCH', terms.id);
  // C-36: "An acceptance dated later than `expiresAtSec` of the terms it accepts is refused as
  // `PROPOSAL_EXPIRED`."
  const { expiresAtSec } = amendment.document;
  if (event.created_at > expiresAtSec) return reject('PROPOSAL_EXPIRED', String(expiresAtSec));
  const refused =
    amendmentMismatch(draft.contract.document, amendment.document) ??
    keyFactsMismatch(document as AcceptanceDocument, amendment.document);
  if (refused) return refused;
  const signed = { id: event.id, version: terms.id, role, atSec: event.created_at };
  // N-12: "…its countersignatures, numbered from 1 in each contract, are no entries of the bank's
  // register."
  const isOfBank = isMainOf(draft, event.pubkey, 'bank');
  draft.amendmentSignatures.push({ ...signed, register: isOfBank ? register : undefined });
  return undefined;
}

/** A payment's request, as far as it says which terms were in force for the payee. */
export interface Citation {
  readonly version: string | undefined;
  readonly settledAtSec: number;
}

/** Which terms the payees of proven payments named. */
export function citationsOf(
  { amendments }: Pick<Draft, 'amendments'>,
  paid: PaidParts,
): Citation[] {
  if (amendments.size === 0) return [];
  return [...paid.requests()].flatMap(({ request, runs }) => {
    const { version } = request.document;
    return runs.map(({ settledAtSec }) => ({ version, settledAtSec }));
  });
}

/** What versions a ledger takes beside the first terms. */
export function versionsAfter(versions: readonly Version[]): LedgerVersion[] {
  return versions.slice(1).map(({ document, fromDay }) => {
    return { document, fromDay, arrears: document.arrears ?? 'stay' };
  });
}

/** The last terms all three had signed by a time; the first where none are later. */
export function termsAt(versions: readonly Version[], atSec: number): ContractDocument | undefined {
  return versions.findLast(({ effectiveAtSec }) => effectiveAtSec <= atSec)?.document;
}

/** What versions are resolved from; a notice is judged on a part of the signatures. */
export type Agreed = Pick<Draft, 'contract' | 'root' | 'amendments' | 'amendmentSignatures'>;

/** Versions in effect, and pairs of successors of one version that are both complete. */
export interface Resolved {
  readonly versions: readonly Version[];
  readonly rivals: readonly Equivocation[];
}

interface Successor {
  readonly amendment: ParsedContract;
  readonly signedAtSec: number;
}

/** Successors of a version that all three have signed. */
function completeOf(agreed: Agreed, before: string): Successor[] {
  const found: Successor[] = [];
  for (const [id, amendment] of agreed.amendments) {
    if (amendment.document.replaces?.version !== before) continue;
    const signatures = agreed.amendmentSignatures.filter(({ version }) => version === id);
    const times = PARTY_ROLES.map((role) => leastSec(signatures.filter((s) => s.role === role)));
    const signedAtSec = Math.max(...times);
    // V-3: "An amendment is complete when the set holds an acceptance of it that counts by each of
    // the three roles…"
    if (signedAtSec < Infinity) found.push({ amendment, signedAtSec });
  }
  return found;
}

function leastSec(signatures: readonly AmendmentSignature[]): number {
  return signatures.reduce((least, { atSec }) => Math.min(least, atSec), Infinity);
}

/** When a version, or what came to replace it, was first cited by a payment. */
function citedSec(agreed: Agreed, id: string, citations: readonly Citation[]): number {
  const descends = (version: string | undefined): boolean => {
    for (let at = version; at !== undefined;) {
      if (at === id) return true;
      at = agreed.amendments.get(at)?.document.replaces?.version;
    }
    return false;
  };
  return citations
    .filter(({ version }) => descends(version))
    .reduce((least, { settledAtSec }) => Math.min(least, settledAtSec), Infinity);
}

function fromDayOf(before: Version, document: ContractDocument, signedAtSec: number): number {
  const { daySec } = before.document;
  // V-5: "A version asks for the instalments that fall due after the first due day, of the version
  // it replaces, on or after the later of its signatures and of that version's own beginning; where
  // none is left, or its own terms have none due after that day, after the day of the last
  // signature."
  const readySec = Math.max(signedAtSec, before.effectiveAtSec);
  const due = dueDates(before.document).find(
    (dueAtSec) => dueAtSec >= readySec && dayOf(dueAtSec, daySec) >= before.fromDay,
  );
  const dueDay = due === undefined ? Infinity : dayOf(due, daySec);
  const isFollowed = dueDates(document).some((dueAtSec) => dayOf(dueAtSec, daySec) > dueDay);
  return Math.max(before.fromDay, isFollowed ? dueDay : dayOf(readySec, daySec));
}

function versionAfter(before: Version, { amendment, signedAtSec }: Successor): Version {
  const { document, event } = amendment;
  return {
    id: event.id,
    document,
    effectiveAtSec: Math.max(before.effectiveAtSec, signedAtSec),
    fromDay: fromDayOf(before, document, signedAtSec),
  };
}

/** The chain of versions from the root on; those shown stand. */
export function resolveVersions(
  agreed: Agreed,
  rootSignedAtSec: number,
  citations: readonly Citation[],
  shown: readonly Version[] = [],
): Resolved {
  const { document } = agreed.contract;
  const fromDay = dayOf(document.startAtSec, document.daySec);
  const first = { id: agreed.root, document, effectiveAtSec: rootSignedAtSec, fromDay };
  const versions: Version[] = [first];
  const rivals: Equivocation[] = [];
  for (let before: Version = first; ;) {
    const complete = completeOf(agreed, before.id).map((successor) => ({
      ...successor,
      id: successor.amendment.event.id,
      citedSec: citedSec(agreed, successor.amendment.event.id, citations),
    }));
    // V-4: "Of several complete successors of one version the one wins that a final event shows in
    // force (N-24), then the one that, itself or by a version that follows from it, is named by the
    // request of the earliest settled payment, then the one with the lowest id; each other is
    // reported with it as `rival successors`."
    complete.sort((a, b) => a.citedSec - b.citedSec || (a.id < b.id ? -1 : 1));
    const [winner] = complete;
    // N-24: "Versions that a final event that counts shows in force stay in force, with the times
    // it shows…"
    const next = shown[versions.length] ?? (winner && versionAfter(before, winner));
    if (!next) return { versions, rivals };
    versions.push(next);
    for (const { id, amendment } of complete) {
      if (id === next.id) continue;
      const [least, most] = [next.id, id].sort() as [string, string];
      const { pubkey: author } = amendment.event;
      rivals.push({ reason: 'rival successors', author, events: [least, most] });
    }
    before = next;
  }
}
