/** What a remote signer (NIP-46) is asked to allow: the kinds a main key signs here, no more. */
import { Kind } from '@realyield/protocol';

/** Seals of private messages (NIP-59), proofs to relays (NIP-42), encrypted data (NIP-78). */
const CARRIERS = [13, 22_242, 30_078];

/** Money events are signed by contract keys, which never leave this client. */
const AGREEMENTS = [Kind.signature, Kind.milestone, Kind.notice, Kind.bankProfile, Kind.offer];

/** The permissions, as NIP-46 writes them. */
export const PERMISSIONS = [
  ...[...CARRIERS, ...AGREEMENTS].map((kind) => `sign_event:${kind}`),
  'nip44_encrypt',
  'nip44_decrypt',
].join(',');
