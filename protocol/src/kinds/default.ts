/**
 * Default and what follows it: the bank's guarantee in offer and contract, and the notices (2816)
 * of acceleration, write-off and recovery. Spec: specs/notices.md, specs/losses.md.
 */
import * as z from 'zod/mini';
import { MAX_RECOVERY_SHARES } from '../params.ts';
import {
  countField,
  hex32,
  idList,
  msatField,
  secField,
  textField,
  versionField,
} from './fields.ts';

/** Days from the day of a default to the day on which the guarantee is due. */
const payDaysField = countField(365);

/** `guarantee` of offer and contract: what the bank owes the investor after a default. */
export const guaranteeSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({
    type: z.literal('firstLoss'),
    /** At most this share of the principal disbursed, and never interest. */
    shareBps: countField(10_000).check(z.gte(1)),
    payDays: payDaysField,
  }),
  z.strictObject({
    type: z.literal('full'),
    /** Principal and interest, at most this share of the principal disbursed. */
    capBps: countField(20_000).check(z.gte(1)),
    payDays: payDaysField,
  }),
  /** Principal and interest, at most the contract's share of the bond that it pins. */
  z.strictObject({ type: z.literal('bond'), payDays: payDaysField }),
]);

const onContract = {
  v: versionField,
  contract: hex32,
  /** The heads this final step rests on. */
  seen: idList.check(z.minLength(1)),
  statement: textField(1_000, 0),
  prev: idList,
};

/** Everything outstanding falls due. */
export const acceleration = z.strictObject({ ...onContract, type: z.literal('acceleration') });

/** The bank expects no more; the debt stays. */
export const writeOff = z.strictObject({ ...onContract, type: z.literal('writeOff') });

/**
 * An offer's address. It goes into a tag, so it holds nothing that NIP-01 and JSON escape
 * differently: two readers would compute two ids.
 */
export const offerAddressField = z
  .string()
  .check(z.regex(/^32811:[0-9a-f]{64}:[a-z0-9][a-z0-9-]{0,63}$/));

/** What was got from the business or its security, and how the investors of an offer share it. */
export const recovery = z.strictObject({
  v: versionField,
  type: z.literal('recovery'),
  offer: z.strictObject({ id: hex32, address: offerAddressField }),
  /** When the bank got it. */
  recoveredAtSec: secField,
  grossUnits: msatField,
  /** Kept back for costs. */
  costsUnits: msatField,
  /** Rising; with their tags, more would not fit an event. */
  contracts: idsOfShares(),
  /** The share of each contract, in the same order. */
  shareUnits: z.array(msatField).check(z.minLength(1), z.maxLength(MAX_RECOVERY_SHARES)),
  statement: textField(1_000, 0),
  prev: idList,
});

function idsOfShares() {
  return z.array(hex32).check(
    z.minLength(1),
    z.maxLength(MAX_RECOVERY_SHARES),
    z.refine((ids) => ids.every((id, index) => index === 0 || (ids[index - 1] ?? '') < id)),
  );
}

/** What the bank guarantees. */
export type GuaranteeTerms = z.infer<typeof guaranteeSchema>;
/** The bank's word on money it recovered. */
export type RecoveryDocument = z.infer<typeof recovery>;
