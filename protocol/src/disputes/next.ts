/** Who may do what next in a case, as a reader's clock sees it. Spec: specs/disputes.md, "Next". */
import type { DisputeDocument } from '../kinds/dispute.ts';
import type { DisputeCase } from './case.ts';

/** Who looks at a case. */
export type DisputeActor = 'claimant' | 'respondent' | 'arbiter' | 'fallbackArbiter' | 'outsider';

/** A step somebody may take. */
export type DisputeStepType = Exclude<DisputeDocument['type'], 'open'>;

/**
 * Steps that have an effect if this actor signs them now; a view, which freezes nothing.
 * `isDenied` says of which steps the reader's sources deny the block.
 */
export function nextSteps(
  dispute: DisputeCase,
  actor: DisputeActor,
  nowSec: number,
  isDenied: (id: string) => boolean = () => false,
): readonly DisputeStepType[] {
  const { status, outcome, governing, takeBySec, ruleBySec, responses } = dispute;
  if (actor === 'outsider' || status === 'closed' || status === 'withdrawn') return [];
  const isDecided = outcome !== undefined;
  const isTaken = dispute.taken !== undefined;
  if (actor === 'arbiter' || actor === 'fallbackArbiter') {
    const mayTake = actor === 'arbiter' || dispute.fallbackCalled;
    if (isDecided) {
      // Also where all sides settled before anybody had taken the case.
      return actor === governing && outcome.outstandingUnits === 0n ? ['closing'] : [];
    }
    if (!isTaken || governing !== actor) {
      return mayTake && (governing === 'arbiter' || actor === governing) ? ['taken'] : [];
    }
    return nowSec > dispute.respondBySec || responses.length > 0 ? ['ruling'] : [];
  }
  const own = actor === 'claimant' ? (['withdrawal'] as const) : ([] as const);
  if (isDecided) {
    if (status === 'complied') return [];
    // DI-17: "A proposal is a settlement, whatever was ruled, once the bank, every payer of it and
    // every claimant who has not withdrawn have signed it…"
    const settling = outcome.type === 'ruling' ? (['proposal', 'settlement'] as const) : [];
    return actor === 'respondent' ? [...settling, 'compliance'] : [...settling, ...own];
  }
  // DI-22: "A client says when each time ends, and that it decides nothing by itself…"
  // DI-37: "A taking by the arbiter with a block that there is not gives the arbiter no time to
  // rule…"
  const isVoid = dispute.taken !== undefined && isDenied(dispute.taken);
  const dueSec = isVoid ? takeBySec : (ruleBySec ?? takeBySec);
  const isSilent = governing === 'arbiter' && nowSec > dueSec;
  const call = isSilent && !dispute.fallbackCalled ? (['fallback'] as const) : [];
  const first = actor === 'respondent' ? 'response' : isTaken ? 'evidence' : 'join';
  return [...new Set([first, 'evidence', 'proposal', 'settlement', ...own, ...call] as const)];
}
