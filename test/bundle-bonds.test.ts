/** The bond behind a contract in its evidence bundle. */
import { buildBundle, describeEvidence, readBundle, readEvent } from '@realyield/protocol';
import { expect, it } from 'vitest';
import { nobleVerifier } from '../protocol/src/noble.ts';
import { pledgeEvent, pledgeOf } from './fixtures/bonds.ts';
import { Loan, offerDocument } from './fixtures/loan.ts';

const { identifier } = offerDocument();
const allocations = [{ offer: identifier, valueSat: '600000' }];
const pledge = pledgeEvent({ allocations });
const loan = new Loan({ offer: { bond: { pledge: pledge.id, allocationSat: '600000' } } });
loan.signAll();
const { txid } = pledgeOf().outpoint;

function said(...pledges: readonly object[]) {
  const parsed = pledges.flatMap((event) => {
    const read = readEvent(event);
    if (!read.ok) throw new Error(read.code);
    return read.value;
  });
  const built = buildBundle(loan.root, [...loan.parsed, ...parsed], loan.startAtSec);
  if (!built.ok) throw new Error(built.code);
  const bytes = new TextEncoder().encode(built.value);
  const { fold, events, findings } = readBundle(bytes, nobleVerifier);
  expect(findings).toEqual([]);
  if (!fold) throw new Error('no fold');
  const { proven, missing } = describeEvidence(fold, events, loan.startAtSec);
  return { proven: proven.join('\n'), missing: missing.join('\n'), text: built.value };
}

it('says what was pledged and set aside, requires: EB-9', () => {
  const { proven, missing } = said(pledge);
  expect(proven).toContain(`The bank pledged the output ${txid}:1 of 1,000,000 sat, locked until`);
  expect(proven).toContain('set 600,000 sat of it aside for this offer');
  expect(missing).toContain('Whether the bank’s bond was funded, and is unspent');
});

it('names a pledge that is not there, or that is another, requires: EB-9', () => {
  const { proven, missing } = said();
  expect(proven).not.toContain('pledged');
  expect(missing).toContain(`The contract rests on the pledge ${pledge.id}, and it is not there.`);
  const less = pledgeEvent({ allocations: [{ offer: identifier, valueSat: '5' }] });
  expect(said(less).missing).toContain(pledge.id);
});

it('says when the bank put another in its place', () => {
  const later = pledgeEvent({
    ...{ allocations: [{ offer: identifier, valueSat: '7000' }], replaces: pledge.id },
  });
  const { proven } = said(pledge, later);
  expect(proven).toContain('set 7,000 sat of it aside for this offer');
  expect(proven).toContain('took the place of the one that was signed for');
});

it('finds a changed byte of the pledge and names its line', () => {
  const { text } = said(pledge);
  const lines = text.split('\n');
  const at = lines.findIndex((line) => line.startsWith(`{"id":"${pledge.id}"`));
  const changed = lines.map((line, index) => (index === at ? line.replace('60', '61') : line));
  const bytes = new TextEncoder().encode(changed.join('\n'));
  const found = readBundle(bytes, nobleVerifier).findings.map(({ line }) => line);
  expect(found).toContain(at + 1);
});
