/**
 * The two signature verifiers give the same answers: on BIP-340's own vectors, on mutated
 * signatures, and through the pool. Vectors: fixtures/bip340-test-vectors.csv, from BIP-340.
 */
import { schnorr } from '@noble/curves/secp256k1.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { nobleVerifier, readEvent, verify, type SignatureVerifier } from '@realyield/protocol';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { finalizeEvent, generateSecretKey } from 'nostr-tools';
import { beforeAll, describe, expect, test } from 'vitest';
import type { IdSigner } from '../web/lib/signer/signatures.ts';
import { loadWasmSignatures } from '../web/lib/nostr/verifier/load-wasm.ts';
import { createVerifierPool } from '../web/lib/nostr/verifier/verifier-pool.ts';
import { createWasmVerifier } from '../web/lib/nostr/verifier/wasm-verifier.ts';
import { Loan } from './fixtures/loan.ts';

const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const FIELD_PRIME = 2n ** 256n - 2n ** 32n - 977n;

interface Vector {
  readonly index: string;
  readonly publicKeyHex: string;
  readonly messageHex: string;
  readonly signatureHex: string;
  readonly isValid: boolean;
  readonly comment: string;
}

const vectors: readonly Vector[] = readFileSync(
  new URL('./fixtures/bip340-test-vectors.csv', import.meta.url),
  'utf8',
)
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [index = '', , publicKey = '', , message = '', signature = '', result, ...comment] =
      line.split(',');
    return {
      index,
      publicKeyHex: publicKey.toLowerCase(),
      messageHex: message.toLowerCase(),
      signatureHex: signature.toLowerCase(),
      isValid: result === 'TRUE',
      comment: comment.join(','),
    };
  });

let wasmVerifier: SignatureVerifier = () => expect.fail('not loaded');
let wasmSigner: IdSigner = () => expect.fail('not loaded');
beforeAll(async () => {
  ({ verify: wasmVerifier, sign: wasmSigner } = await loadWasmSignatures());
});

/** What a verifier says, with an exception counted as a refusal, as `verify` counts it. */
function ask(verifier: SignatureVerifier, ...input: [string, string, string]): boolean {
  try {
    return verifier(...input);
  } catch {
    return false;
  }
}

function toHex(value: bigint): string {
  return value.toString(16).padStart(64, '0');
}

describe('BIP-340 test vectors', () => {
  test('there are fifteen', () => expect(vectors).toHaveLength(15));

  test.each(vectors)('$index $comment', (vector) => {
    const input = [vector.signatureHex, vector.messageHex, vector.publicKeyHex] as const;
    expect(ask(nobleVerifier, ...input)).toBe(vector.isValid);
    expect(ask(wasmVerifier, ...input)).toBe(vector.isValid);
  });
});

describe('noble and WebAssembly agree', () => {
  const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
  const secretKey = bytes32.map((bytes) => Uint8Array.from(bytes).fill(1, 0, 1));

  test('on signatures that WebAssembly makes, each with its own randomness', () => {
    fc.assert(
      fc.property(bytes32, secretKey, (id, secret) => {
        const made = [wasmSigner(id, secret), wasmSigner(id, secret)].map(bytesToHex);
        const publicKey = bytesToHex(schnorr.getPublicKey(secret));
        expect(made[0]).not.toBe(made[1]);
        for (const each of made) expect(nobleVerifier(each, bytesToHex(id), publicKey)).toBe(true);
      }),
      { numRuns: 20 },
    );
    const order = hexToBytes(toHex(CURVE_ORDER));
    expect(() => wasmSigner(new Uint8Array(32), order)).toThrow('cannot sign');
    expect(() => wasmSigner(new Uint8Array(32), new Uint8Array(32))).toThrow('cannot sign');
  });

  /** Values around which implementations have gone wrong. */
  const edge = fc.constantFrom(
    ...[0n, 1n, CURVE_ORDER - 1n, CURVE_ORDER, CURVE_ORDER + 1n, FIELD_PRIME - 1n],
    ...[FIELD_PRIME, FIELD_PRIME + 1n, 2n ** 256n - 1n],
  );
  const mutation = fc.oneof(
    fc.record({ kind: fc.constant('none' as const) }),
    fc.record({
      kind: fc.constant('bit' as const),
      part: fc.constantFrom(0, 1, 2),
      bit: fc.nat(511),
    }),
    fc.record({
      kind: fc.constant('edge' as const),
      part: fc.constantFrom(0, 1, 2, 3),
      value: edge,
    }),
    fc.record({ kind: fc.constant('negateS' as const) }),
    fc.record({ kind: fc.constant('swap' as const) }),
  );

  type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

  function mutate(
    input: readonly [string, string, string],
    change: Mutation,
  ): [string, string, string] {
    const [signature, id, key] = input;
    const [r, s] = [signature.slice(0, 64), signature.slice(64)];
    if (change.kind === 'negateS') {
      return [r + toHex((CURVE_ORDER - BigInt(`0x${s}`)) % CURVE_ORDER), id, key];
    }
    if (change.kind === 'swap') return [s + r, id, key];
    if (change.kind === 'edge') {
      const value = toHex(change.value);
      if (change.part === 0) return [value + s, id, key];
      if (change.part === 1) return [r + value, id, key];
      return change.part === 2 ? [signature, value, key] : [signature, id, value];
    }
    const changed: [string, string, string] = [signature, id, key];
    if (change.kind === 'bit') {
      const bytes = hexToBytes(changed[change.part]);
      const at = (change.bit >> 3) % bytes.length;
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (change.bit & 7));
      changed[change.part] = bytesToHex(bytes);
    }
    return changed;
  }

  test('on signatures good, mutated and at the edges', () => {
    fc.assert(
      fc.property(secretKey, bytes32, bytes32, mutation, (key, id, auxiliary, change) => {
        const signature = schnorr.sign(id, key, auxiliary);
        const good = [
          bytesToHex(signature),
          bytesToHex(id),
          bytesToHex(schnorr.getPublicKey(key)),
        ] as const;
        const input = mutate(good, change);
        const expected = ask(nobleVerifier, ...input);
        expect(expected).toBe(input.join() === good.join());
        expect(ask(wasmVerifier, ...input)).toBe(expected);
      }),
      { numRuns: 250 },
    );
  });

  test('on noise', () => {
    const hex = (length: number) =>
      fc.uint8Array({ minLength: length, maxLength: length }).map(bytesToHex);
    fc.assert(
      fc.property(hex(64), hex(32), hex(32), (...input) => {
        expect(ask(wasmVerifier, ...input)).toBe(ask(nobleVerifier, ...input));
      }),
      { numRuns: 250 },
    );
  });

  test('after more keys than the WebAssembly verifier keeps', () => {
    const signed = Array.from({ length: 600 }, (_, at) => {
      const key = hexToBytes(toHex(BigInt(at + 1)));
      const id = hexToBytes(toHex(BigInt(at)));
      const [good, keyHex] = [schnorr.sign(id, key, id), schnorr.getPublicKey(key)];
      return [bytesToHex(good), bytesToHex(id), bytesToHex(keyHex)] as const;
    });
    for (const input of [...signed, ...signed.slice(0, 50)]) {
      expect(ask(wasmVerifier, ...input)).toBe(true);
      expect(ask(wasmVerifier, input[0], input[1], toHex(FIELD_PRIME))).toBe(false);
    }
  });
});

test('bytes that are not the module are refused', async () => {
  await expect(createWasmVerifier(Uint8Array.of(1, 2, 3))).rejects.toThrow();
  // An empty but valid module.
  const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  await expect(createWasmVerifier(empty)).rejects.toThrow(/no memory/);
});

describe('the pool without workers', () => {
  const signed = Array.from({ length: 100 }, (_, at) =>
    finalizeEvent(
      { kind: 1, created_at: at, content: 'x'.repeat(at), tags: [] },
      generateSecretKey(),
    ),
  );
  const inputs: readonly unknown[] = signed.flatMap((event, at) => {
    if (at % 10 === 0) return [{ ...event, content: 'changed' }];
    if (at % 10 === 1) return [{ ...event, sig: signed[0]?.sig }, null, () => at];
    return [event];
  });

  test('gives the results of verify, in order', async () => {
    const pool = createVerifierPool({ workers: 0 });
    const expected = inputs.map((input) => verify(input));
    expect(await pool.verifyBatch(inputs)).toEqual(expected);
    const again = await Promise.all([pool.verifyBatch(inputs), pool.verifyBatch([])]);
    expect(again).toEqual([expected, []]);
    pool.stop();
  });

  test('reads events of the protocol with those embedded in them', async () => {
    const loan = new Loan();
    loan.signAll();
    const { receipt } = loan.pay('disbursement', [{ n: 0, amountUnits: 1_000n }], loan.startAtSec);
    const events: readonly unknown[] = [...loan.events, receipt, ...inputs.slice(0, 3), null];
    const expected = events.map((event) => readEvent(event));
    expect(expected.some((result) => result.ok && result.value.length > 1)).toBe(true);
    const pool = createVerifierPool({ workers: 0 });
    const [read, verified] = await Promise.all([pool.readBatch(events), pool.verifyBatch(events)]);
    expect(read).toEqual(expected);
    expect(verified).toEqual(events.map((event) => verify(event)));
    pool.stop();
  });

  test('rejects what is unanswered when it is stopped, and everything after', async () => {
    const pool = createVerifierPool({ workers: 0 });
    const pending = pool.verifyBatch(inputs);
    pool.stop();
    await expect(pending).rejects.toThrow(/stopped/);
    await expect(pool.verifyBatch(inputs)).rejects.toThrow(/stopped/);
  });
});
