/** The bank's form for an offer: text fields in, a document or what is wrong with them out. */
import {
  MAX_TERM_DAYS,
  offerContradiction,
  termDaysOf,
  type OfferDocument,
} from '@realyield/protocol';
import { readLegal } from './legal-form.ts';
import type { OfferForm, TrancheForm } from './offer-fields.ts';
import { mistakeOf } from './offer-mistakes.ts';
import { FieldReader, type Mistakes } from './read-fields.ts';

/** What surrounds the form. */
export interface OfferContext {
  readonly network: OfferDocument['network'];
  readonly daySec: number;
  readonly relays: readonly string[];
  readonly nowSec: number;
  /** Whose offer it will be, 32-byte hex. */
  readonly bankKey: string;
}

/** The document, or a sentence for each field that does not fit. */
export type OfferFormResult =
  | { readonly ok: true; readonly document: OfferDocument }
  | { readonly ok: false; readonly mistakes: Mistakes };

const YEAR_SEC = 31_536_000;

/** The form offers no late fee. */
const NO_LATE_FEE = { flatMsat: '0', rateBps: 0, capBps: 0 };

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

function readPlan(form: OfferForm, read: FieldReader): Plan {
  const days = { least: 1, most: MAX_TERM_DAYS };
  const graceDays = read.count('graceDays', form.graceDays, {
    most: 365,
    sentence: 'Write the days of grace, 0 to 365.',
  });
  if (form.plan === 'bullet') {
    const sentence = 'Write the term in whole days.';
    const termDays = read.count('termDays', form.termDays, { ...days, sentence });
    const due = { rule: 'days' as const, firstDay: termDays, everyDays: 1, count: 1 };
    return { type: 'bullet', due, graceDays, lateFee: NO_LATE_FEE };
  }
  const count = read.count('instalments', form.instalments, {
    least: 1,
    most: 600,
    sentence: 'Write the number of instalments, 1 to 600.',
  });
  const firstDay = read.count('firstDueDay', form.firstDueDay, {
    ...days,
    sentence: 'Write on which day of the contract the first instalment is due.',
  });
  const everyDays = read.count('everyDays', form.everyDays, {
    ...days,
    sentence: 'Write how many days lie between two instalments.',
  });
  return {
    type: 'equalPrincipal',
    due: { rule: 'days', firstDay, everyDays, count },
    graceDays,
    lateFee: NO_LATE_FEE,
    prepayment: 'nextDue',
    principalMoratorium: 0,
    interestMoratorium: 0,
  };
}

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
      ? Math.max(1, termDaysOf(plan) - startDay)
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
  if (!/^[A-Z]{2}$/.test(country)) read.wrong('country', 'Two letters, like SV.');
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

/** Reads the form; every field that does not fit is named with a sentence. */
export function readOfferForm(form: OfferForm, context: OfferContext): OfferFormResult {
  const read = new FieldReader();
  const relays = context.relays.slice(0, 4);
  const business = readBusiness(form, relays, read);
  const texts = readTexts(form, read);
  const sought = read.sats('amountSought', form.amountSought, 'Say how much is sought, in sats.');
  const ticket = read.sats(
    'minimumTicket',
    form.minimumTicket,
    'Say the smallest ticket, in sats.',
  );
  const rateBps = read.percent('ratePercent', form.ratePercent, {
    most: 100_000,
    sentence: 'Write the yearly rate like 9.5.',
  });
  const plan = readPlan(form, read);
  const tranches = form.tranches.map((tranche, index) => readTranche(tranche, index, plan, read));
  const attester = readAttester(form, context.bankKey, read);
  const terms = readDefault(form, read);
  const { legal, coolingOffDays } = readLegal(form.legal, read);
  if (read.mistakes) return { ok: false, mistakes: read.mistakes };
  const document: OfferDocument = {
    v: 1,
    identifier: identifierOf(form.title, context.nowSec),
    status: 'open',
    network: context.network,
    daySec: context.daySec,
    ...texts,
    business,
    amountSoughtMsat: sought.toString(),
    minimumTicketMsat: ticket.toString(),
    minimumTotalMsat: ticket.toString(),
    denomination: { type: 'msat' },
    rateBps,
    dayCount: 'ACT/365F',
    plan,
    tranches,
    ...(attester === undefined ? {} : { attester }),
    default: terms,
    guarantee: { type: 'none' },
    legal,
    coolingOffDays,
    documents: form.documents.map(({ name, sha256 }) => ({ name, sha256 })),
    relays: [...relays],
    expiresAtSec: context.nowSec + YEAR_SEC,
  };
  const contradiction = offerContradiction(document);
  return contradiction
    ? { ok: false, mistakes: mistakeOf(document, contradiction) }
    : { ok: true, document };
}
