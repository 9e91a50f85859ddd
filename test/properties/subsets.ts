/**
 * Laws over more than 10,000 sets of signed events in a run: each a random part of what the
 * parties of a random loan signed, in any order and with repetitions (how many: sets.ts).
 */
import {
  computeLedger,
  computeStateHash,
  foldContract,
  ledgerOf,
  type ContractState,
  type Ledger,
  type ParsedEvent,
} from '@realyield/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actions, playLoan } from './actions.ts';
import { DAY, playScene, scenes, START } from './finality-scenes.ts';
import { mixed, partOf, SEED as seed, SETS, SETS_OF_ONE } from './sets.ts';

/** A loan and all that was ever signed on it. */
interface Signed {
  readonly root: string;
  readonly events: readonly ParsedEvent[];
}

/** A random part of a list in a random order, some of it twice. */
interface Pick {
  readonly of: number;
  readonly share: number;
  readonly salt: number;
  readonly day: number;
}

const loans = Math.ceil(SETS / SETS_OF_ONE / 2);

function signedLoans(): Signed[] {
  const histories = fc.sample(fc.tuple(actions, fc.boolean()), { numRuns: loans, seed });
  const ended = fc.sample(scenes, { numRuns: loans, seed });
  return [
    ...histories.map(([steps, agreed]) => playLoan(steps, agreed || steps.length % 4 > 0)),
    ...ended.map((scene) => playScene(scene).play.loan),
  ].map(({ root, parsed }) => ({ root, events: [...parsed] }));
}

function someOf({ root, events }: Signed, { share, salt }: Pick): ParsedEvent[] {
  const contract = events.filter(({ event }) => event.id === root);
  return [...contract, ...partOf(events, share, salt).filter(({ event }) => event.id !== root)];
}

/** The same set otherwise: in another order, some of it twice. */
function shuffled(events: readonly ParsedEvent[], salt: number): ParsedEvent[] {
  const twice = events.filter((_, index) => mixed(salt + 1, index) % 3 === 0);
  const keyed = [...events, ...twice].map((parsed, index) => ({
    parsed,
    key: mixed(salt + 2, index),
  }));
  return keyed.sort((a, b) => a.key - b.key).map(({ parsed }) => parsed);
}

function stateOf(root: string, events: readonly ParsedEvent[]): ContractState {
  const fold = foldContract(root, events);
  if (!fold.ok) throw new Error(fold.code);
  return fold.value.state;
}

function checkConserved(ledger: Ledger): void {
  const counted = ledger.disbursedUnits - ledger.excessDisbursedUnits;
  const used = ledger.principalPaidUnits + ledger.interestPaidUnits + ledger.lateFeesPaidUnits;
  expect(counted).toBe(ledger.outstandingUnits + ledger.principalPaidUnits);
  expect(ledger.repaidUnits).toBe(used + ledger.unallocatedUnits);
  const amounts = Object.values(ledger).filter((value) => typeof value === 'bigint');
  expect(amounts.every((amount) => amount >= 0n)).toBe(true);
}

function checkPayoff(state: ContractState, asOfSec: number): void {
  const { document } = state.contract;
  const atSec = Math.max(asOfSec, ...document.tranches.map(({ lapsesAtSec }) => lapsesAtSec));
  const known = state.paid.daily.filter(({ settledAtSec }) => settledAtSec <= atSec);
  const before = computeLedger(document, known, atSec);
  if (before.disbursedUnits === 0n) return;
  const { repaymentUnits, servicingUnits } = before.payoff;
  const paid = [
    ...known,
    { leg: 'repayment' as const, amountUnits: repaymentUnits, settledAtSec: atSec },
    { leg: 'servicing' as const, amountUnits: servicingUnits, settledAtSec: atSec },
  ];
  const after = computeLedger(document, paid, atSec);
  expect(after.repaid).toBe(true);
  expect(after.payoffUnits).toBe(0n);
  expect(after.unallocatedUnits - before.unallocatedUnits < 1_000n).toBe(true);
}

describe('any set of signed events', () => {
  it('has one state in any order, loses no value, is never negative, is paid off exactly', () => {
    const all = signedLoans();
    const picks: fc.Arbitrary<Pick> = fc.record({
      of: fc.nat({ max: all.length - 1 }),
      share: fc.constantFrom(40, 70, 90, 100),
      salt: fc.nat(),
      day: fc.nat({ max: 160 }),
    });
    let moved = 0;
    fc.assert(
      fc.property(picks, (pick) => {
        const signed = all[pick.of];
        if (!signed) throw new Error('no such loan');
        const part = someOf(signed, pick);
        const state = stateOf(signed.root, part);
        const again = stateOf(signed.root, shuffled(part, pick.salt));
        expect(computeStateHash(again)).toBe(computeStateHash(state));
        const atSec = START + pick.day * DAY;
        checkConserved(ledgerOf(state, atSec));
        checkPayoff(state, atSec);
        if (state.paid.daily.length > 0) moved += 1;
      }),
      { numRuns: SETS, seed, endOnFailure: true },
    );
    // Many sets hold money that moved; in the others nobody had agreed.
    expect(moved * 3).toBeGreaterThan(SETS);
  });
});
