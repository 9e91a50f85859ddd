/** What a remote signer (NIP-46) is asked to allow: the kinds a main key signs here, no more. */
import { Kind } from '@realyield/protocol';

/** Something a signer is asked to sign. */
export interface AskedKind {
  readonly kind: number;
  /** What it is, for the person who allows it. */
  readonly words: string;
}

/** Money events are signed by contract keys, which never leave this client. */
export const ASKED_KINDS: readonly AskedKind[] = [
  { kind: 13, words: 'private messages' },
  { kind: 22_242, words: 'proofs to relays of who reads' },
  { kind: 30_078, words: 'your data, encrypted for yourself' },
  { kind: Kind.signature, words: 'agreements' },
  { kind: Kind.milestone, words: 'milestones' },
  { kind: Kind.notice, words: 'notices on a loan' },
  { kind: Kind.sales, words: 'a till’s reports' },
  { kind: Kind.bankProfile, words: 'a bank’s profile' },
  { kind: Kind.offer, words: 'a bank’s offers' },
  { kind: Kind.attestation, words: 'what you checked, and whom you vouch for' },
  { kind: Kind.bond, words: 'a bank’s bonds, and keys held for them' },
  { kind: Kind.dispute, words: 'steps of a case' },
  { kind: Kind.arbiterProfile, words: 'what an arbiter says of itself' },
];

/** The permissions, each as NIP-46 writes it. */
export const PERMISSION_LIST: readonly string[] = [
  ...ASKED_KINDS.map(({ kind }) => `sign_event:${kind}`),
  'nip44_encrypt',
  'nip44_decrypt',
];

/** The permissions, as NIP-46 writes them. */
export const PERMISSIONS = PERMISSION_LIST.join(',');
