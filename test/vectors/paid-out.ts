/** Vectors of payouts of a bond as they are recorded: in folders `bonds` and `disputes`. */
import { followBond, type PaidOutDocument, type PayoutOnChain } from '@realyield/protocol';
import { pledgeEvent, pledgeOf } from '../fixtures/bonds.ts';
import { OPEN_DAY, TestCase, rulingOn, unpaidLoan } from '../fixtures/disputes.ts';
import { hashOf } from '../fixtures/loan.ts';
import { must } from '../fixtures/must.ts';
import { addressOf, BOND, paidBy, payoutOf, recordOf } from '../fixtures/payouts.ts';
import { finish, type Cases, type Vector } from './vector.ts';

const CLAIM = 1_020_000_000n;
const AWARD = 300_000_000n;
const ADDRESS = addressOf('investor');

/** A ruling on a case whose claimant named an address, and the record of what paid it. */
function paid() {
  const made = new TestCase(unpaidLoan());
  const claim = { claimUnits: CLAIM.toString(), address: ADDRESS, statement: 'Nothing has come.' };
  const opening = { type: 'open', reason: 'notRepaid', ...claim, documents: [], events: [] };
  made.step('investor', opening as Parameters<TestCase['step']>[1], OPEN_DAY);
  made.respond();
  const taken = made.take();
  const awards = [{ ...made.award(AWARD), address: ADDRESS }];
  const terms = rulingOn(taken, made.steps, awards, made.at(OPEN_DAY + 44));
  const ruling = made.step('arbiter', terms, OPEN_DAY + 30);
  const payout = must(payoutOf(made.fold().outcome?.awards ?? [], 600_000n));
  const raw = paidBy(payout, ['arbiter', 'trustee']);
  return { made, payout, record: recordOf(raw, payout, ruling.id) };
}

function shown(name: string, requires: string[], made: TestCase, codes: string[] = []): Vector {
  return finish(codes, {
    ...{ name, requires, dispute: made.id },
    events: made.loans.flatMap((loan) => loan.events),
    steps: made.steps,
  });
}

function caseCases(): Cases {
  const { made, record } = paid();
  made.step('trustee', record, OPEN_DAY + 50);
  made.step('arbiter', record, OPEN_DAY + 51);
  const outside = paid();
  outside.made.step('investor', outside.record, OPEN_DAY + 50);
  outside.made.step('trustee', { ...outside.record, outcome: outside.made.id }, OPEN_DAY + 50);
  const before = paid();
  const [, , taken] = before.made.steps;
  const call = { prev: taken ? [taken] : [] };
  before.made.step('investor', { type: 'fallback' }, OPEN_DAY + 78, call);
  before.made.step('trustee', before.record, OPEN_DAY + 79);
  const again = before.made.take(OPEN_DAY + 80, 'fallback arbiter');
  const awards = [{ ...before.made.award(CLAIM), address: ADDRESS }];
  const terms = rulingOn(again, before.made.steps, awards, before.made.at(OPEN_DAY + 100));
  before.made.step('fallback arbiter', terms, OPEN_DAY + 81);
  const later = 'Ruled anew in knowledge of a payout';
  const astray = 'Recorded by the investor, and for no outcome';
  const codes = ['AUTHOR_ROLE', 'STATE_FORBIDS'];
  return {
    'paid-out': shown('Paid from the bond, and recorded twice', ['BD-24', 'DI-32'], made),
    'paid-before': shown(later, ['DI-15', 'DI-31'], before.made),
    'paid-out-outside': shown(astray, ['DI-31'], outside.made, codes),
  };
}

function recordCases(): Cases {
  const { made, record } = paid();
  const [line] = record.paid as [(typeof record.paid)[number]];
  const { inclusion, spent } = record;
  const read = (
    name: string,
    changes: Partial<PayoutOnChain>,
    codes: string[] = [],
    requires = ['BD-27'],
  ): Vector => {
    const event = made.sign('trustee', { ...record, ...changes }, OPEN_DAY + 50);
    return finish(codes, { name, requires, event });
  };
  const elsewhere = { ...inclusion, hashes: [hashOf('x')] };
  const other = { ...line, address: addressOf('attacker') };
  return {
    'paid-out-record': read('A record that proves itself', {}, [], ['BD-27', 'DI-30']),
    'paid-out-amount': read('One satoshi more', { paid: [{ ...line, valueSat: '300001' }] }, [
      'PAYOUT_MISMATCH',
    ]),
    'paid-out-address': read('Another address', { paid: [other] }, ['PAYOUT_MISMATCH']),
    'paid-out-place': read('Another output spent', { spent: { ...spent, vout: 1 } }, [
      'PAYOUT_MISMATCH',
    ]),
    'paid-out-value': read('Another value', { spent: { ...spent, valueSat: '1000001' } }, [
      'PAYOUT_SIGNATURES',
    ]),
    'paid-out-branch': read('Another block', { inclusion: elsewhere }, ['CHAIN_BRANCH']),
  };
}

/** Where the bond lies after payouts. */
export function bondAfterCases(): Cases {
  const { payout, record, made } = paid();
  const step = (document: typeof record) => made.sign('trustee', document, OPEN_DAY + 50);
  const pledge = { outpoint: BOND.outpoint, valueSat: BOND.valueSat.toString() };
  const after = followBond(pledge, [record as PaidOutDocument]);
  const bond = { ...BOND, outpoint: after.outpoint, valueSat: after.valueSat };
  const raw = paidBy(payout, ['trustee', 'fallbackArbiter'], bond);
  const second = recordOf(raw, payout, record.outcome, bond);
  const of = (name: string, records: (typeof record)[]): Vector =>
    finish([], {
      ...{ name, requires: ['BD-28'], records: records.map(step) },
      pledge: pledgeEvent({ ...pledgeOf(), outpoint: BOND.outpoint }),
    });
  return {
    'after-payouts': of('What went back twice, told in the other order', [second, record]),
    'after-none': of('A payout of an output that is not known to be the bond', [second]),
  };
}

/** Records in cases and by themselves. */
export function paidOutCases(): Cases {
  return { ...caseCases(), ...recordCases() };
}
