/** What the bank types into its form for an offer. */
import type { OfferDocument } from '@realyield/protocol';
import type { Sharing } from '../../engine/documents/library.ts';
import { emptyAppointeeForm, type AppointeeForm } from './appointee-form.ts';
import { emptyBondForm, type BondForm } from './pin-form.ts';
import { emptyDenominationForm, type DenominationForm } from './denomination-form.ts';
import { takeUpForm } from './kept-form.ts';
import { emptyLegalForm, type LegalForm } from './legal-fields.ts';
import { emptyPassingForm, PASSING_USES, type PassingForm } from './passing-form.ts';
import {
  DAY_COUNTS,
  DUE_RULES,
  PLAN_TYPES,
  PREPAYMENTS,
  emptyPlanForm,
  type PlanForm,
} from './plan-fields.ts';
import { emptyTillShareForm, TILLS, type TillShareForm } from './till-form.ts';

/** One tranche, as typed. */
export interface TrancheForm {
  sharePercent: string;
  startDay: string;
  streamDays: string;
  /** Empty: until the last due day. */
  windowDays: string;
  ticks: string;
  hasMilestone: boolean;
  milestoneTitle: string;
  milestoneText: string;
}

/** A document the offer names, and who gets it. */
export interface DocumentForm {
  name: string;
  sha256: string;
  sizeBytes: number;
  sharing: Sharing;
}

/** What the form holds, as typed. */
export interface OfferForm {
  title: string;
  purpose: string;
  story: string;
  businessKey: string;
  businessName: string;
  sector: string;
  country: string;
  locality: string;
  denomination: DenominationForm;
  amountSought: string;
  minimumTicket: string;
  /** The least that must come together; empty: one ticket. */
  minimumTotal: string;
  /** Nothing is paid out before the bank says that enough came together. */
  fundingRequired: boolean;
  /** Days in which it must; empty: as long as the offer is open. */
  fundingDays: string;
  /** Days for which the offer can be accepted. */
  openDays: string;
  ratePercent: string;
  /** What the bank charges: once of each tranche, and of each repayment. */
  originationPercent: string;
  origination: OfferDocument['fees']['origination'];
  servicingPercent: string;
  /** Whether the bank passes payments on. */
  passing: PassingForm;
  plan: PlanForm;
  till: TillShareForm;
  tranches: TrancheForm[];
  /** `bank`, a known bank's public key, or `other`: then `attesterKey` says who. */
  attester: string;
  attesterKey: string;
  afterDays: string;
  cureDays: string;
  recovery: string;
  /** What the bank owes when it is not repaid. */
  guarantee: OfferDocument['guarantee']['type'];
  guaranteePercent: string;
  guaranteeDays: string;
  bond: BondForm;
  appointees: AppointeeForm;
  legal: LegalForm;
  documents: DocumentForm[];
}

/** A tranche as the form begins it. */
export function emptyTranche(): TrancheForm {
  return {
    sharePercent: '',
    startDay: '0',
    streamDays: '7',
    windowDays: '',
    ticks: '7',
    hasMilestone: false,
    milestoneTitle: '',
    milestoneText: '',
  };
}

/** An empty form: one tranche from the first day, everything repaid at the end. */
export function emptyOfferForm(): OfferForm {
  return {
    title: '',
    purpose: '',
    story: '',
    businessKey: '',
    businessName: '',
    sector: '',
    country: '',
    locality: '',
    denomination: emptyDenominationForm(),
    amountSought: '',
    minimumTicket: '',
    minimumTotal: '',
    fundingRequired: false,
    fundingDays: '',
    openDays: '365',
    ratePercent: '',
    originationPercent: '0',
    origination: 'withheld',
    servicingPercent: '0',
    passing: emptyPassingForm(),
    plan: emptyPlanForm(),
    till: emptyTillShareForm(),
    tranches: [{ ...emptyTranche(), sharePercent: '100' }],
    attester: 'bank',
    attesterKey: '',
    afterDays: '30',
    cureDays: '14',
    recovery: '',
    guarantee: 'none',
    guaranteePercent: '10',
    guaranteeDays: '30',
    bond: emptyBondForm(),
    appointees: emptyAppointeeForm(),
    legal: emptyLegalForm(),
    documents: [],
  };
}

const begun = <T extends string>(value: T, known: readonly T[], otherwise: T): T =>
  known.includes(value) ? value : otherwise;

/** The form as it was kept on this device, by this version of the client or an older one. */
export function keptOfferForm(kept: unknown): OfferForm {
  const empty = emptyOfferForm();
  const document: DocumentForm = { name: '', sha256: '', sizeBytes: 0, sharing: 'parties' };
  const form = takeUpForm(empty, kept, { tranches: emptyTranche(), documents: document });
  const { plan, legal } = form;
  plan.type = begun(plan.type, PLAN_TYPES, empty.plan.type);
  plan.rule = begun(plan.rule, DUE_RULES, empty.plan.rule);
  plan.dayCount = begun(plan.dayCount, DAY_COUNTS, empty.plan.dayCount);
  plan.prepayment = begun(plan.prepayment, PREPAYMENTS, empty.plan.prepayment);
  legal.prevails = begun(legal.prevails, ['contract', 'legalText'], empty.legal.prevails);
  legal.identityCheck = begun(legal.identityCheck, ['bank', 'none'], 'none');
  form.passing.use = begun(form.passing.use, PASSING_USES, empty.passing.use);
  form.till.runBy = begun(form.till.runBy, TILLS, empty.till.runBy);
  form.origination = begun(form.origination, ['withheld', 'onTop'], 'withheld');
  form.guarantee = begun(form.guarantee, ['none', 'firstLoss', 'full', 'bond'], 'none');
  if (form.tranches.length === 0) form.tranches = empty.tranches;
  for (const each of form.documents) {
    each.sharing = begun(each.sharing, ['anyone', 'parties'], 'parties');
  }
  return form;
}
