/** A bank's figures in words: each with its basis, how it is made, and what it does not prove. */
import type { BankFigures, RegisterView } from '@realyield/protocol';
import { amountOf, wholeUnitsUp } from '../../amount.ts';
import type { FigureGroup, FigureView } from '../../components/figure-models.ts';
import { formatBps, formatCount, formatDate, formatPlural } from '../../format.ts';
import { countsOf, monthsWords, type BankRecord } from './banks.ts';
import { lossFigures } from './loss-figures.ts';
import { amountsText, countsText, rateText, riskText, wholeText } from './rates.ts';

function lateFigures(figures: BankFigures): FigureView[] {
  const classes = [
    { key: 'par1', days: 'at all', rate: figures.par1 },
    { key: 'par30', days: 'over 30 days', rate: figures.par30 },
    { key: 'par90', days: 'over 90 days', rate: figures.par90 },
  ] as const;
  return classes.map(({ key, days, rate }) => ({
    key,
    label: `Late ${days}`,
    value: riskText(rate, 'nothing outstanding'),
    basis: `${amountsText(rate, figures.denomination)} outstanding`,
    tone: key !== 'par1' && rate.numeratorUnits > 0n ? 'problem' : 'plain',
    explains:
      `Portfolio at risk: the whole outstanding principal of contracts that are late ${days}, ` +
      'not only what is overdue, ÷ all outstanding principal. Loans in default or written off ' +
      'are in it, and up to 30 days those whose terms were eased. Days count from the due date ' +
      'of the oldest unpaid instalment; a part payment does not start them anew. It says nothing ' +
      'of loans that are not due yet.',
  }));
}

function punctualityFigures({ punctuality, ...figures }: BankFigures): FigureView[] {
  const { onTimeByCount, onTimeByAmount, paidLate, unpaid, inGrace } = punctuality;
  const others = [
    `${formatCount(paidLate)} paid late`,
    `${formatCount(unpaid)} unpaid`,
    ...(inGrace > 0 ? [`${formatCount(inGrace)} in days of grace and not counted`] : []),
  ];
  const explains =
    'Instalments paid in full by the end of their days of grace ÷ instalments that have fallen ' +
    'due. Payer and payee together can invent receipts at no cost: look at who the lenders are.';
  const none = 'nothing has fallen due';
  const word = onTimeByCount.denominator === 1 ? 'instalment' : 'instalments';
  return [
    {
      key: 'onTime',
      label: 'Instalments paid on time',
      value: rateText(onTimeByCount, none),
      basis: `${countsText(onTimeByCount)} ${word}; ${others.join(', ')}`,
      explains,
    },
    {
      key: 'onTimeAmount',
      label: 'The same by amount',
      value: rateText(onTimeByAmount, none),
      basis: amountsText(onTimeByAmount, figures.denomination),
      explains,
    },
  ];
}

function defaultFigures({ defaults, ...figures }: BankFigures): FigureView[] {
  const explains =
    'A contract is in default once it is 90 days past due, or by a default notice; paying later ' +
    'does not undo it. Young loans have had no time to fail, so the rate stands a second time ' +
    'over contracts that have ended.';
  const none = 'none paid out';
  const noneEnded = 'none of them has ended yet';
  const { byCountOfDisbursed, byCountOfEnded, byAmountOfDisbursed, byAmountOfEnded } = defaults;
  const tone = defaults.contracts > 0 ? 'problem' : 'plain';
  return [
    {
      key: 'default',
      label: 'Contracts in default',
      value: rateText(byCountOfDisbursed, none),
      basis:
        `${countsText(byCountOfDisbursed)} paid out; ` +
        (byCountOfEnded.bps === undefined
          ? noneEnded
          : `of those that have ended ${formatBps(byCountOfEnded.bps)}, ` +
            countsText(byCountOfEnded)),
      explains,
      tone,
    },
    {
      key: 'defaultAmount',
      label: 'The same by amount',
      value: rateText(byAmountOfDisbursed, none),
      basis:
        `${amountsText(byAmountOfDisbursed, figures.denomination)} paid out; ` +
        (byAmountOfEnded.bps === undefined
          ? noneEnded
          : `of contracts that have ended ${formatBps(byAmountOfEnded.bps)}, ` +
            amountsText(byAmountOfEnded, figures.denomination)),
      explains: `The principal still outstanding under contracts in default. ${explains}`,
      tone,
    },
    {
      key: 'maturity',
      label: 'How much was put to the test',
      value: rateText(defaults.maturity, none),
      basis:
        `${amountsText(defaults.maturity, figures.denomination)} paid out is past the end of ` +
        'its term',
      explains:
        'A book of young loans looks perfect: nothing has had time to go wrong. This is the ' +
        'share ' +
        'of the principal whose whole term is over.',
    },
  ];
}

/** Contracts whose amounts cannot be added to these. */
function elsewhereText({ otherNetworks, otherDenominations }: BankFigures): string {
  const others = [
    ...(otherNetworks === 0
      ? []
      : [`${formatPlural(otherNetworks, 'contract')} on other networks`]),
    ...(otherDenominations === 0
      ? []
      : [`${formatPlural(otherDenominations, 'contract')} in another currency`]),
  ];
  return others.length === 0 ? '' : `; ${others.join(' and ')} not counted here`;
}

function bookFigures(figures: BankFigures): FigureView[] {
  const text = wholeText(figures.denomination);
  const elsewhere = elsewhereText(figures);
  const principalBack = wholeUnitsUp(amountOf(figures.principalPaidUnits, figures.denomination));
  return [
    {
      key: 'outstanding',
      label: 'Outstanding',
      value: text(figures.outstandingUnits),
      basis:
        `of ${text(figures.disbursedUnits)} paid out under ` +
        `${formatPlural(figures.disbursedContracts, 'contract')}; ` +
        `${text(principalBack)} of principal and ` +
        `${text(figures.interestPaidUnits)} of interest came back${elsewhere}`,
      explains:
        'Principal that was paid out and has not come back, by receipts with a preimage. What ' +
        'nobody published is not in it.',
    },
    {
      key: 'concentration',
      label: 'Owed by the largest borrower',
      value: riskText(figures.largestOfOutstanding, 'nothing outstanding'),
      basis:
        `${amountsText(figures.largestOfOutstanding, figures.denomination)} outstanding; ` +
        formatPlural(figures.businesses.length, 'business', 'businesses'),
      explains:
        'If one business owes most of it, the record is the record of that business. Two ' +
        'keys may ' +
        'belong to one owner: that cannot be seen here.',
    },
  ];
}

function registerBasis({ missing, missingCount, forks, breaks }: RegisterView): string {
  const ranges = missing
    .slice(0, 6)
    .map(({ from, to }) => (from === to ? `no. ${from}` : `nos. ${from} to ${to}`));
  const more = missing.length > 6 ? ' and more' : '';
  const parts = [
    ...(missingCount > 0 ? [`not seen: ${ranges.join(', ')}${more}`] : []),
    ...(forks.length > 0 ? [`${formatPlural(forks.length, 'number')} used twice`] : []),
    ...(breaks.length > 0
      ? [`${formatPlural(breaks.length, 'countersignature')} that do not follow the one before`]
      : []),
  ];
  return parts.length === 0 ? 'no number missing, none used twice' : parts.join('; ');
}

function proofFigures(figures: BankFigures): FigureView[] {
  const { register, acknowledged, preimageOnly, notCounted, contestedTimes, age } = figures;
  const text = wholeText(figures.denomination);
  const isBroken = register.missingCount + register.forks.length + register.breaks.length > 0;
  const all = acknowledged.count + preimageOnly.count;
  const further = [
    ...(notCounted.count > 0
      ? [`${formatPlural(notCounted.count, 'payment')} reused from another contract, not counted`]
      : []),
    ...(contestedTimes > 0 ? [`${formatCount(contestedTimes)} with a contested time`] : []),
  ];
  return [
    {
      key: 'register',
      label: 'Its register',
      value: `${formatCount(register.entries)} of ${formatCount(register.highestSerial)} seen`,
      basis: registerBasis(register),
      tone: isBroken ? 'problem' : 'plain',
      explains:
        'A bank numbers its countersignatures and chains them. A number that nobody shows may be ' +
        'a contract that a relay withholds, one that never took effect, or a loan that is ' +
        'hidden: ' +
        'a question to the bank. A number used twice contradicts itself.',
    },
    {
      key: 'proofs',
      label: 'Payments that both sides confirm',
      value: `${formatCount(acknowledged.count)} of ${formatCount(all)}`,
      basis: [
        `${text(acknowledged.amountUnits)}; by preimage alone ${text(preimageOnly.amountUnits)}`,
        ...further,
      ].join('; '),
      explains:
        'Every payment counted here has the payee’s signed request and a preimage that fits it. ' +
        'Where the payee also acknowledged it, both sides say so. None of it shows that ' +
        'payer and ' +
        'payee are two people.',
    },
    {
      key: 'age',
      label: 'Age',
      value: 'not proven',
      basis:
        age.firstPaymentAtSec === undefined
          ? 'no payment yet'
          : `first payment dated ${formatDate(age.firstPaymentAtSec)} by its parties`,
      explains:
        'Dates are claims of those who sign. Until something anchors the first of them in a ' +
        'block, ' +
        'a long history can be written in an afternoon.',
    },
  ];
}

function lenderFigures({ counterparties }: BankFigures): FigureView[] {
  const { contractKeys, disclosed, undisclosedContracts, ownMoneyContracts } = counterparties;
  return [
    {
      key: 'lenders',
      label: 'Lenders',
      value: formatPlural(contractKeys, 'contract key'),
      basis:
        `${formatPlural(disclosed.length, 'lender')} disclosed to you; ` +
        `${formatPlural(undisclosedContracts, 'contract')} undisclosed` +
        (ownMoneyContracts > 0 ? `; ${formatCount(ownMoneyContracts)} with their own money` : ''),
      tone: ownMoneyContracts > 0 ? 'problem' : 'plain',
      explains:
        'Investors act under a fresh key in each contract, so keys say nothing of people: one ' +
        'person may hold them all, the bank itself included. Only keys whose owner was opened to ' +
        'you count as distinct.',
    },
  ];
}

/** All figures of a bank under four headings. */
export function bankFigureGroups(figures: BankFigures): FigureGroup[] {
  return [
    {
      title: 'How it was repaid',
      figures: [...punctualityFigures(figures), ...defaultFigures(figures)],
    },
    { title: 'What is owed', figures: [...bookFigures(figures), ...lateFigures(figures)] },
    { title: 'What was lost', figures: lossFigures(figures.losses, figures.denomination) },
    {
      title: 'What this rests on',
      figures: [...proofFigures(figures), ...lenderFigures(figures)],
    },
  ];
}

/** The record in one sentence, over all denominations, for the head of the page. */
export function recordSentence(books: BankRecord): string {
  const { contracts, due, onTime, months, isCalendar } = countsOf(books);
  if (contracts === 0) return 'No contract of this bank is known here yet.';
  if (due === 0) {
    return `${formatPlural(contracts, 'contract')}, and no instalment has fallen due yet.`;
  }
  return (
    `Repaid ${formatBps(Math.floor((onTime * 100) / due) * 100)} on time, ` +
    `${formatCount(onTime)} of ${formatPlural(due, 'instalment')}, ` +
    `over ${monthsWords(months, isCalendar)} by its own dates.`
  );
}
