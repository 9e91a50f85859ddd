/**
 * What a lost device of a bank took becomes this one's to pay on, as far as copies tell: all at
 * once, and later what a copy that came late adds. Spec: specs/till.md, "Run by the bank".
 */
import type { Desk } from '../desk.ts';
import { nameFrom, saleFrom } from './device-copy.ts';
import { ownRow, type CopiedSale, type Devices, type OtherDevice } from './devices.ts';
import type { Till } from './till.ts';
import type { TakenIn, TillName } from './till-rows.ts';

/** What was taken in of a device before. */
interface Before {
  readonly takenMsat: string;
  readonly accrued: Readonly<Record<string, string>>;
  /** Names of its sales that were paid. */
  readonly paid: readonly string[];
}

const NOTHING: Before = { takenMsat: '0', accrued: {}, paid: [] };

/** Sales that were paid there and, found by this device's wallet meanwhile, here. */
function countedTwice(till: Till, { sales }: OtherDevice, before: Before): readonly CopiedSale[] {
  return sales.filter(({ sale, paid }) => {
    const here = till.askedFor(sale)?.paid;
    return paid && here && here.till !== paid.till && !before.paid.includes(sale);
  });
}

/** What a device took beyond what is here already. */
function beyond(till: Till, other: OtherDevice, before: Before): Omit<TakenIn, 'also'> {
  const twice = countedTwice(till, other, before).flatMap(({ paid }) => paid ?? []);
  const { copy, sales } = other;
  const names = new Map<string, TillName>();
  for (const name of sales.flatMap((sale) => nameFrom(sale) ?? [])) names.set(name.till, name);
  const twiceMsat = twice.reduce((sum, { msat }) => sum + BigInt(msat), 0n);
  return {
    sales: sales.map(saleFrom),
    names: [...names.values()],
    accounts: copy.accounts.map(({ contract, accrued, denominator }) => {
      const shares = twice.flatMap(({ split }) =>
        split.filter((each) => each.contract === contract),
      );
      const sharesMsat = shares.reduce((sum, { msat }) => sum + BigInt(msat), 0n);
      const known = BigInt(before.accrued[contract] ?? 0) + sharesMsat * BigInt(denominator);
      return { contract, accrued: BigInt(accrued) - known, denominator: BigInt(denominator) };
    }),
    takenMsat: BigInt(copy.takenMsat) - BigInt(before.takenMsat) - twiceMsat,
  };
}

/** Whether anything of a device is news. */
function isNews(till: Till, { copy, sales }: OtherDevice, before: Before): boolean {
  const isOpen = ({ sale }: CopiedSale): boolean => !till.askedFor(sale);
  return copy.takenMsat !== before.takenMsat || sales.some(isOpen);
}

/** Takes in what another device took; whether there was anything new. */
export async function takeOver(
  desk: Desk,
  devices: Devices,
  { business, till }: { readonly business: string; readonly till: Till },
  device: string,
): Promise<boolean> {
  const own = devices.known(business);
  const other = devices.other(business, device);
  if (!own || own.isClosed || !other) return false;
  const key = `hosted|${business}|taken|${device}`;
  const before = ((await desk.store.get('journal', key)) as Before | undefined) ?? NOTHING;
  const isFirst = !own.took.includes(device);
  if (!isFirst && !isNews(till, other, before)) return false;
  const { copy, sales } = other;
  // TL-38: "…it goes on with the numbers of that device…"
  const next = isFirst
    ? {
        ...own,
        firsts: [...own.firsts, ...copy.firsts],
        took: [...new Set([...own.took, device, ...copy.took])],
      }
    : own;
  const after: Before = {
    takenMsat: copy.takenMsat,
    accrued: Object.fromEntries(copy.accounts.map((each) => [each.contract, each.accrued])),
    paid: sales.flatMap(({ sale, paid }) => (paid ? [sale] : [])),
  };
  const also = [ownRow(business, next), { table: 'journal' as const, key, value: after }];
  // First: for a moment too much counts as paid on, and never too little.
  devices.become(business, next);
  await till.takeIn({ ...beyond(till, other, before), also });
  return true;
}
