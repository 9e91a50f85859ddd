/**
 * Tender (2820): a debtor offers to pay what it cannot be asked for, and its creditor answers.
 * Spec: specs/tenders.md.
 */
import * as z from 'zod/mini';
import { countField, embeddedField, hex32, idList, msatField, versionField } from './fields.ts';
import { MAX_TENDERED_PARTS } from '../params.ts';

/** Legs on which a debtor is late when its payee does not ask. */
export const TENDER_LEGS = ['repayment', 'servicing'] as const;

const some = [z.minLength(1), z.maxLength(MAX_TENDERED_PARTS)] as const;

/** Content of 2820 by the debtor: the parts it would pay now. */
export const tenderSchema = z.strictObject({
  v: versionField,
  type: z.literal('tender'),
  contract: hex32,
  leg: z.enum(TENDER_LEGS),
  n: z.array(countField(4_294_967_295)).check(
    ...some,
    z.refine((list) => list.every((n, index) => index === 0 || (list[index - 1] ?? -1) < n)),
  ),
  /** What each part would count for in the contract's ledger. */
  units: z.array(msatField).check(...some),
  prev: idList,
});

/** Content of 2820 by the creditor: the parts asked for, with invoices everybody can check. */
export const tenderAnswerSchema = z.strictObject({
  v: versionField,
  type: z.literal('tenderAnswer'),
  contract: hex32,
  tender: hex32,
  request: embeddedField,
  /** BOLT 11 texts, in the order of the request's parts. */
  invoices: z.array(z.string().check(z.minLength(1), z.maxLength(1_000))).check(...some),
  prev: idList,
});

/** A tender. */
export type TenderDocument = z.infer<typeof tenderSchema>;
/** An answer to a tender. */
export type TenderAnswerDocument = z.infer<typeof tenderAnswerSchema>;
