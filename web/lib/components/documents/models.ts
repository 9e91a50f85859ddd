/** View models of documents that are named by hash: words, names and hashes. */
import type { StatusView } from '../models.ts';

/** What a reader can do about a document. */
export type DocumentAct = 'connect' | 'ask' | 'again' | 'cancel' | 'open';

/** A document that an offer, a contract or a claim names. */
export interface DocumentView {
  readonly name: string;
  /** Of the plain file, 32-byte hex. */
  readonly sha256: string;
  readonly status: StatusView | undefined;
  /** Where it stands; empty when there is nothing to say. */
  readonly sentence: string;
  /** Pieces that are here, while it arrives. */
  readonly progress: { readonly have: number; readonly of: number } | undefined;
  readonly acts: readonly DocumentAct[];
  /** Whether it is the reader's own and this device has no copy: the file can be chosen anew. */
  readonly isLost?: boolean;
}

/** What came of decrypting a document and comparing it with its hash. */
export type OpenedView =
  | { readonly state: 'right'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly state: 'gone' | 'damaged' | 'another' };

/** A file a person has chosen. */
export interface ListedFile {
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}
