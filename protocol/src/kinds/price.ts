/** Price (2819): what one bitcoin cost in one minute, as an oracle says. Spec: specs/prices.md. */
import * as z from 'zod/mini';
import { currencyField, minorDigitsField } from './denomination.ts';
import { msatField, versionField } from './fields.ts';
import { MAX_SEC } from '../params.ts';

/** A minute: Unix seconds divided by 60, rounded down. */
export const minuteField = z.int().check(z.gte(0), z.lte(Math.floor(MAX_SEC / 60)));

/** Content of 2819. */
export const priceSchema = z.strictObject({
  v: versionField,
  currency: currencyField,
  minorDigits: minorDigitsField,
  minute: minuteField,
  /** Minor units of the currency for one bitcoin, decimal. */
  price: msatField,
});

/** A price. */
export type PriceDocument = z.infer<typeof priceSchema>;
