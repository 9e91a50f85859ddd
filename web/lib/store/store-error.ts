/** Why the local store did not keep or find something, in words fit to show. */

/**
 * FULL: no room left; BLOCKED: another tab holds the data; OUTDATED: written by a newer client;
 * CLOSED: let go of, by us or for another tab; UNAVAILABLE: this browser keeps nothing.
 */
export type StoreErrorCode = 'FULL' | 'BLOCKED' | 'OUTDATED' | 'CLOSED' | 'UNAVAILABLE';

/** Told to the page whenever there was no room for a write, whoever asked for it. */
export const FULL_EVENT = 'realyield-store-full';

/** A refusal of the local store; nothing of the write it answers has been kept. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;
  constructor(code: StoreErrorCode, sentence: string, cause?: unknown) {
    super(sentence, { cause });
    this.name = 'StoreError';
    this.code = code;
  }
}
