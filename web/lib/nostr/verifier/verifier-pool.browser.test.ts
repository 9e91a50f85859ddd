/**
 * The pool with real workers in a real browser: same results, and none lost when workers die.
 */
import {
  buildBankProfile,
  nobleVerifier,
  readEvent,
  verify,
  type SignedEvent,
} from '@realyield/protocol';
import { finalizeEvent, generateSecretKey } from 'nostr-tools';
import { afterEach, expect, test } from 'vitest';
import { loadWasmVerifier } from './load-wasm.ts';
import { createVerifierPool, type VerifierPool } from './verifier-pool.ts';

const secretKey = generateSecretKey();
const inputs: readonly unknown[] = Array.from({ length: 300 }, (_, at) => {
  const template = { kind: 1, created_at: at, content: 'x'.repeat(at * 5), tags: [['t', 'x']] };
  const event: SignedEvent = finalizeEvent(template, secretKey);
  if (at % 10 === 0) return { ...event, content: 'changed' };
  if (at % 10 === 1) return { ...event, sig: '00'.repeat(64) };
  return at % 50 === 2 ? null : { ...event, rider: () => at };
});
const expected = inputs.map((input) => verify(input));

let pool: VerifierPool | null = null;
afterEach(() => pool?.stop());

function openWorker(): Worker {
  return new Worker(new URL('./verify.worker.ts', import.meta.url), { type: 'module' });
}

test('WebAssembly loads in a browser and agrees with noble', async () => {
  const verifier = await loadWasmVerifier();
  expect(verifier).not.toBe(nobleVerifier);
  expect(inputs.map((input) => verify(input, verifier))).toEqual(expected);
});

test('workers give the results of verify, frozen and in order', async () => {
  const opened: Worker[] = [];
  pool = createVerifierPool({
    workers: 2,
    openWorker: () => {
      const worker = openWorker();
      opened.push(worker);
      return worker;
    },
  });
  const results = await pool.verifyBatch(inputs);
  expect(results).toEqual(expected);
  expect(opened).toHaveLength(2);
  for (const result of results) {
    if (!result.ok) continue;
    expect(Object.isFrozen(result.value) && Object.isFrozen(result.value.tags)).toBe(true);
    expect(result.value.tags.every((tag) => Object.isFrozen(tag))).toBe(true);
  }
});

test('workers read events of the protocol too, beside what they only verify', async () => {
  const { kind, created_at, content, tags } = buildBankProfile(
    {
      v: 1,
      name: 'Banco Comunal',
      about: 'A bank.',
      place: { country: 'SV', locality: 'Suchitoto' },
      charter: 'Cooperative',
      policy: 'We visit.',
      relays: ['wss://relay.example'],
      arbiters: [],
    },
    1_800_000_000,
  );
  const template = { kind, created_at, content, tags: tags.map((tag) => [...tag]) };
  const profile: SignedEvent = finalizeEvent(template, secretKey);
  const events = Array.from({ length: 80 }, (_, at) => (at % 2 === 0 ? profile : inputs[at]));
  pool = createVerifierPool({ workers: 2, openWorker });
  const [read, verified] = await Promise.all([pool.readBatch(events), pool.verifyBatch(inputs)]);
  expect(verified).toEqual(expected);
  expect(read).toEqual(events.map((event) => readEvent(event)));
  const [first] = read;
  expect(first?.ok && first.value.every(({ event }) => Object.isFrozen(event))).toBe(true);
});

test('a worker that dies without a word loses no request', async () => {
  const opened: Worker[] = [];
  pool = createVerifierPool({
    workers: 2,
    patienceMs: 1_000,
    openWorker: () => {
      const worker = openWorker();
      opened.push(worker);
      return worker;
    },
  });
  const pending = pool.verifyBatch(inputs);
  opened[0]?.terminate();
  expect(await pending).toEqual(expected);
  // Both at once, with nobody left but their replacements and this thread.
  const again = pool.verifyBatch(inputs);
  for (const worker of opened) worker.terminate();
  expect(await again).toEqual(expected);
});

test('a worker that cannot load, or cannot be started, is done without', async () => {
  pool = createVerifierPool({
    workers: 2,
    openWorker: () => new Worker('/nowhere/verify.worker.js', { type: 'module' }),
  });
  expect(await pool.verifyBatch(inputs)).toEqual(expected);
  pool.stop();
  pool = createVerifierPool({
    workers: 2,
    openWorker: () => {
      throw new DOMException('forbidden by policy', 'SecurityError');
    },
  });
  expect(await pool.verifyBatch(inputs)).toEqual(expected);
});

test('what cannot be cloned is judged all the same', async () => {
  pool = createVerifierPool({ workers: 1, openWorker });
  const odd = [{ ...(inputs[5] as object), tags: [() => 0] }, inputs[5]];
  expect(await pool.verifyBatch(odd)).toEqual(odd.map((input) => verify(input)));
});

test('calls not yet answered reject when the pool is stopped', async () => {
  pool = createVerifierPool({ workers: 2, openWorker });
  const pending = pool.verifyBatch(inputs);
  pool.stop();
  await expect(pending).rejects.toThrow(/stopped/);
});
