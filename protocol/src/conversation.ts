/**
 * The private conversation: typed rumors inside NIP-59 gift wraps, never published.
 * Spec: specs/conversation.md.
 */
import * as z from 'zod/mini';
import { canonicalize, parseCanonical } from './canonical.ts';
import {
  application,
  applicationNote,
  applicationStep,
  applicationWithdrawal,
} from './kinds/application-messages.ts';
import {
  documentDelivery,
  documentPiece,
  documentRefusal,
  documentWanted,
} from './kinds/document-messages.ts';
import { saleInvoice, salePaid, saleRefusal, saleWanted, tillCopy } from './kinds/till-messages.ts';
import {
  countField,
  embeddedField,
  hex32,
  legField,
  msatField,
  textField,
  versionField,
} from './kinds/fields.ts';
import { MAX_DELIVERED_PARTS, MAX_PARTS } from './params.ts';
import { ok, reject, type Result } from './result.ts';

// T-3: "A delivery carries at most 60 invoices: NIP-44 leaves a rumor 28,672 bytes of a wrap of 64
// kB, and a larger one arrives nowhere."
/** Most invoices in one delivery. */
export const MAX_DELIVERED_INVOICES = MAX_DELIVERED_PARTS;

const proposal = z.strictObject({
  v: versionField,
  type: z.literal('proposal'),
  /** The investor's acceptance, which embeds the contract. */
  acceptance: embeddedField,
  /** To the bank only: opens the commitment. */
  opening: z.optional(z.strictObject({ pubkey: hex32, salt: hex32 })),
});

const acceptance = z.strictObject({
  v: versionField,
  type: z.literal('acceptance'),
  contract: hex32,
  acceptance: embeddedField,
});

const terms = z.strictObject({
  v: versionField,
  type: z.literal('terms'),
  /** The proposal these terms answer, or the contract they would amend. */
  contract: hex32,
  /** The 2810 as its sender signed it, which nobody has accepted yet. */
  terms: embeddedField,
});

const withdrawal = z.strictObject({
  v: versionField,
  type: z.literal('withdrawal'),
  contract: hex32,
  /** The sender's withdrawal (2811). */
  withdrawal: embeddedField,
});

const partsWanted = z.strictObject({
  v: versionField,
  type: z.literal('partsWanted'),
  contract: hex32,
  leg: legField,
  n: z.array(countField(4_294_967_295)).check(z.minLength(1), z.maxLength(MAX_DELIVERED_INVOICES)),
  /** What each part is to count for in the contract's ledger. */
  units: z.array(msatField).check(z.minLength(1), z.maxLength(MAX_PARTS)),
  /** The payer wants to pay by way of the bank. */
  via: z.optional(z.literal('bank')),
  /** The payer has told its wallet already: it wants to know whether these were paid, no more. */
  proof: z.optional(z.literal(true)),
});

const requestDelivery = z.strictObject({
  v: versionField,
  type: z.literal('requestDelivery'),
  contract: hex32,
  /** The payee's signed request (2812). */
  request: embeddedField,
  /** BOLT11 invoices, in the order of the request's parts. */
  invoices: z.array(textField(4_096)).check(z.minLength(1), z.maxLength(MAX_DELIVERED_INVOICES)),
  /** The bank's forward, where the invoices are the bank's and not the payee's. */
  forward: z.optional(embeddedField),
  /** Parts that have been paid already, each with the preimage that proves it. */
  paid: z.optional(
    z
      .array(z.strictObject({ n: countField(4_294_967_295), preimage: hex32 }))
      .check(z.minLength(1), z.maxLength(MAX_DELIVERED_INVOICES)),
  ),
});

const refusal = z.strictObject({
  v: versionField,
  type: z.literal('refusal'),
  contract: hex32,
  /** What is refused: the proposal, or parts of a leg. */
  of: z.enum(['proposal', 'parts']),
  /** The amendment that is declined, where it is not the contract itself. */
  version: z.optional(hex32),
  code: z.enum([
    'notEffective',
    'wrongParts',
    'walletUnavailable',
    'noPrice',
    'paused',
    'declined',
    'counterpartyUnknown',
  ]),
  sentence: textField(500, 0),
});

/** Content of a rumor of kind 2809. */
export const messageSchema = z.discriminatedUnion('type', [
  proposal,
  acceptance,
  terms,
  withdrawal,
  partsWanted,
  requestDelivery,
  refusal,
  documentWanted,
  documentDelivery,
  documentPiece,
  documentRefusal,
  application,
  applicationStep,
  applicationNote,
  applicationWithdrawal,
  saleWanted,
  saleInvoice,
  salePaid,
  saleRefusal,
  tillCopy,
]);

/** A private message. */
export type Message = z.infer<typeof messageSchema>;
/** A message of one type. */
export type MessageOf<T extends Message['type']> = Extract<Message, { type: T }>;

/** Reads a rumor's content; anything odd is MESSAGE_SHAPE. */
export function parseMessage(content: string): Result<Message> {
  // T-1: "A reader MUST refuse content that is not canonical JSON or not one of these messages…"
  const json = parseCanonical(content);
  if (!json.ok) return reject('MESSAGE_SHAPE', json.code);
  const parsed = messageSchema.safeParse(json.value);
  if (!parsed.success) {
    return reject('MESSAGE_SHAPE', parsed.error.issues[0]?.path.map(String).join('.'));
  }
  const { data } = parsed;
  // T-2: "A reader MUST refuse a `partsWanted` with another number of amounts than parts…"
  if (data.type === 'partsWanted' && data.n.length !== data.units.length) {
    return reject('MESSAGE_SHAPE', 'units');
  }
  // AP-3: "A reader MUST refuse a step that declines without a reason as `MESSAGE_SHAPE`…"
  if (data.type === 'applicationStep' && data.status === 'declined' && !data.reason.trim()) {
    return reject('MESSAGE_SHAPE', 'reason');
  }
  return ok(data);
}

/** Writes a message as a rumor's content. */
export function formatMessage(message: Message): string {
  return canonicalize(message);
}

/** The contract a message is about; empty where it is about none. */
export function contractOfMessage(message: Message): string {
  if ('contract' in message) return message.contract;
  if (message.type !== 'proposal') return '';
  const named = message.acceptance.content['contract'];
  return typeof named === 'string' ? named : '';
}
