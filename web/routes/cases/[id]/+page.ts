/** Parameters of a case's page. */
export const prerender = false;

/** The case's id, 64 hex digits; undefined when the link holds none. */
export function load({ params }: { params: { id: string } }): { id: string | undefined } {
  return { id: /^[0-9a-f]{64}$/.test(params.id) ? params.id : undefined };
}
