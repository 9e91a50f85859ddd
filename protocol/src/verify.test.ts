/**
 * What `verify` accepts, what it refuses and with which code, and that nothing makes it throw.
 */
import fc from 'fast-check';
import { finalizeEvent, generateSecretKey, verifiedSymbol } from 'nostr-tools';
import { describe, expect, test } from 'vitest';
import {
  computeEventId,
  MAX_CONTENT_BYTES,
  MAX_EVENT_BYTES,
  serializeEvent,
  type SignedEvent,
} from './verify.ts';
import { verify } from './noble.ts';

const secretKey = Uint8Array.from({ length: 32 }, (_, at) => at + 1);

function sign(fields: Partial<Pick<SignedEvent, 'kind' | 'content' | 'tags'>> = {}): SignedEvent {
  const { kind = 1, content = 'hello', tags = [['t', 'x']] } = fields;
  const template = { kind, content, created_at: 1_700_000_000, tags: tags.map((tag) => [...tag]) };
  return JSON.parse(JSON.stringify(finalizeEvent(template, secretKey))) as SignedEvent;
}

/** The event with fields changed and its id recomputed, so that only the signature is wrong. */
function rename(event: SignedEvent, change: object): object {
  const changed = { ...event, ...change };
  return { ...changed, id: computeEventId(changed) };
}

function codeOf(input: unknown): string {
  const result = verify(input);
  return result.ok ? 'ok' : result.code;
}

/** An object that passes for whatever is read from it. */
const hostile = new Proxy(
  {},
  {
    get: () => {
      throw new Error('read me not');
    },
  },
);

describe('a good event', () => {
  test('comes back as a frozen copy of its seven fields', () => {
    const event = { ...sign(), relay: 'wss://somewhere.example', extra: 1 };
    const result = verify(event);
    if (!result.ok) throw new Error(result.code);
    const { relay: _relay, extra: _extra, ...fields } = event;
    expect(result.value).toEqual(fields);
    expect(Object.isFrozen(result.value)).toBe(true);
    expect(Object.isFrozen(result.value.tags)).toBe(true);
    expect(result.value.tags.every((tag) => Object.isFrozen(tag))).toBe(true);
    (event.tags as string[][])[0]?.push('later');
    expect(result.value.tags).toEqual([['t', 'x']]);
  });

  test.each([
    ['every JSON escape', '"\\\n\r\t\b\f\u0000\u001f\u2028\u2029\u007f'],
    ['letters beyond the basic plane', '\u{1F33E}\u{10FFFF}é\u0301'],
    ['a backslash before u and d', '\\ud800 \\\\udfff'],
    ['nothing', ''],
  ])('may contain %s', (_name, text) => {
    expect(codeOf(sign({ content: text, tags: [[text], ['', text]] }))).toBe('ok');
  });

  test('agrees with nostr-tools on the id of any event', () => {
    const unit = fc.string({ unit: 'binary' });
    const tags = fc.array(fc.array(unit, { minLength: 1, maxLength: 4 }), { maxLength: 5 });
    fc.assert(
      fc.property(unit, tags, fc.integer({ min: 0, max: 65_535 }), (content, tagList, kind) => {
        expect(codeOf(sign({ content, tags: tagList, kind }))).toBe('ok');
      }),
      { numRuns: 50 },
    );
  });
});

describe('EVENT_SHAPE', () => {
  test('for anything that is no event', () => {
    const inputs = [undefined, null, 5, 'event', [], {}, () => 0, Symbol('event'), hostile];
    for (const input of inputs) expect(codeOf(input)).toBe('EVENT_SHAPE');
  });

  test.each([
    ['id', ['', 'A'.repeat(64), 'a'.repeat(63), 'g'.repeat(64), 5, `${'a'.repeat(64)}\n`, null]],
    ['pubkey', ['', 'A'.repeat(64), 'a'.repeat(66), undefined]],
    ['sig', ['', 'A'.repeat(128), 'a'.repeat(127), new String('a'.repeat(128))]],
    ['kind', [-1, 65_536, 1.5, '1', NaN, -0, null]],
    ['created_at', [-1, 2 ** 32, 0.5, Infinity, '0', -0]],
    ['content', [null, 5, ['x'], '\ud800', 'x\udc00\ud800']],
    ['tags', [null, {}, 't', [[]], ['t'], [[1]], [['t', null]], [['\udfff']]]],
  ])('for a wrong %s', (field, values) => {
    const event = sign();
    for (const value of values) expect(codeOf({ ...event, [field]: value })).toBe('EVENT_SHAPE');
    const { [field]: _left, ...without } = event as unknown as Record<string, unknown>;
    expect(codeOf(without)).toBe('EVENT_SHAPE');
    expect(codeOf({ ...event, [field]: hostile })).toBe('EVENT_SHAPE');
  });

  test('comes before every other complaint', () => {
    const large = { ...sign(), content: 'x'.repeat(MAX_EVENT_BYTES), sig: 'no' };
    expect(codeOf(large)).toBe('EVENT_SHAPE');
  });
});

describe('EVENT_SIZE', () => {
  test('counts the whole event in UTF-8 bytes', () => {
    const empty = JSON.stringify(sign({ tags: [['x', '']] })).length;
    for (const [letter, bytes] of [
      ['y', 1],
      ['é', 2],
      ['"', 2],
    ] as const) {
      const count = Math.floor((MAX_EVENT_BYTES - empty) / bytes);
      const rest = 'y'.repeat((MAX_EVENT_BYTES - empty) % bytes);
      const fitting = sign({ tags: [['x', letter.repeat(count) + rest]] });
      expect(new TextEncoder().encode(JSON.stringify(fitting)).length).toBe(MAX_EVENT_BYTES);
      expect(codeOf(fitting)).toBe('ok');
      expect(codeOf(sign({ tags: [['x', letter.repeat(count) + rest + 'y']] }))).toBe('EVENT_SIZE');
    }
  });

  test('counts the content by itself', () => {
    const euros = Math.floor(MAX_CONTENT_BYTES / 3);
    expect(codeOf(sign({ content: '€'.repeat(euros) }))).toBe('ok');
    expect(codeOf(sign({ content: `${'€'.repeat(euros)}x` }))).toBe('EVENT_SIZE');
    expect(codeOf(sign({ content: 'x'.repeat(MAX_CONTENT_BYTES) }))).toBe('ok');
    expect(codeOf(sign({ content: 'x'.repeat(MAX_CONTENT_BYTES + 1) }))).toBe('EVENT_SIZE');
  });

  test('comes before the id', () => {
    expect(codeOf({ ...sign(), content: 'x'.repeat(MAX_EVENT_BYTES) })).toBe('EVENT_SIZE');
  });
});

describe('EVENT_ID and EVENT_SIGNATURE', () => {
  const changes: readonly object[] = [
    { content: 'changed' },
    { created_at: 1_700_000_001 },
    { kind: 2 },
    { tags: [] },
    { tags: [['t', 'x', '']] },
    { pubkey: '02'.repeat(32) },
  ];

  test.each(changes)('any change is noticed: %o', (change) => {
    const event = sign();
    expect(codeOf({ ...event, ...change })).toBe('EVENT_ID');
    expect(codeOf(rename(event, change))).toBe('EVENT_SIGNATURE');
  });

  test('a flag that says "verified" is not believed, nor one that was copied', () => {
    const event = finalizeEvent(
      { kind: 1, content: 'hello', created_at: 1_700_000_000, tags: [] },
      generateSecretKey(),
    );
    expect(event[verifiedSymbol]).toBe(true);
    expect(codeOf({ ...event, content: 'changed' })).toBe('EVENT_ID');
    expect(codeOf(rename({ ...event }, { content: 'changed' }))).toBe('EVENT_SIGNATURE');
  });

  test('a getter cannot answer twice in two ways', () => {
    const event = sign();
    let reads = 0;
    const twofaced = {
      ...event,
      get content() {
        reads += 1;
        return reads === 1 ? event.content : 'changed';
      },
    };
    const result = verify(twofaced);
    expect(result.ok && result.value.content).toBe('hello');
  });

  test.each([
    ['throws', () => expect.fail('a verifier that fails')],
    ['answers something like true', () => 1 as unknown as boolean],
    ['answers false', () => false],
  ])('a verifier that %s refuses', (_name, verifier) => {
    const result = verify(sign(), verifier);
    expect(result.ok || result.code).toBe('EVENT_SIGNATURE');
  });
});

test('verify never throws and never accepts noise', () => {
  const event = sign();
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, withMap: true }), (noise) => {
      expect(codeOf(noise)).toBe('EVENT_SHAPE');
      expect(codeOf({ ...event, tags: noise, sig: noise })).toBe('EVENT_SHAPE');
    }),
    { numRuns: 300 },
  );
});

test('serializeEvent writes what NIP-01 shows', () => {
  expect(serializeEvent({ ...sign(), pubkey: 'ab' })).toBe(
    '[0,"ab",1700000000,1,[["t","x"]],"hello"]',
  );
});
