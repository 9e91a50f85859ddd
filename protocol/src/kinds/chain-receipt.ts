/**
 * Chain receipt (2813): a debtor proves that it paid on the chain what its payee was silent about.
 * Spec: specs/tenders.md, "Chain receipt".
 */
import * as z from 'zod/mini';
import { MAX_SATOSHIS, WIRE_AMOUNT } from '../money.ts';
import { CHAIN_CONFIRMATIONS, MAX_CHAIN_TRANSACTION_HEX } from '../params.ts';
import { countField, embeddedField, hex32, idList, versionField } from './fields.ts';

/** Whole bytes in lower-case hex. */
const bytes = z.string().check(z.regex(/^([0-9a-f]{2})+$/));

/** An amount on the chain: satoshis as a decimal string. */
const satField = z.string().check(
  z.regex(WIRE_AMOUNT),
  z.refine((text) => WIRE_AMOUNT.test(text) && BigInt(text) <= MAX_SATOSHIS),
);

/** Content of 2813 by the debtor, of a payment to the payee's fallback address. */
export const chainReceiptSchema = z.strictObject({
  v: versionField,
  type: z.literal('chain'),
  contract: hex32,
  /** What was offered in vain, and is paid by this. */
  tender: embeddedField,
  /** Without witnesses, hex. */
  transaction: bytes.check(z.maxLength(MAX_CHAIN_TRANSACTION_HEX)),
  /** Which of its outputs pays, and how much. */
  vout: countField(1_000_000),
  valueSat: satField,
  branch: z.strictObject({
    position: countField(131_071),
    /** The hashes beside the way to the root, lowest first, as shown to people. */
    hashes: z.array(hex32).check(z.maxLength(17)),
  }),
  /** The header of its block, and of those after it, hex. */
  headers: z
    .array(z.string().check(z.regex(/^[0-9a-f]{160}$/)))
    .check(z.length(CHAIN_CONFIRMATIONS)),
  prev: idList,
});

/** A receipt of a payment on the chain. */
export type ChainReceiptDocument = z.infer<typeof chainReceiptSchema>;
