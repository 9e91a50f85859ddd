/** The key-facts sheet of a contract as one reader sees it. Spec: specs/key-facts.md. */
import {
  buildKeyFacts,
  keyFactsHash,
  type ContractDocument,
  type KeyFacts,
  type LegalTerms,
  type OfferDocument,
  type PartyRole,
  type PaymentFacts,
} from '@realyield/protocol';
import type { KeyFactsView, KeyFigure, KeyList } from '../../components/keyfacts/models.ts';
import type { ScheduleView } from '../../components/models.ts';
import { countryNames } from '../../countries.ts';
import { amountOf, amountText, formatAmount } from '../../amount.ts';
import { formatBps, formatDue, formatPlural, shortId, type Calendar } from '../../format.ts';
import type { Fact } from '../../ui/facts.ts';
import { currencyRisk } from './currency-risk.ts';
import { sentencesInWords, type SentenceContext } from './key-facts-words.ts';
import { priceFact, rateNote } from './terms-plan.ts';

/** Who reads the sheet, and what is known besides the terms. */
export interface Reader {
  readonly role: PartyRole | undefined;
  /** The contract's time of effect, or the reader's clock while not all have signed. */
  readonly effectiveAtSec: number;
}

const calendarOf = ({ startAtSec, daySec }: KeyFacts): Calendar => ({
  startSec: startAtSec,
  daySec,
});

function spanText({ firstAtSec, lastAtSec }: PaymentFacts, calendar: Calendar): string {
  const [first, last] = [formatDue(firstAtSec, calendar), formatDue(lastAtSec, calendar)];
  return first === last ? `on ${first}` : `from ${first} to ${last}`;
}

/** `in 12 payments of 84 000 to 96 000 sat, from 3 Mar 2026 to 2 Feb 2027`. */
function howText(paid: PaymentFacts, facts: KeyFacts): string {
  const { denomination } = facts;
  const when = spanText(paid, calendarOf(facts));
  if (paid.count === 1) return `in one payment ${when}`;
  const [least, most] = [BigInt(paid.leastUnits), BigInt(paid.mostUnits)];
  const leastText = formatAmount(amountOf(least, denomination), 'sat', undefined, true);
  const size =
    least === most
      ? amountText(most, denomination, true)
      : `${leastText.number} to ${amountText(most, denomination, true)}`;
  return `in ${formatPlural(paid.count, 'payment')} of ${size}, ${when}`;
}

function figureOf(
  label: string,
  paid: PaymentFacts | undefined,
  facts: KeyFacts,
): readonly KeyFigure[] {
  if (!paid) return [];
  return [{ label, amountUnits: BigInt(paid.totalUnits), how: howText(paid, facts) }];
}

/** Put in and get back, or receive and pay: in the order in which it happens. */
function figuresFor(facts: KeyFacts, role: PartyRole | undefined): readonly KeyFigure[] {
  const { investor, business } = facts;
  if (role === 'business') {
    return [
      ...figureOf('You receive', business.receives, facts),
      ...figureOf('You pay', business.pays, facts),
    ];
  }
  const isOwn = role === 'investor';
  return [
    ...figureOf(isOwn ? 'You put in' : 'The investor puts in', investor.pays, facts),
    ...figureOf(isOwn ? 'You get back' : 'The investor gets back', investor.receives, facts),
  ];
}

function rateText(rateBps: number | undefined): string {
  return rateBps === undefined ? 'no yearly rate can be given' : `${formatBps(rateBps)} a year`;
}

function feeFacts({ fees, originationUnits, servicingUnits, denomination }: KeyFacts): Fact[] {
  const origination: Fact = {
    label: 'Fee of the bank at the start',
    amount: amountOf(BigInt(originationUnits), denomination),
    note:
      fees.origination === 'withheld'
        ? `${formatBps(fees.originationBps)}, kept back from what is paid out`
        : `${formatBps(fees.originationBps)}, paid by the business on top`,
  };
  const servicing: Fact = {
    label: 'Fee of the bank on repayments',
    amount: amountOf(BigInt(servicingUnits), denomination),
    note: `${formatBps(fees.servicingBps)} of what is repaid`,
  };
  return [
    ...(fees.originationBps > 0 ? [origination] : []),
    ...(fees.servicingBps > 0 ? [servicing] : []),
  ];
}

function costFacts(
  document: ContractDocument,
  facts: KeyFacts,
  role: PartyRole | undefined,
): Fact[] {
  const { investor, business, denomination } = facts;
  const gainUnits =
    BigInt(investor.receives?.totalUnits ?? 0) - BigInt(investor.pays?.totalUnits ?? 0);
  const cost: Fact[] = [
    {
      label: role === 'business' ? 'What it costs you' : 'What it costs the business',
      amount: amountOf(BigInt(facts.costUnits), denomination),
    },
    {
      label: 'Annual percentage rate',
      text: rateText(business.rateBps),
      note: rateNote(document, 'interest and charges, compounded, on the planned days'),
    },
  ];
  const gain: Fact[] = [
    {
      label: role === 'investor' ? 'What you earn' : 'What the investor earns',
      amount: amountOf(gainUnits, denomination),
    },
    {
      label: 'Effective rate',
      text: rateText(investor.rateBps),
      note: `before tax, ${rateNote(document, 'if all is paid as planned')}`,
    },
  ];
  const taxUnits = BigInt(facts.taxUnits);
  const tax: Fact[] =
    taxUnits > 0n
      ? [{ label: 'Tax withheld, about', amount: amountOf(taxUnits, denomination) }]
      : [];
  const nominal = priceFact(document);
  const fees = feeFacts(facts);
  if (role === 'investor') return [...gain, ...tax, nominal, ...fees];
  return role === 'business'
    ? [...cost, nominal, ...fees, ...tax]
    : [...cost, ...gain, nominal, ...fees, ...tax];
}

function legalWords(legal: LegalTerms): Fact[] {
  const { countries, text, withholdingTax, security } = legal;
  const where = countries.length === 0 ? 'Everywhere' : countryNames(countries).join(', ');
  return [
    { label: 'Law', text: legal.law },
    ...(text
      ? [
          {
            label: 'Legal text',
            text: text.name,
            note:
              `fingerprint ${shortId(text.sha256)}; where it and the contract disagree, ` +
              `${legal.prevails === 'legalText' ? 'the legal text' : 'the contract'} holds`,
          },
        ]
      : []),
    ...(security === '' ? [] : [{ label: 'Security', text: security }]),
    { label: 'Complaints', text: legal.complaints },
    {
      label: 'Identity of the investor',
      text: legal.identityCheck === 'bank' ? 'Checked by the bank' : 'Not checked',
    },
    { label: 'Investors may live in', text: where },
    ...(withholdingTax.bps > 0
      ? [
          {
            label: 'Tax on interest',
            text: `${formatBps(withholdingTax.bps)} withheld`,
            note: withholdingTax.rule,
          },
        ]
      : []),
  ];
}

/** Law, security, complaints and rights of an offer, in its own words. */
export function legalFacts(offer: Pick<OfferDocument, 'legal' | 'coolingOffDays'>): Fact[] {
  const { legal, coolingOffDays } = offer;
  const { enforce, costCapBps } = legal.mandate;
  return [
    ...legalWords(legal),
    {
      label: 'Who may claim what is unpaid',
      text: enforce ? 'The bank, for the investors' : 'Nobody for the investors',
      ...(enforce
        ? { note: `at most ${formatBps(costCapBps)} of what it recovers for costs` }
        : {}),
    },
    {
      label: 'A default is',
      text: legal.publishDefault ? 'Published under the business’s name' : 'Not published by name',
    },
    {
      label: 'Time to change your mind',
      text:
        coolingOffDays === 0 ? 'None once all have signed' : formatPlural(coolingOffDays, 'day'),
      ...(coolingOffDays === 0 ? {} : { note: 'from the day on which all have signed' }),
    },
  ];
}

/** Tax on the interest of a schedule by a rule, as an estimate, msat. */
export function taxEstimateUnits(legal: LegalTerms, { instalments }: ScheduleView): bigint {
  const bps = BigInt(legal.withholdingTax.bps);
  return instalments.reduce((sum, each) => sum + (each.interestUnits * bps) / 10_000n, 0n);
}

/** Until when the investor may withdraw, as text; undefined without a cooling-off period. */
export function coolingOffUntil(
  document: Pick<ContractDocument, 'coolingOffDays' | 'daySec' | 'startAtSec'>,
  effectiveAtSec: number,
): string | undefined {
  const { coolingOffDays, daySec, startAtSec } = document;
  if (coolingOffDays === 0) return undefined;
  const calendar = { startSec: startAtSec, daySec };
  return formatDue(effectiveAtSec + coolingOffDays * daySec, calendar);
}

/** The sheet of a contract's terms for one reader. */
export function keyFactsView(document: ContractDocument, reader: Reader): KeyFactsView {
  const facts = buildKeyFacts(document);
  const { role, effectiveAtSec } = reader;
  const context: SentenceContext = {
    facts,
    role,
    coolingOffUntil: coolingOffUntil(document, effectiveAtSec),
  };
  const list = (key: KeyList['key'], title: string): KeyList => ({
    key,
    title,
    sentences: sentencesInWords(facts[key], context),
  });
  return {
    hash: keyFactsHash(document),
    denomination: document.denomination,
    figures: figuresFor(facts, role),
    facts: [...costFacts(document, facts, role), ...currencyRisk(facts, role)],
    lists: [
      list('ifNotPaid', 'If a payment is missed'),
      list('notCovered', 'What is not covered'),
      list('rights', role === 'investor' || role === 'business' ? 'What you can do' : 'Rights'),
    ],
    words: legalWords(document.legal),
  };
}
