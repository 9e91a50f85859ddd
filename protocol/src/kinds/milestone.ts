/** Milestone (2815): claim, approval, refusal. Spec: specs/milestones.md. */
import * as z from 'zod/mini';
import {
  countField,
  documentHash,
  embeddedField,
  hex32,
  idList,
  textField,
  versionField,
} from './fields.ts';

/** The place of a tranche in its contract, counted from 0. */
const trancheField = countField(15);

const claim = z.strictObject({
  v: versionField,
  type: z.literal('claim'),
  contract: hex32,
  tranche: trancheField,
  statement: textField(2_000),
  evidence: z.array(documentHash).check(z.maxLength(16)),
  prev: idList,
});

const decision = <Type extends 'approval' | 'refusal'>(type: Type) =>
  z.strictObject({
    v: versionField,
    type: z.literal(type),
    contract: hex32,
    tranche: trancheField,
    /** The claim that is decided on. */
    claim: embeddedField,
    statement: textField(2_000, 0),
    prev: idList,
  });

/** Content of 2815. */
export const milestoneSchema = z.discriminatedUnion('type', [
  claim,
  decision('approval'),
  decision('refusal'),
]);

/** A milestone event of any type. */
export type MilestoneDocument = z.infer<typeof milestoneSchema>;
