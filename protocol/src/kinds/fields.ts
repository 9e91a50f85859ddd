/** Schema pieces shared by all documents. Spec: specs/events.md, "Fields". */
import * as z from 'zod/mini';
import { isWellFormed } from '../canonical.ts';
import { WIRE_AMOUNT, MAX_MSAT } from '../money.ts';
import { MAX_SEC, MAX_TERM_DAYS } from '../params.ts';

/** 32 bytes in lower-case hex: ids, hashes, x-only public keys. */
export const hex32 = z.string().check(z.regex(/^[0-9a-f]{64}$/));

/** 64 bytes in lower-case hex: signatures. */
export const hex64 = z.string().check(z.regex(/^[0-9a-f]{128}$/));

/** An amount in msat as a decimal string. */
export const msatField = z.string().check(
  // M-1: "An amount in a document is a decimal string of millisatoshis without sign, leading zero
  // or exponent…"
  z.regex(WIRE_AMOUNT),
  z.refine((text) => WIRE_AMOUNT.test(text) && BigInt(text) <= MAX_MSAT),
);

/** Unix seconds. */
export const secField = z.int().check(z.gte(0), z.lte(MAX_SEC));

/** A count, number of days or index. */
export const countField = (most: number) => z.int().check(z.gte(0), z.lte(most));

/** Human text, at most `most` UTF-16 units, non-empty unless said. */
export const textField = (most: number, least = 1) =>
  z.string().check(z.minLength(least), z.maxLength(most), z.refine(isWellFormed));

/** A relay address. */
export const relayField = z
  .string()
  .check(z.maxLength(200), z.regex(/^wss?:\/\/[A-Za-z0-9.[\]:_-]+(\/[\x21-\x7e]*)?$/));

/** A Bitcoin address, as far as its letters go; of which network, the terms say. */
export const addressField = z.string().check(z.regex(/^[0-9A-Za-z]{14,90}$/));

/** Lists of event ids: at most 64, sorted and without repetition so that one list is one text. */
export const idList = z.array(hex32).check(
  z.maxLength(64),
  z.refine((ids) => ids.every((id, index) => index === 0 || (ids[index - 1] ?? '') < id)),
);

/** The name of an addressable event among its author's (NIP-01 `d`). */
export const identifierField = z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,63}$/));

/** Annual rate or share in basis points. */
export const bpsField = z.int().check(z.gte(0), z.lte(100_000));

/** The document version. */
export const versionField = z.literal(1);

/** Bitcoin networks by name. */
export const networkField = z.enum(['mainnet', 'testnet', 'signet', 'regtest']);

/** A place: ISO 3166-1 alpha-2 country and a locality in words. */
export const placeField = z.strictObject({
  country: z.string().check(z.regex(/^[A-Z]{2}$/)),
  locality: textField(80),
});

/** An event inside another: its content is the JSON object, canonical once written. */
export const embeddedField = z.strictObject({
  id: hex32,
  pubkey: hex32,
  created_at: secField,
  kind: countField(65_535),
  tags: z.array(z.array(z.string())),
  content: z.record(z.string(), z.unknown()),
  sig: hex64,
});

/** An embedded event as it stands in a document. */
export type EmbeddedEvent = z.infer<typeof embeddedField>;

/** What must be done and approved before a tranche streams. */
export const milestoneField = z.strictObject({
  title: textField(120),
  description: textField(2_000, 0),
});

/** When lateness may be called default. */
export const defaultField = z.strictObject({
  /** Days the oldest unpaid instalment must be past due. */
  afterDays: countField(3_650).check(z.gte(1)),
  /** Days from an arrears notice in which payment cures. */
  cureDays: countField(365),
});

/** Instalments a plan may have. */
export const instalmentsField = countField(600).check(z.gte(1));

/** Days of a plan: at least one, at most forty years. */
export const planDaysField = countField(MAX_TERM_DAYS).check(z.gte(1));

/** What an attestation is on. */
export const matterField = z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,31}$/));

/** A document named by its hash; where it can be had travels privately. */
export const documentHash = z.strictObject({ name: textField(120), sha256: hex32 });

/** The three parties every contract has. */
export const partyRole = z.enum(['investor', 'business', 'bank']);

/** A party's role. */
export type PartyRole = z.infer<typeof partyRole>;

/** The money legs: who pays whom and for what. */
export const legField = z.enum([
  'disbursement',
  'repayment',
  'originationFee',
  'servicing',
  'guarantee',
  'handedOn',
  'recovery',
  'tillShare',
  'takings',
]);

/** A leg's name. */
export type Leg = z.infer<typeof legField>;
