/** One document that was asked for, as it is kept between reloads. */
import type { ServerProblem } from '../../storage/blossom.ts';
import type { Kept } from './vault.ts';

/** What is asked for, and of whom. */
export interface DocumentOrder {
  readonly sha256: string;
  readonly name: string;
  /** Who named it, 32-byte hex. */
  readonly holder: string;
  /** Where the holder reads. */
  readonly urls: readonly string[];
  /** The key of a party to ask under; without one, a key that tells nothing of who asks. */
  readonly as?: string;
}

/** How a document that was asked for stands. */
export type TransferState =
  /** Asked; the holder answers when their client is open. */
  | 'asked'
  /** Some pieces are here. */
  | 'arriving'
  /** It waits at a server, for its reader to say that it is to be fetched there. */
  | 'stored'
  /** It is here and is the very file that was named. */
  | 'here'
  /** What came is another file than the one that was named. */
  | 'another'
  /** What came could not be decrypted. */
  | 'damaged'
  /** It goes to parties of a contract only. */
  | 'partiesOnly'
  /** The holder hands it over by other means. */
  | 'otherMeans';

/** A document on its way, or here. */
export interface Transfer extends DocumentOrder {
  readonly transfer: string;
  readonly state: TransferState;
  readonly askedAtSec: number;
  /** The key used once to ask, sealed on this device; absent where a party asks. */
  readonly sealedSecret?: string;
  readonly asker: string;
  /** Announced by the holder. */
  readonly head?: { readonly sizeBytes: number; readonly servers?: readonly string[] } & Kept;
  /** Why a server did not hand it over, the last time. */
  readonly problem?: ServerProblem;
  /** How often servers did not. */
  readonly tries?: number;
}

/** Whether an answer is still awaited. */
export function isOpen({ state }: Transfer): boolean {
  return state === 'asked' || state === 'arriving';
}
