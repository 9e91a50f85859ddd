// An evidence bundle: reads as it was written, and no changed byte goes unnoticed.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildBundle,
  computeStateHash,
  describeEvidence,
  ledgerOf,
  planTicks,
  readBundle,
  readEvent,
} from '../index.ts';
import { nobleVerifier } from '../noble.ts';
import { inThree, Loan, sparedSigning } from '../testing/loan.ts';
import type { SignatureVerifier } from '../verify.ts';

const loan = new Loan();
loan.signAll();
loan.streamAll();
const { root } = loan;
const NOW = loan.startAtSec + 5_000_000;

const built = buildBundle(root, loan.parsed, NOW);
if (!built.ok) throw new Error(built.code);
const bytes = new TextEncoder().encode(built.value);
const lines = built.value.split('\n');

const known = new Map<string, boolean>();
/** Checks each signature once: the same line is read hundreds of times here. */
const verifier: SignatureVerifier = (signature, id, publicKey) => {
  const key = `${signature} ${id} ${publicKey}`;
  const answer = known.get(key) ?? nobleVerifier(signature, id, publicKey);
  known.set(key, answer);
  return answer;
};

function changed(line: number, change: (text: string) => string): Uint8Array {
  const text = lines.map((each, index) => (index === line - 1 ? change(each) : each)).join('\n');
  return new TextEncoder().encode(text);
}

const lineOf = (offset: number): number =>
  bytes.subarray(0, offset).filter((byte) => byte === 0x0a).length + 1;

describe('an evidence bundle', () => {
  it('is JSON, and reads as the contract it was written of', () => {
    // requires: EB-2, EB-3, EB-6
    const file = JSON.parse(built.value) as { contract: string; events: unknown[] };
    expect(file.contract).toBe(root);
    const report = readBundle(bytes, verifier);
    expect(report.findings).toEqual([]);
    expect(report.eventLines).toBe(file.events.length);
    expect(report.stateHash).toBe(computeStateHash(loan.fold().state));
    expect(report.head).toEqual({
      contract: root,
      stateHash: report.stateHash,
      writtenAtSec: NOW,
    });
  });

  it('is the same whether or not the writer was given what is embedded', () => {
    const outer = new Set(loan.events.map(({ id }) => id));
    const less = loan.parsed.filter(({ event, name }) => outer.has(event.id) && name !== 'request');
    const again = buildBundle(root, less, NOW);
    if (!again.ok) throw new Error(again.code);
    expect(readBundle(new TextEncoder().encode(again.value), verifier).findings).toEqual([]);
  });

  it('shows every byte that was changed, and in which line', () => {
    // requires: EB-4, EB-5
    const last = lines.length - 1;
    const property = fc.property(
      fc.nat(bytes.length - 1),
      fc.integer({ min: 1, max: 255 }),
      (offset, bits) => {
        const copy = bytes.slice();
        copy[offset] = (copy[offset] ?? 0) ^ bits;
        const found = readBundle(copy, verifier).findings.map(({ line }) => line);
        const line = lineOf(offset);
        // Of a digest and what it is of, either may be what was changed.
        const expected = line === last ? [1, last] : [line];
        expect(found.some((each) => expected.includes(each))).toBe(true);
      },
    );
    fc.assert(property, { numRuns: 400 });
  });

  it('names what is wrong by its code', () => {
    // requires: EB-1, EB-4, EB-5, EB-6
    const at = (line: number, change: (text: string) => string) =>
      readBundle(changed(line, change), verifier).findings.map(({ line: n, code }) => [n, code]);
    const last = lines.length - 1;
    const first = lines[1] ?? '';
    expect(at(1, (text) => text.replace('evidence', 'evidense'))).toEqual([
      [1, 'BUNDLE_HEAD'],
      [1, 'BUNDLE_HEAD_DIGEST'],
    ]);
    expect(at(2, (text) => text.replace('"sig":"', '"sig": "'))).toEqual([[2, 'BUNDLE_LINE']]);
    expect(at(2, (text) => text.replace(/"created_at":1/, '"created_at":2'))).toEqual([
      [2, 'EVENT_ID'],
    ]);
    expect(at(3, () => first)).toEqual([[3, 'BUNDLE_REPEATED']]);
    expect(at(last, (text) => text.slice(1))).toEqual([[last, 'BUNDLE_END']]);
    const without = [...lines.slice(0, 3), ...lines.slice(4)].join('\n');
    expect(readBundle(new TextEncoder().encode(without), verifier).findings).toEqual([
      { line: last - 1, code: 'BUNDLE_EVENTS_DIGEST' },
    ]);
    expect(readBundle(new Uint8Array(), verifier).findings[0]?.code).toBe('BUNDLE_SIZE');
  });

  it('holds what is not damaged all the same', () => {
    const report = readBundle(
      changed(lines.length - 2, (text) => text.replace('"sig":"', '"sig":"00')),
      verifier,
    );
    expect(report.findings.map(({ code }) => code)).toEqual(['EVENT_SHAPE']);
    expect(report.fold?.state.effectiveAtSec).toBeDefined();
  });

  it('takes anything without a throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (noise) => {
        expect(readBundle(noise, verifier).findings.length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('what a bundle says', () => {
  it('keeps what is proven from what is claimed and what is missing', () => {
    // requires: EB-7
    const { events, fold } = readBundle(bytes, verifier);
    if (!fold) throw new Error('no fold');
    const said = describeEvidence(fold, events, NOW);
    expect(said.proven.join('\n')).toContain('Paid out by the investor: 1,000,000 sat in');
    expect(said.claimed).toEqual([]);
    // A contract that pins no pledge says nothing of one: so does the file, and says that.
    const [unpinned, ...files] = [...said.missing].reverse();
    expect(unpinned).toMatch(/names no pledge .* is not part of this file/);
    expect(files.every((sentence) => sentence.includes('fingerprint'))).toBe(true);
  });

  it('calls principal outstanding only where somebody can be asked for it', () => {
    const paid = new Loan({ offer: inThree, signing: sparedSigning });
    paid.signAll();
    paid.pay('disbursement', planTicks(paid.contract.document), paid.startAtSec + 20);
    const atSec = paid.startAtSec + 19 * paid.contract.document.daySec;
    const { payoffUnits } = ledgerOf(paid.fold().state, atSec);
    paid.pay('repayment', [{ n: 0, amountUnits: payoffUnits }], atSec);
    const { outstandingUnits, repaid } = ledgerOf(paid.fold().state, atSec + 1);
    expect(repaid && outstandingUnits > 0n && outstandingUnits < 1_000n).toBe(true);
    const text = describeEvidence(paid.fold(), paid.parsed, atSec + 1).proven.join('\n');
    expect(text).toContain('no principal was outstanding at');
    expect(text).toMatch(/What is left of it, 0\.\d+ sat, is too little to be asked for\./);
    expect(text).not.toContain('of principal were');
    // A day before, all of it was.
    const before = describeEvidence(
      paid.fold(),
      paid.parsed,
      atSec - paid.contract.document.daySec,
    ).proven.join('\n');
    expect(before).toContain('1,000,000 sat of principal were outstanding');
  });

  it('names an event that a party cites and nobody shows', () => {
    const cited = loan.parsed.find(({ name }) => name === 'receipt')?.event.id ?? '';
    const rest = loan.events.filter(({ id }) => id !== cited);
    const parsed = rest.flatMap((event) => {
      const read = readEvent(event);
      return read.ok ? read.value : [];
    });
    const less = buildBundle(root, parsed, NOW);
    if (!less.ok) throw new Error(less.code);
    const { events, fold } = readBundle(new TextEncoder().encode(less.value), verifier);
    if (!fold) throw new Error('no fold');
    expect(describeEvidence(fold, events, NOW).missing.join('\n')).toContain(cited);
  });

  it('says once for each cause what does not count, and how many, requires: EB-7', () => {
    // One byte of the loan's last signature: nothing that was paid counts without it.
    const at = lines.findIndex((text) => text.includes('"kind":2811') && text.includes('"bank"'));
    const damaged = changed(at + 1, (text) => text.replace('"sig":"', '"sig":"00'));
    const { events, fold, findings } = readBundle(damaged, verifier);
    expect(findings.map(({ line }) => line)).toEqual([at + 1]);
    if (!fold) throw new Error('no fold');
    expect(fold.rejects.length).toBeGreaterThan(1);
    const { missing } = describeEvidence(fold, events, NOW);
    const refused = missing.filter((sentence) => sentence.includes('not count'));
    const causes = new Set(fold.rejects.map(({ code }) => code));
    expect(refused).toHaveLength(causes.size);
    const [first] = fold.rejects;
    expect(refused.join('\n')).toContain(`do not count, the first of them ${first?.id ?? ''}: `);
  });
});
