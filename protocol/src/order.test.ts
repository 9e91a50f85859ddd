/** Canonical order: causal, then by time and id; final events first, with what they rest on. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalOrder, type OrderNode } from './order.ts';

const node = (id: string, timeSec: number, parents: string[] = [], final = false): OrderNode => ({
  id,
  timeSec,
  parents,
  final,
});
const idsOf = (...nodes: OrderNode[]): string => canonicalOrder(nodes).ids.join('');

describe('requires: C-23, C-24', () => {
  it('emits the least time first, then the least id', () => {
    expect(idsOf(node('c', 1), node('a', 2), node('b', 1))).toBe('bca');
  });

  it('emits parents first, whatever their dates', () => {
    expect(idsOf(node('a', 1, ['b']), node('b', 9), node('c', 5))).toBe('cba');
    expect(idsOf(node('a', 1, ['b', 'c']), node('b', 2, ['c']), node('c', 3))).toBe('cba');
  });

  it('puts final events first, each after what it rests on and nothing else', () => {
    const early = node('a', 1);
    const base = node('b', 5);
    const final = node('f', 9, ['b'], true);
    expect(idsOf(early, base, final)).toBe('bfa');
  });

  it('orders final events causally, then by time and id', () => {
    const first = node('z', 8, ['a'], true);
    const second = node('b', 2, ['z'], true);
    expect(idsOf(node('a', 9), first, second)).toBe('azb');
    expect(idsOf(node('y', 3, [], true), node('x', 3, [], true), node('w', 4, [], true))).toBe(
      'xyw',
    );
  });

  it('keeps a final event that rests on nothing of another in its own place', () => {
    const shared = node('s', 1);
    const one = node('m', 5, ['s'], true);
    const two = node('l', 6, ['s', 't'], true);
    expect(idsOf(shared, one, two, node('t', 2), node('u', 0))).toBe('smtlu');
  });

  it('ignores missing parents and itself, and reports what is missing once, sorted', () => {
    const nodes = [node('a', 1, ['y', 'a']), node('b', 2, ['y', 'x', 'x'])];
    expect(canonicalOrder(nodes)).toEqual({ ids: ['a', 'b'], missing: ['x', 'y'] });
    expect(canonicalOrder([])).toEqual({ ids: [], missing: [] });
  });
});

/** A random graph whose parents come before their children, as hashes force them to. */
const graph = fc
  .array(
    fc.record({
      timeSec: fc.nat({ max: 5 }),
      links: fc.array(fc.nat({ max: 40 }), { maxLength: 3 }),
      final: fc.boolean(),
    }),
    { maxLength: 25 },
  )
  .map((rows) => {
    const name = (index: number): string => String((index * 37) % 97).padStart(2, '0');
    return rows.map(({ timeSec, links, final }, index) => {
      const parents = links.map((link) => (link < index ? name(link) : `missing ${link}`));
      return node(name(index), timeSec, parents, final);
    });
  });

describe('any graph', () => {
  it('is ordered the same from any permutation and repetition', () => {
    const permuted = graph.chain((nodes) =>
      fc.tuple(fc.constant(nodes), fc.shuffledSubarray([...nodes, ...nodes], { minLength: 0 })),
    );
    fc.assert(
      fc.property(permuted, ([nodes, some]) => {
        expect(canonicalOrder([...some, ...nodes])).toEqual(canonicalOrder(nodes));
      }),
    );
  });

  it('keeps every event once and every known parent before its child', () => {
    fc.assert(
      fc.property(graph, (nodes) => {
        const { ids } = canonicalOrder(nodes);
        expect([...ids].sort()).toEqual(nodes.map((entry) => entry.id).sort());
        for (const { id, parents } of nodes) {
          for (const parent of parents.filter((each) => ids.includes(each))) {
            expect(ids.indexOf(parent)).toBeLessThan(ids.indexOf(id));
          }
        }
      }),
    );
  });
});
