/** What a device of a bank says of what it took, and how another reads it. Spec: specs/till.md. */
import type { MessageOf } from '@realyield/protocol';
import type { Desk } from '../desk.ts';
import type { CopiedSale, OwnDevice } from './devices.ts';
import { currencyOf, type TillSale } from './sale.ts';
import type { Till } from './till.ts';
import type { TillName } from './till-rows.ts';

/** What belongs to the device itself in a copy. */
type About = Pick<
  MessageOf<'tillCopy'>,
  'device' | 'step' | 'firsts' | 'took' | 'takenMsat' | 'accounts'
>;

/** What parts ordered before the device counted from a number of its own came to, msat. */
function oldMsat({ journal }: Desk, { old }: OwnDevice, isOf: (root: string) => boolean) {
  const sums = { tillShare: 0n, takings: 0n };
  for (const key of old) {
    const [root = '', leg = '', n = ''] = key.split('|');
    if (!isOf(root) || (leg !== 'tillShare' && leg !== 'takings')) continue;
    sums[leg] += BigInt(journal.get(root, leg, Number(n))?.amountUnits ?? 0);
  }
  return sums;
}

const atLeastNothing = (amount: bigint): string => (amount > 0n ? amount : 0n).toString();

/** All that a device took, less what it paid on under numbers that no copy names. */
export function copyOf(desk: Desk, own: OwnDevice, till: Till): About {
  const { device, firsts, took } = own;
  const paid = till.sales.filter((sale) => sale.paid !== undefined).length;
  const allOld = oldMsat(desk, own, () => true);
  return {
    ...{ device, firsts: [...firsts], took: [...took] },
    // Sales are added and paid, devices taken over from: none of it is ever undone.
    step: till.sales.length + paid + took.length,
    takenMsat: atLeastNothing(till.takenMsat - allOld.tillShare - allOld.takings),
    accounts: [...till.accounts].map(([contract, { accrued, denominator }]) => {
      const old = oldMsat(desk, own, (root) => root === contract).tillShare;
      return {
        contract,
        accrued: atLeastNothing(accrued - old * denominator),
        denominator: denominator.toString(),
      };
    }),
  };
}

/** A sale as it is copied; undefined while it has no invoice. */
export function copiedSale(sale: TillSale, names: readonly TillName[]): CopiedSale | undefined {
  const { asked, invoice, paymentHash, expiresAtSec, priced, salt, paid } = sale;
  if (!asked || invoice === undefined || paymentHash === undefined) return undefined;
  const name = names.find(({ till }) => till === paid?.till);
  const about = {
    ...{ sale: asked.sale, contract: asked.contract, key: asked.key, salt },
    ...{ msat: sale.amountMsat, invoice, paymentHash },
    ...{ askedAtSec: Math.floor(sale.askedAtMs / 1_000), expiresAtSec: expiresAtSec ?? 0 },
    ...(priced ? { priced: { ...priced } } : {}),
  };
  if (!paid || !name) return about;
  const { till, serial, msat, units, atSec, amount, isLate, isUnexpected, preimage } = paid;
  return {
    ...about,
    paid: {
      ...{ till, key: name.key, contracts: [...name.contracts], sinceSec: name.sinceSec, serial },
      ...{ msat, atSec, amount, isLate, isUnexpected, split: [...paid.split] },
      ...(units === undefined ? {} : { units }),
      ...(preimage === undefined ? {} : { preimage }),
    },
  };
}

/** A sale that was copied, as a till keeps it; its place is of no account. */
export function saleFrom(copied: CopiedSale): TillSale {
  const { sale, contract, key, salt, msat, invoice, paymentHash } = copied;
  const { askedAtSec, expiresAtSec, priced } = copied;
  const about: TillSale = {
    ...{ order: 0, step: 'shown', amountMsat: msat, salt, askedAtMs: askedAtSec * 1_000 },
    ...{ invoice, paymentHash, expiresAtSec, asked: { sale, contract, key } },
    ...(priced ? { priced } : {}),
  };
  if (!copied.paid) return about;
  const { key: _key, contracts: _contracts, sinceSec: _since, ...paid } = copied.paid;
  const { units, preimage, ...rest } = paid;
  return {
    ...about,
    step: 'paid',
    paid: {
      ...{ ...rest, found: 'notice' },
      ...(units === undefined ? {} : { units }),
      ...(preimage === undefined ? {} : { preimage }),
    },
  };
}

/** The name that a sale was made under; nothing more is sold under it. */
export function nameFrom(copied: CopiedSale): TillName | undefined {
  if (!copied.paid) return undefined;
  const { till, key, contracts, sinceSec, atSec } = copied.paid;
  const currency = currencyOf({ priced: copied.priced } as TillSale);
  return {
    ...{ till, order: 0, contracts, key, sinceSec, untilSec: atSec },
    ...(currency ? { currency } : {}),
  };
}
