/** What wallets answer (NIP-47), checked for shape: a wallet is not believed on its word. */
import * as z from 'zod/mini';
import type { PaymentRecord } from '../engine/ports.ts';

const amount = z.int().check(z.gte(0));
const hash = z.string().check(z.regex(/^[0-9a-fA-F]{64}$/));
const maybe = <T extends z.ZodMiniType>(schema: T) => z.optional(z.nullable(schema));

/** The frame of an answer. */
export const replySchema = z.object({
  result_type: z.optional(z.string()),
  error: maybe(z.object({ code: z.string(), message: z._default(z.string(), '') })),
  result: z.optional(z.unknown()),
});

/** Answer to get_info. */
export const infoSchema = z.object({
  alias: maybe(z.string()),
  pubkey: maybe(z.string()),
  network: maybe(z.string()),
  methods: z.array(z.string()),
  notifications: maybe(z.array(z.string())),
});

/** Answer to get_balance, msat. */
export const balanceSchema = z.object({ balance: amount });

/** Answer to get_budget, msat; empty where there is none. */
export const budgetSchema = z.object({
  total_budget: maybe(amount),
  used_budget: maybe(amount),
});

/** Answer to pay_invoice. */
export const paySchema = z.object({ preimage: hash, fees_paid: maybe(amount) });

/** Answer to make_invoice; everything else about it is read from the invoice itself. */
export const madeSchema = z.object({ invoice: z.string() });

/** A transaction, as lookup_invoice and notifications carry it. */
export const transactionSchema = z.object({
  type: z.optional(z.enum(['incoming', 'outgoing'])),
  state: maybe(z.string()),
  invoice: maybe(z.string()),
  preimage: maybe(z.string()),
  payment_hash: hash,
  amount,
  fees_paid: maybe(amount),
  settled_at: maybe(z.int()),
});

const STATES: Readonly<Record<string, PaymentRecord['state']>> = {
  settled: 'settled',
  pending: 'pending',
  failed: 'failed',
  expired: 'expired',
  accepted: 'accepted',
};

/** A transaction as the engine reads it; undefined when its state cannot be told. */
export function toRecord(
  transaction: z.infer<typeof transactionSchema>,
): PaymentRecord | undefined {
  const { state, settled_at } = transaction;
  // Older wallets name no state: a settled time is what tells.
  const named = state ? STATES[state.toLowerCase()] : settled_at ? 'settled' : 'pending';
  if (!named) return undefined;
  return {
    state: named,
    direction: transaction.type ?? 'incoming',
    paymentHash: transaction.payment_hash.toLowerCase(),
    preimage: transaction.preimage?.toLowerCase() || undefined,
    amountMsat: BigInt(transaction.amount),
    feesPaidMsat: BigInt(transaction.fees_paid ?? 0),
    settledAtSec: settled_at ?? undefined,
  };
}
