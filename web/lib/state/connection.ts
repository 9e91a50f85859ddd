/**
 * How a person is connected, remembered on this device so that a reload finds them again. A
 * secret key is only ever kept as ncryptsec (NIP-49), never bare. For a remote signer (NIP-46)
 * this client's own secret is kept: it lets whoever has it ask that signer for what was allowed.
 */
import type { Connection } from './kept.ts';

/** Where a connection is kept. */
export const KEPT_CONNECTION = 'realyield.connection';

/** Whether this device remembers a connection, readable or not. */
export function isConnectionKept(): boolean {
  try {
    return localStorage.getItem(KEPT_CONNECTION) !== null;
  } catch {
    return false;
  }
}

/** Remembers a connection, or forgets it. */
export function saveConnection(connection: Connection | undefined): void {
  if (connection === undefined) localStorage.removeItem(KEPT_CONNECTION);
  else localStorage.setItem(KEPT_CONNECTION, JSON.stringify(connection));
}
