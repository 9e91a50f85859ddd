/** What a contract's ledger is kept in. Spec: specs/prices.md, "Denomination". */
import * as z from 'zod/mini';
import { MAX_MINOR_DIGITS, MAX_ORACLES } from '../params.ts';
import { countField, hex32 } from './fields.ts';

/** A currency by its ISO 4217 code. */
export const currencyField = z.string().check(z.regex(/^[A-Z]{3}$/));

/** Decimal places of a currency's minor unit. */
export const minorDigitsField = countField(MAX_MINOR_DIGITS);

const fiat = z.strictObject({
  type: z.literal('fiat'),
  currency: currencyField,
  minorDigits: minorDigitsField,
  /** Whose prices count; rising, so that one set is one text. */
  oracles: z.array(hex32).check(
    z.minLength(1),
    z.maxLength(MAX_ORACLES),
    z.refine((list) => list.every((key, at) => at === 0 || (list[at - 1] ?? '') < key)),
  ),
  /** How many of them must have given a price for a minute: more than half. */
  quorum: countField(MAX_ORACLES).check(z.gte(1)),
});

/** Content of `denomination`, the same in offer and contract. */
export const denominationSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('msat') }),
  fiat,
]);

/** What a contract's ledger is kept in. */
export type Denomination = z.infer<typeof denominationSchema>;
/** A currency with the oracles whose prices turn it into msat. */
export type FiatDenomination = z.infer<typeof fiat>;
