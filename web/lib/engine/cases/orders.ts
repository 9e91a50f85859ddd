/** What somebody wants signed in a case, as documents have it. Spec: specs/disputes.md. */
import type { Award, DisputeDocument, DisputeReason } from '@realyield/protocol';

/** A named file by its hash. */
export type NamedFile = Readonly<{ name: string; sha256: string }>;

/** What a claimant asks for. */
export interface CaseOrder {
  readonly reason: DisputeReason;
  readonly claimUnits: bigint;
  /** Where a payout of the bond would go. */
  readonly address?: string;
  readonly statement: string;
  readonly documents: readonly NamedFile[];
}

/** What an arbiter decides. */
export interface RulingOrder {
  readonly admitted: readonly string[];
  readonly findings: string;
  readonly awards: readonly Award[];
  readonly payBySec: number;
}

type Content<Document> = Document extends DisputeDocument
  ? Omit<Document, 'v' | 'contract' | 'prev' | 'dispute' | 'block'>
  : never;

/** What is said in a step, without what follows from the case. */
export type StepContent = Content<DisputeDocument>;

const BLOCKED: ReadonlySet<DisputeDocument['type']> = new Set([
  ...(['open', 'join', 'taken', 'ruling', 'fallback'] as const),
]);

/** Whether a step starts a clock, and so names a block. */
export function namesBlock(type: DisputeDocument['type']): boolean {
  return BLOCKED.has(type);
}

/** Ids once each, rising. */
export function rising(ids: readonly string[]): string[] {
  return [...new Set(ids)].sort();
}

/** Files as a document names them. */
export function filesOf(named: readonly NamedFile[]): { name: string; sha256: string }[] {
  return named.map(({ name, sha256 }) => ({ name, sha256 }));
}

/** Awards as a document lists them: rising by contract and leg, nothing left out. */
export function inOrder(awards: readonly Award[]): Award[] {
  const place = ({ contract, leg }: Award): string => `${contract} ${leg}`;
  return [...awards].sort((a, b) => (place(a) < place(b) ? -1 : 1));
}
