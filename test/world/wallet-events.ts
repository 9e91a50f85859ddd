/**
 * Carries what a node reports into the ledger. Called from inside LDK: it writes, says what the
 * node shall do about an arrived payment, and calls nothing else.
 */
import type { PaymentEvent, PaymentFailure } from './lightning-events.ts';
import type { LedgerEntry, WalletLedger } from './wallet-ledger.ts';

/** What an event changed, for those who wait and those to be told. */
export interface LedgerNews {
  readonly notice: 'accepted' | 'received' | 'sent' | 'ended' | undefined;
  readonly entry: LedgerEntry | undefined;
  /** What the node has to do with the payment that arrived. */
  readonly act:
    | { readonly type: 'claim'; readonly preimage: string }
    | { readonly type: 'release'; readonly paymentHash: string }
    | undefined;
}

const NOTHING: LedgerNews = { notice: undefined, entry: undefined, act: undefined };

/** The failure of a payment for which no route was found. */
export const NO_ROUTE = 'No way to the payee with enough money on it was found.';

const FAILURES: Readonly<Record<PaymentFailure, string>> = {
  rejected: 'The payee did not take the payment.',
  'no-route': NO_ROUTE,
  expired: 'The payment expired on its way.',
  other: 'The payment failed.',
};

function keepClaimable(
  ledger: WalletLedger,
  event: Extract<PaymentEvent, { type: 'claimable' }>,
  nowSec: number,
): LedgerNews {
  const { paymentHash, amountMsat, claimDeadlineHeight } = event;
  const entry = ledger.entry('incoming', paymentHash);
  const isOpen = entry?.state === 'pending' && nowSec < entry.expiresAtSec;
  // LDK itself would take a payment up to two hours after the invoice expired.
  if (!isOpen && entry?.state !== 'accepted') {
    return { ...NOTHING, act: { type: 'release', paymentHash } };
  }
  const preimage = event.preimage ?? entry.preimage;
  const accepted = ledger.change('incoming', paymentHash, {
    state: 'accepted',
    preimage,
    amountMsat,
    settleDeadlineHeight: claimDeadlineHeight,
  });
  if (preimage !== undefined) {
    return { notice: undefined, entry: accepted, act: { type: 'claim', preimage } };
  }
  return { notice: 'accepted', entry: accepted, act: undefined };
}

/** Writes one payment event into the ledger; the same event again changes nothing. */
export function keepPaymentEvent(
  ledger: WalletLedger,
  event: PaymentEvent,
  nowSec: number,
): LedgerNews {
  const { paymentHash } = event;
  const direction = event.type === 'sent' || event.type === 'failed' ? 'outgoing' : 'incoming';
  const entry = ledger.entry(direction, paymentHash);
  switch (event.type) {
    case 'claimable':
      return keepClaimable(ledger, event, nowSec);
    case 'claimed': {
      if (entry?.state === 'settled') return NOTHING;
      const { amountMsat } = event;
      const change = { state: 'settled', amountMsat, settledAtSec: nowSec } as const;
      const settled = ledger.change('incoming', paymentHash, change);
      return { notice: 'received', entry: settled, act: undefined };
    }
    case 'released': {
      if (entry?.state !== 'accepted') return NOTHING;
      const failure = 'The payment was not settled in time and went back to the payer.';
      const failed = ledger.change('incoming', paymentHash, { state: 'failed', failure });
      return { notice: 'ended', entry: failed, act: undefined };
    }
    case 'sent': {
      if (entry?.state === 'settled') return NOTHING;
      const { preimage, feesPaidMsat } = event;
      const change = { state: 'settled', preimage, feesPaidMsat, settledAtSec: nowSec } as const;
      const settled = ledger.change('outgoing', paymentHash, { ...change, failure: undefined });
      return { notice: 'sent', entry: settled, act: undefined };
    }
    case 'failed': {
      if (entry?.state !== 'pending') return NOTHING;
      const failure = FAILURES[event.reason];
      const failed = ledger.change('outgoing', paymentHash, { state: 'failed', failure });
      return { notice: 'ended', entry: failed, act: undefined };
    }
  }
}
