/** Offers as lists and prospectuses show them. */
import {
  buildContract,
  buildOffer,
  projectSchedule,
  type ContractDocument,
  type OfferDocument,
  type ParsedOffer,
  type VerifiedEvent,
} from '@realyield/protocol';
import type { BankView, PointView, ProspectusView, ScheduleView } from '../../components/models.ts';
import { formatBps, formatPlural } from '../../format.ts';
import { raisedUnder } from '../market/rows.ts';
import { quorumWords } from './denominations.ts';
import { guaranteeWords } from './guarantee-words.ts';
import { placeOf, shownStatus } from './offer-card.ts';
import { nameOf, personView, type Names } from './people.ts';
import { payableUnits } from './schedule.ts';
import { costNameOf } from './terms-plan.ts';
import { takingsPoints, tillPoints } from './till-words.ts';

/** Principal of all contracts in effect under an offer, msat. */
export function raisedUnits(names: Names, offer: ParsedOffer): bigint {
  return raisedUnder(names.catalog.contractsOf(offer));
}

/** What is left to be funded, msat. */
export function leftUnits(names: Names, offer: ParsedOffer): bigint {
  const left = BigInt(offer.document.amountSoughtUnits) - raisedUnits(names, offer);
  return left > 0n ? left : 0n;
}

function milestonePoints(offer: ParsedOffer, attester: string): PointView[] {
  const gated = offer.document.tranches.filter((tranche) => tranche.milestone !== undefined);
  if (gated.length === 0) return [];
  const shareBps = gated.reduce((sum, tranche) => sum + tranche.shareBps, 0);
  const titles = gated.map((tranche) => `“${tranche.milestone?.title ?? ''}”`).join(', ');
  return [
    {
      label: `${formatBps(shareBps)} waits for what was promised`,
      text: `It leaves your wallet only after ${attester} has confirmed ${titles}.`,
    },
  ];
}

function protects(offer: ParsedOffer, attester: string): PointView[] {
  const { tranches } = offer.document;
  const ticks = tranches.reduce((sum, tranche) => sum + tranche.ticks, 0);
  return [
    {
      label: 'Your money leaves slowly',
      text:
        `It streams in ${formatPlural(ticks, 'payment')}. You can pause at any time; ` +
        'what was not streamed never left your wallet.',
    },
    ...milestonePoints(offer, attester),
    ...tillPoints(offer.document.tillShare),
    {
      label: 'Every step is signed',
      text: 'A repayment counts only with the payer’s proof; silence counts against the debtor.',
    },
    { label: 'If it is not repaid', text: offer.document.recovery },
  ];
}

/** Who confirms an offer's milestones, by name. */
export function attesterName(names: Names, offer: ParsedOffer): string {
  return nameOf(names, offer.document.attester ?? offer.event.pubkey);
}

function pricePoints(denomination: OfferDocument['denomination']): PointView[] {
  const label = 'The price of bitcoin moves';
  if (denomination.type === 'msat') {
    const text =
      'The debt is in bitcoin; the business earns in its own money. ' +
      'A rise makes it harder to repay.';
    return [{ label, text }];
  }
  const { currency } = denomination;
  return [
    {
      label,
      text:
        `The debt is in ${currency}. You lend and are repaid in bitcoin at the price of the day: ` +
        'if it rises meanwhile, you get fewer bitcoin back than you lent.',
    },
    {
      label: 'Others name the price',
      text:
        `${capital(quorumWords(denomination))} must sign a price for a minute. They may err or ` +
        'fall silent; then payments wait, and what is late stays late.',
    },
  ];
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

function exposes({ document }: ParsedOffer, isBonded: boolean): PointView[] {
  return [
    {
      label: 'The business may not repay',
      text: `Then you may lose what you lent. ${guaranteeWords(document, isBonded)}`,
    },
    {
      label: 'The record can be faked',
      text: 'Payer and payee together can invent receipts; look at who the bank’s lenders are.',
    },
    ...takingsPoints(document.tillShare),
    ...pricePoints(document.denomination),
  ];
}

/** The written half of a prospectus. */
export function prospectusView(
  names: Names,
  offer: ParsedOffer,
  bank: BankView,
  atSec: number,
  isBonded = false,
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
    status: shownStatus(names, offer, bank, atSec),
    protects: protects(offer, attesterName(names, offer)),
    exposes: exposes(offer, isBonded),
  };
}

/** The contract an amount would make, for showing only; undefined where the terms do not fit. */
export function previewContract(
  offer: ParsedOffer,
  principalUnits: bigint,
  nowSec: number,
  fallbackAddress?: string,
): ContractDocument | undefined {
  // Who serves changes no figure, and may not have accepted yet.
  const { appointees: _appointees, silenceDays: _silence, ...document } = offer.document;
  const built = buildContract(
    { ...offer, document },
    {
      principalUnits,
      investor: { pubkey: '0'.repeat(64), relays: [...offer.document.relays], fallbackAddress },
      commitment: '0'.repeat(64),
      nonce: '0'.repeat(64),
      startAtSec: nowSec,
      expiresAtSec: nowSec,
    },
  );
  return built.ok ? built.value : undefined;
}

/** A contract under a drafted offer, for the bank's preview; unless said, one funds it whole. */
export function previewTerms(
  document: OfferDocument,
  bankKey: string,
  nowSec: number,
  principalUnits = BigInt(document.amountSoughtUnits),
): ContractDocument | undefined {
  // Not signed, so not verified: it is shown, and goes nowhere.
  const blank = { id: '0'.repeat(64), sig: '0'.repeat(128), pubkey: bankKey };
  const event = { ...buildOffer(document, nowSec), ...blank } as VerifiedEvent;
  const draft: ParsedOffer = { name: 'offer', event, document };
  return previewContract(draft, principalUnits, nowSec);
}

/** The schedule a contract plans, nothing being paid yet. */
export function plannedSchedule(document: ContractDocument): ScheduleView {
  const expected = projectSchedule(document, [], document.startAtSec);
  const payable = payableUnits(document, expected);
  const instalments = expected.map((entry, place) => ({
    number: entry.number,
    dueAtSec: entry.dueAtSec,
    principalUnits: entry.principalUnits,
    interestUnits: entry.interestUnits,
    feesUnits: 0n,
    totalUnits: payable[place] ?? 0n,
    paidUnits: 0n,
    state: 'upcoming' as const,
  }));
  const calendar = { startSec: document.startAtSec, daySec: document.daySec };
  return { denomination: document.denomination, calendar, instalments, ...costNameOf(document) };
}
