/**
 * Payments to the fallback address: they count once, for what they are, and only after the silence.
 * requires: TE-15, TE-16, TE-17, TE-18, TE-19, TE-20
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressFor,
  minedHeader,
  payingTransaction,
  payOnChain,
  proofOf,
} from '../testing/fallback.ts';
import { hashOf, inThree, Loan, realSigning, signAs, sparedSigning } from '../testing/loan.ts';
import { give } from '../testing/steps.ts';
import { answerTender, tender } from '../testing/tenders.ts';
import { embed, readEvent } from '../index.ts';
import type { ChainReceiptDocument } from '../kinds/chain-receipt.ts';
import { buildChainReceipt } from '../publish.ts';
import { foldContract } from './fold.ts';
import { computeStateHash } from './hash.ts';
import { planTicks } from './ticks.ts';
import { ledgerOf } from './standing.ts';

const DAY = 60;
const START = 1_800_000_000;
const at = (day: number, sec = 10): number => START + day * DAY + sec;
/** The first instalment of three on 1,000,000 sat at 12 %, due on day 30. */
const FIRST_SAT = 343_196n;
const part = { n: 0, amountUnits: FIRST_SAT * 1_000n };
const ADDRESS = addressFor('investor');

function lent(options: ConstructorParameters<typeof Loan>[0] = {}): Loan {
  const base = { signing: sparedSigning, offer: inThree, fallbackAddress: ADDRESS };
  const loan = new Loan({ ...base, ...options });
  loan.signAll();
  loan.pay('disbursement', planTicks(loan.contract.document), START + 20);
  return loan;
}

const codes = (loan: Loan): string[] => loan.fold().rejects.map(({ code }) => code);
const repaid = (loan: Loan): bigint => ledgerOf(loan.fold().state, at(60)).repaidUnits;

describe('a payment to the fallback address', () => {
  it('pays what was tendered in vain, on the day its block says', () => {
    const loan = lent();
    const offered = tender(loan, part, at(30));
    const paid = payOnChain(loan, offered, FIRST_SAT, at(44));
    const { state, rejects } = loan.fold();
    expect(rejects).toEqual([]);
    const [payment] = state.payments.filter(({ leg }) => leg === 'repayment');
    expect(payment).toMatchObject({
      ...{ request: paid.id, receipt: paid.id, n: 0, amountUnits: FIRST_SAT * 1_000n },
      ...{ settledAtSec: at(44), class: 'chain', preimage: '' },
    });
    expect(payment?.paymentHash).toMatch(/^[0-9a-f]{64}:1$/);
    expect(state.paid.numbers('repayment')).toEqual(new Set([0]));
    expect(state.paid.latestSettledAtSec()).toBe(at(44));
    const [first] = ledgerOf(state, at(46)).instalments;
    expect(first?.state).toBe('paid');
  });

  it('pays what it is: less leaves the rest due, more is ahead', () => {
    const short = lent();
    payOnChain(short, tender(short, part, at(30)), FIRST_SAT - 1_000n, at(44));
    expect(ledgerOf(short.fold().state, at(44)).dueNow.repaymentUnits).toBe(1_000_000n);
    const over = lent();
    payOnChain(over, tender(over, part, at(30)), FIRST_SAT + 5n, at(44));
    expect(repaid(over)).toBe((FIRST_SAT + 5n) * 1_000n);
  });

  it('counts for the days a debtor was late and for what a default rests on', () => {
    const loan = lent();
    const paid = payOnChain(loan, tender(loan, part, at(30)), FIRST_SAT, at(44));
    give(loan, 'arrears', at(61), { rests: [paid.id, ...loan.heads('business')] });
    expect(codes(loan)).toEqual(['NOT_LATE']);
  });

  it('counts once, however many receipts say so', () => {
    const loan = lent();
    const offered = tender(loan, part, at(30));
    payOnChain(loan, offered, FIRST_SAT, at(44));
    payOnChain(loan, offered, FIRST_SAT, at(44), { afterSec: 9_000 });
    payOnChain(loan, tender(loan, { ...part, n: 1 }, at(30)), FIRST_SAT, at(44), {
      afterSec: 9_001,
    });
    expect(codes(loan)).toEqual(['OUTPUT_COUNTED', 'OUTPUT_COUNTED']);
    expect(repaid(loan)).toBe(FIRST_SAT * 1_000n);
    payOnChain(loan, offered, FIRST_SAT, at(44), { seed: 'another transaction' });
    expect(repaid(loan)).toBe(2n * FIRST_SAT * 1_000n);
  });

  it('stays what a notice shows although an earlier receipt turns up', () => {
    const loan = lent();
    const offered = tender(loan, part, at(30));
    const later = payOnChain(loan, offered, FIRST_SAT, at(44), { afterSec: 9_000 });
    give(loan, 'arrears', at(61) + 10_000, { rests: [later.id, ...loan.heads('business')] });
    payOnChain(loan, offered, FIRST_SAT, at(44));
    expect(codes(loan)).toContain('OUTPUT_COUNTED');
    expect(repaid(loan)).toBe(FIRST_SAT * 1_000n);
  });

  it('is not undone by a payee who comes back, nor counted twice beside its invoice', () => {
    const loan = lent();
    const offered = tender(loan, part, at(30));
    answerTender(loan, offered, part, at(40));
    payOnChain(loan, offered, FIRST_SAT, at(44));
    expect(codes(loan)).toEqual([]);
    expect(repaid(loan)).toBe(FIRST_SAT * 1_000n);
  });
});

describe('what does not count', () => {
  it.each([
    ['AUTHOR_ROLE', { name: 'investor' }],
    ['FALLBACK_ADDRESS', { address: addressFor('somebody else') }],
  ])('%s', (code, options) => {
    const loan = lent();
    payOnChain(loan, tender(loan, part, at(30)), FIRST_SAT, at(44), options);
    expect(codes(loan)).toEqual([code]);
    expect(repaid(loan)).toBe(0n);
  });

  it('is what was paid before the fourteen days were over, by the block', () => {
    const loan = lent();
    const offered = tender(loan, part, at(30));
    payOnChain(loan, offered, FIRST_SAT, at(44) - 1);
    expect(codes(loan)).toEqual(['FALLBACK_EARLY']);
  });

  it('is a tender of somebody else', () => {
    const loan = lent();
    payOnChain(loan, tender(loan, part, at(30), { name: 'bank' }), FIRST_SAT, at(44));
    expect(codes(loan)).toEqual(['AUTHOR_ROLE', 'AUTHOR_ROLE']);
    expect(repaid(loan)).toBe(0n);
  });

  it('is a payment under a contract that names no address', () => {
    const loan = new Loan({ signing: sparedSigning, offer: inThree });
    loan.signAll();
    loan.pay('disbursement', planTicks(loan.contract.document), START + 20);
    payOnChain(loan, tender(loan, part, at(30)), FIRST_SAT, at(44), { address: ADDRESS });
    expect(codes(loan)).toEqual(['FALLBACK_ADDRESS']);
  });

  it('is a block without the work of the network', () => {
    const mainnet = { ...inThree, network: 'mainnet', daySec: 86_400 } as const;
    const loan = lent({ offer: mainnet, fallbackAddress: addressFor('investor', 'bc') });
    const offered = tender(loan, part, START + 30 * 86_400);
    payOnChain(loan, offered, FIRST_SAT, START + 44 * 86_400, { address: ADDRESS });
    expect(codes(loan)).toEqual(['CHAIN_BLOCK']);
  });
});

describe('a chain receipt by itself', () => {
  const loan = lent({ signing: realSigning });
  tender(loan, part, at(30));
  const read = (changes: object): string => {
    const { event } = loan.parsed.find(({ name }) => name === 'tender') ?? { event: undefined };
    if (!event) return 'no tender';
    const said = { v: 1, type: 'chain', contract: loan.root, tender: embed(event), prev: [] };
    const document = { ...said, ...good, ...changes } as ChainReceiptDocument;
    const signed = signAs('business', buildChainReceipt(document, at(45)));
    const found = readEvent(signed);
    return found.ok ? 'ok' : found.code;
  };
  const good = proofOf(payingTransaction([{ script: '51', valueSat: 5n }]), 0, 5n, at(44));
  const pair = `${'00'.repeat(4)}01${'00'.repeat(36)}00${'00'.repeat(4)}01`;
  const short = `${pair}${'01'.padEnd(16, '0')}0451515151${'00'.repeat(4)}`;

  it.each([
    ['EMBEDDED_MISMATCH', { tender: embed(loan.contract.event) }],
    ['CONTRACT_MISMATCH', { contract: hashOf('another') }],
    ['CHAIN_TRANSACTION', { transaction: 'ff'.repeat(80) }],
    ['CHAIN_TRANSACTION', { ...good, vout: 1 }],
    ['CHAIN_TRANSACTION', proofOf(short, 0, 1n, at(44))],
    ['CHAIN_AMOUNT', { ...good, valueSat: '6' }],
    ['CHAIN_AMOUNT', proofOf(payingTransaction([{ script: '51', valueSat: 0n }]), 0, 0n, at(44))],
    ['CHAIN_BRANCH', { ...good, branch: { ...good.branch, position: 1 } }],
    ['CHAIN_BRANCH', { ...good, branch: { ...good.branch, hashes: [hashOf('forged')] } }],
    ['CHAIN_BLOCK', { ...good, headers: good.headers.with(1, good.headers[2] ?? '') }],
    ['CHAIN_BLOCK', { ...good, headers: good.headers.map((header) => header.slice(2) + '00') }],
    ['CHAIN_BLOCK', { ...good, headers: good.headers.with(5, strayHeader()) }],
    ['CONTENT_SCHEMA', { ...good, headers: good.headers.slice(1) }],
    ['ok', good],
  ])('%s', (code, changes) => {
    expect(short).toHaveLength(128);
    expect(read(changes)).toBe(code);
  });

  function strayHeader(): string {
    return minedHeader(hashOf('root 5'), hashOf('another chain'), at(44) + 3_000);
  }
});

describe('any order and any number of copies', () => {
  it('give the same state, and never more than what outputs paid', () => {
    const loan = lent();
    const offers = [30, 36].map((day) => tender(loan, part, at(day)));
    const paid = [FIRST_SAT, 1n, FIRST_SAT / 2n].map((valueSat, index) => {
      const [first, second] = offers;
      const of = (index === 2 ? second : first) ?? offers[0];
      if (!of) throw new Error('there is no tender');
      payOnChain(loan, of, valueSat, at(52 + index), { seed: String(index) });
      payOnChain(loan, of, valueSat, at(52 + index), { seed: String(index), afterSec: 9_000 });
      return valueSat;
    });
    loan.pay('repayment', [{ n: 3, amountUnits: 7_000n }], at(58));
    const expected = computeStateHash(loan.fold().state);
    const totalUnits = paid.reduce((sum, each) => sum + each, 7n) * 1_000n;
    expect(repaid(loan)).toBe(totalUnits);
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...loan.parsed, ...loan.parsed], { minLength: 40 }),
        (set) => {
          const whole = foldContract(loan.root, [...set, ...loan.parsed]);
          if (!whole.ok) return false;
          const some = foldContract(loan.root, [loan.contract, ...set]);
          const hash = computeStateHash(whole.value.state);
          const isLess = !some.ok || some.value.state.paid.totalUnits('repayment') <= totalUnits;
          return hash === expected && isLess;
        },
      ),
      { numRuns: 60 },
    );
  });
});
