/** Parameters of an offer's page. */
export const prerender = false;

/** The offer's address, as the catalog names it. */
export function load({ params }: { params: { address: string } }): { address: string } {
  return { address: decodeURIComponent(params.address) };
}
