/** What amounts are counted in: F-3 and PR-2, for the figures recomputed here. */

/** A ledger's unit. */
export type LedgerUnit =
  | { readonly type: 'msat' }
  | { readonly type: 'fiat'; readonly currency: string; readonly minorDigits: number };

/** F-3: what is added up. */
export interface Unit {
  readonly network: string;
  readonly denomination: LedgerUnit;
}

/** F-3: whether a contract's amounts are among those added up. */
export function isIn(
  { terms }: { readonly terms: Unit },
  { network, denomination }: Unit,
): boolean {
  const own = terms.denomination;
  if (terms.network !== network || own.type !== denomination.type) return false;
  if (own.type === 'msat' || denomination.type === 'msat') return true;
  return own.currency === denomination.currency && own.minorDigits === denomination.minorDigits;
}

/** PR-2: the least amount that is asked for. */
export function wholeOf({ denomination }: { readonly denomination: LedgerUnit }): bigint {
  return denomination.type === 'msat' ? 1_000n : 1_000_000n;
}

/** Rounded down to it. */
export function floorIn(terms: { readonly denomination: LedgerUnit }, amount: bigint): bigint {
  return (amount / wholeOf(terms)) * wholeOf(terms);
}
