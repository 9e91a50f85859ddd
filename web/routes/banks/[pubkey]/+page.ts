/** Parameters of a bank's page. */
export const prerender = false;

/** The bank's public key, 32-byte hex. */
export function load({ params }: { params: { pubkey: string } }): { pubkey: string } {
  return { pubkey: params.pubkey };
}
