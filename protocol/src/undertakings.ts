/**
 * Checks of what offers and contracts say about keys, appointees, funding and time to withdraw.
 * Spec: specs/listings.md, specs/contract.md. Each names the first contradiction.
 */
import type { AppointeeRole, Appointees } from './kinds/appointees.ts';
import type { ContractDocument } from './kinds/agreement.ts';
import type { Funding } from './kinds/funding.ts';
import type { KeyDocument } from './kinds/key.ts';
import type { OfferDocument } from './kinds/listings.ts';
import { reject, type Reject } from './result.ts';
import { badFallback } from './fallback/check.ts';
import { badTillShare } from './till/terms.ts';

const terms = (detail: string): Reject => reject('CONTENT_TERMS', detail);

/** Who decides on a dispute or on a bond: three people, or the decision is not theirs. */
const JUDGES: readonly AppointeeRole[] = ['arbiter', 'fallbackArbiter', 'trustee'];

interface Served {
  readonly appointees?: Appointees | undefined;
  readonly silenceDays?: number | undefined;
  readonly funding: Funding;
}

function present<T>(values: readonly (T | undefined)[]): T[] {
  return values.filter((value) => value !== undefined);
}

function badAppointees(document: Served, parties: readonly string[]): Reject | undefined {
  const { appointees = {}, silenceDays } = document;
  const judges = present(JUDGES.map((role) => appointees[role]));
  const isTwice = new Set(judges).size !== judges.length;
  const isParty = present(Object.values(appointees)).some((key) => parties.includes(key));
  if (isTwice || isParty) return terms('appointees');
  const isPaired = (appointees.backupServicer === undefined) === (silenceDays === undefined);
  return isPaired ? undefined : terms('silenceDays');
}

function badFunding({ funding }: Served): Reject | undefined {
  const isIdle = !funding.required && funding.deadlineAtSec !== undefined;
  return isIdle ? terms('funding') : undefined;
}

function badTill(document: OfferDocument | ContractDocument): Reject | undefined {
  const field = badTillShare(document);
  return field === undefined ? undefined : terms(field);
}

/** Contradictions of an offer in what is checked here. */
export function offerUndertakings(document: OfferDocument): Reject | undefined {
  const { business, appointees = {}, recoveryKeys = {} } = document;
  // L-8: "A reader MUST refuse an offer as `CONTENT_TERMS` in which one key is appointed twice of
  // arbiter, fallback arbiter and trustee, an appointee is the business, or only one of backup
  // servicer and `silenceDays` is there."
  const refused = badAppointees(document, [business.pubkey]);
  if (refused) return refused;
  // L-9: "…whose funding has a deadline and is not required…"
  const badDeadline = badFunding(document) ?? badTill(document);
  if (badDeadline) return badDeadline;
  // L-10: "…in which a recovery key is the business's, an appointee's or the other's recovery key."
  const recovery = present(Object.values(recoveryKeys));
  const taken = [business.pubkey, ...present(Object.values(appointees))];
  const isTaken = recovery.some((key) => taken.includes(key));
  return isTaken || new Set(recovery).size !== recovery.length ? terms('recoveryKeys') : undefined;
}

function badReplacement({ replaces, reason, arrears }: ContractDocument): boolean {
  const isOne = replaces !== undefined;
  return [reason, arrears].some((value) => (value !== undefined) !== isOne);
}

/** Contradictions of a contract in what is checked here. */
export function contractUndertakings(document: ContractDocument): Reject | undefined {
  const { appointees = {}, attester, startAtSec, expiresAtSec } = document;
  const parties = Object.values(document.parties);
  const keys = parties.map((party) => party.pubkey);
  // C-30: "A reader MUST refuse a contract as `CONTENT_TERMS` in which one key is appointed twice
  // of arbiter, fallback arbiter and trustee, an appointee is a party, or only one of backup
  // servicer and `silenceDays` is there."
  const refused = badAppointees(document, keys);
  if (refused) return refused;
  // C-31: "…in which a recovery key is a party's, an appointee's, the attester's or another role's
  // recovery key."
  const recovery = present(parties.map((party) => party.recovery));
  const taken = [...keys, ...present([attester, ...Object.values(appointees)])];
  const isTaken = recovery.some((key) => taken.includes(key));
  if (isTaken || new Set(recovery).size !== recovery.length) return terms('recovery');
  // C-32: "…whose proposal expires before the start."
  if (expiresAtSec < startAtSec) return terms('expiresAtSec');
  // C-33: "…whose funding has a deadline and is not required."
  const badDeadline = badFunding(document) ?? badTill(document);
  if (badDeadline) return badDeadline;
  const badAddress = badFallback(document);
  if (badAddress) return badAddress;
  // C-34: "…that has not all or none of `replaces`, `reason` and `arrears`."
  return badReplacement(document) ? terms('replaces') : undefined;
}

/** Contradictions within a key event. */
export function keyContradiction(document: KeyDocument): Reject | undefined {
  // KEY-1: "A reader MUST refuse a rotation from a key to itself as `CONTENT_TERMS`."
  const isIdle = document.type === 'rotation' && document.from === document.to;
  return isIdle ? terms('to') : undefined;
}
