/**
 * Where a person lives: asked once, kept on this device beside their identity, published nowhere.
 * Spec: specs/legal.md.
 */

const keyOf = (publicKey: string): string => `realyield.residence.${publicKey}`;

/** The country a person has stated, as two letters. */
export function residenceOf(publicKey: string): string | undefined {
  try {
    const kept = localStorage.getItem(keyOf(publicKey));
    return kept !== null && /^[A-Z]{2}$/.test(kept) ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps what a person states, or forgets it. */
export function keepResidence(publicKey: string, country: string | undefined): void {
  try {
    if (country === undefined) localStorage.removeItem(keyOf(publicKey));
    else localStorage.setItem(keyOf(publicKey), country);
  } catch {
    // Storage is closed to us: they are asked again next time.
  }
}
