/** What a wallet answers: a value, or one of NIP-47's error codes with a sentence. */

/** NIP-47 error codes used here. */
export type WalletErrorCode =
  | 'RATE_LIMITED'
  | 'NOT_IMPLEMENTED'
  | 'INSUFFICIENT_BALANCE'
  | 'QUOTA_EXCEEDED'
  | 'UNAUTHORIZED'
  | 'UNSUPPORTED_ENCRYPTION'
  | 'PAYMENT_FAILED'
  | 'NOT_FOUND'
  | 'INTERNAL'
  | 'OTHER';

/** Why a wallet refuses; the message is a plain sentence. */
export interface WalletError {
  readonly code: WalletErrorCode;
  readonly message: string;
}

/** A value or a refusal. */
export type WalletOutcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: WalletError };

/** A successful outcome. */
export function done<T>(value: T): WalletOutcome<T> {
  return { ok: true, value };
}

/** A refusal. */
export function refuse(
  code: WalletErrorCode,
  message: string,
): { readonly ok: false; readonly error: WalletError } {
  return { ok: false, error: { code, message } };
}
