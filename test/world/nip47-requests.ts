/** From a Nostr event to a NIP-47 request, and from an outcome to the text of a response. */
import type { VerifiedEvent } from '@realyield/protocol';
import type { Encryption, Nip47Cipher } from './nip47-cipher.ts';
import type { MethodResult } from './wallet-methods.ts';
import { done, refuse, type WalletError, type WalletOutcome } from './wallet-outcome.ts';

/** Kinds of NIP-47. */
export const NIP47_KINDS = {
  info: 13_194,
  request: 23_194,
  response: 23_195,
  notification: 23_197,
} as const;

/** A request without expiration is not executed when it is older than this, in seconds. */
const OLDEST_REQUEST_SEC = 300;

/** A request that could be read. */
export interface Nip47Request {
  readonly method: string;
  readonly params: unknown;
  /** Whether it has expired: then it is not executed, unless that has happened already. */
  readonly isLate: boolean;
}

function tagOf(event: VerifiedEvent, name: string): string | undefined {
  return event.tags.find((tag) => tag[0] === name)?.[1];
}

/** The encryption of a request, and so of its response; undefined: one unknown here. */
export function encryptionOf(event: VerifiedEvent): Encryption | undefined {
  const named = tagOf(event, 'encryption') ?? 'nip04';
  return named === 'nip04' || named === 'nip44_v2' ? named : undefined;
}

function isTooLate(event: VerifiedEvent, nowSec: number): boolean {
  const expiration = tagOf(event, 'expiration');
  if (expiration === undefined) return event.created_at + OLDEST_REQUEST_SEC < nowSec;
  return !/^[0-9]{1,12}$/.test(expiration) || Number(expiration) <= nowSec;
}

/** Decrypts and reads a request. */
export function readRequest(
  event: VerifiedEvent,
  cipher: Nip47Cipher,
  nowSec: number,
): WalletOutcome<Nip47Request> {
  const encryption = encryptionOf(event);
  if (!encryption) return refuse('UNSUPPORTED_ENCRYPTION', 'Use nip44_v2 or nip04.');
  const text = cipher.decrypt(event.pubkey, event.content, encryption);
  const request = text === undefined ? undefined : readJson(text);
  if (!request) return refuse('OTHER', 'The request cannot be decrypted or read.');
  return done({ ...request, isLate: isTooLate(event, nowSec) });
}

function readJson(text: string): Pick<Nip47Request, 'method' | 'params'> | undefined {
  try {
    const request: unknown = JSON.parse(text);
    if (typeof request !== 'object' || request === null) return undefined;
    const { method, params } = request as { method?: unknown; params?: unknown };
    return typeof method === 'string' ? { method, params } : undefined;
  } catch {
    return undefined;
  }
}

/** The text of a response. */
export function writeResponse(method: string, outcome: WalletOutcome<MethodResult>): string {
  const error: WalletError | null = outcome.ok ? null : outcome.error;
  const result = outcome.ok ? outcome.value : null;
  return JSON.stringify({ result_type: method, error, result });
}
