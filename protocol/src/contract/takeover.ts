/** The backup servicer takes over from a silent bank. Spec: specs/notices.md, "Takeover". */
import type { ParsedEvent } from '../events.ts';
import { reject, type Reject } from '../result.ts';
import { actsFor, type AppliedFinal, type Draft } from './draft.ts';
import { PARTY_ROLES, type Takeover } from './state.ts';

/** The silence a contract asks for, seconds; undefined where nobody could take over. */
function silenceSec({ contract }: Pick<Draft, 'contract'>): number | undefined {
  const { silenceDays, daySec } = contract.document;
  return silenceDays === undefined ? undefined : silenceDays * daySec;
}

/** The backup servicer says that the bank has been silent. */
export function applyTakeover(draft: Draft, parsed: ParsedEvent): Reject | undefined {
  const silence = silenceSec(draft) ?? Infinity;
  const { id, created_at: createdAtSec } = parsed.event;
  const { past, view } = draft.basisOf(id);
  const times = PARTY_ROLES.map((role) => draft.signatures[role]?.effectiveAtSec ?? 0);
  const heard = draft.fromBank
    .filter(({ event }) => past.has(event.id) && actsFor(view, event.pubkey, 'bank'))
    .map(({ event }) => event.created_at);
  // N-10: "A takeover counts only when it is dated more than `silenceDays` days after the time of
  // effect and after everything by the bank's keys that it rests on; otherwise it is refused as
  // `NOT_SILENT`."
  const lastSec = Math.max(...times, ...heard);
  if (createdAtSec - lastSec <= silence) return reject('NOT_SILENT', String(lastSec));
  draft.takeovers.push({ id, createdAtSec, counted: new Set(), paid: undefined, versions: [] });
  return undefined;
}

function isContested(draft: Draft, { createdAtSec }: AppliedFinal): boolean {
  const sinceSec = createdAtSec - (silenceSec(draft) ?? 0);
  return draft.fromBank.some(({ event }) => event.created_at >= sinceSec);
}

/** The first takeover that counts, and whether the bank has spoken since. */
export function resolveTakeover(draft: Draft): Takeover | undefined {
  const [first] = draft.takeovers;
  // N-11: "A takeover that counts is contested when the set holds anything by the bank's keys dated
  // no earlier than `silenceDays` days before it, be it later than the takeover."
  return first && { id: first.id, atSec: first.createdAtSec, contested: isContested(draft, first) };
}
