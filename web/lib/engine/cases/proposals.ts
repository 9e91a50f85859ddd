/** Proposals to settle a case, and who has signed which. Spec: specs/disputes.md, "Outcome". */
import type { CaseView } from './case-book.ts';

/** A proposal, and how far it is signed. */
export interface Proposal {
  /** Id of the step that proposes it. */
  readonly id: string;
  /** Keys of its author and of everybody who accepted it. */
  readonly signers: ReadonlySet<string>;
  /** Whether one of these keys is the reader's. */
  readonly isOwn: boolean;
}

/** The proposals of a case, the oldest first; `keys` are the reader's own. */
export function proposalsIn({ steps }: CaseView, keys: ReadonlySet<string>): readonly Proposal[] {
  return steps
    .filter(({ document }) => document.type === 'proposal')
    .map(({ event: { id } }) => {
      const signed = steps.filter(
        ({ document, event }) =>
          event.id === id || (document.type === 'settlement' && document.proposal.id === id),
      );
      const signers = new Set(signed.map(({ event }) => event.pubkey));
      return { id, signers, isOwn: [...signers].some((key) => keys.has(key)) };
    });
}
