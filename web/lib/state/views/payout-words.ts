/** Steps about a payout of a bond, in words. */
import { KEY_HOLDER_ROLES, type KeyHolderRole, type PaidOutDocument } from '@realyield/protocol';
import { amountText, BITCOIN } from '../../amount.ts';

/** What the author of a step is to the bond whose pledge it embeds. */
export function holderOf(pledge: Record<string, unknown>, key: string): KeyHolderRole | undefined {
  const holders = (pledge['holders'] ?? {}) as Partial<Record<KeyHolderRole, { pubkey: string }>>;
  return KEY_HOLDER_ROLES.find((role) => holders[role]?.pubkey === key);
}

/** What a record of a payout says. */
export function paidOutText({ changeSat, inclusion, paid, spent }: PaidOutDocument): string {
  const msat = (sat: string | bigint): string => amountText(BigInt(sat) * 1_000n, BITCOIN, true);
  const sum = paid.reduce((total, { valueSat }) => total + BigInt(valueSat), 0n);
  const feeSat = BigInt(spent.valueSat) - sum - BigInt(changeSat);
  const back =
    changeSat === '0' ? 'Nothing is left of it.' : `${msat(changeSat)} are still a bond.`;
  return `${msat(sum)} paid in block ${inclusion.height}, for a fee of ${msat(feeSat)}. ${back}`;
}
