/** Laws of the fold, over random histories of a loan. */
import {
  computeLedger,
  computeStateHash,
  foldContract,
  type ContractState,
  type Fold,
  type ParsedEvent,
} from '@realyield/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { publicOf } from '../fixtures/keys.ts';
import { stateHashOf } from '../independent-reader.mjs';
import { actions, playLoan, type Action } from './actions.ts';

const RUNS = { numRuns: 60 };
const steps = fc.tuple(actions, fc.boolean());

function fold(root: string, events: readonly ParsedEvent[]): Fold {
  const folded = foldContract(root, events);
  if (!folded.ok) throw new Error(folded.code);
  return folded.value;
}

/** A permutation of a list with some of its entries twice, from one number. */
function disturbed<T>(list: readonly T[], seed: number): T[] {
  const twice = [...list, ...list.filter((_, index) => (index + seed) % 3 === 0)];
  const keyed = twice.map((item, index) => ({ item, key: ((index + 1) * (seed + 7)) % 10_007 }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

const hashesOf = (state: ContractState): string[] =>
  state.payments.map((payment) => `${payment.leg} ${payment.paymentHash}`);

describe('the fold', () => {
  it('gives the same state and rejects for any order and repetition', () => {
    fc.assert(
      fc.property(steps, fc.nat({ max: 9_999 }), ([list, agreed], seed) => {
        const loan = playLoan(list, agreed);
        const once = loan.fold();
        const again = fold(loan.root, disturbed(loan.parsed, seed));
        expect(computeStateHash(again.state)).toBe(computeStateHash(once.state));
        expect({ ...again, state: undefined }).toEqual({ ...once, state: undefined });
        expect({ ...again.state, contract: undefined }).toEqual({
          ...once.state,
          contract: undefined,
        });
      }),
      RUNS,
    );
  });

  it('agrees with the reader that was written from the specification', () => {
    fc.assert(
      fc.property(steps, ([list, agreed]) => {
        const loan = playLoan(list, agreed);
        const raw = loan.events.map((event) => ({
          ...event,
          tags: event.tags.map((tag) => [...tag]),
        }));
        expect(stateHashOf(loan.root, raw)).toBe(computeStateHash(loan.fold().state));
      }),
      RUNS,
    );
  });

  it('reports each refused event once, and never one that counts', () => {
    fc.assert(
      fc.property(steps, ([list, agreed]) => {
        const { rejects, state } = playLoan(list, agreed).fold();
        const refused = rejects.map((entry) => entry.id);
        expect(new Set(refused).size).toBe(refused.length);
        const counting = [
          ...Object.values(state.signatures).map((signature) => signature.id),
          ...state.payments.map((payment) => payment.receipt),
          ...state.finalEvents,
          ...state.notices.map(({ id }) => id),
          ...state.milestones.flatMap(({ claim, decision }) => [claim, decision]),
        ];
        expect(counting.filter((id) => id !== undefined && refused.includes(id))).toEqual([]);
      }),
      RUNS,
    );
  });
});

/** Everything but what a name signed, and then all of it. */
function withAndWithout(list: readonly Action[], isHostile: (event: ParsedEvent) => boolean) {
  const loan = playLoan(list, true);
  const others = loan.parsed.filter((entry) => !isHostile(entry));
  const before = fold(loan.root, others).state;
  return { before, after: loan.fold().state, split: splitHashes(loan.parsed) };
}

/** Hashes for which a payee signed two amounts: a final event fixes which counts (N-23). */
function splitHashes(events: readonly ParsedEvent[]): ReadonlySet<string> {
  const amounts = new Map<string, string>();
  const split = new Set<string>();
  for (const { name, document } of events) {
    if (name !== 'request') continue;
    for (const [index, hash] of document.paymentHash.entries()) {
      const asked = document.msat[index] ?? '';
      if ((amounts.get(hash) ?? asked) !== asked) split.add(hash);
      amounts.set(hash, asked);
    }
  }
  return split;
}

describe('hostile events', () => {
  it('by strangers change nothing at all', () => {
    fc.assert(
      fc.property(actions, (list) => {
        const { before, after } = withAndWithout(
          list,
          ({ event }) => event.pubkey === publicOf('stranger'),
        );
        expect(computeStateHash(after)).toBe(computeStateHash(before));
        expect(after.payments).toEqual(before.payments);
      }),
      RUNS,
    );
  });

  it('never take a proven payment away, nor an effective contract', () => {
    fc.assert(
      fc.property(actions, fc.nat({ max: 9 }), (list, seed) => {
        const isExtra = ({ name, event }: ParsedEvent): boolean =>
          name !== 'contract' && parseInt(event.id[0] ?? '0', 16) < seed;
        const { before, after } = withAndWithout(list, isExtra);
        const kept = hashesOf(after);
        expect(hashesOf(before).filter((hash) => !kept.includes(hash))).toEqual([]);
        if (before.effectiveAtSec !== undefined) expect(after.effectiveAtSec).toBeDefined();
      }),
      RUNS,
    );
  });

  it('never undo a closure or default that does not rest on them', () => {
    fc.assert(
      fc.property(actions, fc.nat({ max: 60 }), (list, count) => {
        const loan = playLoan(list, true);
        const before = fold(loan.root, loan.parsed.slice(0, 12 + count)).state;
        const after = loan.fold().state;
        const kept = [...after.finalEvents, ...after.notices.map(({ id }) => id)];
        const given = [...before.finalEvents, ...before.notices.map(({ id }) => id)];
        expect(given.filter((id) => !kept.includes(id))).toEqual([]);
      }),
      RUNS,
    );
  });

  it('change no sum of money unless they are receipts', () => {
    fc.assert(
      fc.property(actions, (list) => {
        const { before, after, split } = withAndWithout(
          list,
          ({ name, document }) =>
            name === 'acknowledgement' ||
            name === 'notice' ||
            name === 'milestone' ||
            (name === 'signature' && document.type === 'withdrawal'),
        );
        const farSec = 4_200_000_000;
        const sums = (state: ContractState): bigint[] => {
          const { document } = state.contract;
          const whole = state.payments.filter(({ paymentHash }) => !split.has(paymentHash));
          const ledger = computeLedger(document, whole, farSec);
          return [ledger.disbursedUnits, ledger.repaidUnits];
        };
        expect(sums(after)).toEqual(sums(before));
      }),
      RUNS,
    );
  });
});
