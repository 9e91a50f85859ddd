/** Offers as lists and prospectuses show them. */
import {
  buildContract,
  buildPlan,
  projectSchedule,
  type ContractDocument,
  type OfferDocument,
  type ParsedOffer,
} from '@realyield/protocol';
import type {
  BankView,
  PointView,
  ProspectusView,
  ScheduleView,
  TermsView,
} from '../../components/models.ts';
import { formatDuration, formatPlural } from '../../format.ts';
import { raisedUnder } from '../market/rows.ts';
import { placeOf, stageStatus } from './offer-card.ts';
import { personView, type Names } from './people.ts';

/** Principal of all contracts in effect under an offer, msat. */
export function raisedMsat(names: Names, offer: ParsedOffer): bigint {
  return raisedUnder(names.catalog.contractsOf(offer));
}

/** What is left to be funded, msat. */
export function leftMsat(names: Names, offer: ParsedOffer): bigint {
  const left = BigInt(offer.document.amountSoughtMsat) - raisedMsat(names, offer);
  return left > 0n ? left : 0n;
}

function protects(offer: ParsedOffer): PointView[] {
  const { tranches } = offer.document;
  const ticks = tranches.reduce((sum, tranche) => sum + tranche.ticks, 0);
  return [
    {
      label: 'Your money leaves slowly',
      text:
        `It streams in ${formatPlural(ticks, 'payment')}. You can pause at any time; ` +
        'what was not streamed never left your wallet.',
    },
    {
      label: 'Every step is signed',
      text: 'A repayment counts only with the payer’s proof; silence counts against the debtor.',
    },
    { label: 'If it is not repaid', text: offer.document.recovery },
  ];
}

function exposes(): PointView[] {
  return [
    {
      label: 'The business may not repay',
      text: 'Then you may lose what you lent. No bond and no guarantee covers this loan.',
    },
    {
      label: 'The record can be faked',
      text: 'Payer and payee together can invent receipts; look at who the bank’s lenders are.',
    },
    {
      label: 'The price of bitcoin moves',
      text:
        'The debt is in bitcoin; the business earns in its own money. ' +
        'A rise makes it harder to repay.',
    },
  ];
}

/** The written half of a prospectus. */
export function prospectusView(
  names: Names,
  offer: ParsedOffer,
  bank: BankView,
  atSec: number,
): ProspectusView {
  const { document } = offer;
  const { business } = document;
  return {
    title: document.title,
    place: placeOf(offer),
    business: {
      ...personView(names, business.pubkey),
      name: business.name,
      role: business.sector,
    },
    bank,
    story: document.story,
    status: stageStatus(names, offer, atSec),
    documents: document.documents,
    protects: protects(offer),
    exposes: exposes(),
  };
}

/** The contract an amount would make, for showing only; undefined where the terms do not fit. */
export function previewContract(
  offer: ParsedOffer,
  principalMsat: bigint,
  nowSec: number,
): ContractDocument | undefined {
  const built = buildContract(offer, {
    principalMsat,
    investor: { pubkey: '0'.repeat(64), relays: [...offer.document.relays] },
    commitment: '0'.repeat(64),
    nonce: '0'.repeat(64),
    startAtSec: nowSec,
  });
  return built.ok ? built.value : undefined;
}

/** The contract that funds a drafted offer whole, for the bank's preview. */
export function previewTerms(document: OfferDocument, nowSec: number): ContractDocument {
  const start = nowSec - (nowSec % document.daySec);
  const tranche = document.tranches[0];
  const fromSec = start + (tranche?.startDay ?? 0) * document.daySec;
  return {
    v: 1,
    network: document.network,
    daySec: document.daySec,
    bases: [],
    parties: {
      investor: { pubkey: '', relays: [] },
      business: { pubkey: '', relays: [] },
      bank: { pubkey: '', relays: [] },
    },
    commitment: '',
    nonce: '',
    denomination: document.denomination,
    principalMsat: document.amountSoughtMsat,
    rateBps: document.rateBps,
    dayCount: document.dayCount,
    startAtSec: start,
    plan: buildPlan(document.plan, start / document.daySec, document.daySec),
    tranches: [
      {
        amountMsat: document.amountSoughtMsat,
        fromSec,
        toSec: fromSec + (tranche?.streamDays ?? 1) * document.daySec,
        lapsesAtSec: fromSec + (tranche?.windowDays ?? 1) * document.daySec,
        ticks: tranche?.ticks ?? 1,
      },
    ],
    default: document.default,
    guarantee: document.guarantee,
    law: document.law,
  };
}

/** The schedule a contract plans, nothing being paid yet. */
export function plannedSchedule(document: ContractDocument): ScheduleView {
  const instalments = projectSchedule(document, [], document.startAtSec).map((entry) => ({
    number: entry.number,
    dueAtSec: entry.dueAtSec,
    principalMsat: entry.principalMsat,
    interestMsat: entry.interestMsat,
    feesMsat: 0n,
    totalMsat: entry.totalMsat,
    paidMsat: 0n,
    state: 'upcoming' as const,
  }));
  const calendar = { startSec: document.startAtSec, daySec: document.daySec };
  return { calendar, instalments };
}

/** The terms of an investment in plain words. */
export function termsView(document: ContractDocument): TermsView {
  const schedule = plannedSchedule(document);
  const first = document.tranches[0];
  const last = document.tranches[document.tranches.length - 1];
  const ticks = document.tranches.reduce((sum, tranche) => sum + tranche.ticks, 0);
  const spanSec = (last?.toSec ?? 0) - (first?.fromSec ?? 0);
  const dayCount = Math.round(spanSec / document.daySec);
  const everySec = Math.max(1, Math.round(spanSec / ticks));
  const due = schedule.instalments[schedule.instalments.length - 1];
  const dueDay = Math.round(((due?.dueAtSec ?? 0) - document.startAtSec) / document.daySec);
  return {
    payMsat: BigInt(document.principalMsat),
    payHow:
      `in ${formatPlural(ticks, 'payment')} over ${formatPlural(dayCount, 'day')}, ` +
      `one every ${formatDuration(everySec)}; you can pause at any time`,
    backMsat: schedule.instalments.reduce((sum, entry) => sum + entry.totalMsat, 0n),
    backHow:
      document.plan.type === 'bullet'
        ? 'principal and interest at the end; earlier if the business repays early'
        : `in ${formatPlural(schedule.instalments.length, 'instalment')} of equal principal ` +
          'with the interest; earlier if the business repays early',
    when: `by day ${dueDay} of the contract`,
    ifNot: [
      `After ${formatPlural(document.plan.graceDays, 'day')} of grace the loan counts as late, ` +
        'for everyone to see.',
      'The bank follows the recovery steps of the prospectus. No bond and no guarantee covers it.',
    ],
    notProven: [
      'That the business exists and will repay: the bank says so and signed it.',
      'The interest shown assumes every payment on its planned day.',
    ],
  };
}
