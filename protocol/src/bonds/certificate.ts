/**
 * Which Nostr key a bond's Bitcoin key speaks for, in a form that any wallet with "Sign message"
 * can make. The other way, the Nostr key's event names the Bitcoin key. Spec: specs/bonds.md,
 * "Certificates"; BIP-46.
 */
import { messageSigner } from './message.ts';
import type { KeyHolderRole } from './bond.ts';

/** Blocks of a period in which a certificate's end is counted: one of Bitcoin's difficulty. */
export const CERTIFICATE_PERIOD_BLOCKS = 2_016;

/** The latest period a certificate may end with: 16 bits, as in BIP-46's first user. */
export const CERTIFICATE_PERIOD_MAX = 65_535;

/** The bank's statement that its Bitcoin key stands for its Nostr key. */
export interface BondCertificate {
  /** It ends with the block of this many periods. */
  readonly endPeriod: number;
  /** Signature of the bank's Bitcoin key over the message, base64. */
  readonly signature: string;
}

/** What the bank's Bitcoin key signs (BIP-46): its certificate key is 02 and the Nostr key. */
export function certificateMessage(bank: string, endPeriod: number): string {
  return `fidelity-bond-cert|02${bank}|${endPeriod}`;
}

/** Whether a certificate is by a Bitcoin key and for a Nostr key, hex; not whether it ended. */
export function isCertificateOf(
  { endPeriod, signature }: BondCertificate,
  bankKey: string,
  bank: string,
): boolean {
  return messageSigner(certificateMessage(bank, endPeriod), signature) === bankKey;
}

/** The first height at which a certificate no longer holds. */
export function certificateEndHeight({ endPeriod }: BondCertificate): number {
  return endPeriod * CERTIFICATE_PERIOD_BLOCKS;
}

/** What the Bitcoin key of one of the three signs: for whom it is held, and for which bank. */
export function keyHolderMessage(role: KeyHolderRole, holder: string, bank: string): string {
  return `realyield-bond-key|${role}|${holder}|${bank}`;
}

/** Whether a key holder's proof is by the Bitcoin key it offers. */
export function isKeyHolderProof(
  proof: string,
  publicKey: string,
  of: { readonly role: KeyHolderRole; readonly holder: string; readonly bank: string },
): boolean {
  return messageSigner(keyHolderMessage(of.role, of.holder, of.bank), proof) === publicKey;
}
