/** An event as NIP-01 writes it; embedded ones carry their content as JSON. */
export type RawEvent<Content = string> = Record<'id' | 'pubkey', string> &
  Record<'created_at' | 'kind', number> & { tags: readonly string[][]; content: Content };
/** The id of an event (NIP-01), embedded or not. */
export function idOf(event: RawEvent<unknown>): string;
/** The state hash of a contract, from its events. */
export function stateHashOf(root: string, events: readonly RawEvent[]): string;
