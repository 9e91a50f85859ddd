/** One request to a remote signer (NIP-46), from the question to the answer or its sentence. */
import { SignerError } from '../engine/ports.ts';
import { signerWords } from './check-signed.ts';

/**
 * Pauses before asking again once the connection was lost. More than one, because the signer may
 * have lost the same relay, which keeps no requests; few, because it may ask its owner each time.
 */
const RETRIES_MS = [500, 2_500, 6_000];

const SILENT = 'Your signer did not answer in time. Check that it is switched on and connected.';
const CUT_OFF = 'The relay of your signer cannot be reached, so your signer cannot be asked.';

/** How relays say that an event is dated ahead of their clock. */
const IN_FUTURE = /future|too far ahead|TIME_FUTURE/i;
const WRONG_CLOCK =
  'The clock of this device is wrong: what it asks of your signer is dated in the future. ' +
  'Set the clock right, then try again.';

function said(refusal: string): string {
  return `The relay of your signer refused the request: ${refusal}`;
}

/** A relay's refusal, in NIP-01's form; anything else is a matter of the connection. */
function relayRefusal(error: unknown): string | undefined {
  const reasons: unknown[] = error instanceof AggregateError ? error.errors : [error];
  const words = reasons.map(signerWords);
  return words.find((text) => /^(invalid|blocked|restricted|auth-required|pow|error): /.test(text));
}

/** One request until it is settled: asked again after the connection was lost, within a time. */
export class Exchange {
  readonly #settle: (outcome: string | SignerError) => void;
  readonly #ask: () => Promise<unknown>;
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #retriesMs: number[] = [];
  #isSettled = false;
  /** The last attempt found no relay. */
  #isCutOff = false;

  constructor(ask: () => Promise<unknown>, settle: (outcome: string | SignerError) => void) {
    this.#ask = ask;
    this.#settle = settle;
  }

  start(timeoutMs: number): void {
    this.allow(timeoutMs);
    this.#try();
  }

  allow(timeoutMs: number): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => {
      this.finish(new SignerError('UNREACHABLE', this.#isCutOff ? CUT_OFF : SILENT));
    }, timeoutMs);
  }

  /** Asks again soon: question or answer may have been lost with the connection. */
  again(): void {
    this.#retriesMs = [...RETRIES_MS];
    if (this.#retry === undefined) this.#retryLater();
  }

  #retryLater(): void {
    const pauseMs = this.#retriesMs.shift();
    if (this.#isSettled || pauseMs === undefined) return;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#try();
      this.#retryLater();
    }, pauseMs);
  }

  finish(outcome: string | SignerError): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    clearTimeout(this.#deadline);
    clearTimeout(this.#retry);
    this.#settle(outcome);
  }

  #try(): void {
    this.#isCutOff = false;
    this.#ask().then(
      (answer) => {
        if (typeof answer === 'string') this.finish(answer);
        else this.finish(new SignerError('UNSUPPORTED', 'Your signer answered with no text.'));
      },
      (error: unknown) => this.#failed(error),
    );
  }

  #failed(error: unknown): void {
    // nostr-tools rejects with the signer's own text, and with an Error for everything else.
    if (typeof error === 'string') {
      this.finish(new SignerError('DECLINED', `Your signer declined: ${signerWords(error)}`));
      return;
    }
    const refusal = relayRefusal(error);
    if (refusal === undefined) {
      this.#isCutOff = true;
      this.again();
    } else {
      this.finish(
        new SignerError('UNREACHABLE', IN_FUTURE.test(refusal) ? WRONG_CLOCK : said(refusal)),
      );
    }
  }
}
