/** A delivery fits its wrap, whatever invoices a wallet makes. requires: T-3 */
import { formatMessage, type Bolt11Invoice } from '@realyield/protocol';
import { expect, it } from 'vitest';
import { deliverable } from './invoices.ts';

/** A NIP-44 rumor may have so many bytes in a wrap of 64 kB. */
const MOST_RUMOR_BYTES = 28_672;
const hex = (n: number): string => n.toString(16).padStart(64, '0');
const hexSignature = '0'.repeat(128);

function rumorBytes(parts: ReturnType<typeof deliverable>[number]): number {
  const request = {
    ...{ id: hex(1), pubkey: hex(2), created_at: 1_800_000_000, kind: 2812, sig: hexSignature },
    tags: [
      ['t', 'realyield'],
      ['e', hex(3), '', 'root'],
    ],
    content: {
      ...{ v: 1, type: 'request', contract: hex(3), leg: 'disbursement', book: true },
      ...{ notBeforeSec: 1_800_000_000, expiresAtSec: 1_802_000_000, version: hex(4) },
      n: parts.map(({ part }) => part.n),
      msat: parts.map(({ msat }) => msat),
      paymentHash: parts.map(({ part }) => hex(part.n)),
      seen: Array.from({ length: 63 }, (_, n) => hex(n)),
    },
  };
  const content = formatMessage({
    ...{ v: 1, type: 'requestDelivery', contract: hex(3), request },
    invoices: parts.map(({ invoice }) => invoice.paymentRequest),
    paid: parts.map(({ part }) => ({ n: part.n, preimage: hex(part.n) })),
  });
  return JSON.stringify({ id: hex(5), pubkey: hex(6), kind: 2809, tags: [], content }).length;
}

it('every group fits, with heads and proofs, and none is lost', () => {
  for (const length of [200, 290, 420, 900, 4_000]) {
    const made = Array.from({ length: 150 }, (_, n) => ({
      part: { n: 90_000 + n, units: '123456789000' },
      msat: '123456789000',
      invoice: { paymentRequest: 'l'.repeat(length) } as Bolt11Invoice,
    }));
    for (const isBook of [true, false]) {
      const groups = deliverable(made, 0, isBook);
      expect(groups.flat()).toEqual(made);
      const sizes = groups.map(rumorBytes);
      expect(Math.max(...sizes), `invoices of ${length}`).toBeLessThanOrEqual(MOST_RUMOR_BYTES);
      const most = isBook ? 60 : 30;
      expect(Math.max(...groups.map((group) => group.length))).toBeLessThanOrEqual(most);
    }
  }
});
