/** The bond behind a contract in its evidence bundle. */
import {
  buildBundle,
  describeEvidence,
  placeOf,
  proofIn,
  readBundle,
  readEvent,
  type ChainProof,
  type PledgeDocument,
} from '@realyield/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fundedOutput } from './fixtures/blocks.ts';
import { COLLATERAL, pledgeEvent } from './fixtures/bonds.ts';
import { rememberingVerifier } from './fixtures/keys.ts';
import { Loan, offerDocument } from './fixtures/loan.ts';
import { OPEN_DAY, TestCase, unpaidLoan } from './fixtures/disputes.ts';
import { must } from './fixtures/must.ts';
import { addressOf, owed, paidBy, payoutOf, recordOf } from './fixtures/payouts.ts';

const { identifier } = offerDocument();
const { address, scriptPubKey } = placeOf(COLLATERAL, 'regtest');
const { txid, report } = fundedOutput(scriptPubKey);
const proof = proofIn(report);
if (!proof) throw new Error('no proof');
const pledged = (changes: Partial<PledgeDocument> = {}) =>
  pledgeEvent({
    outpoint: { txid, vout: 0 },
    allocations: [{ offer: identifier, valueSat: '600000' }],
    ...changes,
  });
const pledge = pledged();
const loan = loanOn(pledge.id);

function loanOn(id: string): Loan {
  const made = new Loan({ offer: { bond: { pledge: id, allocationSat: '600000' } } });
  made.signAll();
  return made;
}

interface Given {
  readonly of?: Loan;
  readonly proofs?: readonly ChainProof[];
}

function write(pledges: readonly object[], { of = loan, proofs = [] }: Given = {}): string {
  const parsed = pledges.flatMap((event) => must(readEvent(event)));
  return must(buildBundle(of.root, [...of.parsed, ...parsed], of.startAtSec, proofs));
}

function read(text: string) {
  const bundle = readBundle(new TextEncoder().encode(text), rememberingVerifier);
  const { fold, events, findings, head, proofs } = bundle;
  if (!fold || !head) throw new Error('no fold');
  const { proven, missing } = describeEvidence(fold, events, head.writtenAtSec, proofs);
  return { findings, proven: proven.join('\n'), missing: missing.join('\n') };
}

function said(...pledges: readonly object[]) {
  const text = write(pledges);
  const { findings, ...lists } = read(text);
  expect(findings).toEqual([]);
  return { ...lists, text };
}

it('says what was pledged and set aside, requires: EB-9', () => {
  const { proven, missing } = said(pledge);
  expect(proven).toContain(`The bank pledged the output ${txid}:0 of 1,000,000 sat, locked until`);
  expect(proven).toContain('set 600,000 sat of it aside for this offer');
  expect(missing).toContain(`There is no proof that the bond’s output ${txid}:0 was ever funded`);
  expect(missing).toContain('That the bank’s bond is unspent no file can show');
});

it('names a pledge that is not there, or that is another, requires: EB-9', () => {
  const { proven, missing } = said();
  expect(proven).not.toContain('pledged');
  expect(missing).toContain(`The contract rests on the pledge ${pledge.id}, and it is not there.`);
  const less = pledged({ allocations: [{ offer: identifier, valueSat: '5' }] });
  expect(said(less).missing).toContain(pledge.id);
});

it('says when the bank put another in its place', () => {
  const allocations = [{ offer: identifier, valueSat: '7000' }];
  const later = pledged({ allocations, replaces: pledge.id });
  const { proven } = said(pledge, later);
  expect(proven).toContain('set 7,000 sat of it aside for this offer');
  expect(proven).toContain('took the place of the one that was signed for');
});

it('finds a changed byte of the pledge and names its line', () => {
  const { text } = said(pledge);
  const lines = text.split('\n');
  const at = lines.findIndex((line) => line.startsWith(`{"id":"${pledge.id}"`));
  const changed = lines.map((line, index) => (index === at ? line.replace('60', '61') : line));
  expect(read(changed.join('\n')).findings.map(({ line }) => line)).toContain(at + 1);
});

describe('a payout that is recorded in a case', () => {
  /** A case that a payout of a bond on regtest is recorded in, as a file. */
  function recorded(network: 'signet' | 'regtest') {
    const funded = unpaidLoan('investor', {
      offer: { network, daySec: network === 'regtest' ? 60 : 86_400 },
    });
    const made = new TestCase(funded);
    const claim = { claimUnits: '300000000', address: addressOf('investor') };
    const words = { statement: 'Nothing came.', documents: [], events: [] };
    made.step('investor', { type: 'open', reason: 'notRepaid', ...claim, ...words }, OPEN_DAY);
    made.respond();
    const award = { ...made.award(300_000_000n), address: claim.address };
    const { id } = made.rule(made.take(), [award]);
    const payout = must(payoutOf([owed(funded.root, 300_000_000n, claim.address)], 600_000n));
    const record = recordOf(paidBy(payout, ['arbiter', 'trustee']), payout, id);
    made.step('trustee', record, OPEN_DAY + 50, { key: 'trustee' });
    const parsed = [...funded.parsed, ...made.parsed];
    const { proven } = read(must(buildBundle(funded.root, parsed, made.at(OPEN_DAY + 60))));
    return { proven, txid: record.txid };
  }

  it('is proven, and the height of its block was told, requires: EB-9', () => {
    const { proven, txid } = recorded('regtest');
    expect(proven).toContain(`by the transaction ${txid}, which two of its three holders`);
    const height = 'Whoever recorded it was told that its height is 500.';
    expect(proven).toContain(height);
    expect(proven.replace(height, '')).not.toContain('height');
  });

  it('is none where the bond is on another network', () => {
    const { proven } = recorded('signet');
    expect(proven).toContain('The bank signed the terms');
    expect(proven).not.toContain('bond paid');
  });
});

describe('a bundle with a proof of the bond’s funding', () => {
  const text = write([pledge], { proofs: [proof] });
  const lines = text.split('\n');
  const line = lines.findIndex((each) => each.startsWith('{"height"')) + 1;
  const withLine = (change: (line: string) => string): string =>
    lines.map((each, index) => (index === line - 1 ? change(each) : each)).join('\n');

  it('is JSON, and says in which block the output was confirmed, requires: EB-10, EB-12', () => {
    expect(JSON.parse(text)).toMatchObject({ chain: [{ height: 500 }] });
    const { findings, proven, missing } = read(text);
    expect(findings).toEqual([]);
    expect(proven).toContain(
      `The bond’s output ${txid}:0 of 1,000,000 sat, to the script of its pledge with the ` +
        `address ${address}, was confirmed in the block `,
    );
    expect(proven).toContain('on the network regtest, where bitcoin cost nothing');
    expect(missing).not.toContain('ever funded');
    expect(missing).toContain('unspent no file can show');
  });

  it('leaves witnesses out, and every transaction but once', () => {
    const raw = proof.transaction;
    const witnessed = `${raw.slice(0, 8)}0001${raw.slice(8, -8)}0101ff${raw.slice(-8)}`;
    const again = write([pledge], { proofs: [proof, { ...proof, transaction: witnessed }] });
    expect(again).toBe(text);
  });

  it('writes no proof that does not hold', () => {
    const built = buildBundle(loan.root, loan.parsed, 0, [{ ...proof, position: 1 }]);
    expect(built).toMatchObject({ ok: false, code: 'CHAIN_BRANCH' });
  });

  it('says what is there in place of what was pledged, requires: EB-12', () => {
    const more = pledged({ valueSat: '1000001' });
    const of = loanOn(more.id);
    const { proven } = read(write([more], { of, proofs: [proof] }));
    expect(proven).toContain(
      `What the bank pledged is not there: the output ${txid}:0 pays 1,000,000 sat to the script`,
    );
    const none = pledged({ outpoint: { txid, vout: 1 } });
    const text2 = write([none], { of: loanOn(none.id), proofs: [proof] });
    expect(read(text2).proven).toContain(`the output ${txid}:1 does not exist`);
  });

  it('shows where both bonds were funded once the bank moved to another', () => {
    const other = fundedOutput(scriptPubKey, 'fdffffff', 'other');
    const second = proofIn(other.report);
    if (!second) throw new Error('no proof');
    const later = pledged({ outpoint: { txid: other.txid, vout: 0 }, replaces: pledge.id });
    const { proven } = read(write([pledge, later], { proofs: [second, proof] }));
    for (const id of [txid, other.txid]) expect(proven).toContain(`The bond’s output ${id}:0 of`);
    const half = read(write([pledge, later], { proofs: [second] }));
    expect(half.missing).toContain(`the bond’s output ${txid}:0 was ever funded`);
  });

  it('names what is wrong by its line and code, requires: EB-11', () => {
    const found = (changed: string) => read(changed).findings.map((each) => [each.line, each.code]);
    const other = (name: string) => new RegExp(`("${name}":"?)(.)`);
    const flip = (name: string) =>
      withLine((each) =>
        each.replace(other(name), (_, key, first) => `${key}${first === '1' ? '2' : '1'}`),
      );
    expect(found(flip('height'))).toEqual([[line, 'BUNDLE_PROOF']]);
    expect(found(flip('position'))).toEqual([[line, 'CHAIN_BRANCH']]);
    expect(found(flip('sha256'))).toEqual([[line, 'BUNDLE_PROOF']]);
    expect(found(withLine((each) => each.replace('"height":', '"height": ')))).toEqual([
      [line, 'BUNDLE_LINE'],
    ]);
    const changed = read(flip('position'));
    expect(changed.proven).not.toContain('was confirmed in');
    expect(changed.missing).toContain(`Line ${line} is no proof of it: The branch does not lead`);
  });

  it('shows every byte of it that was changed, and in which line, requires: EB-5, EB-11', () => {
    const bytes = new TextEncoder().encode(text);
    const from = bytes.length - new TextEncoder().encode(lines.slice(line - 2).join('\n')).length;
    const lineOf = (offset: number): number =>
      bytes.subarray(0, offset).filter((byte) => byte === 0x0a).length + 1;
    const change = fc.tuple(
      fc.integer({ min: from, max: bytes.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
    );
    fc.assert(
      fc.property(change, ([offset, bits]) => {
        const copy = bytes.slice();
        copy[offset] = (copy[offset] ?? 0) ^ bits;
        const found = readBundle(copy, rememberingVerifier).findings.map((each) => each.line);
        const changed = lineOf(offset);
        // Of a digest and what it is of, either may be what was changed.
        const expected = changed === line + 1 ? [1, changed] : [changed];
        expect(found.some((each) => expected.includes(each))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('notices that the proof was taken out', () => {
    const without = [...lines.slice(0, line - 2), ...lines.slice(line)].join('\n');
    expect(read(without).findings.map(({ code }) => code)).toContain('BUNDLE_END');
  });
});
