/** Receipts and what payees answer to them. Spec: specs/payments.md, "Proof". */
import type { ParsedAcknowledgement, ParsedEvent, ParsedReceipt } from '../events.ts';
import { REJECT_CODES, reject, type Reject } from '../result.ts';
import { actsFor, payeeStanding, type Draft } from './draft.ts';
import { requestMismatch } from './payments.ts';
import { LEGS } from './state.ts';

/** A payer proves payments. */
export function applyReceipt(draft: Draft, parsed: ParsedEvent): Reject | undefined {
  const receipt = parsed as ParsedReceipt;
  const request = draft.requests.get(receipt.document.request.id);
  if (!request) return reject('REQUEST_UNKNOWN', receipt.document.request.id);
  const mismatch = requestMismatch(draft.contract.document, request.document);
  if (mismatch) return mismatch;
  const { forward } = receipt.document;
  // FW-7: "A receipt of which the forward is not by a key of the bank is refused as
  // `AUTHOR_ROLE`…"
  if (forward && !actsFor(draft, forward.pubkey, 'bank')) return reject('AUTHOR_ROLE', 'bank');
  draft.receipts.push({ receipt, request });
  draft.proven.set(request.event.id, request);
  return undefined;
}

const rankOf = ({ code }: Reject): number => REJECT_CODES.indexOf(code);

/** A payee acknowledges or objects. */
export function applyAnswer(draft: Draft, parsed: ParsedEvent): Reject | undefined {
  const { document, event } = parsed as ParsedAcknowledgement;
  if (document.type === 'cash') return undefined;
  // P-16: "An item of an acknowledgement counts only for a request that a counted receipt embeds,
  // from a key of its payee…"
  const refusals: Reject[] = [];
  const items = document.type === 'received' ? document.items : [document];
  for (const item of items) {
    const request = draft.proven.get(item.request);
    if (!request) {
      refusals.push(reject('REQUEST_UNKNOWN', item.request));
      continue;
    }
    const { leg, n } = request.document;
    const { payee } = LEGS[leg];
    const standing = payeeStanding(draft, event, payee);
    if (standing === undefined) refusals.push(reject('AUTHOR_ROLE', payee));
    // A key may act for two roles, and have ended for one.
    if (standing === 'ended') refusals.push(reject('KEY_REVOKED', payee));
    const strange = item.n.find((part) => !n.includes(part));
    if (strange !== undefined) refusals.push(reject('PART_UNKNOWN', String(strange)));
  }
  draft.acknowledgements.push(parsed as ParsedAcknowledgement);
  if (refusals.length < 2) return refusals[0];
  return refusals.sort((a, b) => rankOf(a) - rankOf(b))[0];
}
