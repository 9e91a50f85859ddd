/** Laws of reading: whatever is done to an event, it is refused or it is another event. */
import { canonicalize, parseMessage, readEvent } from '@realyield/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Loan } from '../fixtures/loan.ts';
import { rememberingVerifier } from '../fixtures/keys.ts';
import { idOf, type RawEvent } from '../independent-reader.mjs';

function realEvents(): string[] {
  const loan = new Loan();
  loan.signAll();
  const { request } = loan.pay(
    'disbursement',
    [{ n: 0, amountUnits: 100_000_000n }],
    1_800_000_009,
  );
  loan.acknowledge('business', request, [0], 1_800_000_010);
  loan.close(1_800_000_020);
  return [...loan.events, request].map((event) => JSON.stringify(event));
}

const originals = realEvents();
const original = fc.constantFrom(...originals);

/** One change to a text: a character replaced, inserted or removed. */
const edits = fc.array(
  fc.record({
    at: fc.nat(),
    how: fc.constantFrom('replace', 'insert', 'remove'),
    by: fc.oneof(fc.constantFrom('0', '1', '9', 'a', '"', ',', '{', '\\', ' '), fc.string()),
  }),
  { minLength: 1, maxLength: 3 },
);

function edited(text: string, list: { at: number; how: string; by: string }[]): string {
  return list.reduce((now, { at, how, by }) => {
    const place = at % (now.length + 1);
    const after = now.slice(place + (how === 'insert' ? 0 : 1));
    return now.slice(0, place) + (how === 'remove' ? '' : by) + after;
  }, text);
}

function parsedOr(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

const sameBytes = (text: string): string => canonicalize(JSON.parse(text));

describe('reading', () => {
  it('accepts the originals', () => {
    for (const text of originals) {
      expect(readEvent(JSON.parse(text), rememberingVerifier).ok).toBe(true);
    }
  });

  it('never crashes on an edited event, and accepts none that differs', () => {
    fc.assert(
      fc.property(original, edits, (text, list) => {
        const changed = edited(text, list);
        const read = readEvent(parsedOr(changed), rememberingVerifier);
        if (read.ok) expect(sameBytes(changed)).toBe(sameBytes(text));
      }),
      { numRuns: 400 },
    );
  });

  it('accepts no changed content even with an id to match, for want of a signature', () => {
    fc.assert(
      fc.property(original, edits, (text, list) => {
        const event = JSON.parse(text) as RawEvent;
        const content = edited(event.content, list);
        fc.pre(content !== event.content);
        const forged = { ...event, content, id: idOf({ ...event, content }) };
        const read = readEvent(forged, rememberingVerifier);
        expect(read).toMatchObject({ ok: false });
      }),
      { numRuns: 60 },
    );
  });

  it('types no edited content without a code, whoever vouches for the signature', () => {
    fc.assert(
      fc.property(original, edits, (text, list) => {
        const event = JSON.parse(text) as RawEvent;
        const content = edited(event.content, list);
        const forged = { ...event, content, id: idOf({ ...event, content }) };
        const read = readEvent(forged, () => true);
        expect(read.ok || read.code.length > 0).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('never crashes on anything', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withSparseArray: true }), (value) => {
        expect(readEvent(value).ok).toBe(false);
      }),
    );
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseMessage(text).ok).toBe(false);
      }),
    );
  });
});
