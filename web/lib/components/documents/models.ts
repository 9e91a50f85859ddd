/** View models of documents that are named by hash: words, names and hashes. */
import type { StatusView } from '../models.ts';

/** What a reader can do about a document. */
export type DocumentAct =
  'connect' | 'server' | 'ask' | 'again' | 'cancel' | 'open' | 'fetch' | 'upload' | 'stop';

/** How far a document is on its way. */
export interface DocumentProgress {
  readonly have: number;
  readonly of: number;
  readonly label: string;
}

/** A document that an offer, a contract or a claim names. */
export interface DocumentView {
  readonly name: string;
  /** Of the plain file, 32-byte hex. */
  readonly sha256: string;
  readonly status: StatusView | undefined;
  /** Where it stands; empty when there is nothing to say. */
  readonly sentence: string;
  /** How far it is on its way, and in what words. */
  readonly progress: DocumentProgress | undefined;
  readonly acts: readonly DocumentAct[];
  /** What an act is called here, where that is more than its usual name. */
  readonly words?: Partial<Record<DocumentAct, string>>;
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
