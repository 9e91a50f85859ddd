/** What contradicts within a dispute step, or in what it embeds. Spec: specs/disputes.md. */
import type { ParsedEvent } from '../events.ts';
import { Kind } from '../kinds.ts';
import { checkPaidOut } from '../bonds/paid-out.ts';
import type { Award, DisputeDocument, PaidOutDocument, PayoutDocument } from '../kinds/dispute.ts';
import { reject, type Reject } from '../result.ts';

/** Whether awards rise by (contract, leg) and each is of something. */
function isInOrder(awards: readonly Award[]): boolean {
  const places = awards.map(({ contract, leg }) => `${contract} ${leg}`);
  const rising = places.every((place, index) => index === 0 || (places[index - 1] ?? '') < place);
  return rising && awards.every(({ units }) => units !== '0');
}

/** Contradictions of a dispute step. */
export function disputeContradiction(document: DisputeDocument): Reject | undefined {
  // DI-3: "A reader MUST refuse as `CONTENT_TERMS` a claim of nothing…"
  if ('claimUnits' in document && document.claimUnits === '0') {
    return reject('CONTENT_TERMS', 'claimUnits');
  }
  // DI-3: "…and awards that are not in rising order of (contract, leg), each of more than nothing."
  if ('awards' in document && !isInOrder(document.awards)) return reject('CONTENT_TERMS', 'awards');
  return undefined;
}

/** What contradicts between a payout and the pledge it embeds. */
function checkFromBond(
  document: PayoutDocument | PaidOutDocument,
  inner: readonly ParsedEvent[],
): Reject | undefined {
  const read = inner.find(({ event }) => event.id === document.pledge.id);
  const pledge = read?.name === 'bond' && read.document.type === 'pledge' ? read : undefined;
  // DI-30: "A reader MUST refuse a payout as `EMBEDDED_MISMATCH` that embeds something else than
  // the pledge of a collateral bond…"
  if (pledge?.document.type !== 'pledge' || !pledge.document.holders) {
    return reject('EMBEDDED_MISMATCH', 'pledge');
  }
  if (document.type === 'payout') return undefined;
  return checkPaidOut(document, pledge.document, pledge.event.pubkey);
}

/** What contradicts between a step and the event it embeds. */
export function checkDispute(
  document: DisputeDocument,
  inner: readonly ParsedEvent[],
): Reject | undefined {
  if ('pledge' in document) return checkFromBond(document, inner);
  if (document.type !== 'settlement') return undefined;
  const { proposal, dispute } = document;
  const read = inner.find(({ event }) => event.id === proposal.id);
  // DI-4: "A reader MUST refuse a settlement that embeds something else than a proposal of its
  // case as `EMBEDDED_MISMATCH`."
  const isProposal = proposal.kind === Kind.dispute && read?.name === 'dispute';
  if (!isProposal || read.document.type !== 'proposal' || read.document.dispute !== dispute) {
    return reject('EMBEDDED_MISMATCH', 'proposal');
  }
  return undefined;
}
