/** The terms of an investment in plain words: what leaves, what comes back, and what if not. */
import { DAY_SEC, type ContractDocument } from '@realyield/protocol';
import type { InstalmentView, TermsView } from '../../components/models.ts';
import { amountText } from '../../amount.ts';
import { formatBps, formatDue, formatDuration, formatPlural, type Calendar } from '../../format.ts';
import { quorumWords } from './denominations.ts';
import { feeWords } from './fee-words.ts';
import { guaranteeWords } from './guarantee-words.ts';
import { plannedSchedule } from './offers.ts';
import { backHow, backMore, lateFeeWords } from './terms-plan.ts';
import { recoveryWords, tillShareWords } from './till-words.ts';

type Tranche = ContractDocument['tranches'][number];

function calendarOf(document: ContractDocument): Calendar {
  return { startSec: document.startAtSec, daySec: document.daySec };
}

/**
 * `in 30 payments over 15 days, one every 12 h`; where the contract's days run faster than the
 * world's, both lengths are by the reader's clock: `over 1 min (30 contract days)`.
 */
function streamWords(tranche: Tranche, daySec: number): string {
  if (tranche.ticks === 1) return 'in one payment';
  const spanSec = tranche.toSec - tranche.fromSec;
  const days = Math.round(spanSec / daySec);
  const span =
    daySec === DAY_SEC
      ? formatPlural(days, 'day')
      : `${formatDuration(spanSec)} (${formatPlural(days, 'contract day')})`;
  const everySec = Math.max(1, Math.round(spanSec / tranche.ticks));
  const payments = formatPlural(tranche.ticks, 'payment');
  return `in ${payments} over ${span}, one every ${formatDuration(everySec)}`;
}

/** A part of the principal in per cent, by basis points. */
function shareText(tranche: Tranche, principalUnits: bigint): string {
  return formatBps(
    Number((BigInt(tranche.amountUnits) * 10_000n + principalUnits / 2n) / principalUnits),
  );
}

/** Who decides whether a milestone is reached: the one named, else the bank. */
export function attesterKeyOf(document: ContractDocument): string {
  return document.attester ?? document.parties.bank.pubkey;
}

function stepOf(document: ContractDocument, tranche: Tranche, attester: string): string {
  const share = shareText(tranche, BigInt(document.principalUnits));
  const amount = amountText(BigInt(tranche.amountUnits), document.denomination);
  const from = formatDue(tranche.fromSec, calendarOf(document));
  const how = `from ${from} ${streamWords(tranche, document.daySec)}`;
  if (!tranche.milestone) return `${share}, ${amount}: ${how}.`;
  return (
    `${share}, ${amount}: leaves your wallet only after ${attester} has confirmed ` +
    `“${tranche.milestone.title}”; ${how} at the earliest.`
  );
}

function payHow(document: ContractDocument): string {
  const [first] = document.tranches;
  if (document.tranches.length > 1) {
    return `in ${document.tranches.length} tranches; you can pause at any time`;
  }
  return first ? `${streamWords(first, document.daySec)}; you can pause at any time` : '';
}

function paySteps(document: ContractDocument, attester: string): string[] {
  const { tranches } = document;
  const isPlain = tranches.length === 1 && tranches[0]?.milestone === undefined;
  if (isPlain) return [];
  const steps = tranches.map((tranche) => stepOf(document, tranche, attester));
  const hasMilestone = tranches.some((tranche) => tranche.milestone !== undefined);
  return hasMilestone
    ? [
        ...steps,
        'Money whose milestone is not confirmed in time never leaves you, and is not owed.',
      ]
    : steps;
}

/** How amounts in a currency leave a wallet that holds bitcoin. */
function priceSteps({ denomination }: ContractDocument): string[] {
  if (denomination.type === 'msat') return [];
  return [
    'Each payment leaves your wallet in bitcoin, and comes back so, at the price that ' +
      `${quorumWords(denomination)} sign in its minute. How many sats that is, nobody knows today.`,
  ];
}

function when(document: ContractDocument, instalments: readonly InstalmentView[]): string {
  const calendar = calendarOf(document);
  const due = instalments.map((instalment) => formatDue(instalment.dueAtSec, calendar));
  const isDay = (text: string | undefined): string =>
    text?.startsWith('day') === true ? `${text} of the contract` : (text ?? '');
  if (due.length <= 1) return `by ${isDay(due[0])}`;
  return `from ${due[0] ?? ''} to ${isDay(due.at(-1))}`;
}

function ifNot(document: ContractDocument): string[] {
  const { plan, default: terms } = document;
  const grace =
    plan.graceDays === 0
      ? ''
      : `; paid within ${formatPlural(plan.graceDays, 'day')} it still counts as on time`;
  const cure =
    terms.cureDays === 0
      ? 'once an arrears notice is out'
      : `${formatPlural(terms.cureDays, 'day')} after an arrears notice`;
  return [
    `What is unpaid after its due day is late, for everyone to see${grace}.` +
      lateFeeWords(plan.lateFee, document.denomination),
    'Then you or the bank may send an arrears notice, signed and public. Paying what is late ' +
      'cures it.',
    `${formatPlural(terms.afterDays, 'day')} past due, and ${cure}, you or the bank may declare ` +
      'default. That is final: nothing more is paid out, and everything stays owed.',
    ...recoveryWords(document.tillShare),
    `The bank follows the recovery steps of the prospectus. ${guaranteeWords(document)}`,
  ];
}

/** The terms of an investment in plain words; `attester` is the name of who confirms milestones. */
export function termsView(document: ContractDocument, attester: string): TermsView {
  const { instalments } = plannedSchedule(document);
  const fees = feeWords(document);
  const hasMilestone = document.tranches.some((tranche) => tranche.milestone !== undefined);
  return {
    denomination: document.denomination,
    payUnits: BigInt(document.principalUnits),
    payHow: payHow(document),
    paySteps: [...paySteps(document, attester), ...priceSteps(document), ...fees.atStart],
    backUnits: instalments.reduce((sum, entry) => sum + entry.totalUnits, -fees.keptUnits),
    backHow: backHow(document, instalments),
    backMore: [...fees.onRepayments, ...backMore(document), ...tillShareWords(document.tillShare)],
    when: when(document, instalments),
    ifNot: ifNot(document),
    notProven: [
      'That the business exists and will repay: the bank says so and signed it.',
      ...(hasMilestone
        ? [`That a milestone was reached: ${attester} says so; the evidence is not checked here.`]
        : []),
      document.plan.type === 'revenueShare'
        ? 'That all sales are reported. What is shown assumes none: ' +
          'the least each time, the rest at the end.'
        : 'The interest shown assumes every payment on its planned day.',
      ...(document.denomination.type === 'fiat'
        ? ['That the oracles’ prices are the market’s: the parties agree to believe them.']
        : []),
    ],
  };
}
