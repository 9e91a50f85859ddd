/** The shape of vectors of disputes, and the implementation's answer. */
import { foldContract, foldDispute, type ParsedEvent, type SignedEvent } from '@realyield/protocol';
import type { Named } from './vector.ts';

/** A case by its id, the events of its contracts and its steps. */
export interface DisputeVector extends Named {
  readonly dispute: string;
  readonly events: readonly SignedEvent[];
  readonly steps: readonly SignedEvent[];
}

/** Where the case stands, or why there is none. */
export function disputeOf(
  { dispute, events, steps }: DisputeVector,
  readAll: (events: readonly unknown[]) => ParsedEvent[],
): object {
  const parsed = readAll(events);
  const roots = parsed.filter(({ name }) => name === 'contract').map(({ event }) => event.id);
  const states = new Map(
    [...new Set(roots)].flatMap((root) => {
      const fold = foldContract(root, parsed);
      return fold.ok ? [[root, fold.value.state] as const] : [];
    }),
  );
  const folded = foldDispute(dispute, readAll(steps), states);
  return folded.ok ? folded.value : { rejectCode: folded.code };
}
