/** An investor's contracts in words: what went out, what came back, what is expected. */
import type { PartyShare, PortfolioFigures, PortfolioReturn } from '@realyield/protocol';
import type { FigureView, ShareView, SumView } from '../../components/figure-models.ts';
import { formatBps, formatPlural } from '../../format.ts';
import { bankHref } from './banks.ts';
import { personView, type Names } from './people.ts';
import { amountsText, riskText, sats } from './rates.ts';

const WITHHELD: Readonly<Record<NonNullable<PortfolioReturn['withheld']>, string>> = {
  tooYoung: 'Withheld: the first payment is less than 30 contract days old.',
  nothingReceived: 'Withheld: nothing has come back yet.',
  outOfRange: 'Withheld: no yearly rate fits these payments.',
};

/** A yearly rate as per cent, one decimal; undefined where it is withheld. */
function returnText({ rate }: PortfolioReturn): string | undefined {
  return rate === undefined ? undefined : formatBps(Math.round(rate * 1_000) * 10);
}

const wholeSat = (amountMsat: bigint): bigint => amountMsat - (amountMsat % 1_000n);

/** The four figures at the head of a portfolio. */
export function portfolioSums(figures: PortfolioFigures): SumView[] {
  const { receivedMsat, receivedInterestMsat, unallocatedMsat, xirr } = figures;
  // Whole sats that add up: what rounding cuts off the other parts counts as principal.
  const principalMsat =
    wholeSat(receivedMsat) - wholeSat(receivedInterestMsat) - wholeSat(unallocatedMsat);
  const over = unallocatedMsat > 0n ? `, ${sats(unallocatedMsat)} too much and owed back` : '';
  const late =
    figures.arrearsMsat > 0n ? `${sats(figures.arrearsMsat)} of it is past due` : 'nothing is late';
  const toCome =
    figures.undisbursedMsat > 0n ? `; ${sats(figures.undisbursedMsat)} still to be paid out` : '';
  return [
    {
      key: 'invested',
      label: 'Paid out',
      amountMsat: figures.investedMsat,
      basis: `under ${formatPlural(figures.contracts, 'contract')}${toCome}`,
    },
    {
      key: 'received',
      label: 'Came back',
      amountMsat: figures.receivedMsat,
      basis:
        `${sats(principalMsat)} of principal, ` +
        `${sats(receivedInterestMsat)} of interest${over}`,
    },
    {
      key: 'outstanding',
      label: 'Outstanding',
      amountMsat: figures.outstandingMsat,
      basis: late,
      tone: figures.arrearsMsat > 0n ? 'problem' : 'plain',
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

/** The figures below: how they are made and what they leave out. */
export function portfolioFigures(figures: PortfolioFigures): FigureView[] {
  const { xirr, netAnnual } = figures;
  return [
    {
      key: 'xirr',
      label: 'Return a year (XIRR)',
      value: returnText(xirr) ?? 'withheld',
      basis:
        xirr.withheld === undefined
          ? 'every payment in and out, and ' +
            `${sats(figures.outstandingMsat)} outstanding, of which ` +
            `${sats(figures.doubtfulMsat)} count as nothing`
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
        `${sats(figures.receivedInterestMsat)} of interest received, less what is in default, ` +
        'on the principal that was out, day by day',
      explains:
        'Interest received, less the principal of contracts in default, ÷ the average principal ' +
        'outstanding, for a year. It takes no notice of when interest came.',
    },
    {
      key: 'bank',
      label: 'With one bank, at most',
      value: riskText(figures.largestBankOfOutstanding, 'nothing outstanding'),
      basis: `${amountsText(figures.largestBankOfOutstanding)} outstanding`,
      explains: 'If that bank fails to do its work, this much is affected at once.',
    },
    {
      key: 'business',
      label: 'With one business, at most',
      value: riskText(figures.largestBusinessOfOutstanding, 'nothing outstanding'),
      basis: `${amountsText(figures.largestBusinessOfOutstanding)} outstanding`,
      explains: 'If that business fails, this much is affected at once.',
    },
  ];
}

/** Shares of what is outstanding; where nothing is, of what was paid out. */
export function shareViews(
  names: Names,
  shares: readonly PartyShare[],
  role: 'bank' | 'business',
): ShareView[] {
  const isOwed = shares.some(({ outstandingMsat }) => outstandingMsat > 0n);
  const amountOf = (share: PartyShare): bigint =>
    isOwed ? share.outstandingMsat : share.disbursedMsat;
  const all = shares.reduce((sum, share) => sum + amountOf(share), 0n);
  return shares.map((share) => ({
    who: personView(names, share.pubkey),
    href: role === 'bank' ? bankHref(share.pubkey) : undefined,
    amountMsat: amountOf(share),
    bps: all === 0n ? 0 : Number((amountOf(share) * 10_000n) / all),
    note:
      (isOwed ? 'of what is outstanding, ' : 'of what was paid out; nothing is outstanding, ') +
      formatPlural(share.contracts, 'contract'),
  }));
}
