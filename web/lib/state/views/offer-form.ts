/** The bank's form for an offer: text fields in, a document or what is wrong with them out. */
import {
  DAY_SEC,
  MAX_TERM_DAYS,
  leastTermDaysOf,
  offerContradiction,
  type OfferDocument,
} from '@realyield/protocol';
import type { AmountUnit } from '../../amount.ts';
import { readAppointees } from './appointee-form.ts';
import { readDenomination } from './denomination-form.ts';
import { readLegal } from './legal-form.ts';
import type { OfferForm, TrancheForm } from './offer-fields.ts';
import { mistakeOf } from './offer-mistakes.ts';
import { readPassing } from './passing-form.ts';
import { readPinned, type Allocation } from './pin-form.ts';
import { readOfferPlan, readRate } from './plan-form.ts';
import { FieldReader, type Mistakes } from './read-fields.ts';
import { readTillShare } from './till-form.ts';

/** What surrounds the form. */
export interface OfferContext {
  readonly network: OfferDocument['network'];
  readonly daySec: number;
  readonly relays: readonly string[];
  readonly nowSec: number;
  /** Whose offer it will be, 32-byte hex. */
  readonly bankKey: string;
  /** What the bank's pledges in force set aside, for whichever offer. */
  readonly allocations?: readonly Allocation[];
  /** What the bank attested on the business for this offer. */
  readonly attestation?: OfferDocument['attestation'];
}

/** The document, or a sentence for each field that does not fit. */
export type OfferFormResult =
  | { readonly ok: true; readonly document: OfferDocument }
  | { readonly ok: false; readonly mistakes: Mistakes };

function identifierOf(title: string, nowSec: number): string {
  const words = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return `${words || 'offer'}-${nowSec.toString(36)}`;
}

type Plan = OfferDocument['plan'];

function readTranche(
  form: TrancheForm,
  index: number,
  plan: Plan,
  read: FieldReader,
): OfferDocument['tranches'][number] {
  const path = (field: keyof TrancheForm): string => `tranches.${index}.${field}`;
  const shareBps = read.percent(path('sharePercent'), form.sharePercent, {
    most: 10_000,
    sentence: 'Write the share of the loan in per cent, like 60.',
  });
  const startDay = read.count(path('startDay'), form.startDay, {
    most: MAX_TERM_DAYS,
    sentence: 'Write the day of the contract on which it begins; 0 is the first.',
  });
  const streamDays = read.count(path('streamDays'), form.streamDays, {
    least: 1,
    most: MAX_TERM_DAYS,
    sentence: 'Write over how many days it is paid out.',
  });
  const ticks = read.count(path('ticks'), form.ticks, {
    least: 1,
    most: 100_000,
    sentence: 'Write the number of payments.',
  });
  const windowDays =
    form.windowDays.trim() === ''
      ? Math.max(1, leastTermDaysOf(plan) - startDay)
      : read.count(path('windowDays'), form.windowDays, {
          least: 1,
          most: MAX_TERM_DAYS,
          sentence: 'Write after how many days unpaid parts lapse, or leave it empty.',
        });
  const tranche = { shareBps, startDay, streamDays, windowDays, ticks };
  if (!form.hasMilestone) return tranche;
  const title = read.text(path('milestoneTitle'), form.milestoneTitle, {
    most: 120,
    sentence: 'Say what must be done before this money leaves.',
  });
  const description = read.text(path('milestoneText'), form.milestoneText, { most: 2_000 });
  return { ...tranche, milestone: { title, description } };
}

function readAttester(form: OfferForm, bankKey: string, read: FieldReader): string | undefined {
  const hasMilestone = form.tranches.some((tranche) => tranche.hasMilestone);
  if (!hasMilestone || form.attester === 'bank') return undefined;
  const key =
    form.attester === 'other'
      ? read.key('attesterKey', form.attesterKey, 'Paste the public key of who confirms.')
      : form.attester;
  return key === bankKey ? undefined : key;
}

function readBusiness(form: OfferForm, relays: readonly string[], read: FieldReader) {
  const pubkey = read.key('businessKey', form.businessKey, 'Paste the business’s public key.');
  const name = read.text('businessName', form.businessName, {
    most: 80,
    sentence: 'Name the business.',
  });
  const sector = read.text('sector', form.sector, { most: 40, sentence: 'Name the sector.' });
  const locality = read.text('locality', form.locality, { most: 80, sentence: 'Name the town.' });
  const country = form.country.trim().toUpperCase();
  if (!/^[A-Z]{2}$/.test(country)) read.wrong('country', 'Write its two letters, like SV.');
  return { pubkey, name, sector, place: { country, locality }, relays: [...relays] };
}

const TEXTS = {
  title: { most: 80, sentence: 'Give the offer a title.' },
  purpose: { most: 160, sentence: 'Say in one line what the money is for.' },
  story: { most: 6_000, sentence: 'Tell investors about the business and its plan.' },
  recovery: { most: 2_000, sentence: 'Say what the bank does when a payment is missed.' },
} as const;

function readTexts(form: OfferForm, read: FieldReader): Record<keyof typeof TEXTS, string> {
  const text = (field: keyof typeof TEXTS): string => read.text(field, form[field], TEXTS[field]);
  return {
    title: text('title'),
    purpose: text('purpose'),
    story: text('story'),
    recovery: text('recovery'),
  };
}

function readDefault(form: OfferForm, read: FieldReader): OfferDocument['default'] {
  const afterDays = read.count('afterDays', form.afterDays, {
    least: 1,
    most: 3_650,
    sentence: 'Write after how many days past due the loan may be called in default.',
  });
  const cureDays = read.count('cureDays', form.cureDays, {
    most: 365,
    sentence: 'Write how many days the business has after an arrears notice, 0 to 365.',
  });
  return { afterDays, cureDays };
}

const readTotal = (form: OfferForm, read: FieldReader, unit: AmountUnit): bigint =>
  read.amount('minimumTotal', form.minimumTotal, unit, 'Say the least that must come together');

function readAmounts(form: OfferForm, unit: AmountUnit, read: FieldReader) {
  const sought = read.amount('amountSought', form.amountSought, unit, 'Say how much is sought');
  const ticket = read.amount('minimumTicket', form.minimumTicket, unit, 'Say the smallest ticket');
  const total = form.minimumTotal.trim() === '' ? ticket : readTotal(form, read, unit);
  return { sought, ticket, total };
}

function readFunding(
  form: OfferForm,
  openDays: number,
  nowSec: number,
  read: FieldReader,
): OfferDocument['funding'] {
  if (!form.fundingRequired) return { required: false };
  const isOpen = form.fundingDays.trim() === '';
  const days = isOpen
    ? openDays
    : read.count('fundingDays', form.fundingDays, {
        least: 1,
        most: 3_650,
        sentence: 'Write within how many days it must come together, or leave it empty.',
      });
  return { required: true, deadlineAtSec: nowSec + days * DAY_SEC };
}

function readFees(form: OfferForm, read: FieldReader): OfferDocument['fees'] {
  const bounds = {
    least: 0,
    most: 5_000,
    sentence: 'Write what the bank charges in per cent, at most 50; 0 is nothing.',
  };
  const originationBps = read.percent('originationPercent', form.originationPercent, bounds);
  const servicingBps = read.percent('servicingPercent', form.servicingPercent, bounds);
  const origination = originationBps === 0 ? 'withheld' : form.origination;
  const forwarding = readPassing(form.passing, read);
  return { originationBps, origination, servicingBps, ...(forwarding ? { forwarding } : {}) };
}

function readGuarantee(form: OfferForm, read: FieldReader): OfferDocument['guarantee'] {
  const { guarantee: type } = form;
  if (type === 'none') return { type };
  const payDays = read.count('guaranteeDays', form.guaranteeDays, {
    most: 365,
    sentence: 'Write within how many days of a default the bank pays, 0 to 365.',
  });
  if (type === 'bond') return { type, payDays };
  const share = read.percent('guaranteePercent', form.guaranteePercent, {
    most: type === 'full' ? 20_000 : 10_000,
    sentence: 'Write the most the bank makes good, as a share of the loan, like 10.',
  });
  return type === 'full' ? { type, capBps: share, payDays } : { type, shareBps: share, payDays };
}

/** Reads the form; every field that does not fit is named with a sentence. */
export function readOfferForm(form: OfferForm, context: OfferContext): OfferFormResult {
  const read = new FieldReader();
  const relays = context.relays.slice(0, 4);
  const business = readBusiness(form, relays, read);
  const texts = readTexts(form, read);
  const parties = [context.bankKey, business.pubkey];
  const denomination = readDenomination(form.denomination, parties, read);
  const { sought, ticket, total } = readAmounts(form, denomination, read);
  const openDays = read.count('openDays', form.openDays, {
    least: 1,
    most: 3_650,
    sentence: 'Write for how many days the offer stays open, 1 to 3650.',
  });
  const funding = readFunding(form, openDays, context.nowSec, read);
  const rateBps = readRate(form.ratePercent, form.plan, read);
  const plan = readOfferPlan(form.plan, read, denomination);
  const tranches = form.tranches.map((tranche, index) => readTranche(tranche, index, plan, read));
  const attester = readAttester(form, context.bankKey, read);
  const served = readAppointees(form.appointees, parties, read);
  const terms = readDefault(form, read);
  const guarantee = readGuarantee(form, read);
  const { bond, identifier } = readPinned(
    form.bond,
    form.guarantee,
    context.allocations ?? [],
    read,
  );
  const fees = readFees(form, read);
  const tillShare = readTillShare(form.till, plan, read);
  const { legal, coolingOffDays } = readLegal(form.legal, read);
  if (read.mistakes) return { ok: false, mistakes: read.mistakes };
  const document: OfferDocument = {
    v: 1,
    // A pledge knows the offer by its identifier, so that is what it is called.
    identifier: identifier ?? identifierOf(form.title, context.nowSec),
    status: 'open',
    network: context.network,
    daySec: context.daySec,
    ...texts,
    business,
    amountSoughtUnits: sought.toString(),
    minimumTicketUnits: ticket.toString(),
    minimumTotalUnits: total.toString(),
    denomination,
    rateBps,
    dayCount: form.plan.dayCount,
    fees,
    plan,
    tranches,
    ...(attester === undefined ? {} : { attester }),
    ...served,
    ...(tillShare ? { tillShare } : {}),
    default: terms,
    guarantee,
    ...(bond ? { bond } : {}),
    legal,
    coolingOffDays,
    documents: form.documents.map(({ name, sha256 }) => ({ name, sha256 })),
    ...(context.attestation && { attestation: context.attestation }),
    relays: [...relays],
    expiresAtSec: context.nowSec + openDays * DAY_SEC,
    funding,
  };
  const contradiction = offerContradiction(document);
  return contradiction
    ? { ok: false, mistakes: mistakeOf(document, contradiction) }
    : { ok: true, document };
}
