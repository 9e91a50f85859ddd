/** The payer's checks on a delivery: nothing is payable that fails one of them. */
import {
  checkInvoice,
  checkRequest,
  unembed,
  type Leg,
  type MessageOf,
  type ParsedRequest,
  type RejectCode,
} from '@realyield/protocol';
import type { Desk, OwnContract } from './desk.ts';
import type { JournalEntry } from './journal.ts';

/** What became of a delivery. */
export interface CheckedDelivery {
  /** Entries that may now be paid, not yet in the journal. */
  readonly payable: readonly JournalEntry[];
  /** What was wrong, in order of the parts. */
  readonly refused: readonly RejectCode[];
  /** Whether it is the payee's signed answer for this leg, right or wrong in its invoices. */
  readonly isAnswer: boolean;
}

const IGNORED: CheckedDelivery = { payable: [], refused: [], isAnswer: false };

function refusal(code: RejectCode): CheckedDelivery {
  return { payable: [], refused: [code], isAnswer: false };
}

function checkParts(
  desk: Desk,
  contract: OwnContract,
  request: ParsedRequest,
  invoices: readonly string[],
): CheckedDelivery {
  const { root, fold } = contract.view;
  const { leg } = request.document;
  const nowSec = desk.clock.nowSec();
  const payable: JournalEntry[] = [];
  const refused: RejectCode[] = [];
  const entries = desk.journal.entries(root, leg);
  const used = new Map(entries.map((entry) => [entry.paymentHash, entry.n]));
  for (const [index, n] of request.document.n.entries()) {
    const entry = desk.journal.get(root, leg, n);
    if (entry?.step !== 'wanted') continue;
    const part = checkInvoice(fold.state, request, index, invoices[index], nowSec);
    if (!part.ok) refused.push(part.code);
    else if (part.value.amountMsat.toString() !== entry.amountMsat) {
      refused.push('INVOICE_AMOUNT_MISMATCH');
    } else if ((used.get(part.value.paymentHash) ?? n) !== n) {
      refused.push('INVOICE_HASH_MISMATCH');
    } else {
      payable.push({
        ...entry,
        step: 'checked',
        updatedAtMs: desk.clock.nowMs(),
        request: { ...request.event, tags: request.event.tags.map((tag) => [...tag]) },
        invoice: part.value.invoice,
        paymentHash: part.value.paymentHash,
        expiresAtSec: part.value.expiresAtSec,
      });
    }
  }
  return { payable, refused, isAnswer: true };
}

/** Checks a delivery: who signed the request, and every invoice against it. */
export async function checkDelivery(
  desk: Desk,
  contract: OwnContract,
  leg: Leg,
  message: MessageOf<'requestDelivery'>,
): Promise<CheckedDelivery> {
  const { state } = contract.view.fold;
  const [read] = await desk.verifier.readBatch([unembed(message.request)]);
  if (!read?.ok) return refusal(read?.code ?? 'MESSAGE_SHAPE');
  const parsed = read.value.find((entry) => entry.name === 'request');
  if (!parsed) return refusal('MESSAGE_SHAPE');
  const checked = checkRequest(state, parsed);
  if (!checked.ok) return refusal(checked.code);
  if (parsed.document.leg !== leg) return IGNORED;
  return checkParts(desk, contract, checked.value, message.invoices);
}
