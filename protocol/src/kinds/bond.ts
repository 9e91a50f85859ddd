/**
 * Bonds (2821): the Bitcoin key of one who can pay a bond out, and a bank's pledge of an output.
 * Spec: specs/bonds.md.
 */
import * as z from 'zod/mini';
import { MAX_SATOSHIS, WIRE_AMOUNT } from '../money.ts';
import {
  countField,
  embeddedField,
  hex32,
  identifierField,
  networkField,
  versionField,
} from './fields.ts';

/** A compressed public key of Bitcoin in lower-case hex. */
const bitcoinKey = z.string().check(z.regex(/^0[23][0-9a-f]{64}$/));

/** A signature of a message by a Bitcoin key: 65 bytes in base64. */
const messageSignature = z.string().check(z.regex(/^[A-Za-z0-9+/]{87}=$/));

/** An amount on the chain: satoshis as a decimal string. */
export const satField = z.string().check(
  z.regex(WIRE_AMOUNT),
  z.refine((text) => WIRE_AMOUNT.test(text) && BigInt(text) <= MAX_SATOSHIS),
);

/** Who can pay a collateral bond out, two of them together. */
export const keyHolderRole = z.enum(['arbiter', 'fallbackArbiter', 'trustee']);

const bondKey = z.strictObject({
  v: versionField,
  type: z.literal('bondKey'),
  role: keyHolderRole,
  /** The bank whose bonds it is held for. */
  bank: hex32,
  publicKey: bitcoinKey,
  /** By that key, over whom it is held by and for. */
  proof: messageSignature,
});

const pledge = z.strictObject({
  v: versionField,
  type: z.literal('pledge'),
  network: networkField,
  outpoint: z.strictObject({ txid: hex32, vout: countField(1_000_000) }),
  valueSat: satField,
  bankKey: bitcoinKey,
  /** From when the bank can take the output back. */
  lockTimeSec: countField(4_294_967_295),
  certificate: z.strictObject({
    endPeriod: countField(65_535),
    signature: messageSignature,
  }),
  /** The keys of the three, each as its holder's event; without them the bond is time-locked. */
  holders: z.optional(
    z.strictObject({
      arbiter: embeddedField,
      fallbackArbiter: embeddedField,
      trustee: embeddedField,
    }),
  ),
  /** What stands for which offer of the bank, by identifier. */
  allocations: z
    .array(z.strictObject({ offer: identifierField, valueSat: satField }))
    .check(z.maxLength(64)),
  /** The pledge this one takes the place of. */
  replaces: z.optional(hex32),
});

/** `bond` of offer and contract: which pledge, and how much of it is set aside for the offer. */
export const pinnedBondSchema = z.strictObject({ pledge: hex32, allocationSat: satField });

/** Content of 2821. */
export const bondSchema = z.discriminatedUnion('type', [bondKey, pledge]);

/** A key holder's key or a pledge. */
export type BondDocument = z.infer<typeof bondSchema>;
/** The key of one who can pay a bond out. */
export type BondKeyDocument = Extract<BondDocument, { type: 'bondKey' }>;
/** The bond that an offer and its contracts pin. */
export type PinnedBond = z.infer<typeof pinnedBondSchema>;
/** A bank's pledge. */
export type PledgeDocument = Extract<BondDocument, { type: 'pledge' }>;
