/** Acceptance of a contract and withdrawal from it. Spec: specs/contract.md, "Agreement". */
import type { ParsedEvent } from '../events.ts';
import { keyFactsHash } from '../keyfacts/sheet.ts';
import type { AcceptanceDocument, ContractDocument } from '../kinds/agreement.ts';
import { reject, type Reject } from '../result.ts';
import { isMainOf, type Draft } from './draft.ts';
import { PARTY_ROLES, type RegisterEntry } from './state.ts';

/** When all three had signed, Unix seconds; undefined while one has not. */
export function signedAtSec({ signatures }: Pick<Draft, 'signatures'>): number | undefined {
  const times = PARTY_ROLES.map((role) => signatures[role]?.effectiveAtSec ?? Infinity);
  const latestSec = Math.max(...times);
  return latestSec === Infinity ? undefined : latestSec;
}

/** When the investor's time to withdraw ends, Unix seconds; undefined before it begins. */
export function coolingOffEndsAtSec(
  draft: Pick<Draft, 'signatures' | 'contract'>,
): number | undefined {
  const fromSec = signedAtSec(draft);
  const { coolingOffDays, daySec } = draft.contract.document;
  const hasNone = fromSec === undefined || coolingOffDays === 0;
  return hasNone ? undefined : fromSec + coolingOffDays * daySec;
}

/** Whether a party accepted terms by another sheet than theirs. */
export function keyFactsMismatch(
  { keyFacts, role }: AcceptanceDocument,
  terms: ContractDocument,
): Reject | undefined {
  // K-13: "The fold MUST refuse an acceptance whose `keyFacts` is not the hash of the sheet of the
  // terms it accepts…"
  return keyFacts === keyFactsHash(terms) ? undefined : reject('KEY_FACTS_MISMATCH', role);
}

/** A role accepts the contract, or names a further delegate. */
export function applyAcceptance(draft: Draft, parsed: ParsedEvent): Reject | undefined {
  const document = parsed.document as AcceptanceDocument;
  const { event } = parsed;
  const { role } = document;
  // C-36: "An acceptance dated later than `expiresAtSec` of the terms it accepts is refused as
  // `PROPOSAL_EXPIRED`."
  const { expiresAtSec } = draft.contract.document;
  if (event.created_at > expiresAtSec) return reject('PROPOSAL_EXPIRED', String(expiresAtSec));
  const misread = keyFactsMismatch(document, draft.contract.document);
  if (misread) return misread;
  const earlier = draft.signatures[role];
  const delegates = document.delegate === undefined ? [] : [document.delegate];
  const known = earlier?.delegates ?? [];
  for (const key of delegates) {
    draft.delegations.push({ id: event.id, role, key });
    if (known.includes(key)) continue;
    draft.keys = [...draft.keys, { role, key, use: 'delegate', endsAtSec: undefined }];
  }
  // C-19: "Further acceptances by one role dismiss nothing: each adds its delegate…"
  if (earlier) {
    draft.equivocations.push({
      reason: 'rival signatures',
      author: event.pubkey,
      events: earlier.id < event.id ? [earlier.id, event.id] : [event.id, earlier.id],
    });
    const all = [...new Set([...known, ...delegates])];
    draft.signatures = { ...draft.signatures, [role]: { ...earlier, delegates: all } };
    return undefined;
  }
  const signature = {
    id: event.id,
    delegate: document.delegate,
    delegates,
    effectiveAtSec: event.created_at,
    register: document.register,
  };
  draft.signatures = { ...draft.signatures, [role]: signature };
  // C-18: "A contract is effective when the set holds an acceptance of each of the three roles…"
  if (signedAtSec(draft) !== undefined) draft.status = 'effective';
  return undefined;
}

/** A party takes its acceptance back. */
export function applyWithdrawal(draft: Draft, parsed: ParsedEvent): Reject | undefined {
  const { created_at: atSec, pubkey } = parsed.event;
  const effectiveSec = signedAtSec(draft);
  const isInvestor = isMainOf(draft, pubkey, 'investor');
  const coolingSec = isInvestor ? coolingOffEndsAtSec(draft) : undefined;
  const untilSec = coolingSec ?? effectiveSec;
  const isInTime = atSec < (untilSec ?? Infinity);
  // C-20: "A withdrawal makes a contract withdrawn when it is dated before the time of effect, or
  // by the investor before the end of the time to withdraw, and no receipt of a payment counts;
  // otherwise it is refused as `WITHDRAWAL_LATE`…"
  const hasMoved = draft.receipts.length > 0;
  if (hasMoved || !isInTime) return reject('WITHDRAWAL_LATE');
  draft.status = 'withdrawn';
  return undefined;
}

/** What the bank's countersignatures add to its register, of terms and of amendments alike. */
export function registeredOf({ signatures, amendmentSignatures }: Draft): RegisterEntry[] {
  const { bank } = signatures;
  const signed = bank ? [bank, ...amendmentSignatures] : amendmentSignatures;
  return signed.flatMap(({ id, register }) => (register ? [{ id, ...register }] : []));
}
