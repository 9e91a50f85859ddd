/** Parameters of the page that opens a case. */
export const prerender = false;

/** The contract's id, 64 hex digits; undefined when the link holds none. */
export function load({ params }: { params: { root: string } }): { root: string | undefined } {
  return { root: /^[0-9a-f]{64}$/.test(params.root) ? params.root : undefined };
}
