/** Agreement: contract (2810) and signature (2811). Spec: specs/contract.md. */
import * as z from 'zod/mini';
import { appointeeRole, appointeesField, silenceDaysField } from './appointees.ts';
import { fundingField } from './funding.ts';
import {
  addressField,
  bpsField,
  countField,
  defaultField,
  embeddedField,
  hex32,
  idList,
  milestoneField,
  msatField,
  networkField,
  partyRole,
  relayField,
  secField,
  textField,
  versionField,
} from './fields.ts';
import { pinnedBondSchema } from './bond.ts';
import { guaranteeSchema } from './default.ts';
import { denominationSchema } from './denomination.ts';
import { coolingOffField, legalSchema } from './legal.ts';
import { feesSchema } from './fees.ts';
import { dayCountField, planSchema } from './plan.ts';
import { tillShareSchema } from './till-share.ts';

const party = z.strictObject({
  pubkey: hex32,
  /** Where this party reads gift wraps for this contract. */
  relays: z.array(relayField).check(z.minLength(1), z.maxLength(4)),
  /** May replace and revoke this role's keys, and nothing else. */
  recovery: z.optional(hex32),
});

// TE-24: "Only an investor names a fallback address, and only in a contract…"
const investor = z.strictObject({
  ...party.shape,
  /** Where it is paid on the chain once it has been silent for long. */
  fallbackAddress: z.optional(addressField),
});

/** One tranche with absolute dates. */
export const trancheSchema = z.strictObject({
  amountUnits: msatField,
  /** Time of the first tick. */
  fromSec: secField,
  /** The ticks are spread evenly from `fromSec` up to, not including, this time. */
  toSec: secField,
  /** Ticks unpaid at this time lapse. */
  lapsesAtSec: secField,
  ticks: countField(100_000).check(z.gte(1)),
  /** The tranche streams only after this is approved. */
  milestone: z.optional(milestoneField),
});

/** Content of 2810. */
export const contractSchema = z.strictObject({
  v: versionField,
  network: networkField,
  daySec: countField(86_400).check(z.gte(1)),
  /** What the contract rests on; the offer version always, each event embedded once. */
  bases: z
    .array(
      z.strictObject({
        as: z.enum(['offer', 'attestation', 'consent', 'appointment']),
        event: embeddedField,
      }),
    )
    .check(z.minLength(1), z.maxLength(12)),
  parties: z.strictObject({ investor, business: party, bank: party }),
  /** Salted commitment to the investor's main key: computeCommitment. */
  commitment: hex32,
  nonce: hex32,
  denomination: denominationSchema,
  principalUnits: msatField,
  rateBps: bpsField,
  dayCount: dayCountField,
  fees: feesSchema,
  startAtSec: secField,
  plan: planSchema,
  tranches: z.array(trancheSchema).check(z.minLength(1), z.maxLength(16)),
  /** Who approves milestones; the bank where nobody is named. */
  attester: z.optional(hex32),
  default: defaultField,
  guarantee: guaranteeSchema,
  bond: z.optional(pinnedBondSchema),
  tillShare: z.optional(tillShareSchema),
  legal: legalSchema,
  coolingOffDays: coolingOffField,
  /** Acceptances dated later do not count. */
  expiresAtSec: secField,
  /** The proposal this one answers; nothing else follows from it. */
  counters: z.optional(hex32),
  funding: fundingField,
  appointees: z.optional(appointeesField),
  silenceDays: z.optional(silenceDaysField),
  /** Of an amendment: the contract and which version of its terms these terms replace. */
  replaces: z.optional(z.strictObject({ root: hex32, version: hex32 })),
  reason: z.optional(z.enum(['amendment', 'restructuring'])),
  /** What is unpaid of instalments fallen due stays due, or is asked for by the new ones. */
  arrears: z.optional(z.enum(['stay', 'fold'])),
});

const acceptance = z.strictObject({
  v: versionField,
  type: z.literal('acceptance'),
  contract: hex32,
  role: partyRole,
  terms: embeddedField,
  /** Hash of the key-facts sheet of these terms, which this party saw: keyFactsHash. */
  keyFacts: hex32,
  /** Key that may sign this role's requests, receipts and acknowledgements, nothing else. */
  delegate: z.optional(hex32),
  /** Bank only: its register, in which gaps and forks show. */
  register: z.optional(
    z.strictObject({ serial: countField(1_000_000_000).check(z.gte(1)), previous: hex32 }),
  ),
  prev: idList,
});

const withdrawal = z.strictObject({
  v: versionField,
  type: z.literal('withdrawal'),
  contract: hex32,
  reason: textField(500, 0),
  prev: idList,
});

const consent = z.strictObject({
  v: versionField,
  type: z.literal('consent'),
  offer: hex32,
  prev: idList,
});

const appointment = z.strictObject({
  v: versionField,
  type: z.literal('appointment'),
  offer: hex32,
  role: appointeeRole,
  prev: idList,
});

/** Content of 2811. */
export const signatureSchema = z.discriminatedUnion('type', [
  acceptance,
  withdrawal,
  consent,
  appointment,
]);

/** Complete terms of one contract. */
export type ContractDocument = z.infer<typeof contractSchema>;
/** One tranche. */
export type Tranche = z.infer<typeof trancheSchema>;
/** A signature of any type. */
export type SignatureDocument = z.infer<typeof signatureSchema>;
/** A party's acceptance of one exact contract. */
export type AcceptanceDocument = z.infer<typeof acceptance>;
