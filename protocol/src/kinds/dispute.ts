/** Dispute steps (2817), from the opening of a case to its closing. Spec: specs/disputes.md. */
import * as z from 'zod/mini';
import { satField } from './bond.ts';
import {
  countField,
  documentHash,
  embeddedField,
  hex32,
  idList,
  msatField,
  secField,
  textField,
  versionField,
} from './fields.ts';

/** What a case can be about. */
export const DISPUTE_REASONS = [
  'notRepaid',
  'notDisbursed',
  'milestoneFalse',
  'misrepresentation',
  'notAcknowledged',
  'rulingNotComplied',
] as const;

/** A block that was known when a step was signed: the step is no older than it. */
const blockField = z.strictObject({
  height: countField(100_000_000),
  hash: hex32,
  medianTimeSec: secField,
});

/** A Bitcoin address as it stands in a tag-free document; whether it is one, a payout checks. */
const addressField = z.string().check(z.regex(/^[0-9A-Za-z]{14,100}$/));

/** What somebody is to pay; a case has one award for each contract and leg. */
const awardField = z.strictObject({
  contract: hex32,
  leg: z.enum(['disbursement', 'repayment', 'guarantee', 'recovery']),
  units: msatField,
  /** Where a payout of the bond goes. */
  address: z.optional(addressField),
});

/** Contracts one case can be about. */
const MAX_AWARDS = 100;
const awardsField = z.array(awardField).check(z.maxLength(MAX_AWARDS));
const documentsField = z.array(documentHash).check(z.maxLength(16));
/** Steps one list of what was in time can name. */
export const MAX_ADMITTED = 300;
const admittedField = z.array(hex32).check(
  z.maxLength(MAX_ADMITTED),
  z.refine((ids) => ids.every((id, index) => index === 0 || (ids[index - 1] ?? '') < id)),
);

const onContract = { v: versionField, contract: hex32, prev: idList };
const onCase = { ...onContract, dispute: hex32 };
const claimed = {
  claimUnits: msatField,
  /** Where a payout of the bond would go. */
  address: z.optional(addressField),
  statement: textField(4_000),
  block: blockField,
};

/** A PSBT in base64: of a hundred outputs it takes a tenth of that. */
const psbtField = z.string().check(z.maxLength(30_000), z.regex(/^[A-Za-z0-9+/]+={0,2}$/));

/** A raw transaction in hex. */
const transactionField = z.string().check(z.maxLength(30_000), z.regex(/^([0-9a-f]{2})+$/));

/** Of the outcome, from the bond of a pledge. */
const fromBond = { outcome: hex32, pledge: embeddedField };

/** Somebody who was paid, and how much. */
const paidField = z.strictObject({ address: addressField, valueSat: satField });

/** That a transaction lies in a block: the block's header, and the branch to its root. */
const inclusionField = z.strictObject({
  height: countField(100_000_000),
  header: z.string().check(z.regex(/^[0-9a-f]{160}$/)),
  position: countField(4_000_000),
  hashes: z.array(hex32).check(z.maxLength(17)),
});

/** Content of 2817. */
export const disputeSchema = z.discriminatedUnion('type', [
  z.strictObject({
    ...onContract,
    ...claimed,
    type: z.literal('open'),
    reason: z.enum(DISPUTE_REASONS),
    documents: documentsField,
    /** Events of the contract the claim rests on. */
    events: idList,
  }),
  z.strictObject({ ...onCase, ...claimed, type: z.literal('join') }),
  z.strictObject({
    ...onCase,
    type: z.literal('response'),
    statement: textField(4_000),
    documents: documentsField,
  }),
  z.strictObject({
    ...onCase,
    type: z.literal('evidence'),
    statement: textField(4_000, 0),
    documents: documentsField,
    events: idList,
  }),
  z.strictObject({
    ...onCase,
    type: z.literal('proposal'),
    awards: awardsField,
    payBySec: secField,
    statement: textField(2_000, 0),
  }),
  z.strictObject({ ...onCase, type: z.literal('settlement'), proposal: embeddedField }),
  z.strictObject({
    ...onCase,
    type: z.literal('taken'),
    /** Steps that were in time. */
    admitted: admittedField,
    block: blockField,
  }),
  z.strictObject({
    ...onCase,
    type: z.literal('ruling'),
    taken: hex32,
    admitted: admittedField,
    findings: textField(8_000),
    awards: awardsField,
    payBySec: secField,
    block: blockField,
  }),
  z.strictObject({ ...onCase, type: z.literal('fallback'), block: blockField }),
  z.strictObject({
    ...onCase,
    type: z.literal('compliance'),
    /** The ruling or the accepted proposal. */
    outcome: hex32,
    receipts: idList,
    statement: textField(2_000, 0),
  }),
  /** A key holder signs a payout; whoever is the second can send it. */
  z.strictObject({
    ...onCase,
    ...fromBond,
    type: z.literal('payout'),
    feeSat: satField,
    psbt: psbtField,
  }),
  /** A payout is in a block: what it spent, whom it paid, and what is still a bond. */
  z.strictObject({
    ...onCase,
    ...fromBond,
    type: z.literal('paidOut'),
    spent: z.strictObject({ txid: hex32, vout: countField(1_000_000), valueSat: satField }),
    txid: hex32,
    paid: z.array(paidField).check(z.minLength(1), z.maxLength(MAX_AWARDS)),
    /** Back under the same script, in the output after those paid; 0 where nothing is. */
    changeSat: satField,
    transaction: transactionField,
    inclusion: inclusionField,
  }),
  z.strictObject({ ...onCase, type: z.literal('withdrawal'), statement: textField(2_000, 0) }),
  z.strictObject({ ...onCase, type: z.literal('closing'), statement: textField(2_000, 0) }),
]);

/** A dispute step of any type. */
export type DisputeDocument = z.infer<typeof disputeSchema>;
/** What a case is about. */
export type DisputeReason = (typeof DISPUTE_REASONS)[number];
/** What somebody is to pay under a ruling or a settlement. */
export type Award = z.infer<typeof awardField>;
/** A payout as one of the three has signed it. */
export type PayoutDocument = Extract<DisputeDocument, { type: 'payout' }>;
/** A payout that is on the chain. */
export type PaidOutDocument = Extract<DisputeDocument, { type: 'paidOut' }>;
