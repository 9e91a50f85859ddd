/**
 * The specification is enough: a reader that shares no code with the protocol finds the same ids
 * and the same state hashes. requires: C-26, E-6
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { idOf, stateHashOf, type RawEvent } from './independent-reader.mjs';
import { filesUnder, importsOf, ROOT } from './source.ts';

interface Vector {
  readonly event?: RawEvent;
  readonly root?: string;
  readonly events?: readonly RawEvent[];
  /** An evidence file, line by line. */
  readonly bundle?: readonly string[];
  readonly expect: { readonly stateHash?: string; readonly names?: readonly string[] };
}

const vectors = filesUnder('specs/vectors', ['.json']).map(({ path, text }) => ({
  path: path.replace('specs/vectors/', ''),
  vector: JSON.parse(text) as Vector,
}));
/**
 * Which sheet is right takes the whole schedule: a refused `keyFacts` is shown elsewhere. The
 * reader knows no tenders.
 */
const folds = vectors.filter(
  ({ path, vector }) =>
    vector.expect.stateHash !== undefined && !/^(key-facts|tenders)\//.test(path),
);

/** What is folded in a vector: of an evidence file, what it holds. */
function eventsOf({ root = '', events = [], bundle }: Vector) {
  if (!bundle) return { root, events };
  const file = JSON.parse(bundle.join('\n')) as { contract: string; events: RawEvent[] };
  return { root: file.contract, events: file.events };
}

/** Every event in a value, embedded ones included. */
function eventsIn(value: unknown): RawEvent<unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(eventsIn);
  const record = value as Partial<RawEvent<unknown>>;
  const content: unknown =
    typeof record.content === 'string' ? (JSON.parse(record.content) as unknown) : undefined;
  const within = typeof record.pubkey === 'string' && record.tags ? eventsIn(content) : [];
  const isEvent = typeof record.id === 'string' && typeof record.kind === 'number';
  return [...(isEvent ? [record as RawEvent<unknown>] : []), ...inner, ...within];
}

describe('the independent reader', () => {
  it.each([
    [
      'independent-reader.mjs',
      [
        './independent-keys.mjs',
        './independent-money.mjs',
        './independent-prices.mjs',
        './independent-sales.mjs',
      ],
    ],
    ['independent-keys.mjs', ['node:crypto']],
    ['independent-money.mjs', []],
    ['independent-prices.mjs', []],
    ['independent-sales.mjs', ['node:crypto', './independent-keys.mjs']],
  ])('stands alone: %s has at most 300 lines', (name, imports) => {
    const [file] = filesUnder('test', [name]);
    if (!file) throw new Error('the reader is gone');
    expect(importsOf(file).map(({ specifier }) => specifier)).toEqual(imports);
    const text = readFileSync(join(ROOT, file.path), 'utf8');
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(300);
  });

  it('finds the id of every event in valid vectors, embedded ones too', () => {
    const events = folds.flatMap(({ vector }) => eventsIn(eventsOf(vector).events));
    expect(events.length).toBeGreaterThan(500);
    expect(events.filter((event) => idOf(event) !== event.id)).toEqual([]);
  });

  it.each(folds)('finds the state hash of $path', ({ vector }) => {
    const { root, events } = eventsOf(vector);
    expect(stateHashOf(root, events)).toBe(vector.expect.stateHash);
    expect(stateHashOf(root, [...events, ...events].reverse())).toBe(vector.expect.stateHash);
  });
});
