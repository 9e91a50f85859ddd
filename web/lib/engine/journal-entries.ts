/** What the journal has of one part, and what follows it. */
import type { Leg, PlannedPart, RequestDocument, SignedEvent } from '@realyield/protocol';

/**
 * Steps of a part. `wanted`: to be asked for. `checked`: request and invoice checked, payable.
 * `sending`: the wallet has been told, or is about to be. `unknown`: told, no clear answer.
 * `paid`: the preimage is here. `receipted`: the receipt is signed and in the outbox.
 * `failed`: the wallet said that nothing left; the part may be asked for again.
 * `chain`: its person was shown where to pay it on the chain; over Lightning it is not paid.
 */
export type JournalStep =
  'wanted' | 'checked' | 'sending' | 'unknown' | 'paid' | 'receipted' | 'failed' | 'chain';

/** One part in the journal. */
export interface JournalEntry {
  readonly contract: string;
  readonly leg: Leg;
  readonly n: number;
  /** What it counts for in the contract's ledger, decimal. */
  readonly amountUnits: string;
  /** What is paid for it, by its request, decimal; there is none before that is here. */
  readonly amountMsat?: string;
  readonly step: JournalStep;
  readonly updatedAtMs: number;
  /** When the parts were last asked for, ms; 0 when never. */
  readonly askedAtMs: number;
  readonly request?: SignedEvent;
  /** The bank's word, where it passes the payment on. */
  readonly forward?: SignedEvent;
  /** A direct payment has definitely failed before. */
  readonly noRoute?: true;
  readonly invoice?: string;
  readonly paymentHash?: string;
  readonly expiresAtSec?: number;
  /** When the wallet was told, ms. */
  readonly sentAtMs?: number;
  /** Which wallet was told: another one need not know of it. */
  readonly wallet?: string;
  readonly preimage?: string;
  readonly feesPaidMsat?: string;
  readonly receipt?: string;
  /** Why it failed, in words. */
  readonly reason?: string;
  /** The order it is a part of, where several investors are paid at once, and its place in it. */
  readonly together?: { readonly order: string; readonly round: number };
}

/** Whether a part is paid by way of the bank: by its word, or by what the payee signed. */
export function isThroughBank({ forward, request }: JournalEntry): boolean {
  if (forward || !request) return forward !== undefined;
  return (JSON.parse(request.content) as RequestDocument).via !== undefined;
}

/** What a part's payment took from the wallet, or takes, without fees. */
export function paidMsat({ amountMsat, amountUnits }: JournalEntry): bigint {
  // Entries written before there were loans in currencies have the units alone, which are msat.
  return BigInt(amountMsat ?? amountUnits);
}

/** The first entry of a part. */
export function wantedEntry(
  contract: string,
  leg: Leg,
  n: number,
  amountUnits: bigint,
  nowMs: number,
): JournalEntry {
  const amount = amountUnits.toString();
  return {
    contract,
    leg,
    n,
    amountUnits: amount,
    step: 'wanted',
    updatedAtMs: nowMs,
    askedAtMs: 0,
  };
}

/** The first entries of planned parts. */
export function wantedEntries(
  contract: string,
  parts: readonly PlannedPart[],
  nowMs: number,
): readonly JournalEntry[] {
  return parts.map(({ leg, n, amountUnits }) => wantedEntry(contract, leg, n, amountUnits, nowMs));
}

/** A part whose request cannot be used any more: to be asked for again. */
export function renewedEntry(entry: JournalEntry, nowMs: number): JournalEntry {
  const { contract, leg, n, amountUnits, together, step } = entry;
  const wanted = wantedEntry(contract, leg, n, BigInt(amountUnits), nowMs);
  const isStuck = entry.noRoute === true || (step === 'failed' && !isThroughBank(entry));
  const tried = isStuck ? { ...wanted, noRoute: true as const } : wanted;
  return together ? { ...tried, together } : tried;
}

/**
 * A part that is proven. Request and invoice have done their work: the receipt holds the request,
 * so that a long stream is not kept twice.
 */
export function provenEntry(entry: JournalEntry, nowMs: number, receipt?: string): JournalEntry {
  const { request: _request, forward: _forward, invoice: _invoice, ...rest } = entry;
  const proven = { ...rest, step: 'receipted' as const, updatedAtMs: nowMs };
  return receipt === undefined ? proven : { ...proven, receipt };
}
