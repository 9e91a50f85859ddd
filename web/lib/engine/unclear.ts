/**
 * Payments of one leg of which the payer does not know all: those without a clear outcome are
 * looked up and asked for, and those that were proven by others are looked up for their fees.
 * Spec: specs/payments.md, "Planning".
 */
import type { Leg } from '@realyield/protocol';
import { askForProof } from './asking.ts';
import type { JournalEntry } from './journal.ts';
import { feesOf, resolveEntries, type PaymentContext } from './payment.ts';
import type { PayerStatus } from './words.ts';

/** How long a payment is unclear before the payee is asked, ms; then ever less often. */
const LEAST_ASK_MS = 10_000;
const MOST_ASK_MS = 600_000;
/** How long until a wallet that said nothing of a fee is asked again, ms. */
const FEES_AGAIN_MS = 10_000;
/** Fees looked up at a time. */
const MOST_FEES = 8;

/** What one leg's payer does not know. */
export class Unclear {
  readonly #leg: Leg;
  readonly #feesUnknown = new Set<string>();
  #askedAtMs: number | undefined;
  #feesAskedAtMs: number | undefined;

  constructor(leg: Leg) {
    this.#leg = leg;
  }

  /**
   * Looks up what has no clear outcome: how it stands where something stays open, else whether
   * there was anything.
   */
  async resolve(context: PaymentContext): Promise<PayerStatus | 'changed' | 'clear'> {
    const open = this.#open(context);
    const waitsFor = await resolveEntries(context, open);
    if (!waitsFor) {
      this.#askedAtMs = undefined;
      return open.length > 0 ? 'changed' : 'clear';
    }
    await this.#ask(context);
    return waitsFor;
  }

  /** Looks up what was charged for payments that were proven before the wallet said so. */
  async completeFees({ desk, contract, wallet }: PaymentContext): Promise<void> {
    const { journal, clock } = desk;
    const lacking = journal
      .feeless(contract.view.root, this.#leg)
      .filter(({ paymentHash = '' }) => !this.#feesUnknown.has(paymentHash))
      .slice(0, MOST_FEES);
    if (lacking.length === 0 || !isOld(this.#feesAskedAtMs, FEES_AGAIN_MS, clock.nowMs())) return;
    this.#feesAskedAtMs = clock.nowMs();
    for (const entry of lacking) {
      const feesMsat = await feesOf(wallet, entry);
      if (feesMsat === 'silent') return;
      if (feesMsat === undefined) this.#feesUnknown.add(entry.paymentHash ?? '');
      else {
        const feesPaidMsat = feesMsat.toString();
        await journal.change([entry], (current) => current && { ...current, feesPaidMsat });
      }
    }
    this.#feesAskedAtMs = undefined;
  }

  #open({ desk, contract }: PaymentContext): readonly JournalEntry[] {
    return desk.journal
      .unproven(contract.view.root, this.#leg)
      .filter(({ step }) => step === 'sending' || step === 'unknown');
  }

  // P-35: "While the outcome of a payment is unclear, its payer's client asks the payee for the
  // proof (T-25), ever less often…"
  async #ask(context: PaymentContext): Promise<void> {
    const nowMs = context.desk.clock.nowMs();
    const open = this.#open(context);
    const sentAtMs = Math.min(...open.map((entry) => entry.sentAtMs ?? 0));
    const askedAtMs = this.#askedAtMs ?? sentAtMs;
    const patienceMs = Math.min(MOST_ASK_MS, Math.max(LEAST_ASK_MS, askedAtMs - sentAtMs));
    if (open.length === 0 || !isOld(askedAtMs, patienceMs, nowMs)) return;
    this.#askedAtMs = nowMs;
    await askForProof(context.desk, context.contract, this.#leg, open);
  }
}

/** Whether something was so long ago, or never; a clock that was put back does not hold it up. */
function isOld(atMs: number | undefined, patienceMs: number, nowMs: number): boolean {
  return atMs === undefined || Math.abs(nowMs - atMs) >= patienceMs;
}
