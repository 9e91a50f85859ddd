/** Numbers of parts that a payer counts itself. Spec: specs/payments.md, "Legs and parts". */
import { nextPartNumber, type ContractState, type Leg } from '@realyield/protocol';
import type { Desk } from './desk.ts';
import { randomHex } from './random.ts';

/** A device begins below this, so that there is room to count on. */
const FIRST_BELOW = 2 ** 31;

/** The number of the next order on a leg; others may be in hand beside those of the journal. */
export function nextNumber(
  { journal }: Pick<Desk, 'journal'>,
  state: ContractState,
  leg: Parameters<typeof nextPartNumber>[1],
  others: readonly number[] = [],
): number {
  const inHand = journal.entries(state.root, leg).map(({ n }) => n);
  if (!isPerDevice(leg)) return nextPartNumber(state, leg, [...inHand, ...others]);
  // TL-36: "A device of the bank MUST count the parts of `tillShare` and `takings` that it pays on
  // from a number of its own, drawn at random…"
  const first = Number.parseInt(randomHex().slice(0, 8), 16) % FIRST_BELOW;
  const taken = state.paid.numbers(leg);
  let n = inHand.reduce((most, each) => Math.max(most, each + 1), inHand.length === 0 ? first : 0);
  while (taken.has(n) || others.includes(n)) n += 1;
  return n;
}

/** Whether each device orders on a leg what its own till brought, whatever others paid there. */
function isPerDevice(leg: Leg): boolean {
  return leg === 'tillShare' || leg === 'takings';
}
