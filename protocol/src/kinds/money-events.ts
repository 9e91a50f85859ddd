/**
 * Payment request (2812), receipt (2813), acknowledgement (2814), notice (2816).
 * Spec: specs/payments.md.
 */
import * as z from 'zod/mini';
import { MAX_ORACLES, MAX_PARTS } from '../params.ts';
import { acceleration, offerAddressField, recovery, writeOff } from './default.ts';
import { minuteField } from './price.ts';
import {
  countField,
  embeddedField,
  hex32,
  idList,
  instalmentsField,
  legField,
  msatField,
  secField,
  textField,
  versionField,
} from './fields.ts';

// P-39: "A reader MUST refuse a request or a receipt of more than 300 parts as `CONTENT_SCHEMA`…"
/** Part numbers: rising, so that one set of parts is one text. */
const partNumbers = z.array(countField(4_294_967_295)).check(
  z.minLength(1),
  z.maxLength(MAX_PARTS),
  z.refine((list) => list.every((n, index) => index === 0 || (list[index - 1] ?? -1) < n)),
);

const column = <T extends z.ZodMiniType>(field: T) =>
  z.array(field).check(z.minLength(1), z.maxLength(MAX_PARTS));

/** Content of 2812: a list of parts in columns, with one shared payment window. */
export const requestSchema = z.strictObject({
  v: versionField,
  type: z.literal('request'),
  contract: hex32,
  leg: legField,
  notBeforeSec: secField,
  expiresAtSec: secField,
  /** Signed in advance, for a payee who is away. */
  book: z.optional(z.literal(true)),
  /** The terms in force for the payee; the root's where it names none. */
  version: z.optional(hex32),
  n: partNumbers,
  msat: column(msatField),
  paymentHash: column(hex32),
  /** Asked for by way of the bank: what the payee itself is paid of each part. */
  via: z.optional(z.strictObject({ netMsat: column(msatField) })),
  /** In a contract that is kept in a currency: what the parts count for, and at what price. */
  priced: z.optional(
    z.strictObject({
      minute: minuteField,
      /** What each part counts for in the contract's ledger. */
      units: column(msatField),
      /** Prices of that minute, each oracle's once. */
      prices: z.array(embeddedField).check(z.maxLength(MAX_ORACLES)),
    }),
  ),
  /** Heads of the contract the payee knew. */
  seen: idList,
});

/** Content of 2812 by the bank: it passes parts of a request on, under their own hashes. */
export const forwardSchema = z.strictObject({
  v: versionField,
  type: z.literal('forward'),
  contract: hex32,
  request: hex32,
  n: partNumbers,
});

/** Content of 2813. */
export const receiptSchema = z.strictObject({
  v: versionField,
  contract: hex32,
  request: embeddedField,
  /** The bank's forward, where the parts were paid through it. */
  forward: z.optional(embeddedField),
  n: partNumbers,
  preimage: column(hex32),
  prev: idList,
});

const received = z.strictObject({
  v: versionField,
  type: z.literal('received'),
  contract: hex32,
  items: z
    .array(z.strictObject({ request: hex32, n: partNumbers }))
    .check(z.minLength(1), z.maxLength(100)),
  prev: idList,
});

const objection = z.strictObject({
  v: versionField,
  type: z.literal('objection'),
  contract: hex32,
  request: hex32,
  n: partNumbers,
  statement: textField(1_000),
  /** When the payee says the money came, if it disputes the time. */
  settledAtSec: z.optional(secField),
  prev: idList,
});

const cash = z.strictObject({
  v: versionField,
  type: z.literal('cash'),
  contract: hex32,
  leg: legField,
  /** What it counts for in the contract's ledger. */
  units: msatField,
  receivedAtSec: secField,
  method: z.enum(['cash', 'bank transfer']),
  prev: idList,
});

/** Content of 2814. */
export const acknowledgementSchema = z.discriminatedUnion('type', [received, objection, cash]);

const closure = z.strictObject({
  v: versionField,
  type: z.literal('closure'),
  contract: hex32,
  /** The heads this final step rests on. */
  seen: idList.check(z.minLength(1)),
  statement: textField(1_000, 0),
  prev: idList,
});

const fundingReached = z.strictObject({
  v: versionField,
  type: z.literal('fundingReached'),
  offer: z.strictObject({ id: hex32, address: offerAddressField }),
  /** With their tags, more would not fit an event. */
  contracts: z.array(hex32).check(z.minLength(1), z.maxLength(400)),
  totalUnits: msatField,
  prev: idList,
});

const fundingFailed = z.strictObject({
  v: versionField,
  type: z.literal('fundingFailed'),
  offer: z.strictObject({ id: hex32, address: offerAddressField }),
  /** The contracts that end by it. */
  contracts: z.array(hex32).check(z.maxLength(400)),
  statement: textField(1_000, 0),
  prev: idList,
});

const takeover = z.strictObject({
  v: versionField,
  type: z.literal('takeover'),
  contract: hex32,
  /** The heads this final step rests on. */
  seen: idList.check(z.minLength(1)),
  statement: textField(1_000, 0),
  prev: idList,
});

const arrears = z.strictObject({
  v: versionField,
  type: z.literal('arrears'),
  contract: hex32,
  /** The instalment that is late, counted from 1. */
  instalment: instalmentsField,
  /** The heads it rests on. */
  seen: idList.check(z.minLength(1)),
  statement: textField(1_000, 0),
  prev: idList,
});

const defaultNotice = z.strictObject({
  v: versionField,
  type: z.literal('default'),
  contract: hex32,
  /** The heads this final step rests on. */
  seen: idList.check(z.minLength(1)),
  statement: textField(1_000, 0),
  prev: idList,
});

/** Content of 2816. */
export const noticeSchema = z.discriminatedUnion('type', [
  closure,
  fundingReached,
  fundingFailed,
  takeover,
  arrears,
  defaultNotice,
  acceleration,
  writeOff,
  recovery,
]);

/** A payment request. */
export type RequestDocument = z.infer<typeof requestSchema>;
/** The bank's word that it passes parts on. */
export type ForwardDocument = z.infer<typeof forwardSchema>;
/** A payment receipt. */
export type ReceiptDocument = z.infer<typeof receiptSchema>;
/** An acknowledgement of any type. */
export type AcknowledgementDocument = z.infer<typeof acknowledgementSchema>;
/** A notice of any type. */
export type NoticeDocument = z.infer<typeof noticeSchema>;
