/** What a payer's wallet and their own limits still leave room for, as a stream shows it. */
import type { WalletView } from '../../components/models.ts';
import type { SpendingView } from '../../components/payment-models.ts';
import type { SpendingLimits } from '../../engine/limits.ts';

/** The budget and the limits that hold for a contract; the sums are made only where one is set. */
export function spendingView(
  limits: Pick<SpendingLimits, 'limits' | 'spentTodayMsat' | 'spentUnderMsat'>,
  contract: string,
  budget: WalletView['budget'],
): SpendingView {
  const { perDayMsat, perContractMsat } = limits.limits;
  return {
    budget,
    day:
      perDayMsat === undefined
        ? undefined
        : { limitMsat: perDayMsat, spentMsat: limits.spentTodayMsat() },
    contract:
      perContractMsat === undefined
        ? undefined
        : { limitMsat: perContractMsat, spentMsat: limits.spentUnderMsat(contract) },
  };
}
