/** An investor's contracts in words: what went out, what came back, what is expected. */
import type { PartyShare, PortfolioFigures, PortfolioReturn } from '@realyield/protocol';
import type { FigureView, ShareView, SumView } from '../../components/figure-models.ts';
import { amountOf, wholeUnits, type AmountUnit } from '../../amount.ts';
import { formatBps, formatPlural } from '../../format.ts';
import { bankHref } from './banks.ts';
import { personView, type Names } from './people.ts';
import { amountsText, riskText, wholeText } from './rates.ts';

const WITHHELD: Readonly<Record<NonNullable<PortfolioReturn['withheld']>, string>> = {
  tooYoung: 'Withheld: the first payment is less than 30 contract days old.',
  nothingReceived: 'Withheld: nothing has come back yet.',
  outOfRange: 'Withheld: no yearly rate fits these payments.',
};

/** A yearly rate as per cent, one decimal; undefined where it is withheld. */
function returnText({ rate }: PortfolioReturn): string | undefined {
  return rate === undefined ? undefined : formatBps(Math.round(rate * 1_000) * 10);
}

/** The four figures at the head of a portfolio. */
export function portfolioSums(figures: PortfolioFigures): SumView[] {
  const { receivedUnits, receivedInterestUnits, unallocatedUnits, xirr, denomination } = figures;
  const text = wholeText(denomination);
  const whole = (units: bigint): bigint => wholeUnits(amountOf(units, denomination));
  // Whole sats or cents that add up: what rounding cuts off the other parts counts as principal.
  const principalUnits =
    whole(receivedUnits) - whole(receivedInterestUnits) - whole(unallocatedUnits);
  const over = unallocatedUnits > 0n ? `, ${text(unallocatedUnits)} too much and owed back` : '';
  const late =
    figures.arrearsUnits > 0n
      ? `${text(figures.arrearsUnits)} of it is past due`
      : 'nothing is late';
  const toCome =
    figures.undisbursedUnits > 0n ? `; ${text(figures.undisbursedUnits)} still to be paid out` : '';
  return [
    {
      key: 'invested',
      label: 'Paid out',
      amount: amountOf(figures.investedUnits, denomination),
      basis: `under ${formatPlural(figures.contracts, 'contract')}${toCome}`,
    },
    {
      key: 'received',
      label: 'Came back',
      amount: amountOf(figures.receivedUnits, denomination),
      basis:
        `${text(principalUnits)} of principal, ` +
        `${text(receivedInterestUnits)} of interest${over}`,
    },
    {
      key: 'outstanding',
      label: 'Outstanding',
      amount: amountOf(figures.outstandingUnits, denomination),
      basis: late,
      tone: figures.arrearsUnits > 0n ? 'problem' : 'plain',
    },
    {
      key: 'return',
      label: 'Return a year',
      text: returnText(xirr) ?? '—',
      basis:
        xirr.withheld === undefined
          ? 'of the money while it was lent; what is late counts as nothing'
          : WITHHELD[xirr.withheld],
    },
  ];
}

function timeFigures({
  averageLife,
  taxEstimateUnits,
  ...figures
}: PortfolioFigures): FigureView[] {
  const text = wholeText(figures.denomination);
  return [
    {
      key: 'life',
      label: 'Comes back on average in',
      value:
        averageLife.days === undefined ? 'nothing expected' : formatPlural(averageLife.days, 'day'),
      basis: `${text(averageLife.principalUnits)} of principal expected, weighted by amount`,
      explains:
        'The weighted average life: days from today to each expected principal payment, weighted ' +
        'by its amount. What is past due is not expected and not in it.',
    },
    {
      key: 'tax',
      label: 'Tax withheld, estimated',
      value: `about ${text(taxEstimateUnits)}`,
      basis: `by each loan’s own rule, of ${text(figures.receivedInterestUnits)} of interest`,
      explains:
        'An estimate, not a receipt: each loan’s terms name a rate of tax withheld from interest ' +
        'where the borrower is. Nobody publishes what was withheld, and what you owe at home is ' +
        'not in it. The payments as CSV have it for each payment.',
    },
  ];
}

/** The figures below: how they are made and what they leave out. */
export function portfolioFigures(figures: PortfolioFigures): FigureView[] {
  const { xirr, netAnnual, denomination } = figures;
  const text = wholeText(denomination);
  return [
    ...timeFigures(figures),
    {
      key: 'xirr',
      label: 'Return a year (XIRR)',
      value: returnText(xirr) ?? 'withheld',
      basis:
        xirr.withheld === undefined
          ? 'every payment in and out, and ' +
            `${text(figures.outstandingUnits)} outstanding` +
            (figures.doubtfulUnits === 0n
              ? ''
              : `, of which ${text(figures.doubtfulUnits)} count as nothing`)
          : WITHHELD[xirr.withheld],
      explains:
        'The one yearly rate at which all payments in and out, with what is still outstanding, ' +
        'come to nothing. Principal past due, and all of a contract in default, counts as lost; ' +
        'interest not yet paid counts as nothing. Money that lay idle in your wallet is left out.',
    },
    {
      key: 'net',
      label: 'Net return a year',
      value: netAnnual.bps === undefined ? 'nothing lent yet' : formatBps(netAnnual.bps),
      basis:
        `${text(figures.receivedInterestUnits)} of interest received, less what is in default, ` +
        'on the principal that was out, day by day',
      explains:
        'Interest received, less the principal of contracts in default, ÷ the average principal ' +
        'outstanding, for a year. It takes no notice of when interest came.',
    },
    {
      key: 'bank',
      label: 'With one bank, at most',
      value: riskText(figures.largestBankOfOutstanding, 'nothing outstanding'),
      basis: `${amountsText(figures.largestBankOfOutstanding, denomination)} outstanding`,
      explains: 'If that bank fails to do its work, this much is affected at once.',
    },
    {
      key: 'business',
      label: 'With one business, at most',
      value: riskText(figures.largestBusinessOfOutstanding, 'nothing outstanding'),
      basis: `${amountsText(figures.largestBusinessOfOutstanding, denomination)} outstanding`,
      explains: 'If that business fails, this much is affected at once.',
    },
  ];
}

/** Shares of what is outstanding; where nothing is, of what was paid out. To the nearest 0.01 %. */
export function shareViews(
  names: Names,
  shares: readonly PartyShare[],
  role: 'bank' | 'business',
  denomination: AmountUnit,
): ShareView[] {
  const isOwed = shares.some(({ outstandingUnits }) => outstandingUnits > 0n);
  const unitsOf = (share: PartyShare): bigint =>
    isOwed ? share.outstandingUnits : share.disbursedUnits;
  const all = shares.reduce((sum, share) => sum + unitsOf(share), 0n);
  return shares.map((share) => ({
    who: personView(names, share.pubkey),
    href: role === 'bank' ? bankHref(share.pubkey) : undefined,
    denomination,
    amountUnits: unitsOf(share),
    bps: all === 0n ? 0 : Number((unitsOf(share) * 20_000n + all) / (2n * all)),
    note:
      (isOwed ? 'of what is outstanding, ' : 'of what was paid out; nothing is outstanding, ') +
      formatPlural(share.contracts, 'contract'),
  }));
}
