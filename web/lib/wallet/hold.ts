/**
 * Hold invoices over Nostr Wallet Connect (NIP-47): made on a hash of somebody else's, settled by
 * its preimage or given back. Beside the methods of NIP-47 it reads what a wallet may say besides:
 * `outgoing_limits` in get_info, and which direction of a hash a lookup means, in `type`.
 */
import * as z from 'zod/mini';
import { parseBolt11 } from '@realyield/protocol';
import type { HoldRecord, HoldStatus, HoldWallet } from '../engine/forwarding/ports.ts';
import type { PaymentRecord, WalletAnswer } from '../engine/ports.ts';
import { toRecord, transactionSchema } from './answers.ts';

const count = z.int().check(z.gte(0));
const maybe = <T extends z.ZodMiniType>(schema: T) => z.optional(z.nullable(schema));

const statusSchema = z.object({
  block_height: count,
  methods: z.array(z.string()),
  outgoing_limits: maybe(
    z.object({
      max_cltv_expiry_delta: count,
      max_fee_base_msat: count,
      max_fee_millionths: count,
    }),
  ),
});

const recordSchema = z.extend(transactionSchema, { settle_deadline: maybe(count) });
const madeSchema = z.object({ invoice: z.string() });
const doneSchema = z.object({});

/** Methods without which nothing is passed on. */
const NEEDED = ['make_hold_invoice', 'settle_hold_invoice', 'cancel_hold_invoice'];

/** Asks a wallet one question; `convert` says what its result means, or that it makes no sense. */
export type Ask = <T, R>(
  method: string,
  params: Readonly<Record<string, unknown>>,
  schema: z.ZodMiniType<T>,
  convert: (result: T) => R | undefined,
) => Promise<WalletAnswer<R>>;

const CANNOT_TELL = {
  state: 'unknown',
  sentence: 'The wallet does not tell both directions of a payment hash apart.',
} as const;

function toStatus(info: z.infer<typeof statusSchema>): HoldStatus {
  const { block_height: height, methods, outgoing_limits: limits } = info;
  const isAble = NEEDED.every((method) => methods.includes(method));
  if (!isAble || !limits) return { height, limits: undefined };
  return {
    height,
    limits: {
      cltvBlocks: limits.max_cltv_expiry_delta,
      feeBaseMsat: BigInt(limits.max_fee_base_msat),
      feeMillionths: BigInt(limits.max_fee_millionths),
    },
  };
}

function toHoldRecord(found: z.infer<typeof recordSchema>): HoldRecord | undefined {
  const record = toRecord(found);
  return (
    record && {
      ...record,
      invoice: found.invoice?.toLowerCase() || undefined,
      settleDeadlineHeight: found.settle_deadline ?? undefined,
    }
  );
}

/** The hold invoices of a wallet that is asked by `ask`. */
export function createHoldWallet(ask: Ask): HoldWallet {
  const find = async (
    params: Readonly<Record<string, string>>,
    paymentHash: string,
  ): Promise<WalletAnswer<HoldRecord | undefined>> => {
    const answer = await ask('lookup_invoice', params, recordSchema, (found) => {
      const record = toHoldRecord(found);
      return record?.paymentHash === paymentHash ? { record } : undefined;
    });
    if (answer.state === 'answered') return { state: 'answered', value: answer.value.record };
    const isMissing = answer.state === 'refused' && answer.code === 'NOT_FOUND';
    return isMissing ? { state: 'answered', value: undefined } : answer;
  };
  const lookup = async (
    direction: PaymentRecord['direction'],
    { paymentHash, invoice }: { readonly paymentHash: string; readonly invoice?: string },
  ): Promise<WalletAnswer<HoldRecord | undefined>> => {
    const byHash = await find({ payment_hash: paymentHash, type: direction }, paymentHash);
    const isOther = byHash.state === 'answered' && byHash.value?.direction !== direction;
    if (!isOther || !byHash.value) return byHash;
    if (invoice === undefined) return CANNOT_TELL;
    const byInvoice = await find({ invoice }, paymentHash);
    const isSo = byInvoice.state !== 'answered' || byInvoice.value?.direction === direction;
    return isSo || !byInvoice.value ? byInvoice : CANNOT_TELL;
  };
  return {
    lookup,
    status: () => ask('get_info', {}, statusSchema, toStatus),
    make: ({ amountMsat, paymentHash, description, expirySec, cltvBlocks }) =>
      ask(
        'make_hold_invoice',
        {
          amount: Number(amountMsat),
          payment_hash: paymentHash,
          description,
          expiry: expirySec,
          min_cltv_expiry_delta: cltvBlocks,
        },
        madeSchema,
        (made) => {
          const invoice = parseBolt11(made.invoice);
          return invoice.ok ? { invoice: invoice.value.paymentRequest } : undefined;
        },
      ),
    settle: (preimage) => ask('settle_hold_invoice', { preimage }, doneSchema, () => ({})),
    cancel: (paymentHash) =>
      ask('cancel_hold_invoice', { payment_hash: paymentHash }, doneSchema, () => ({})),
  };
}
