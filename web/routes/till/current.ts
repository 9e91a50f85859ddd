/** Which sale is on the screen of this till: kept, so that a reload comes back to it. */
const KEY = 'realyield.till.sale';

/** The place of the sale on a person's screen; undefined while the keypad is. */
export function currentSale(publicKey: string): number | undefined {
  try {
    const kept = localStorage.getItem(`${KEY}.${publicKey}`);
    return kept !== null && /^\d{1,10}$/.test(kept) ? Number(kept) : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps which sale is on a person's screen. */
export function keepCurrentSale(publicKey: string, order: number | undefined): void {
  try {
    if (order === undefined) localStorage.removeItem(`${KEY}.${publicKey}`);
    else localStorage.setItem(`${KEY}.${publicKey}`, String(order));
  } catch {
    // Storage is closed to us: a reload shows the keypad, and the sale is in the list.
  }
}
