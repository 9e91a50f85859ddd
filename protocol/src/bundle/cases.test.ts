// Cases in an evidence bundle: said in sentences, and no changed byte of theirs goes unnoticed.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildBundle,
  describeEvidence,
  readBundle,
  type ParsedEvent,
  type SignedEvent,
} from '../index.ts';
import { nobleVerifier } from '../noble.ts';
import { OPEN_DAY, TestCase, unpaidLoan } from '../testing/disputes.ts';
import type { SignatureVerifier } from '../verify.ts';

const AWARD = 600_000_000n;
const made = new TestCase(unpaidLoan());
made.open(1_020_000_000n);
const response = made.respond();
const ruling = made.rule(made.take(), [made.award(AWARD, 'repayment')]);
made.loan.pay('repayment', [{ n: 0, amountUnits: 200_000_000n }], made.at(OPEN_DAY + 35));
const NOW = made.at(OPEN_DAY + 60);

function bundleOf(left: readonly SignedEvent[] = []): Uint8Array {
  const ids = new Set(left.map(({ id }) => id));
  const steps = made.parsed.filter(({ event }) => !ids.has(event.id));
  const built = buildBundle(made.loan.root, [...made.loan.parsed, ...steps], NOW);
  if (!built.ok) throw new Error(built.code);
  return new TextEncoder().encode(built.value);
}

const known = new Map<string, boolean>();
/** Checks each signature once: the same line is read hundreds of times here. */
const verifier: SignatureVerifier = (signature, id, publicKey) => {
  const key = `${signature} ${id} ${publicKey}`;
  const answer = known.get(key) ?? nobleVerifier(signature, id, publicKey);
  known.set(key, answer);
  return answer;
};

function said(bytes: Uint8Array) {
  const { events, fold, findings } = readBundle(bytes, verifier);
  expect(findings).toEqual([]);
  if (!fold) throw new Error('no fold');
  return describeEvidence(fold, events, NOW);
}

describe('a bundle with a case', () => {
  it('says what was claimed, ruled, owed and paid', () => {
    // requires: EB-8
    const { proven, missing } = said(bundleOf());
    const text = proven.join('\n');
    expect(text).toContain(`Case ${made.id}: the investor claimed 1,020,000 sat because it was`);
    expect(text).toContain('The other side answered the claim.');
    expect(text).toMatch(/The arbiter ruled on it, .*: 600,000 sat are owed by it/);
    expect(text).toContain('400,000 sat are not paid, by the payments in this file.');
    expect(missing.join('\n')).not.toContain('a case');
  });

  it('says what was decided for whoever joined, on each contract, requires: EB-8', () => {
    const second = unpaidLoan('second investor');
    const joint = new TestCase(unpaidLoan(), second);
    joint.open(1_020_000_000n);
    const claim = { type: 'join', claimUnits: '700000000', statement: 'Mine too.' } as const;
    joint.step('investor', claim, OPEN_DAY + 2, { loan: second });
    joint.respond();
    const awards = [joint.award(AWARD), joint.award(AWARD / 2n, 'recovery', second)];
    joint.rule(
      joint.take(),
      [...awards].sort((a, b) => (a.contract < b.contract ? -1 : 1)),
    );
    const fileOf = (root: string, events: readonly ParsedEvent[]) => {
      const built = buildBundle(root, [...events, ...joint.parsed], NOW);
      if (!built.ok) throw new Error(built.code);
      return said(new TextEncoder().encode(built.value));
    };
    const all = [...joint.loan.parsed, ...second.parsed];
    for (const [own, other, ownSat, otherSat] of [
      [joint.loan, second, '600,000', '300,000'],
      [second, joint.loan, '300,000', '600,000'],
    ] as const) {
      const { proven, missing } = fileOf(own.root, all);
      const text = proven.join('\n');
      expect(text).toMatch(new RegExp(`ruled on it, .*: ${ownSat} sat are owed by it, to be paid`));
      expect(text).toContain(`${otherSat} sat are owed by it on the contract ${other.root}, to be`);
      expect(missing.join('\n')).not.toContain('a case');
      const without = fileOf(own.root, own.parsed);
      expect(without.missing).toContain(
        `The case ${joint.id} has a claim on the contract ${other.root}, which is not there.`,
      );
      expect(without.proven.join('\n')).not.toContain('ruled on it');
    }
  });

  it('names a step that others cite and that was left out', () => {
    // requires: EB-8
    const { missing } = said(bundleOf([response]));
    expect(missing).toContain(`A step of a case names ${response.id}, and it is not there.`);
    const without = said(bundleOf([ruling])).proven.join('\n');
    expect(without).not.toContain('ruled on it');
  });

  it('shows every byte of its steps that was changed, and in which line', () => {
    const bytes = bundleOf();
    const text = new TextDecoder().decode(bytes);
    const lines = text.split('\n');
    const sizeOf = (line: string): number => new TextEncoder().encode(line).length;
    const places = made.steps.map(({ id }) => {
      const line = lines.findIndex((each) => each.startsWith(`{"id":"${id}"`));
      const start = lines.slice(0, line).reduce((sum, each) => sum + sizeOf(each) + 1, 0);
      return { line: line + 1, start, length: sizeOf(lines[line] ?? '') };
    });
    expect(places.every(({ line }) => line > 0)).toBe(true);
    const change = fc.tuple(
      fc.constantFrom(...places),
      fc.nat(1_000_000),
      fc.integer({ min: 1, max: 255 }),
    );
    fc.assert(
      fc.property(change, ([{ line, start, length }, at, bits]) => {
        const copy = bytes.slice();
        const offset = start + (at % length);
        copy[offset] = (copy[offset] ?? 0) ^ bits;
        const found = readBundle(copy, verifier).findings.map((each) => each.line);
        expect(found).toContain(line);
      }),
      { numRuns: 200 },
    );
  });
});
