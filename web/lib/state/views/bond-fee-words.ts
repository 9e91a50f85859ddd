/** Words for the fee of a transaction that spends a bond. */
import { PAYOUT_FEE_RATES } from '@realyield/protocol';
import type { FeeProposal } from '../../engine/bonds/fee-choice.ts';

const shown = (rate: number): string => String(Math.round(rate * 10) / 10);

/** What the rate that was put in rests on. */
export function feeHint(proposal: FeeProposal | undefined): string {
  if (!proposal) return 'Asking your sources of the chain what a block within the hour costs.';
  const { basis, said, satPerVirtualByte } = proposal;
  const [least, most] = [shown(said?.least ?? 0), shown(said?.most ?? 0)];
  switch (basis) {
    case 'sources':
      return `${satPerVirtualByte} is enough for a block within the hour, as your sources say.`;
    case 'differ':
      return `Your sources differ: from ${least} to ${most} sat/vB. The lowest is put in.`;
    case 'oneSource':
      return `${satPerVirtualByte} is what one source says; no other one answered.`;
    case 'capped':
      return (
        `From ${least} sat/vB up is what is said, which can be wrong. ` +
        `${satPerVirtualByte} is put in: look elsewhere before you give more.`
      );
    case 'none':
      return `No source said what is usual. ${satPerVirtualByte} is put in; change it if you know.`;
  }
}

/** What is wrong with a typed rate. */
export const FEE_RATE_MISTAKE =
  `Type a whole number from ${PAYOUT_FEE_RATES.least} to ${PAYOUT_FEE_RATES.most}: less is ` +
  'not passed on, and more only burns money.';

/** A share of an amount in per cent, as people read it. */
export function feeShare(feeSat: bigint, amountSat: bigint): string {
  if (amountSat <= 0n) return '100 %';
  const tenths = (feeSat * 1_000n + amountSat - 1n) / amountSat;
  return tenths < 10n ? 'less than 1 %' : `${tenths / 10n} %`;
}
