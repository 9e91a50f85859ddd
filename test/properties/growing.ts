/** Laws of a fold that grows event by event: it is always that of the set so far. */
import {
  computeStateHash,
  ContractFold,
  foldContract,
  type Fold,
  type ParsedEvent,
} from '@realyield/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actions, playLoan } from './actions.ts';

/** All of a fold that anybody can read. */
function viewOf({ state, ...fold }: Fold): unknown {
  const { contract, paid, ...rest } = state;
  const requests = [...paid.requests()].map(({ request, runs }) => [request.event.id, runs]);
  const numbers = [paid.numbers('disbursement'), paid.numbers('repayment')].map((set) =>
    [...set].sort((a, b) => a - b),
  );
  return structuredClone({
    ...{ fold: { ...fold }, rest, root: contract.event.id, hash: computeStateHash(state) },
    ...{ daily: paid.daily, numbers },
    requests: requests.map(([id, runs]) => JSON.stringify([id, runs], writable)).sort(),
  });
}

const writable = (_: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value;

function expectedOf(root: string, events: readonly ParsedEvent[]): unknown {
  const fold = foldContract(root, events);
  return fold.ok ? viewOf(fold.value) : fold.code;
}

/** As signed with some moved; the agreement first and then all anyhow; all anyhow. */
const MODES = ['stream', 'agreement first', 'anyhow'] as const;

/** Events in the order of arrival, some of them twice. */
function arrivals(
  events: readonly ParsedEvent[],
  seed: number,
  mode: (typeof MODES)[number],
): ParsedEvent[] {
  const twice = [...events, ...events.filter((_, index) => (index + seed) % 5 === 0)];
  const keyed = twice.map((parsed, index) => {
    const anyhow = ((index + 1) * (seed + 7)) % 10_007;
    const moved = (index + seed) % 7 === 0 ? index + (anyhow % 9) : index;
    const isEarly = parsed.name === 'contract' || parsed.name === 'signature';
    const key = { stream: moved, anyhow, 'agreement first': isEarly ? index - 99 : anyhow }[mode];
    return { parsed, key };
  });
  return keyed.sort((a, b) => a.key - b.key).map(({ parsed }) => parsed);
}

describe('a growing fold', () => {
  it('is at every moment that of its set, and what it gave stays as it was', () => {
    const choices = fc.record({
      seed: fc.nat({ max: 9_999 }),
      mode: fc.constantFrom(...MODES),
      sizes: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 8 }),
    });
    fc.assert(
      fc.property(actions, fc.boolean(), choices, (list, agreed, { seed, mode, sizes }) => {
        const loan = playLoan(list, agreed);
        const events = arrivals(loan.parsed, seed, mode);
        const growing = new ContractFold(loan.root);
        const given: { fold: Fold; expected: unknown }[] = [];
        for (let at = 0, round = 0; at < events.length; round += 1) {
          const end = at + (sizes[round % sizes.length] ?? 1);
          growing.add(events.slice(at, end));
          at = end;
          const fold = growing.fold();
          const expected = expectedOf(loan.root, events.slice(0, end));
          if (!fold.ok) expect(fold.code).toBe(expected);
          else if (round % 3 === 0) given.push({ fold: fold.value, expected });
          else expect(viewOf(fold.value)).toEqual(expected);
        }
        // Read late: payments, order and hash are of the moment at which they were given.
        for (const { fold, expected } of given) expect(viewOf(fold)).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });
});
