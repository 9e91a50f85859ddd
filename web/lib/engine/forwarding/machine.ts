/**
 * What the bank does next with a payment that it passes on: a pure function of its journal and of
 * what its wallet says of both sides. Spec: specs/forwarding.md, "The bank".
 */
import type { ForwardEntry, ForwardStep } from './journal.ts';

/** The payer's side, as the wallet has the hold invoice; `silent`: it does not say. */
export type HeldSide = 'silent' | 'none' | 'open' | 'accepted' | 'settled' | 'gone';

/** The payee's side, as the wallet has the payment to it. */
export type PaidSide =
  | { readonly state: 'silent' | 'none' | 'pending' | 'failed' }
  | { readonly state: 'paid'; readonly preimage: string; readonly feesPaidMsat: bigint };

/** What is known at one moment. */
export interface ForwardFacts {
  readonly nowMs: number;
  /** When the wallet began to be asked: what it did not know then may have arrived since. */
  readonly askedAtMs: number;
  readonly held: HeldSide;
  readonly paid: PaidSide;
  /** Blocks until what is held goes back by itself; undefined: the wallet does not say. */
  readonly blocksLeft: number | undefined;
  /** Blocks that a payment to the payee can take, with a margin. */
  readonly blocksNeeded: number | undefined;
}

/** The next act; `note` writes a step that something else has brought about. */
export type ForwardAct =
  | { readonly act: 'wait' | 'make' | 'adopt' | 'settle' }
  | { readonly act: 'pay' }
  | { readonly act: 'cancel'; readonly reason?: string }
  | { readonly act: 'note'; readonly step: ForwardStep; readonly reason?: string };

/** How long a wallet that knows of nothing is not believed after it was told something, ms. */
const NEVER_ARRIVED_MS = 90_000;
/** The payee's invoice must be payable for so long when its payment begins, seconds. */
const INNER_LEFT_SEC = 120;
/** Hold invoices are taken by common nodes for up to two hours after they expired. */
const LATE_SEC = 7_200;

const WAIT: ForwardAct = { act: 'wait' };
const back = (reason: string): ForwardAct => ({ act: 'cancel', reason });

function isLongAgo(sinceMs: number | undefined, askedAtMs: number): boolean {
  return askedAtMs > (sinceMs ?? 0) + NEVER_ARRIVED_MS;
}

function whenOrdered(entry: ForwardEntry, facts: ForwardFacts): ForwardAct {
  const { held, nowMs, askedAtMs } = facts;
  const isLate = nowMs >= entry.expiresAtSec * 1_000;
  // An order may still arrive there: what it makes must not be payable and forgotten.
  if (held === 'none') {
    if (!isLongAgo(entry.orderedAtMs, askedAtMs)) return WAIT;
    return isLate ? { act: 'note', step: 'cancelled' } : { act: 'make' };
  }
  if (held === 'open') return isLate ? back('The request ran out.') : { act: 'adopt' };
  // Nobody but us has the invoice; whoever paid it paid without our word.
  if (held === 'accepted') return back('It was paid before the bank had signed.');
  return held === 'gone' ? { act: 'note', step: 'cancelled' } : WAIT;
}

/** What has come is passed on only where the way to the payee is surely shorter than the hold. */
function whenHeld(entry: ForwardEntry, facts: ForwardFacts): ForwardAct {
  const { nowMs, blocksLeft, blocksNeeded } = facts;
  // FW-12: "A bank MUST give back what is held, and pay nothing, where the blocks until its wallet
  // loses it are fewer than its outgoing payments can take and a margin of 12, or the payee's
  // invoice expires within two minutes…"
  if (blocksLeft === undefined || blocksNeeded === undefined) return WAIT;
  if (blocksLeft < blocksNeeded) return back('There was not enough time left to pass it on.');
  const isShort = entry.innerExpiresAtSec * 1_000 < nowMs + INNER_LEFT_SEC * 1_000;
  return isShort ? back('The payee’s invoice was about to expire.') : { act: 'pay' };
}

function whenOffered(entry: ForwardEntry, facts: ForwardFacts): ForwardAct {
  const { held, nowMs } = facts;
  const lateMs = nowMs - entry.expiresAtSec * 1_000;
  if (held === 'accepted') return whenHeld(entry, facts);
  if (held === 'gone') return { act: 'note', step: 'cancelled' };
  // What runs out is voided: a wallet may take a payment long after.
  if (held === 'open' && lateMs >= 0) return back('It was not paid in time.');
  if (held === 'none' && lateMs >= LATE_SEC * 1_000) return { act: 'note', step: 'cancelled' };
  return WAIT;
}

function whenPaying(entry: ForwardEntry, facts: ForwardFacts): ForwardAct {
  const { held, paid, askedAtMs } = facts;
  // FW-13: "…and while its wallet does not say what became of that, look it up and give nothing
  // back.…"
  if (paid.state === 'paid') return { act: 'note', step: 'paid' };
  if (paid.state === 'failed') return back('The payee could not be paid.');
  // FW-17: "A bank whose wallet knows of no payment to the payee, asked 90 seconds after it was
  // told to pay or later, has paid nothing…"
  if (paid.state !== 'none' || !isLongAgo(entry.sentAtMs, askedAtMs)) return WAIT;
  if (held === 'accepted') return whenHeld(entry, facts);
  return held === 'silent' ? WAIT : back('The payment to the payee was never begun.');
}

/** The next act with a payment. */
export function decideForward(entry: ForwardEntry, facts: ForwardFacts): ForwardAct {
  const { held } = facts;
  switch (entry.step) {
    case 'ordered':
      return whenOrdered(entry, facts);
    case 'made':
    case 'offered':
      return whenOffered(entry, facts);
    case 'paying':
      return whenPaying(entry, facts);
    case 'paid':
      // FW-13: "…and MUST settle what is held until its wallet says that it is settled…"
      if (held === 'settled') return { act: 'note', step: 'settled' };
      return held === 'gone' ? { act: 'note', step: 'lost' } : { act: 'settle' };
    case 'cancelling':
      if (held === 'gone' || held === 'none') return { act: 'note', step: 'cancelled' };
      return held === 'settled' ? WAIT : { act: 'cancel' };
    default:
      return WAIT;
  }
}
