/** The NIP-47 methods of the wallet service, from unchecked parameters to results. */
import * as z from 'zod';
import { toHex } from './ldk.ts';
import type { LightningWallet } from './lightning-wallet.ts';
import type { Direction, LedgerEntry, PaymentState } from './wallet-ledger.ts';
import { done, refuse, type WalletOutcome } from './wallet-outcome.ts';
import { NETWORK, nowSec } from './wallet-rules.ts';

/** One client's permission to use the wallet. */
export interface WalletConnection {
  /** The client's key, x-only hex. */
  readonly publicKey: string;
  /** The most it may spend in all, fees included; without limit unless given. */
  readonly budgetMsat?: bigint | undefined;
}

/** What a method works on. */
export interface MethodContext {
  readonly wallet: LightningWallet;
  readonly alias: string;
  readonly connection: WalletConnection;
}

/** A result as JSON can carry it. */
export type MethodResult = Readonly<Record<string, unknown>>;

type Answer = WalletOutcome<MethodResult> | Promise<WalletOutcome<MethodResult>>;

/** One method. */
export interface WalletMethod {
  /** Whether it changes something: then a request is executed once, and remembered. */
  readonly isChange: boolean;
  readonly run: (context: MethodContext, params: unknown) => Answer;
}

/** Notifications sent, space-separated as NIP-47 writes them. */
export const NOTIFICATION_TYPES = 'payment_received payment_sent hold_invoice_accepted';

/** Bytes of text a BOLT 11 invoice can carry as description. */
const DESCRIPTION_BYTES = 639;

const LIST_LIMIT = 100;
const SECONDS_PER_YEAR = 31_536_000;

const amount = z.int().positive();
const hash = z.string().regex(/^[0-9a-f]{64}$/i);
const lowerHash = hash.transform((text) => text.toLowerCase());
const seconds = z.int().nonnegative();
const nothing = z.object({});

const invoiceFields = {
  amount,
  description: z
    .string()
    .refine((text) => Buffer.byteLength(text) <= DESCRIPTION_BYTES)
    .nullish(),
  description_hash: lowerHash.nullish().or(z.literal('')),
  expiry: z.int().positive().max(SECONDS_PER_YEAR).nullish(),
};

const schemas = {
  pay: z.object({ invoice: z.string(), amount: amount.nullish() }),
  make: z.object(invoiceFields),
  makeHold: z.object({
    ...invoiceFields,
    payment_hash: lowerHash,
    min_cltv_expiry_delta: z.int().positive().max(1_000).nullish(),
  }),
  settle: z.object({ preimage: lowerHash }),
  cancel: z.object({ payment_hash: lowerHash }),
  lookup: z.object({
    payment_hash: lowerHash.nullish(),
    invoice: z.string().nullish(),
    /** Beyond NIP-47: tells apart what a wallet received and sent under one hash. */
    type: z.enum(['incoming', 'outgoing']).nullish(),
  }),
  list: z.object({
    from: seconds.nullish(),
    until: seconds.nullish(),
    limit: seconds.nullish(),
    offset: seconds.nullish(),
    unpaid: z.boolean().nullish(),
    unpaid_incoming: z.boolean().nullish(),
    unpaid_outgoing: z.boolean().nullish(),
    type: z.enum(['incoming', 'outgoing']).nullish(),
  }),
};

/** The state NIP-47 clients read: an unpaid invoice past its time is `expired`. */
function stateOf(entry: LedgerEntry): PaymentState | 'expired' {
  const isUnpaid = entry.direction === 'incoming' && entry.state === 'pending';
  return isUnpaid && entry.expiresAtSec <= nowSec() ? 'expired' : entry.state;
}

/** An entry as NIP-47 writes a transaction; preimages of settled payments only. */
export function toTransaction(entry: LedgerEntry): MethodResult {
  const isSettled = entry.state === 'settled';
  return {
    type: entry.direction,
    state: stateOf(entry),
    invoice: entry.bolt11,
    description: entry.description ?? '',
    description_hash: entry.descriptionHash ?? '',
    preimage: isSettled ? entry.preimage : undefined,
    payment_hash: entry.paymentHash,
    amount: Number(entry.amountMsat),
    fees_paid: Number(entry.feesPaidMsat),
    created_at: entry.createdAtSec,
    expires_at: entry.expiresAtSec,
    settled_at: entry.settledAtSec,
    settle_deadline: entry.isHold ? entry.settleDeadlineHeight : undefined,
  };
}

/** Which of several entries is meant where a client does not say: the one that matters most. */
const PRECEDENCE: readonly PaymentState[] = ['settled', 'accepted', 'pending', 'failed'];

function pickEntry(
  entries: readonly LedgerEntry[],
  direction: Direction | undefined,
): LedgerEntry | undefined {
  const wanted = entries.filter((entry) => !direction || entry.direction === direction);
  const rank = (entry: LedgerEntry): number => PRECEDENCE.indexOf(entry.state);
  return wanted.sort((a, b) => rank(a) - rank(b))[0];
}

function method<T>(
  schema: z.ZodType<T>,
  run: (context: MethodContext, params: T) => Answer,
  isChange = false,
): WalletMethod {
  return {
    isChange,
    run: (context, params) => {
      const parsed = schema.safeParse(params ?? {});
      if (parsed.success) return run(context, parsed.data);
      const field = parsed.error.issues[0]?.path.join('.') ?? '';
      return refuse('OTHER', `The request cannot be read: ${field || 'parameters'}.`);
    },
  };
}

function asTransaction(outcome: WalletOutcome<LedgerEntry>): WalletOutcome<MethodResult> {
  return outcome.ok ? done(toTransaction(outcome.value)) : outcome;
}

/** What a client is told about a payment that was made. */
export function asPaid(outcome: WalletOutcome<LedgerEntry>): WalletOutcome<MethodResult> {
  if (!outcome.ok) return outcome;
  const { preimage, feesPaidMsat } = outcome.value;
  return done({ preimage, fees_paid: Number(feesPaidMsat) });
}

function makeInvoice(context: MethodContext, params: z.infer<typeof schemas.make>): Answer {
  const made = context.wallet.makeInvoice({
    amountMsat: BigInt(params.amount),
    description: params.description_hash
      ? { hash: params.description_hash }
      : (params.description ?? ''),
    expirySec: params.expiry ?? undefined,
  });
  return asTransaction(made);
}

function makeHoldInvoice(context: MethodContext, params: z.infer<typeof schemas.makeHold>): Answer {
  const made = context.wallet.makeInvoice({
    amountMsat: BigInt(params.amount),
    description: params.description_hash
      ? { hash: params.description_hash }
      : (params.description ?? ''),
    expirySec: params.expiry ?? undefined,
    paymentHash: params.payment_hash,
    minFinalCltvExpiry: params.min_cltv_expiry_delta ?? undefined,
  });
  return asTransaction(made);
}

function lookup({ wallet }: MethodContext, params: z.infer<typeof schemas.lookup>): Answer {
  const { invoice, payment_hash, type } = params;
  if (!invoice && !payment_hash) {
    return refuse('OTHER', 'The request names neither a payment hash nor an invoice.');
  }
  const entries = invoice
    ? wallet.ledger.byInvoice(invoice.toLowerCase())
    : wallet.ledger.byHash(payment_hash ?? '');
  const entry = pickEntry([...entries], type ?? undefined);
  if (!entry) return refuse('NOT_FOUND', 'The wallet knows of no such payment.');
  return done(toTransaction(entry));
}

function list({ wallet }: MethodContext, params: z.infer<typeof schemas.list>): Answer {
  const unsettled: Direction[] = [];
  if (params.unpaid || params.unpaid_incoming) unsettled.push('incoming');
  if (params.unpaid || params.unpaid_outgoing) unsettled.push('outgoing');
  const { entries, total } = wallet.ledger.list({
    fromSec: params.from ?? 0,
    untilSec: params.until ?? nowSec(),
    direction: params.type ?? undefined,
    unsettled,
    limit: Math.min(params.limit || LIST_LIMIT, LIST_LIMIT),
    offset: params.offset ?? 0,
  });
  return done({ transactions: entries.map(toTransaction), total_count: total });
}

function budget({ wallet, connection }: MethodContext): Answer {
  const { publicKey, budgetMsat } = connection;
  if (budgetMsat === undefined) return done({});
  return done({
    used_budget: Number(wallet.computeSpentMsat(publicKey)),
    total_budget: Number(budgetMsat),
    renewal_period: 'never',
  });
}

function info({ wallet, alias }: MethodContext): Answer {
  const { height, hash: blockHash } = wallet.node.chain.tip();
  return done({
    alias,
    color: '#000000',
    pubkey: wallet.node.nodeId,
    network: NETWORK,
    block_height: height,
    // Block hashes are shown back to front.
    block_hash: toHex(blockHash.reverse()),
    methods: [...WALLET_METHODS.keys()],
    notifications: NOTIFICATION_TYPES.split(' '),
    // Beyond NIP-47: by this a bank knows whether it can pass a payment on in time.
    outgoing_limits: {
      max_cltv_expiry_delta: wallet.limits.cltvBlocks,
      max_fee_base_msat: Number(wallet.limits.feeBaseMsat),
      max_fee_millionths: Number(wallet.limits.feeMillionths),
    },
  });
}

async function pay(
  { wallet, connection }: MethodContext,
  params: z.infer<typeof schemas.pay>,
): Promise<WalletOutcome<MethodResult>> {
  const order = {
    bolt11: params.invoice,
    amountMsat: params.amount ? BigInt(params.amount) : undefined,
    connection: connection.publicKey,
    budgetMsat: connection.budgetMsat,
  };
  return asPaid(await wallet.pay(order));
}

/** The methods by name. */
export const WALLET_METHODS: ReadonlyMap<string, WalletMethod> = new Map([
  ['pay_invoice', method(schemas.pay, pay, true)],
  ['make_invoice', method(schemas.make, makeInvoice, true)],
  ['lookup_invoice', method(schemas.lookup, lookup)],
  ['list_transactions', method(schemas.list, list)],
  ['get_balance', method(nothing, getBalance)],
  ['get_info', method(nothing, info)],
  ['get_budget', method(nothing, budget)],
  ['make_hold_invoice', method(schemas.makeHold, makeHoldInvoice, true)],
  ['settle_hold_invoice', method(schemas.settle, settle, true)],
  ['cancel_hold_invoice', method(schemas.cancel, cancel, true)],
]);

function getBalance({ wallet }: MethodContext): Answer {
  return done({ balance: Number(wallet.node.balanceMsat()) });
}

async function settle(
  { wallet }: MethodContext,
  { preimage }: z.infer<typeof schemas.settle>,
): Promise<WalletOutcome<MethodResult>> {
  const outcome = await wallet.settleHold(preimage);
  return outcome.ok ? done({}) : outcome;
}

function cancel({ wallet }: MethodContext, params: z.infer<typeof schemas.cancel>): Answer {
  const outcome = wallet.cancelHold(params.payment_hash);
  return outcome.ok ? done({}) : outcome;
}
