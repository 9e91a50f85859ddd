/**
 * Which fixed sentences a key-facts sheet says, by what the contract has. The words are the
 * client's; the ids are signed. Spec: specs/key-facts.md, "Sentences".
 */
import type { ContractDocument } from '../kinds/agreement.ts';

/** Where on the sheet a sentence stands. */
export type SentenceSection = 'ifNotPaid' | 'rights' | 'notCovered';

interface Sentence {
  readonly id: string;
  readonly section: SentenceSection;
  readonly applies: (document: ContractDocument) => boolean;
}

const always = (): boolean => true;

const sharesRevenue = ({ plan }: ContractDocument): boolean => plan.type === 'revenueShare';

const hasLateFee = ({ plan }: ContractDocument): boolean => plan.lateFee.capBps > 0;

const recoversAtTill = ({ tillShare }: ContractDocument): boolean =>
  tillShare !== undefined && tillShare.recoveryBps > tillShare.shareBps;

const isInCurrency = ({ denomination }: ContractDocument): boolean => denomination.type === 'fiat';

const pinsBond = ({ bond }: ContractDocument): boolean => bond !== undefined;
const hasFallback = ({ parties: { investor } }: ContractDocument): boolean =>
  investor.fallbackAddress !== undefined;

/** Every sentence in the order of the sheet. */
const SENTENCES = [
  { id: 'grace', section: 'ifNotPaid', applies: ({ plan }) => plan.graceDays > 0 },
  { id: 'interestRunsOn', section: 'ifNotPaid', applies: ({ rateBps }) => rateBps > 0 },
  { id: 'lateFee', section: 'ifNotPaid', applies: hasLateFee },
  { id: 'noLateFee', section: 'ifNotPaid', applies: (document) => !hasLateFee(document) },
  { id: 'arrearsNotice', section: 'ifNotPaid', applies: always },
  { id: 'defaultNotice', section: 'ifNotPaid', applies: always },
  { id: 'acceleration', section: 'ifNotPaid', applies: always },
  { id: 'defaultPublished', section: 'ifNotPaid', applies: ({ legal }) => legal.publishDefault },
  { id: 'defaultNotNamed', section: 'ifNotPaid', applies: ({ legal }) => !legal.publishDefault },
  { id: 'bankEnforces', section: 'ifNotPaid', applies: ({ legal }) => legal.mandate.enforce },
  { id: 'nobodyEnforces', section: 'ifNotPaid', applies: ({ legal }) => !legal.mandate.enforce },
  { id: 'securityPledged', section: 'ifNotPaid', applies: ({ legal }) => legal.security !== '' },
  {
    id: 'guaranteeFirstLoss',
    section: 'ifNotPaid',
    applies: ({ guarantee }) => guarantee.type === 'firstLoss',
  },
  {
    id: 'guaranteeFull',
    section: 'ifNotPaid',
    applies: ({ guarantee }) => guarantee.type === 'full',
  },
  {
    id: 'guaranteeBond',
    section: 'ifNotPaid',
    applies: ({ guarantee }) => guarantee.type === 'bond',
  },
  { id: 'bondForRuling', section: 'ifNotPaid', applies: pinsBond },
  { id: 'tillRecovery', section: 'ifNotPaid', applies: recoversAtTill },
  { id: 'withdrawBeforeEffect', section: 'rights', applies: always },
  { id: 'coolingOff', section: 'rights', applies: ({ coolingOffDays }) => coolingOffDays > 0 },
  { id: 'unstreamedStays', section: 'rights', applies: always },
  {
    id: 'milestoneFirst',
    section: 'rights',
    applies: ({ tranches }) => tranches.some(({ milestone }) => milestone !== undefined),
  },
  { id: 'revenueShare', section: 'rights', applies: sharesRevenue },
  { id: 'tillShare', section: 'rights', applies: ({ tillShare }) => tillShare !== undefined },
  { id: 'repayEarly', section: 'rights', applies: (document) => !sharesRevenue(document) },
  { id: 'repayEarlySameCost', section: 'rights', applies: sharesRevenue },
  { id: 'complain', section: 'rights', applies: always },
  {
    id: 'legalTextPrevails',
    section: 'rights',
    applies: ({ legal }) => legal.text !== undefined && legal.prevails === 'legalText',
  },
  {
    id: 'contractPrevails',
    section: 'rights',
    applies: ({ legal }) => legal.text !== undefined && legal.prevails === 'contract',
  },
  { id: 'fallbackAddress', section: 'rights', applies: hasFallback },
  { id: 'businessMayFail', section: 'notCovered', applies: always },
  { id: 'noDepositInsurance', section: 'notCovered', applies: always },
  {
    id: 'noGuarantee',
    section: 'notCovered',
    applies: ({ guarantee }) => guarantee.type === 'none',
  },
  { id: 'noBond', section: 'notCovered', applies: (document) => !pinsBond(document) },
  { id: 'bondHolders', section: 'notCovered', applies: pinsBond },
  { id: 'noSecurity', section: 'notCovered', applies: ({ legal }) => legal.security === '' },
  { id: 'bitcoinPrice', section: 'notCovered', applies: (document) => !isInCurrency(document) },
  { id: 'currencyPrice', section: 'notCovered', applies: isInCurrency },
  {
    id: 'passedOn',
    section: 'notCovered',
    applies: ({ fees }) => fees.forwarding !== undefined,
  },
  {
    id: 'tillHeld',
    section: 'notCovered',
    applies: ({ tillShare }) => tillShare?.runBy === 'bank',
  },
  {
    id: 'tillUnwatched',
    section: 'notCovered',
    applies: ({ tillShare }) => tillShare?.runBy === 'business',
  },
  { id: 'paymentsFinal', section: 'notCovered', applies: always },
  {
    id: 'taxWithheld',
    section: 'notCovered',
    applies: ({ legal }) => legal.withholdingTax.bps > 0,
  },
  { id: 'ownTaxes', section: 'notCovered', applies: always },
] as const satisfies readonly Sentence[];

/** The id of a fixed sentence. */
export type SentenceId = (typeof SENTENCES)[number]['id'];

/** Every sentence's id with its section, in the order of the sheet. */
export const KEY_FACT_SENTENCES: readonly {
  readonly id: SentenceId;
  readonly section: SentenceSection;
}[] = SENTENCES.map(({ id, section }) => ({ id, section }));

/** Ids of the sentences of one section that a contract's sheet says, in order. */
export function sentencesOf(document: ContractDocument, section: SentenceSection): SentenceId[] {
  // K-11: "A sheet lists the ids of exactly those sentences whose condition the contract meets, in
  // the order of the table."
  return SENTENCES.filter((each) => each.section === section && each.applies(document)).map(
    ({ id }) => id,
  );
}
