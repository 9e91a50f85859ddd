/**
 * The quick test of a document against its schema says what zod says: on every document of the
 * vectors, and on thousands of damaged ones.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SignedEvent } from '@realyield/protocol';
import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { contractSchema, signatureSchema } from '../protocol/src/kinds/agreement.ts';
import { attestationSchema } from '../protocol/src/kinds/attestation.ts';
import { arbiterProfileSchema } from '../protocol/src/kinds/arbiter.ts';
import { bankProfileSchema, offerSchema } from '../protocol/src/kinds/listings.ts';
import { milestoneSchema } from '../protocol/src/kinds/milestone.ts';
import {
  acknowledgementSchema,
  noticeSchema,
  receiptSchema,
  requestSchema,
} from '../protocol/src/kinds/money-events.ts';
import { isOfSchema, readDocument } from '../protocol/src/schema.ts';
import { damageValue, Dice } from './fixtures/mutations.ts';
import { ROOT } from './source.ts';

const DAMAGED = 4_000;

const SCHEMAS = new Map<number, z.ZodMiniType>([
  [2_810, contractSchema],
  [2_811, signatureSchema],
  [2_812, requestSchema],
  [2_813, receiptSchema],
  [2_814, acknowledgementSchema],
  [2_815, milestoneSchema],
  [2_816, noticeSchema],
  [32_810, bankProfileSchema],
  [32_811, offerSchema],
  [32_812, attestationSchema],
  [32_815, arbiterProfileSchema],
]);

function parsedOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const TOPICS = ['events', 'listings', 'agreement', 'milestones', 'payments', 'notices'];
/** Documents of the vectors with the schema of their kind. */
const documents = TOPICS.flatMap((topic) => {
  const folder = join(ROOT, 'specs/vectors', topic);
  return readdirSync(folder).flatMap((file) => {
    const vector = parsedOr(readFileSync(join(folder, file), 'utf8')) as {
      event?: SignedEvent;
      events?: SignedEvent[];
    };
    return [...(vector.events ?? []), ...(vector.event ? [vector.event] : [])].flatMap((event) => {
      const schema = SCHEMAS.get(event.kind);
      return schema ? [{ kind: event.kind, schema, value: parsedOr(event.content) }] : [];
    });
  });
});

/** Compares both; returns whether the value is accepted. */
function compare(schema: z.ZodMiniType, value: unknown): boolean {
  const isQuick = isOfSchema(schema, value);
  const parsed = schema.safeParse(value);
  // Where zod would change the value, the quick test leaves it to zod.
  const isKept = parsed.success && JSON.stringify(sorted(parsed.data)) === textOf(value);
  if (isQuick !== isKept) expect.fail(`${String(isQuick)}: ${JSON.stringify(value)}`);
  return isQuick;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const keys = Object.keys(value).sort();
  return keys.map((key) => [key, sorted((value as Record<string, unknown>)[key])]);
}

const textOf = (value: unknown): string => JSON.stringify(sorted(value));

it('agrees with zod on documents whole and damaged', () => {
  const dice = new Dice(20_261_126);
  expect(new Set(documents.map(({ kind }) => kind)).size).toBe(SCHEMAS.size);
  const whole = documents.filter(({ schema, value }) => compare(schema, value)).length;
  expect(whole).toBeGreaterThan(documents.length / 2);
  let accepted = 0;
  for (let at = 0; at < DAMAGED; at += 1) {
    const { schema, value } = dice.pick(documents);
    if (compare(schema, damageValue(value, dice))) accepted += 1;
  }
  expect(accepted).toBeGreaterThan(DAMAGED / 20);
  expect(accepted).toBeLessThan(DAMAGED * 0.9);
});

it('leaves to zod what zod would change', () => {
  const schema = z.strictObject({ content: z.record(z.string(), z.unknown()) });
  const value: unknown = JSON.parse('{"content":{"__proto__":1,"a":1}}');
  expect(isOfSchema(schema, value)).toBe(false);
  expect(schema.safeParse(value)).toEqual({ success: true, data: { content: { a: 1 } } });
});

it('leaves to zod what it does not understand', () => {
  const strange: [z.ZodMiniType, unknown][] = [
    [z.string().check(z.email()), 'a@example.com'],
    [z.number(), 1.5],
    [z.object({ a: z.literal(1) }), { a: 1 }],
    [z.union([z.literal(1), z.literal(2)]), 2],
    [z.record(z.string(), z.string()), { a: 'b' }],
    [z.nullable(z.string()), 'a'],
    [z.int().check(z.lt(5)), 4],
    [z.int().check(z.multipleOf(5)), 5],
  ];
  for (const [schema, value] of strange) {
    expect(isOfSchema(schema, value)).toBe(false);
    expect(readDocument(schema, value)).toEqual({ ok: true, document: value });
  }
});
