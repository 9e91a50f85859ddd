/**
 * Parts that are paid on the chain or not at all, in the journal: no payment over Lightning is
 * begun for what is held so. Spec: specs/tenders.md, "Clients".
 */
import type { TenderDocument } from '@realyield/protocol';
import type { Desk } from '../desk.ts';
import { renewedEntry, wantedEntry, type JournalEntry, type JournalStep } from '../journal.ts';
import { orderRow, type ChainOrder } from './orders.ts';

/** Steps of a part that may be held here; `undefined`: the journal does not know it. */
const FREE: readonly (JournalStep | undefined)[] = [undefined, 'wanted', 'failed'];
/** Another device has begun it: what was checked here and not sent is not sent any more. */
const FREE_ELSEWHERE: readonly (JournalStep | undefined)[] = [...FREE, 'checked'];

/** The journal's entries of an order's parts; those it does not know were ordered elsewhere. */
export function entriesOf({ journal, clock }: Desk, order: ChainOrder): readonly JournalEntry[] {
  const { contract, leg, n, tender } = order;
  const { units } = JSON.parse(tender.content) as TenderDocument;
  return n.map((part, place) => {
    const known = journal.get(contract, leg, part);
    return known ?? wantedEntry(contract, leg, part, BigInt(units[place] ?? '0'), clock.nowMs());
  });
}

/** Holds an order's parts that are free, its row in the same write; whether all are held. */
export async function holdParts(
  { journal, clock }: Desk,
  order: ChainOrder,
  entries: readonly JournalEntry[],
  begunBy: 'this device' | 'another',
): Promise<boolean> {
  const held = entries.map((entry): JournalEntry => {
    return { ...renewedEntry(entry, clock.nowMs()), step: 'chain' };
  });
  const free = begunBy === 'another' ? FREE_ELSEWHERE : FREE;
  const after = await journal.change(
    held,
    (current, next) => (free.includes(current?.step) ? next : undefined),
    [orderRow(order)],
  );
  return after.every((entry) => entry?.step === 'chain');
}

/** Parts are to be asked for again, but for those that another order holds. */
export async function freeParts(
  { journal, clock }: Desk,
  { contract, leg, n, tender }: ChainOrder,
  all: readonly ChainOrder[],
): Promise<void> {
  const others = all.filter(({ state, tender: { id } }) => state === 'open' && id !== tender.id);
  const isHeld = (part: number): boolean =>
    others.some((other) => {
      return other.contract === contract && other.leg === leg && other.n.includes(part);
    });
  const parts = n.filter((part) => !isHeld(part));
  const entries = parts.flatMap((part) => journal.get(contract, leg, part) ?? []);
  const freed = entries.map((entry) => renewedEntry(entry, clock.nowMs()));
  await journal.change(freed, (current, next) => (current?.step === 'chain' ? next : undefined));
}
