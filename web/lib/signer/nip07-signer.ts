/**
 * A signer in the browser (NIP-07): an extension puts `window.nostr` into the page, sometimes
 * only after the page has started. What it returns is checked; it is asked one thing at a time.
 */
import * as z from 'zod/mini';
import { SignerError, type EventTemplate, type Signer } from '../engine/ports.ts';
import type { SignedEvent } from '@realyield/protocol';
import { checkSigned, signerWords } from './check-signed.ts';

const ARRIVAL_MS = 3_000;
const ARRIVAL_POLL_MS = 50;
/** The extension shows its question to a person, who may take a while. */
const ANSWER_MS = 120_000;

type Call = (...parameters: unknown[]) => unknown;

/** The part of NIP-07 we use. */
interface Extension {
  getPublicKey: Call;
  signEvent: Call;
  nip44: { encrypt: Call; decrypt: Call };
}

/** What is there now; extensions may replace it while the page lives. */
function presentExtension(): unknown {
  return (globalThis as { readonly nostr?: unknown }).nostr;
}

function hasMethods<Name extends string>(
  value: unknown,
  ...names: Name[]
): value is Record<Name, Call> {
  if (typeof value !== 'object' && typeof value !== 'function') return false;
  const methods = value as Record<string, unknown> | null;
  return names.every((name) => typeof methods?.[name] === 'function');
}

/** Methods may sit on a prototype or a proxy, so the object itself is kept, not a copy. */
function toExtension(value: unknown): Extension {
  if (!hasMethods(value, 'getPublicKey', 'signEvent')) {
    throw new SignerError('UNSUPPORTED', 'No Nostr signer was found in this browser.');
  }
  const { nip44 } = value as { readonly nip44?: unknown };
  if (!hasMethods(nip44, 'encrypt', 'decrypt')) {
    throw new SignerError(
      'UNSUPPORTED',
      'Your browser signer cannot encrypt messages (NIP-44), which this needs. Use another one.',
    );
  }
  return value as unknown as Extension;
}

async function awaitExtension(): Promise<Extension> {
  const untilMs = performance.now() + ARRIVAL_MS;
  while (presentExtension() === undefined && performance.now() < untilMs) {
    await new Promise((resolve) => setTimeout(resolve, ARRIVAL_POLL_MS));
  }
  return toExtension(presentExtension());
}

async function inTime(asking: Promise<unknown>): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new SignerError('UNREACHABLE', 'Your browser signer did not answer in time.'));
    }, ANSWER_MS);
  });
  try {
    return await Promise.race([asking, late]);
  } catch (error) {
    if (error instanceof SignerError) throw error;
    const words = signerWords(error);
    throw new SignerError('DECLINED', `Your browser signer declined${words && `: ${words}`}.`);
  } finally {
    clearTimeout(timer);
  }
}

const publicKeySchema = z.string().check(z.regex(/^[0-9a-f]{64}$/));
const textSchema = z.string().check(z.minLength(1));

async function askPublicKey(extension: Extension): Promise<string> {
  const answer = publicKeySchema.safeParse(
    await inTime(Promise.resolve().then(() => extension.getPublicKey())),
  );
  if (answer.success) return answer.data;
  throw new SignerError('UNSUPPORTED', 'Your browser signer did not say which key it holds.');
}

class ExtensionSigner implements Signer {
  readonly kind = 'nip07' as const;
  readonly publicKey: string;
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(publicKey: string) {
    this.publicKey = publicKey;
  }

  sign(template: EventTemplate): Promise<SignedEvent> {
    return this.#inTurn(async (extension) => {
      const { kind, created_at, content } = template;
      const tags = template.tags.map((tag) => [...tag]);
      const answer = await inTime(
        Promise.resolve().then(() => extension.signEvent({ kind, created_at, tags, content })),
      );
      return checkSigned(answer, template, this.publicKey);
    });
  }

  encrypt(peerPublicKey: string, plaintext: string): Promise<string> {
    return this.#text((extension) => extension.nip44.encrypt(peerPublicKey, plaintext));
  }

  decrypt(peerPublicKey: string, ciphertext: string): Promise<string> {
    return this.#text((extension) => extension.nip44.decrypt(peerPublicKey, ciphertext));
  }

  close(): void {
    this.#isClosed = true;
  }

  /** The account may have been changed in the extension; nothing else would show it here. */
  #text(ask: (extension: Extension) => unknown): Promise<string> {
    return this.#inTurn(async (extension) => {
      if ((await askPublicKey(extension)) !== this.publicKey) {
        throw new SignerError(
          'UNSUPPORTED',
          'Your browser signer has been switched to another key. Switch it back or reconnect.',
        );
      }
      const answer = textSchema.safeParse(
        await inTime(Promise.resolve().then(() => ask(extension))),
      );
      if (answer.success) return answer.data;
      throw new SignerError('UNSUPPORTED', 'Your browser signer answered with no text.');
    });
  }

  /** Several extensions lose or mix up questions that come at the same time. */
  #inTurn<T>(act: (extension: Extension) => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => {
      if (this.#isClosed) throw new SignerError('LOCKED', 'This signer has been put away.');
      return act(toExtension(presentExtension()));
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

/**
 * Connects to the browser's signer, waiting up to three seconds for it to appear. Rejects with
 * SignerError: UNSUPPORTED without a signer or without NIP-44, DECLINED, UNREACHABLE.
 */
export async function createNip07Signer(): Promise<Signer> {
  const extension = await awaitExtension();
  return new ExtensionSigner(await askPublicKey(extension));
}
