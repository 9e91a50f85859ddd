/**
 * What a wallet has said by itself that it received. Most payments need no question then; what
 * was not heard of is looked up.
 */
import type { PaymentRecord } from './ports.ts';

const MOST_KEPT = 5_000;

/** The last payments that came, by payment hash. */
export class Takings {
  readonly #amounts = new Map<string, bigint>();

  /** The wallet tells of a payment, in or out, settled or not. */
  note({ direction, state, paymentHash, amountMsat }: PaymentRecord): void {
    if (direction !== 'incoming' || state !== 'settled') return;
    const [oldest] = this.#amounts.keys();
    if (this.#amounts.size >= MOST_KEPT && oldest !== undefined) this.#amounts.delete(oldest);
    this.#amounts.set(paymentHash, amountMsat);
  }

  /** Whether at least that much came for a payment hash. */
  has(paymentHash: string, amountMsat: bigint): boolean {
    const came = this.#amounts.get(paymentHash);
    return came !== undefined && came >= amountMsat;
  }

  /** Another wallet is in use. */
  clear(): void {
    this.#amounts.clear();
  }
}
