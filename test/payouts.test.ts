/**
 * What a bond pays of a ruling, who may say that it did, and where the bond lies after that.
 * Specs: specs/bonds.md, "Payout"; specs/disputes.md, "Paid from the bond".
 */
import { describe, expect, it } from 'vitest';
import {
  followBond,
  isBondsToPay,
  readEvent,
  shareLeftSat,
  type PaidOutDocument,
  type Payout,
} from '@realyield/protocol';
import { bitcoinKey, COLLATERAL, holder } from './fixtures/bonds.ts';
import { OPEN_DAY, TestCase, rulingOn, unpaidLoan } from './fixtures/disputes.ts';
import { hashOf } from './fixtures/loan.ts';
import { must } from './fixtures/must.ts';
import { addressOf, BOND, owed, paidBy, payoutOf, recordOf } from './fixtures/payouts.ts';

const CLAIM = 1_020_000_000n;
const AWARD = 600_000_000n;
const ADDRESS = addressOf('investor');
const ROOT = hashOf('a contract');

describe('what a bond pays of a ruling', () => {
  it('is what is open, rounded up to a satoshi, requires: BD-24', () => {
    const { lines, plan } = must(payoutOf([owed(ROOT, 400_000_001n, ADDRESS)], 600_000n));
    expect(lines).toMatchObject([{ valueSat: 400_001n, owedSat: 400_001n }]);
    expect(plan).toEqual({
      ...{ path: 'holders', feeSat: 1_000n },
      outputs: [{ address: ADDRESS, valueSat: 400_001n }],
    });
  });

  it('is never more than the share holds, fee included, requires: BD-24', () => {
    const all = must(payoutOf([owed(ROOT, AWARD, ADDRESS)], 600_000n));
    expect(all.lines[0]?.valueSat).toBe(599_000n);
    const two = [owed(hashOf('a'), AWARD, ADDRESS), owed(hashOf('b'), 2n * AWARD, ADDRESS)];
    // Two shares of 500,000 sat, and a bond of 1,000,000 that pays the fee too.
    const values = must(payoutOf(two, 500_000n, 999n)).lines.map(({ valueSat }) => valueSat);
    expect(values).toEqual([499_500n, 499_501n]);
  });

  it('leaves out what it cannot pay, and says why', () => {
    const awards = [
      owed(hashOf('a'), AWARD),
      owed(hashOf('b'), 100_000n, ADDRESS),
      owed(hashOf('c'), 0n, ADDRESS),
      owed(hashOf('d'), AWARD, ADDRESS),
    ];
    const { lines, unpaid } = must(payoutOf(awards, 100_000n));
    expect(lines.map(({ award }) => award.contract)).toEqual([hashOf('d')]);
    expect(unpaid.map(({ reason }) => reason)).toEqual(['noAddress', 'dust']);
    expect(payoutOf([owed(ROOT, AWARD, ADDRESS)], 0n)).toMatchObject({ code: 'PAYOUT_AMOUNT' });
  });

  it('is nothing of what an investor was to pay out, requires: BD-38', () => {
    const lent = owed(hashOf('a'), AWARD, ADDRESS, 'disbursement');
    const { lines, unpaid } = must(payoutOf([lent, owed(ROOT, AWARD, ADDRESS)], 900_000n));
    expect(lines.map(({ award }) => award.contract)).toEqual([ROOT]);
    expect(unpaid).toEqual([{ award: lent.award, reason: 'notOwedByBank' }]);
    expect(payoutOf([lent], 900_000n)).toMatchObject({ code: 'PAYOUT_AMOUNT' });
    expect(isBondsToPay(lent.award)).toBe(false);
  });

  it.each([
    ['none', 0n],
    ['a tenth of a satoshi a byte', 20n],
    ['a thousand satoshis a byte', 250_000n],
  ])('has no fee of %s, requires: BD-25', (_, feeSat) => {
    const awards = [owed(ROOT, AWARD, ADDRESS)];
    expect(payoutOf(awards, 900_000n, feeSat)).toMatchObject({ code: 'PAYOUT_AMOUNT' });
  });

  it('goes to addresses of the bond’s network only', () => {
    const mainnet = 'bc1qhhhf29f4nlyalyfrrpfrknxj9uwqk4qsyvkujsa7w0ulfur78xkspsqn84';
    expect(payoutOf([owed(ROOT, AWARD, mainnet)], 900_000n)).toMatchObject({
      code: 'PAYOUT_ADDRESS',
    });
  });
});

/** A ruling on a case whose claimant named an address. */
function ruled(units = AWARD) {
  const made = new TestCase(unpaidLoan());
  const statement = 'Nothing has come.';
  const claimUnits = CLAIM.toString();
  const claim = { reason: 'notRepaid', claimUnits, address: ADDRESS, statement } as const;
  made.step('investor', { type: 'open', ...claim, documents: [], events: [] }, OPEN_DAY);
  made.respond();
  const taken = made.take();
  const awards = [{ ...made.award(units), address: ADDRESS }];
  const ruling = made.step(
    'arbiter',
    rulingOn(taken, made.steps, awards, made.at(OPEN_DAY + 44)),
    OPEN_DAY + 30,
  );
  return { made, ruling };
}

function payoutFor(made: TestCase, shareSat = 600_000n): Payout {
  return must(payoutOf(made.fold().outcome?.awards ?? [], shareSat));
}

describe('a payout that is recorded', () => {
  it('makes the outcome paid from the bond, once, requires: DI-32', () => {
    const { made, ruling } = ruled(300_000_000n);
    const payout = payoutFor(made);
    const record = recordOf(paidBy(payout, ['arbiter', 'trustee']), payout, ruling.id);
    const step = made.step('trustee', record, OPEN_DAY + 50);
    made.step('arbiter', record, OPEN_DAY + 51);
    const { outcome, status, rejects } = made.fold();
    expect({ status, rejects }).toEqual({ status: 'complied', rejects: [] });
    expect(outcome?.awards[0]).toMatchObject({ fromBondUnits: 300_000_000n, paidUnits: 0n });
    const { pledge, txid } = record;
    const sums = { paidSat: 300_000n, feeSat: 1_000n };
    expect(outcome?.payouts).toEqual([
      { id: step.id, pledge: pledge.id, txid, height: 500, ...sums },
    ]);
    // Of another case of the contract is left what this one did not take, fee included.
    const shareMsat = 450_000_999n;
    expect(shareLeftSat(shareMsat, made.loan.root, [made.fold()])).toBe(149_000n);
    expect(shareLeftSat(1_000n, made.loan.root, [made.fold()])).toBe(0n);
    expect(shareLeftSat(shareMsat, ROOT, [made.fold()])).toBe(450_000n);
  });

  it('counts beside what was paid on the contract, as far as either goes', () => {
    const { made, ruling } = ruled();
    made.loan.pay('recovery', [{ n: 0, amountUnits: 200_000_000n }], made.at(OPEN_DAY + 35));
    made.refresh();
    const payout = payoutFor(made, 300_000n);
    expect(payout.lines[0]).toMatchObject({ owedSat: 400_000n, valueSat: 299_000n });
    const record = recordOf(paidBy(payout, ['arbiter', 'trustee']), payout, ruling.id);
    made.step('trustee', record, OPEN_DAY + 50);
    expect(made.fold().status).toBe('ruled');
    expect(made.fold().outcome?.outstandingUnits).toBe(101_000_000n);
  });

  it('takes from a later ruling that knows of it, and counts, requires: DI-15, DI-31', () => {
    const { made, ruling } = ruled();
    const taken = made.steps.find(({ content }) => content.includes('"taken"'));
    // Called before the arbiter's ruling was known.
    const call = { prev: taken ? [taken] : [] };
    made.step('investor', { type: 'fallback' }, OPEN_DAY + 78, call);
    const payout = payoutFor(made);
    const record = recordOf(paidBy(payout, ['arbiter', 'trustee']), payout, ruling.id);
    made.step('trustee', record, OPEN_DAY + 79);
    expect(made.fold().outcome).toMatchObject({ by: 'arbiter', outstandingUnits: 1_000_000n });
    const again = made.take(OPEN_DAY + 80, 'fallback arbiter');
    const awards = [{ ...made.award(AWARD), address: ADDRESS }];
    const said = rulingOn(again, made.steps, awards, made.at(OPEN_DAY + 100));
    made.step('fallback arbiter', said, OPEN_DAY + 81);
    const { outcome, rejects } = made.fold();
    expect(rejects).toEqual([]);
    // Together no more than was claimed.
    expect(outcome).toMatchObject({ by: 'fallbackArbiter', payouts: [] });
    expect(outcome?.outstandingUnits).toBe(CLAIM - 599_000_000n);
    // And no more of the bond than the contract's share.
    expect(shareLeftSat(700_000_000n, made.loan.root, [made.fold()])).toBe(100_000n);
  });

  it('is nobody’s to say but a holder’s, and of this case, requires: DI-31', () => {
    const { made, ruling } = ruled();
    const payout = payoutFor(made);
    const record = recordOf(paidBy(payout, ['arbiter', 'trustee']), payout, ruling.id);
    made.step('investor', record, OPEN_DAY + 50);
    made.step('trustee', { ...record, outcome: made.id }, OPEN_DAY + 50);
    expect(made.fold().rejects.map(({ code }) => code)).toEqual(['AUTHOR_ROLE', 'STATE_FORBIDS']);
    expect(made.fold().outcome?.outstandingUnits).toBe(AWARD);
  });

  const { made, ruling } = ruled();
  const payout = payoutFor(made);
  const record = recordOf(paidBy(payout, ['arbiter', 'trustee']), payout, ruling.id);
  const codeOf = (changed: PaidOutDocument | typeof record): string => {
    const read = readEvent(made.sign('trustee', changed, OPEN_DAY + 50));
    return read.ok ? 'ok' : read.code;
  };
  const [paid] = record.paid as [(typeof record.paid)[number]];
  const swapped = addressOf('attacker');
  const other = (to: string, valueSat: bigint) => {
    const [line] = payout.plan.outputs as [Payout['plan']['outputs'][number]];
    const outputs = [{ ...line, address: to, valueSat }];
    return { ...payout, plan: { ...payout.plan, outputs } };
  };
  const bank = { ...COLLATERAL.holderKeys, trustee: bitcoinKey('stranger') };

  it.each([
    ['as it is', record, 'ok'],
    ['another amount', { ...record, paid: [{ ...paid, valueSat: '599001' }] }, 'PAYOUT_MISMATCH'],
    ['another address', { ...record, paid: [{ ...paid, address: swapped }] }, 'PAYOUT_MISMATCH'],
    [
      'no address',
      { ...record, paid: [{ ...paid, address: 'notAnAddress00' }] },
      'PAYOUT_MISMATCH',
    ],
    ['more change', { ...record, changeSat: '400001' }, 'PAYOUT_MISMATCH'],
    ['another output spent', { ...record, spent: { ...record.spent, vout: 1 } }, 'PAYOUT_MISMATCH'],
    ['another id', { ...record, txid: hashOf('x') }, 'PAYOUT_MISMATCH'],
    [
      'another value spent',
      { ...record, spent: { ...record.spent, valueSat: '1000001' } },
      'PAYOUT_SIGNATURES',
    ],
    ['no transaction', { ...record, transaction: '00' }, 'CHAIN_TRANSACTION'],
    [
      'another block',
      { ...record, inclusion: { ...record.inclusion, hashes: [hashOf('x')] } },
      'CHAIN_BRANCH',
    ],
    [
      'a block without work',
      { ...record, inclusion: { ...record.inclusion, header: 'ff'.repeat(80) } },
      'CHAIN_BLOCK',
    ],
    ['no pledge', { ...record, pledge: holder('trustee') }, 'EMBEDDED_MISMATCH'],
  ])('proves itself: %s, requires: BD-27, DI-30', (_, changed, code) => {
    expect(codeOf(changed)).toBe(code);
  });

  it('is not one that two of three have not signed', () => {
    const stranger = { ...BOND, script: { ...COLLATERAL, holderKeys: bank } };
    const forged = recordOf(
      paidBy(payout, ['arbiter', 'stranger'], stranger),
      payout,
      ruling.id,
      stranger,
    );
    // What goes back goes under another script than the pledge's.
    expect(codeOf(forged)).toBe('PAYOUT_MISMATCH');
    const whole = other(ADDRESS, 999_000n);
    const all = recordOf(paidBy(whole, ['arbiter', 'stranger'], stranger), whole, ruling.id);
    expect(codeOf(all)).toBe('PAYOUT_SIGNATURES');
  });

  it('pays nobody whom the ruling does not name', () => {
    const astray = other(swapped, 500_000n);
    const step = recordOf(paidBy(astray, ['arbiter', 'trustee']), astray, ruling.id);
    made.step('trustee', step, OPEN_DAY + 50);
    expect(made.fold().outcome?.outstandingUnits).toBe(AWARD);
    // That it was taken from the bond shows all the same.
    expect(made.fold().outcome?.payouts).toHaveLength(1);
  });
});

describe('a bond after payouts', () => {
  it('is what went back under its script, requires: BD-28', () => {
    const pledge = { outpoint: BOND.outpoint, valueSat: BOND.valueSat.toString() };
    const first = must(payoutOf([owed(ROOT, 100_000_000n, ADDRESS)], 600_000n));
    const raw = paidBy(first, ['arbiter', 'trustee']);
    const one = recordOf(raw, first, ROOT) as PaidOutDocument;
    const after = followBond(pledge, [one]);
    expect(after).toMatchObject({ outpoint: { txid: one.txid, vout: 1 }, valueSat: 899_000n });
    const bond = { ...BOND, outpoint: after.outpoint, valueSat: after.valueSat };
    const two = recordOf(paidBy(first, ['trustee', 'arbiter'], bond), first, ROOT, bond);
    const records = [two as PaidOutDocument, one];
    expect(followBond(pledge, records)).toMatchObject({ valueSat: 798_000n });
    expect(followBond(pledge, [two as PaidOutDocument]).payouts).toEqual([]);
  });

  it('is where the lesser of two rival payouts left it, in whatever order, requires: BD-28', () => {
    const pledge = { outpoint: BOND.outpoint, valueSat: BOND.valueSat.toString() };
    // One of them was undone by a reorganisation: both prove themselves.
    const rivals = [100_000_000n, 200_000_000n].map((units) => {
      const payout = must(payoutOf([owed(ROOT, units, ADDRESS)], 600_000n));
      const raw = paidBy(payout, ['arbiter', 'trustee']);
      return recordOf(raw, payout, ROOT) as PaidOutDocument;
    });
    const [least] = rivals.map(({ txid }) => txid).sort();
    for (const records of [rivals, [...rivals].reverse()]) {
      expect(followBond(pledge, records).payouts.map(({ txid }) => txid)).toEqual([least]);
    }
  });
});
