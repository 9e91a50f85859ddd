/** Numbers of parts that a payer counts itself. Spec: specs/payments.md, "Legs and parts". */
import { nextPartNumber, type ContractState, type Leg } from '@realyield/protocol';
import type { Desk } from './desk.ts';
import { randomHex } from './random.ts';

/** A device begins below this, so that there is room to count on. */
const FIRST_BELOW = 2 ** 31;
/** So many numbers from where a device begins are its own. */
const LINE_LENGTH = 2 ** 20;

/** Where a device begins to count what it pays on of a till's takings, at random. */
export function drawFirst(): number {
  return Number.parseInt(randomHex().slice(0, 8), 16) % FIRST_BELOW;
}

/** Whether a number is of those that begin somewhere. */
export function isOfLine(first: number, n: number): boolean {
  return n >= first && n < first + LINE_LENGTH;
}

/**
 * The number of the next order on a leg; others may be in hand beside those of the journal. On
 * the legs of a bank's till it is one of those that begin at `from`.
 */
export function nextNumber(
  { journal }: Pick<Desk, 'journal'>,
  state: ContractState,
  leg: Parameters<typeof nextPartNumber>[1],
  others: readonly number[] = [],
  from = drawFirst(),
): number {
  const inHand = journal.entries(state.root, leg).map(({ n }) => n);
  if (!isPerDevice(leg)) return nextPartNumber(state, leg, [...inHand, ...others]);
  // TL-36: "A device of the bank MUST count the parts of `tillShare` and `takings` that it pays on
  // from a number of its own, drawn at random…"
  const own = inHand.filter((each) => isOfLine(from, each));
  const taken = state.paid.numbers(leg);
  let n = own.reduce((most, each) => Math.max(most, each + 1), from);
  while (taken.has(n) || others.includes(n)) n += 1;
  return n;
}

/** Whether each device orders on a leg what its own till brought, whatever others paid there. */
export function isPerDevice(leg: Leg): boolean {
  return leg === 'tillShare' || leg === 'takings';
}
