/** What a signer hands back is believed only after it has been checked against what was asked. */
import { verify, type SignedEvent } from '@realyield/protocol';
import { SignerError, type EventTemplate } from '../engine/ports.ts';

function isAsAsked(event: SignedEvent, template: EventTemplate, publicKey: string): boolean {
  return (
    event.pubkey === publicKey &&
    event.kind === template.kind &&
    event.created_at === template.created_at &&
    event.content === template.content &&
    JSON.stringify(event.tags) === JSON.stringify(template.tags)
  );
}

/**
 * The signed event, a fresh copy without anything the signer added beside it. Throws SignerError
 * UNSUPPORTED when the signature does not hold, the key is another one or the event was changed.
 */
export function checkSigned(
  answer: unknown,
  template: EventTemplate,
  publicKey: string,
): SignedEvent {
  const verified = verify(answer);
  if (!verified.ok) {
    throw new SignerError(
      'UNSUPPORTED',
      `Your signer returned an event that does not hold (${verified.code}).`,
    );
  }
  if (!isAsAsked(verified.value, template, publicKey)) {
    throw new SignerError(
      'UNSUPPORTED',
      verified.value.pubkey === publicKey
        ? 'Your signer changed the event it was asked to sign, so it has been thrown away.'
        : 'Your signer signed with another key than the one you connected with.',
    );
  }
  return verified.value;
}

/** A signer's own words, made short and plain enough to show. */
export function signerWords(reason: unknown): string {
  const text = reason instanceof Error ? reason.message : typeof reason === 'string' ? reason : '';
  const plain = text.replaceAll(/[\p{C}\p{Z}]+/gu, ' ').trim();
  return plain.length > 160 ? `${plain.slice(0, 159)}…` : plain;
}
