/** A signer in the browser, as an extension offers it (NIP-07); the page never sees the key. */
import { SignerError, type EventTemplate, type Signer } from '../engine/ports.ts';
import { checkSigned } from './check-signed.ts';
import type { SignedEvent } from '@realyield/protocol';

/** What an extension puts on the window. */
interface NostrExtension {
  getPublicKey(): Promise<string>;
  signEvent(event: unknown): Promise<unknown>;
  readonly nip44?: {
    encrypt(publicKey: string, plaintext: string): Promise<string>;
    decrypt(publicKey: string, ciphertext: string): Promise<string>;
  };
}

/** Extensions may arrive after the page. */
const PATIENCE_MS = 3_000;
const LOOK_MS = 100;

function findExtension(): NostrExtension | undefined {
  return (globalThis as { nostr?: NostrExtension }).nostr;
}

async function waitForExtension(): Promise<NostrExtension> {
  const untilMs = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = findExtension();
    if (found) return found;
    if (Date.now() > untilMs) {
      throw new SignerError('UNSUPPORTED', 'No Nostr extension answers in this browser.');
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

async function ask<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof SignerError) throw error;
    throw new SignerError('DECLINED', 'The extension declined.');
  }
}

/** Connects to the extension; UNSUPPORTED without one, or without NIP-44 encryption. */
export async function createNip07Signer(): Promise<Signer> {
  const extension = await waitForExtension();
  const { nip44 } = extension;
  if (!nip44) {
    throw new SignerError(
      'UNSUPPORTED',
      'This extension cannot encrypt (NIP-44), so nothing private could stay private.',
    );
  }
  const publicKey = await ask(() => extension.getPublicKey());
  if (!/^[0-9a-f]{64}$/.test(publicKey)) {
    throw new SignerError('UNSUPPORTED', 'The extension’s public key makes no sense.');
  }
  return {
    kind: 'nip07',
    publicKey,
    async sign(template: EventTemplate): Promise<SignedEvent> {
      const tags = template.tags.map((tag) => [...tag]);
      const signed = await ask(() => extension.signEvent({ ...template, tags, pubkey: publicKey }));
      return checkSigned(signed, template, publicKey);
    },
    encrypt: (peer, plaintext) => ask(() => nip44.encrypt(peer, plaintext)),
    decrypt: (peer, ciphertext) => ask(() => nip44.decrypt(peer, ciphertext)),
    close: () => undefined,
  };
}
