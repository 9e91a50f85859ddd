/**
 * Whether a value is what a schema asks, decided without building anything: the schemas of
 * kinds/ turned into functions once, many times quicker than asking zod. Zod says what is wrong
 * with whatever is refused here. Spec: specs/events.md, "Fields".
 */
import type * as z from 'zod/mini';
import type { $ZodCheckDef, $ZodChecks, $ZodType, $ZodTypes } from 'zod/v4/core';

/** Whether a parsed JSON value is accepted. */
type Test = (value: unknown) => boolean;

type Definition = $ZodTypes['_zod']['def'];
type Of<Type extends Definition['type']> = Extract<Definition, { type: Type }>;

/** For what is not understood here: zod decides. The tests show that nothing has come to that. */
const leave: Test = () => false;

/** A rule beside the type: length, range, pattern, or a function of ours. */
function testOfCheck(definition: $ZodCheckDef): Test {
  const check = definition as $ZodChecks['_zod']['def'] | { check: 'custom'; fn: Test };
  switch (check.check) {
    case 'custom':
      return check.fn;
    case 'string_format':
      if (check.format === 'regex' && check.pattern) {
        const { pattern } = check;
        return (value) => pattern.test(value as string);
      }
      break;
    case 'min_length':
      return (value) => (value as string | unknown[]).length >= check.minimum;
    case 'max_length':
      return (value) => (value as string | unknown[]).length <= check.maximum;
    case 'greater_than':
      if (check.inclusive) return (value) => (value as number) >= Number(check.value);
      break;
    case 'less_than':
      if (check.inclusive) return (value) => (value as number) <= Number(check.value);
      break;
    default:
      break;
  }
  return leave;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function testOfObject({ shape, catchall }: Of<'object'>): Test {
  // An object that takes other fields would have to be copied without them.
  if (catchall?._zod.def.type !== 'never') return leave;
  const fields = Object.entries(shape).map(([name, field]) => ({ name, test: testOf(field) }));
  return (value) => {
    if (!isRecord(value)) return false;
    let present = 0;
    for (const { name, test } of fields) {
      const field = value[name];
      if (!test(field)) return false;
      if (field !== undefined) present += 1;
    }
    // JSON has no undefined, so whoever has as many fields has no others.
    for (const _name in value) present -= 1;
    return present === 0;
  };
}

function testOfArray({ element }: Of<'array'>): Test {
  const test = testOf(element);
  return (value) => {
    if (!Array.isArray(value)) return false;
    for (let index = 0; index < value.length; index += 1) {
      if (!test(value[index])) return false;
    }
    return true;
  };
}

/** Which member of a union applies is said by one field. */
function testOfUnion(union: Of<'union'>): Test {
  const { discriminator } = union as { discriminator?: string };
  if (discriminator === undefined) return leave;
  const tests = new Map<unknown, Test>();
  for (const option of union.options) {
    const values = option._zod.propValues?.[discriminator] ?? [];
    for (const value of values) tests.set(value, testOf(option));
  }
  return (value) => isRecord(value) && tests.get(value[discriminator])?.(value) === true;
}

function testOfType(definition: Definition): Test {
  switch (definition.type) {
    case 'string':
      return (value) => typeof value === 'string';
    case 'boolean':
      return (value) => typeof value === 'boolean';
    case 'number':
      if ('format' in definition && definition.format === 'safeint') return Number.isSafeInteger;
      break;
    case 'literal':
    case 'enum': {
      const values = new Set<unknown>(
        definition.type === 'enum' ? Object.values(definition.entries) : definition.values,
      );
      return (value) => values.has(value);
    }
    case 'optional': {
      const test = testOf(definition.innerType);
      return (value) => value === undefined || test(value);
    }
    case 'record':
      if (definition.keyType._zod.def.type !== 'string') break;
      if (definition.valueType._zod.def.type !== 'unknown') break;
      // Zod leaves out a field of this name, so whoever has it is left to zod.
      return (value) => isRecord(value) && !Object.hasOwn(value, '__proto__');
    case 'array':
      return testOfArray(definition);
    case 'object':
      return testOfObject(definition);
    case 'union':
      return testOfUnion(definition);
    default:
      break;
  }
  return leave;
}

function testOf(schema: $ZodType): Test {
  const definition = (schema as $ZodTypes)._zod.def;
  const test = testOfType(definition);
  const checks = (definition.checks ?? []).map((check) => testOfCheck(check._zod.def));
  if (checks.length === 0) return test;
  return (value) => test(value) && checks.every((check) => check(value));
}

const tests = new WeakMap<$ZodType, Test>();

/**
 * Whether zod would accept a parsed JSON value and leave it as it is. What is no such value may
 * be one that zod accepts changed.
 */
export function isOfSchema<T>(schema: z.ZodMiniType<T>, value: unknown): value is T {
  let test = tests.get(schema);
  if (test === undefined) {
    test = testOf(schema);
    tests.set(schema, test);
  }
  return test(value);
}

/** A parsed JSON value as a schema's document, or which field is wrong. */
export function readDocument<T>(
  schema: z.ZodMiniType<T>,
  value: unknown,
): { readonly ok: true; readonly document: T } | { readonly ok: false; readonly field: string } {
  if (isOfSchema(schema, value)) return { ok: true, document: value };
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, document: parsed.data };
  return { ok: false, field: parsed.error.issues[0]?.path.map(String).join('.') ?? '' };
}
