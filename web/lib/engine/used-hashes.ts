/**
 * Which part of a leg a payment hash stands for already. Spec: specs/conversation.md, "Before
 * paying".
 */
import type { Leg } from '@realyield/protocol';
import type { Desk, OwnContract } from './desk.ts';

/** Payment hashes of a leg, in the journal or proven, with the number of the part of each. */
export function partsByHash(
  { journal }: Pick<Desk, 'journal'>,
  { view }: OwnContract,
  leg: Leg,
): ReadonlyMap<string, number> {
  const parts = new Map<string, number>();
  for (const { paymentHash, n } of journal.entries(view.root, leg)) {
    if (paymentHash !== undefined) parts.set(paymentHash, n);
  }
  for (const { leg: of, request, runs } of view.fold.state.paid.requests()) {
    const { n, paymentHash } = request.document;
    for (const { first, last } of of === leg ? runs : []) {
      for (let at = first; at <= last; at += 1) parts.set(paymentHash[at] ?? '', n[at] ?? 0);
    }
  }
  return parts;
}
