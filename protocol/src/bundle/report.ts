/** What a bundle is found to be, and how that is said. Spec: specs/bundle.md. */
import type { Fold } from '../contract/fold.ts';
import type { ParsedEvent } from '../events.ts';
import { REJECT_SENTENCES, type RejectCode } from '../result.ts';
import type { BundleHead } from './head.ts';
import type { ProvenTransaction } from './proofs.ts';

/** What may be wrong with a line apart from its event, and how that is said. */
export const BUNDLE_SENTENCES = {
  BUNDLE_SIZE: 'The file is empty, or larger than 256 MiB.',
  BUNDLE_HEAD: 'The first line is not that of an evidence bundle.',
  BUNDLE_LINE: 'The line is not an event written as a bundle writes it.',
  BUNDLE_REPEATED: 'The event stands in the bundle already.',
  BUNDLE_END: 'The last line is not that of an evidence bundle; the file may be cut off.',
  BUNDLE_HEAD_DIGEST: 'The first line is not the one the last line was computed from.',
  BUNDLE_EVENTS_DIGEST: 'Events were added, left out, moved or exchanged since it was written.',
  BUNDLE_PROOF: 'The proof of the chain is not the one that was written.',
  BUNDLE_CHAIN_DIGEST: 'Proofs of the chain were added, left out, moved or exchanged since.',
  BUNDLE_STATE: 'The events come to another state than the one the first line names.',
} as const;

/** A code of a bundle's own, or of an event in it. */
export type BundleCode = keyof typeof BUNDLE_SENTENCES | RejectCode;

/** What is wrong with one line, counted from 1. */
export interface BundleFinding {
  readonly line: number;
  readonly code: BundleCode;
  /** Which field or value, where it helps. */
  readonly detail?: string;
  /** The event that the line claims to be, where it claims one: 64 hex digits. */
  readonly event?: string;
}

/** A proof of the chain in a bundle: what it shows, or why it shows nothing. */
export type BundleProof =
  | { readonly line: number; readonly proven: ProvenTransaction }
  | { readonly line: number; readonly code: BundleCode };

/** What a bundle comes to. */
export interface BundleReport {
  /** The first line's word, undefined where it cannot be read. */
  readonly head: BundleHead | undefined;
  /** Lines that hold events, whether or not they verify. */
  readonly eventLines: number;
  /** Empty: not a byte differs from what was written. */
  readonly findings: readonly BundleFinding[];
  /** What verifies, events embedded in others among it. */
  readonly events: readonly ParsedEvent[];
  /** What the events that verify make of it; undefined where its terms are not among them. */
  readonly fold: Fold | undefined;
  readonly stateHash: string | undefined;
  /** Each line of its proofs of the chain. */
  readonly proofs: readonly BundleProof[];
}

/** Whether anything in a file was written as a bundle; else it is another kind of file. */
export function isBundle({ head, events }: Pick<BundleReport, 'head' | 'events'>): boolean {
  return head !== undefined || events.length > 0;
}

/** The plain sentence of a finding. */
export function findingSentence(code: BundleCode): string {
  const sentences: Readonly<Record<BundleCode, string>> = {
    ...BUNDLE_SENTENCES,
    ...REJECT_SENTENCES,
  };
  return sentences[code];
}
