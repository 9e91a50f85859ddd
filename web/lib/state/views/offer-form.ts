/** The bank's form for an offer: text fields in, a document or the first mistake out. */
import { offerContradiction, type OfferDocument } from '@realyield/protocol';
import { parseSat } from '../../format.ts';

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
  amountSought: string;
  minimumTicket: string;
  ratePercent: string;
  termDays: string;
  streamDays: string;
  ticks: string;
  recovery: string;
  law: string;
}

/** What surrounds the form. */
export interface OfferContext {
  readonly network: OfferDocument['network'];
  readonly daySec: number;
  readonly relays: readonly string[];
  readonly nowSec: number;
}

/** The document, or the field that does not fit and why. */
export type OfferFormResult =
  | { readonly ok: true; readonly document: OfferDocument }
  | { readonly ok: false; readonly field: keyof OfferForm; readonly sentence: string };

const YEAR_SEC = 31_536_000;

function wrong(field: keyof OfferForm, sentence: string): OfferFormResult {
  return { ok: false, field, sentence };
}

function wholeNumber(text: string, most: number): number | undefined {
  const trimmed = text.trim();
  if (!/^\d{1,6}$/.test(trimmed)) return undefined;
  const value = Number(trimmed);
  return value >= 1 && value <= most ? value : undefined;
}

/** A yearly rate in per cent with up to two decimals, as basis points. */
function parseRate(text: string): number | undefined {
  const match = /^(\d{1,3})(?:[.,](\d{1,2}))?$/.exec(text.trim().replace(/\s*%$/, ''));
  if (!match) return undefined;
  return Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
}

function identifierOf(title: string, nowSec: number): string {
  const words = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return `${words || 'offer'}-${nowSec.toString(36)}`;
}

const TEXT_FIELDS = [
  ['title', 80, 'Give the offer a title.'],
  ['purpose', 160, 'Say in one line what the money is for.'],
  ['story', 6_000, 'Tell investors about the business and its plan.'],
  ['businessName', 80, 'Name the business.'],
  ['sector', 40, 'Name the sector.'],
  ['locality', 80, 'Name the town.'],
  ['recovery', 2_000, 'Say what the bank does when a payment is missed.'],
  ['law', 200, 'Name the governing law.'],
] as const satisfies readonly (readonly [keyof OfferForm, number, string])[];

interface Amounts {
  readonly soughtMsat: bigint;
  readonly ticketMsat: bigint;
  readonly rateBps: number;
  readonly termDays: number;
  readonly streamDays: number;
  readonly ticks: number;
}

function readAmounts(form: OfferForm): Amounts | OfferFormResult {
  const soughtMsat = parseSat(form.amountSought);
  if (!soughtMsat) return wrong('amountSought', 'Say how much is sought, in sats.');
  const ticketMsat = parseSat(form.minimumTicket);
  if (!ticketMsat) return wrong('minimumTicket', 'Say the smallest ticket, in sats.');
  if (ticketMsat > soughtMsat) {
    return wrong('minimumTicket', 'The smallest ticket is more than the amount sought.');
  }
  const rateBps = parseRate(form.ratePercent);
  if (rateBps === undefined) return wrong('ratePercent', 'Write the yearly rate like 9.5.');
  const termDays = wholeNumber(form.termDays, 14_610);
  if (!termDays) return wrong('termDays', 'Write the term in whole days.');
  const streamDays = wholeNumber(form.streamDays, termDays);
  if (!streamDays) return wrong('streamDays', 'The stream must end within the term.');
  const ticks = wholeNumber(form.ticks, 100_000);
  if (!ticks) return wrong('ticks', 'Write the number of payments.');
  if (ticketMsat < BigInt(ticks) * 1_000n) {
    return wrong('ticks', 'Each payment must be at least one sat.');
  }
  return { soughtMsat, ticketMsat, rateBps, termDays, streamDays, ticks };
}

/** Reads the form; the first mistake is named with its field. */
export function readOfferForm(form: OfferForm, context: OfferContext): OfferFormResult {
  for (const [field, most, sentence] of TEXT_FIELDS) {
    const length = form[field].trim().length;
    if (length === 0) return wrong(field, sentence);
    if (length > most) return wrong(field, `At most ${most} characters.`);
  }
  const key = form.businessKey.trim();
  if (!/^[0-9a-f]{64}$/.test(key)) {
    return wrong('businessKey', 'Paste the business’s public key: 64 characters, 0–9 and a–f.');
  }
  const country = form.country.trim().toUpperCase();
  if (!/^[A-Z]{2}$/.test(country)) return wrong('country', 'Two letters, like SV.');
  const amounts = readAmounts(form);
  if ('ok' in amounts) return amounts;
  const { soughtMsat, ticketMsat, rateBps, termDays, streamDays, ticks } = amounts;
  const relays = context.relays.slice(0, 4);
  const document: OfferDocument = {
    v: 1,
    identifier: identifierOf(form.title, context.nowSec),
    status: 'open',
    network: context.network,
    daySec: context.daySec,
    title: form.title.trim(),
    purpose: form.purpose.trim(),
    story: form.story.trim(),
    business: {
      pubkey: key,
      name: form.businessName.trim(),
      sector: form.sector.trim(),
      place: { country, locality: form.locality.trim() },
      relays: [...relays],
    },
    amountSoughtMsat: soughtMsat.toString(),
    minimumTicketMsat: ticketMsat.toString(),
    minimumTotalMsat: ticketMsat.toString(),
    denomination: { type: 'msat' },
    rateBps,
    dayCount: 'ACT/365F',
    plan: { type: 'bullet', termDays, graceDays: 5 },
    tranches: [{ shareBps: 10_000, startDay: 0, streamDays, windowDays: termDays, ticks }],
    default: { afterDays: 30, cureDays: 14 },
    guarantee: { type: 'none' },
    recovery: form.recovery.trim(),
    law: form.law.trim(),
    documents: [],
    relays: [...relays],
    expiresAtSec: context.nowSec + YEAR_SEC,
  };
  const contradiction = offerContradiction(document);
  return contradiction
    ? wrong('amountSought', `These terms contradict each other (${contradiction.detail ?? ''}).`)
    : { ok: true, document };
}
