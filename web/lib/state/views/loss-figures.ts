/** What was lost and what came back of it, in words and for a chart: of a bank or a portfolio. */
import {
  vintagesOf,
  type ContractSummary,
  type GuaranteeTerms,
  type Losses,
} from '@realyield/protocol';
import { amountOf, wholeUnitsUp, type AmountUnit } from '../../amount.ts';
import type { FigureView, StackView, VintageView } from '../../components/figure-models.ts';
import { formatBps, formatCount, formatDate, formatMonth, formatPlural } from '../../format.ts';
import { monthsWords, type BankRecord } from './banks.ts';
import { amountsText, rateText, riskText, wholeText } from './rates.ts';

const DAY_SEC = 86_400;

type Write = (units: bigint) => string;

/** Up to this share of a book past its term, what it has lost says little yet. */
const TESTED_BPS = 5_000;

/** What a loss is judged by, beside the loss itself. */
export interface LossBasis {
  readonly denomination: AmountUnit;
  readonly losses: Losses;
  /** Share of the principal paid out whose term is over, basis points. */
  readonly maturityBps: number | undefined;
}

function youth(maturityBps: number | undefined): string {
  if (maturityBps !== undefined && maturityBps >= TESTED_BPS) return '';
  const share = maturityBps === undefined ? 'Nothing' : `Only ${formatBps(maturityBps)}`;
  return ` ${share} of what was paid out is past its term: young loans have had no time to fail.`;
}

/** What was lost and what came back, in a few sentences. */
export function lossSentence({ losses, maturityBps, denomination }: LossBasis): string {
  const text = wholeText(denomination);
  const { guarantees } = losses;
  if (losses.contracts === 0) return `No loan has defaulted.${youth(maturityBps)}`;
  const held = guarantees.paidUnits - guarantees.handedOnUnits;
  const paid = held > 0n ? `, and ${text(held)} was paid under guarantees` : '';
  const more =
    losses.owingContracts === 0
      ? ' Nothing of it is owed any more.'
      : ` The oldest default is ${formatPlural(losses.oldestDays, 'day')} old: more may come back.`;
  return (
    `${formatPlural(losses.contracts, 'loan')} defaulted. Of ${text(losses.exposureUnits)} then ` +
    `owed, ${text(losses.recoveredUnits)} has come back from the borrower${paid}.${more}`
  );
}

/** The same of a bank's books, undefined while they are empty; amounts stand apart by currency. */
export function bankLossSentence(books: BankRecord | undefined): string | undefined {
  const bases = (books ?? [])
    .filter(({ contracts }) => contracts > 0)
    .map(({ denomination, losses, defaults }) => ({
      denomination,
      losses,
      maturityBps: defaults.maturity.bps,
    }));
  const lossy = bases.filter(({ losses }) => losses.contracts > 0);
  if (lossy.length > 0) return lossy.map(lossSentence).join(' ');
  // Where nothing was lost, the youngest book says most about how little that proves.
  const [youngest] = bases.sort((a, b) => (a.maturityBps ?? 0) - (b.maturityBps ?? 0));
  return youngest && lossSentence(youngest);
}

/** What was owed at a default, by what has become of it. */
interface LossParts {
  readonly atSec: number;
  readonly loans: number;
  readonly writtenOff: number;
  readonly recovered: bigint;
  readonly guaranteed: bigint;
  readonly lacking: bigint;
}

function lossParts({ loss, guarantee, daySec, writtenOff }: ContractSummary): LossParts[] {
  if (!loss || loss.exposureUnits === 0n) return [];
  const cut = (amount: bigint, most: bigint): bigint => (amount < most ? amount : most);
  const recovered = cut(loss.recoveredUnits, loss.exposureUnits);
  const held = (guarantee?.paidUnits ?? 0n) - (guarantee?.handedOnUnits ?? 0n);
  const guaranteed = cut(held > 0n ? held : 0n, loss.exposureUnits - recovered);
  const lacking = loss.exposureUnits - recovered - guaranteed;
  const atSec = loss.day * daySec;
  return [{ atSec, loans: 1, writtenOff: writtenOff ? 1 : 0, recovered, guaranteed, lacking }];
}

/** Loans that defaulted on one day stand in one bar. */
function byDay(parts: readonly LossParts[]): LossParts[] {
  const days = new Map<string, LossParts>();
  for (const each of parts) {
    const key = formatDate(each.atSec);
    const known = days.get(key);
    days.set(key, {
      atSec: each.atSec,
      loans: (known?.loans ?? 0) + each.loans,
      writtenOff: (known?.writtenOff ?? 0) + each.writtenOff,
      recovered: (known?.recovered ?? 0n) + each.recovered,
      guaranteed: (known?.guaranteed ?? 0n) + each.guaranteed,
      lacking: (known?.lacking ?? 0n) + each.lacking,
    });
  }
  return [...days.values()].sort((a, b) => a.atSec - b.atSec);
}

/** Defaults by day: what came back of what was owed, and what is lacking. */
export function lossStack(
  contracts: readonly ContractSummary[],
  denomination: AmountUnit,
): StackView {
  return {
    denomination,
    label: 'What was owed at each default: came back, paid under a guarantee, lacking',
    parts: [
      { part: 'recovered', label: 'Came back' },
      { part: 'guaranteed', label: 'Paid under a guarantee' },
      { part: 'lacking', label: 'Lacking' },
    ],
    bars: byDay(contracts.flatMap(lossParts)).map((day) => {
      const off = day.writtenOff > 0 ? `, ${formatCount(day.writtenOff)} written off` : '';
      const { recovered, guaranteed, lacking } = day;
      return {
        key: String(day.atSec),
        label: formatDate(day.atSec),
        note: `${formatPlural(day.loans, 'loan')}${off}`,
        parts: { recovered, guaranteed, lacking },
      };
    }),
  };
}

function promiseWords(terms: GuaranteeTerms): string {
  switch (terms.type) {
    case 'none':
      return 'nothing';
    case 'firstLoss':
      return `the first losses of principal up to ${formatBps(terms.shareBps)}`;
    case 'full':
      return `principal and interest up to ${formatBps(terms.capBps)}`;
    case 'bond':
      return 'principal and interest up to what its bond sets aside';
  }
}

/** What a bank promises on its offers on show, in a sentence. */
export function promiseSentence(guarantees: readonly GuaranteeTerms[]): string | undefined {
  if (guarantees.length === 0) return undefined;
  const given = guarantees.filter(({ type }) => type !== 'none');
  const all = formatPlural(guarantees.length, 'offer');
  if (given.length === 0) return `The bank guarantees none of its ${all} on show.`;
  const kinds = given.map(promiseWords);
  const said = [...new Set(kinds)].join('; ');
  return `The bank guarantees ${formatCount(given.length)} of its ${all} on show: ${said}.`;
}

function guaranteeFigure({ guarantees }: Losses, text: Write): FigureView {
  const { contracts, limitUnits, paidUnits, handedOnUnits, unpaidUnits, lateContracts } =
    guarantees;
  const late =
    lateContracts > 0
      ? `; ${text(guarantees.lateUnits)} on ${formatPlural(lateContracts, 'loan')} is late`
      : '';
  const back = handedOnUnits > 0n ? `, ${text(handedOnUnits)} given back to it` : '';
  return {
    key: 'guarantees',
    label: 'Guarantees called',
    value: contracts === 0 ? 'none' : formatPlural(contracts, 'loan'),
    basis:
      contracts === 0
        ? 'no default has called one'
        : `up to ${text(limitUnits)}; ${text(paidUnits)} paid by the bank${back}, ` +
          `${text(unpaidUnits)} unpaid${late}`,
    tone: lateContracts > 0 ? 'problem' : 'plain',
    explains:
      'A guarantee is the bank’s own promise to make good part of a loss, paid from its wallet; ' +
      'what a bond adds stands under “Bonds”. A default notice that counts calls it. What the ' +
      'borrower pays since makes the bank’s part smaller. Only payments with a preimage count as ' +
      'paid.',
  };
}

function recoveryFigures(losses: Losses, denomination: AmountUnit): FigureView[] {
  const text = wholeText(denomination);
  const none = 'no loan has defaulted';
  const { recovery, lossGivenDefault, oldestDays } = losses;
  const age =
    losses.contracts === 0 ? '' : `; oldest default ${formatPlural(oldestDays, 'day')} ago`;
  const stated =
    losses.recoveriesOwedUnits === 0n
      ? ''
      : `; the bank says it recovered ${text(losses.recoveriesOwedUnits)} for the lenders ` +
        (losses.recoveriesUnpaidUnits === 0n
          ? 'and has paid all of it on'
          : `and has not paid on ${text(losses.recoveriesUnpaidUnits)} of it`);
  return [
    {
      key: 'recovery',
      label: 'Came back of what defaulted',
      value: rateText(recovery, none),
      basis:
        losses.contracts === 0
          ? 'nothing was at stake'
          : `${amountsText(recovery, denomination)} in the value of the day of ` +
            `default${age}${stated}`,
      tone: losses.recoveriesUnpaidUnits > 0n ? 'problem' : 'plain',
      explains:
        'Principal and interest paid after the day of default, by the borrower or recovered by ' +
        'the bank after costs, ÷ principal and interest owed on that day. Later money counts for ' +
        'less, by the loan’s own rate. Recovery takes years: a young default looks worse here ' +
        'than it ends.',
    },
    {
      key: 'lgd',
      label: 'Lost, given default',
      value: riskText(lossGivenDefault, none),
      basis:
        losses.contracts === 0
          ? 'nothing was at stake'
          : amountsText(lossGivenDefault, denomination),
      tone: lossGivenDefault.numeratorUnits > 0n ? 'problem' : 'plain',
      explains: 'The rest of it: what has not come back so far, before any guarantee.',
    },
  ];
}

function writeOffFigures(losses: Losses, text: Write): FigureView[] {
  const { writeOffRatio: ratio } = losses;
  const over = ratio.days >= 365 ? 'a year' : formatPlural(ratio.days, 'day');
  return [
    {
      key: 'writeOffs',
      label: 'Written off in a year',
      value: ratio.bps === undefined ? 'nothing lent yet' : formatBps(ratio.bps),
      basis:
        `${text(ratio.writtenOffUnits)} of what was out on average over ${over}; ` +
        `ever ${text(losses.writtenOffUnits)} on ` +
        formatPlural(losses.writtenOffContracts, 'loan'),
      tone: losses.writtenOffContracts > 0 ? 'problem' : 'plain',
      explains:
        'Principal the bank declared lost ÷ the average principal outstanding. A write-off takes ' +
        'nothing out of what is late or outstanding here: no record looks better for one.',
    },
    {
      key: 'restructured',
      label: 'Terms eased',
      value: formatPlural(losses.restructuredContracts, 'loan'),
      basis:
        `${text(losses.restructuredUnits)} outstanding, counted as late over 30 days ` +
        'even when paid on the new dates',
      tone: losses.restructuredContracts > 0 ? 'problem' : 'plain',
      explains:
        'Loans whose terms all three changed because the business could not pay, or while an ' +
        'instalment was late. New dates make a late loan look current: so it stays counted.',
    },
  ];
}

/** What was lost, in figures. */
export function lossFigures(losses: Losses, denomination: AmountUnit): FigureView[] {
  const text = wholeText(denomination);
  return [
    ...recoveryFigures(losses, denomination),
    ...writeOffFigures(losses, text),
    guaranteeFigure(losses, text),
  ];
}

/** Loans by the month in which they were first paid out. */
export function vintageViews(
  contracts: readonly ContractSummary[],
  denomination: AmountUnit,
): VintageView[] {
  const isCalendar = contracts.every(({ network }) => network !== 'regtest');
  return vintagesOf(contracts).map((row) => ({
    key: `${row.fromSec} ${row.toSec}`,
    label: row.toSec - row.fromSec > DAY_SEC ? formatMonth(row.fromSec) : formatDate(row.toSec),
    loans: formatCount(row.contracts),
    age: monthsWords(row.months, isCalendar),
    denomination,
    disbursedUnits: row.disbursedUnits,
    principalPaidUnits: wholeUnitsUp(amountOf(row.principalPaidUnits, denomination)),
    defaulted: riskText(row.defaulted, '—'),
    isLossy: row.defaultedContracts > 0,
  }));
}
