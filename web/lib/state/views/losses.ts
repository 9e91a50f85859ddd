/** What follows a default, in words: guarantee, recoveries, calling in, writing off. */
import {
  guaranteeOf,
  recoveriesOf,
  REJECT_SENTENCES,
  type PartyRole,
  type RecoveryShare,
} from '@realyield/protocol';
import type { Catalog } from '../../engine/catalog.ts';
import type { Outlook } from '../../engine/notices.ts';
import type { Fact } from '../../ui/facts.ts';
import { amountOf, amountText, type AmountUnit } from '../../amount.ts';
import { formatDue, formatPlural } from '../../format.ts';
import type { ContractNow } from './contract.ts';
import { calendarOf } from './notices.ts';
import { nameOf, type Names } from './people.ts';
import { wholeText } from './rates.ts';

/** Where a called guarantee stands; undefined without one, or while there is no default. */
export function guaranteeSentence(now: ContractNow): string | undefined {
  const { state, nowSec } = now;
  const called = guaranteeOf(state, nowSec);
  if (!called) return undefined;
  const { denomination } = state.contract.document;
  const text = (units: bigint): string => amountText(units, denomination);
  const due = formatDue(called.dueAtSec, calendarOf(state));
  const paid = called.paidUnits > 0n ? ` ${text(called.paidUnits)} is paid.` : '';
  const most =
    `The bank guarantees ${text(called.limitUnits)} of the ` +
    `${text(called.claimUnits)} lacking at the default.`;
  if (called.handOnUnits > 0n) {
    const more = text(called.handOnUnits);
    return `${most}${paid} The investor is made whole and hands on ${more} to the bank.`;
  }
  if (called.unpaidUnits === 0n) {
    return called.paidUnits > 0n
      ? `${most}${paid} Nothing more is owed of it.`
      : `${most} What the business repaid since covers it, so nothing is owed.`;
  }
  const owed = text(called.unpaidUnits);
  return called.daysPastDue > 0
    ? `${most}${paid} ${owed} was due ${due}: ${formatPlural(called.daysPastDue, 'day')} late.`
    : `${most}${paid} ${owed} is due by ${due}.`;
}

/** Why a loan in default is not called in or written off now; undefined where it may be. */
export function aftermathRefusal(outlook: Outlook): string | undefined {
  if (outlook.when === 'now') return undefined;
  const { code } = outlook.refused;
  return code === 'NOT_LATE' ? 'Nothing is late now.' : REJECT_SENTENCES[code];
}

/** What the bank said it recovered, and what of the investor's share it has paid. */
export function recoverySentence({ state, nowSec }: ContractNow): string | undefined {
  const { owedUnits, paidUnits, unpaidUnits } = recoveriesOf(state, nowSec);
  if (owedUnits === 0n) return undefined;
  const text = wholeText(state.contract.document.denomination);
  const share = `This loan’s share of what the bank recovered is ${text(owedUnits)}.`;
  return unpaidUnits === 0n
    ? `${share} It is paid.`
    : `${share} ${text(paidUnits)} of it is paid, ${text(unpaidUnits)} is not.`;
}

/** What stating a recovery does, each a sentence. */
export function recoveryEffects(): string[] {
  return [
    'It says in public, under your signature, what you got and what you keep back for costs.',
    'From then on you owe each lender the share shown here. Paying it is a step of its own.',
    'It is not taken back: what you do not pay stands in your record as recovered and kept.',
  ];
}

/** The shares of a recovery, each with the loan it is for and who lent it. */
export function shareFacts(
  names: Names,
  catalog: Pick<Catalog, 'contract'> | undefined,
  shares: readonly RecoveryShare[],
  denomination: AmountUnit,
): Fact[] {
  return shares.map(({ contract, shareUnits }) => {
    const state = catalog?.contract(contract)?.fold.state;
    const principal = BigInt(state?.contract.document.principalUnits ?? 0);
    const lender = state?.contract.document.parties.investor.pubkey ?? contract;
    const isDue = state?.status === 'defaulted';
    return {
      label: `${amountText(principal, denomination)} lent by ${nameOf(names, lender)}`,
      amount: amountOf(shareUnits, denomination),
      note: isDue ? undefined : 'Not in default: nothing is owed on it by this statement.',
    };
  });
}

/** What signing an acceleration or write-off does, each a sentence. */
export function aftermathEffects(type: 'acceleration' | 'writeOff', role: PartyRole): string[] {
  if (type === 'acceleration') {
    return [
      'Everything lent and not repaid, and its interest, falls due today.',
      'It is final: no later payment and nobody’s signature takes it back.',
      'What the business pays is used as before, for what has been due longest first.',
    ];
  }
  return [
    'It says in public that you expect no more of this loan. It is final.',
    'The debt stays: interest runs on, and whatever is still paid or recovered counts.',
    role === 'bank'
      ? 'It counts as a loss in your record for everyone to see.'
      : 'It counts as a loss in the bank’s record.',
  ];
}
