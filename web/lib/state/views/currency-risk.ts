/**
 * What bitcoin's price does to a loan when it changes by half: to one in bitcoin in the reader's
 * own money, to one in a currency in sats. It needs no price: what counts is how it changes.
 * Spec: specs/key-facts.md, `bitcoinPrice`.
 */
import type { KeyFacts, PartyRole } from '@realyield/protocol';
import type { Fact } from '../../ui/facts.ts';

/** Changes of the price that are shown, in percent of today's. */
const PRICES = [
  ['If bitcoin’s price falls by half', 50n],
  ['If it stays the same', 100n],
  ['If it rises by half', 150n],
] as const;

/** Tenths of a hundredth, rounded half up, as `154.4`. */
function perHundred(later: bigint, first: bigint, percent: bigint): string {
  const tenths = (2n * later * percent * 10n + first) / (2n * first);
  return `${tenths / 10n}.${tenths % 10n}`;
}

/** Amount at the later price for each hundred at the first, in the reader's own money. */
export function currencyRisk(facts: KeyFacts, role: PartyRole | undefined): Fact[] {
  const { investor, business } = facts;
  const isLender = role === 'investor';
  const first = BigInt((isLender ? investor.pays : business.receives)?.totalUnits ?? 0);
  const later = BigInt((isLender ? investor.receives : business.pays)?.totalUnits ?? 0);
  if (first === 0n || later === 0n) return [];
  const given = isLender ? 'put in' : 'received';
  if (facts.denomination.type === 'fiat') {
    const { currency } = facts.denomination;
    return PRICES.map(([label, percent]) => ({
      label,
      // In bitcoin it is the other way round: half the price, twice as many sats.
      text: `${perHundred(later * 100n, first * percent, 100n)} sat back for each 100 sat ${given}`,
      ...(percent === 150n ? { note: `in ${currency} it stays the same` } : {}),
    }));
  }
  return PRICES.map(([label, percent]) => ({
    label,
    text: `${perHundred(later, first, percent)} back for each 100 ${given}`,
    ...(percent === 150n ? { note: 'in local money, all of it repaid at the changed price' } : {}),
  }));
}
