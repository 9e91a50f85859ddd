/**
 * Every displayed figure, to the last millisatoshi, against code that knows only the raw events
 * of a relay's table and specs/figures.md (test/figures/), at many times of one market.
 */
import {
  businessStatement,
  cashFlows,
  combineBank,
  combineOffer,
  combinePortfolio,
  findReusedHashes,
  foldContract,
  isKeptIn,
  ledgerOf,
  offerAddress,
  readEvent,
  repaymentHistory,
  summarizeHolding,
  vintagesOf,
  type BookUnit,
  type ContractState,
  type Losses,
  type PortfolioFigures,
} from '@realyield/protocol';
import { describe, expect, it } from 'vitest';
import { publicOf, sparedSigning } from './fixtures/loan.ts';
import { bankFigures, offerFigures } from './figures/books.ts';
import { vintages } from './figures/losses.ts';
import { DAY, drawMarket, START } from './figures/market.ts';
import { drawBankD } from './figures/milestone-market.ts';
import { history, holdingsOf, portfolioFigures } from './figures/portfolios.ts';
import { readAgreements, readParts, storeEvents } from './figures/relay.ts';

const IN_BITCOIN: BookUnit = { network: 'regtest', denomination: { type: 'msat' } };
const IN_DOLLARS: BookUnit = {
  network: 'regtest',
  denomination: { type: 'fiat', currency: 'USD', minorDigits: 2 },
};
const UNITS = [IN_BITCOIN, IN_DOLLARS] as const;
const market = drawMarket(sparedSigning, drawBankD);
const table = storeEvents([...market.events, ...market.events.slice(0, 40)]);
const agreements = readAgreements(table);
const parts = readParts(table);

/** The same events, read by the protocol. */
const states: ContractState[] = (() => {
  const parsed = market.events.flatMap((event) => {
    const read = readEvent(event, () => true);
    if (!read.ok) throw new Error(read.code);
    return read.value;
  });
  return market.loans.map(({ root }) => {
    const fold = foldContract(root, parsed);
    if (!fold.ok) throw new Error(fold.code);
    return fold.value.state;
  });
})();

const DAYS = [
  -5, 0, 3, 12, 16, 29, 30, 31, 36, 45, 59, 61, 75, 90, 91, 94, 96, 105, 122, 155, 181, 199, 320,
  480, 900,
];
const times = DAYS.map((day) => START + day * DAY + 30);
const banks = ['bank A', 'bank B', 'bank C', 'bank D'].map(publicOf);

function summaries(own: readonly ContractState[], asOfSec: number) {
  const reuse = findReusedHashes(own);
  const list = own.map((each) => summarizeHolding(each, asOfSec, reuse.notCounted.get(each.root)));
  return { reuse, list };
}

const ofBank = (bank: string): ContractState[] =>
  states.filter(({ contract }) => contract.document.parties.bank.pubkey === bank);

const withoutRate = ({ xirr: _, ...figures }: PortfolioFigures): object => figures;

/** What of losses a record shows. */
function lossesSeen({ guarantees, ...losses }: Losses): string[] {
  const found = {
    lost: losses.lossGivenDefault.numeratorUnits > 0n,
    back: losses.recoveredUnits > losses.recovery.numeratorUnits,
    off: (losses.writeOffRatio.bps ?? 0) > 0,
    changed: losses.restructuredContracts > 0,
    called: guarantees.contracts > 1,
    unpaid: guarantees.unpaidUnits > 0n,
    late: guarantees.lateUnits > 0n,
    handed: guarantees.handedOnUnits > 0n,
    kept: losses.recoveriesUnpaidUnits > 0n,
  };
  return Object.entries(found).flatMap(([name, isSeen]) => (isSeen ? [name] : []));
}

describe('the market', () => {
  it('has contracts in every standing and all that figures warn of', () => {
    const seen = new Set<string>();
    for (const asOfSec of times) {
      for (const bank of banks) {
        const { reuse, list } = summaries(ofBank(bank), asOfSec);
        const {
          byStanding,
          buckets,
          reuse: found,
          register,
          ...figures
        } = combineBank(bank, IN_BITCOIN, list, { reuse, openings: market.openings });
        for (const standing of Object.keys(byStanding)) seen.add(standing);
        for (const { bucket, contracts } of buckets) if (contracts > 0) seen.add(bucket);
        for (const [name, count] of Object.entries(found)) if (count > 0) seen.add(name);
        if (register.missingCount > 0) seen.add('gap');
        if (register.forks.length > 0) seen.add('fork');
        if (register.breaks.length > 0) seen.add('break');
        if (figures.contestedTimes > 0) seen.add('contested');
        if (figures.contestedNotices > 0) seen.add('contested notice');
        if (buckets.some((each) => each.bucket === 'defaulted' && each.contracts > 0)) {
          seen.add('by notice');
        }
        if (figures.excessDisbursedUnits > 0n) seen.add('excess');
        if (figures.counterparties.ownMoneyContracts > 0) seen.add('own money');
        if (figures.counterparties.refusedOpenings > 0) seen.add('refused opening');
        if (figures.punctuality.inGrace > 0) seen.add('in grace');
        if (figures.punctuality.paidLate > 0) seen.add('paid late');
        for (const name of lossesSeen(figures.losses)) seen.add(name);
      }
    }
    const standings = ['proposed', 'withdrawn', 'awaiting', 'lapsed', 'current', 'late', 'repaid'];
    const lost = ['lost', 'back', 'off', 'changed', 'called', 'unpaid', 'late', 'handed', 'kept'];
    const classes = ['writtenOff', 'defaulted', '1-30', '31-60', '61-90', '91-180', 'over180'];
    const warnings = ['gap', 'fork', 'break', 'contested', 'excess', 'own money', 'in grace'];
    const said = ['by notice', 'contested notice'];
    const others = ['refused opening', 'paid late', 'repayments', 'disbursements', 'shared'];
    const wanted = [...standings, ...lost, ...classes, ...warnings, ...others, ...said];
    expect(wanted.filter((name) => !seen.has(name))).toEqual([]);
  });
});

it('keeps two denominations apart: nothing of the one is in the other', () => {
  const bank = publicOf('bank B');
  const { reuse, list } = summaries(ofBank(bank), START + 200 * DAY);
  const [sats, dollars] = UNITS.map((unit) => combineBank(bank, unit, list, { reuse }));
  expect(dollars?.repaidUnits).toBe(988_018_000n);
  expect(dollars?.contracts).toBe(2);
  expect(dollars?.punctuality.paidLate).toBeGreaterThan(0);
  expect(sats?.otherDenominations).toBe(2);
  expect(dollars?.register).toEqual(sats?.register);
});

it('finds the entry that a bank never showed, in a register kept without a break', () => {
  const { reuse, list } = summaries(ofBank(publicOf('bank D')), START + 200 * DAY);
  const { register } = combineBank(publicOf('bank D'), IN_BITCOIN, list, { reuse });
  expect(register).toMatchObject({ entries: 4, highestSerial: 5, missingCount: 1 });
  expect(register).toMatchObject({ missing: [{ from: 2, to: 2 }], forks: [], breaks: [] });
});

describe('figures recomputed from raw relay events', () => {
  it.each(banks)('of bank %s', (bank) => {
    for (const asOfSec of times) {
      const { reuse, list } = summaries(ofBank(bank), asOfSec);
      const context = { reuse, openings: market.openings };
      for (const unit of UNITS) {
        const query = { bank, ...unit, asOfSec };
        const theirs = bankFigures(agreements, parts, query, market.openings);
        expect(combineBank(bank, unit, list, context)).toEqual(theirs);
      }
    }
  });

  it('of every offer', () => {
    const offers = agreements.map(({ terms }) => {
      const { pubkey, content } = terms.bases[0]?.event ?? { pubkey: '', content: undefined };
      return offerAddress(pubkey, content?.identifier ?? '');
    });
    for (const offer of new Set(offers)) {
      const [, bank = ''] = offer.split(':');
      for (const asOfSec of times) {
        const { list } = summaries(ofBank(bank), asOfSec);
        for (const unit of UNITS) {
          const query = { offer, ...unit, asOfSec };
          const theirs = offerFigures(agreements, parts, query);
          expect(combineOffer(offer, unit, list)).toEqual(theirs);
        }
      }
    }
  });

  it.each(banks)('of bank %s by the month in which it lent', (bank) => {
    for (const asOfSec of times) {
      const { list } = summaries(ofBank(bank), asOfSec);
      const here = agreements.filter(({ terms }) => terms.parties.bank.pubkey === bank);
      const keys = here.map(({ terms }) => terms.parties.investor.pubkey);
      for (const unit of UNITS) {
        const theirs = holdingsOf(here, parts, { keys, ...unit, asOfSec });
        const ours = list.filter((each) => isKeptIn(each, unit));
        expect(vintagesOf(ours)).toEqual(vintages(theirs));
      }
    }
  });

  it.each(['Ana', 'Ben', 'Eve'])('of the portfolio of %s', (name) => {
    const keys = market.loans.map((_, index) => publicOf(`${name} contract ${index} `));
    keys.push(publicOf(name));
    const own = states.filter(({ contract }) =>
      keys.includes(contract.document.parties.investor.pubkey),
    );
    expect(own.length).toBeGreaterThan(1);
    for (const [asOfSec, unit] of times.flatMap((at) => UNITS.map((each) => [at, each] as const))) {
      const ours = combinePortfolio(unit, summaries(own, asOfSec).list);
      const query = { keys, ...unit, asOfSec };
      const { xirr, ...theirs } = portfolioFigures(holdingsOf(agreements, parts, query), query);
      expect(withoutRate(ours)).toEqual(theirs);
      expect(ours.xirr.withheld).toBe(xirr.withheld);
      if (xirr.rate === undefined) continue;
      expect(Math.abs((ours.xirr.rate ?? NaN) - xirr.rate)).toBeLessThan(1e-9);
    }
  });

  it('of the statement: interest and tax of its rows are those of the portfolio', () => {
    const keys = market.loans.map((_, index) => publicOf(`Eve contract ${index} `));
    const own = states.filter(({ contract }) =>
      keys.includes(contract.document.parties.investor.pubkey),
    );
    const asOfSec = START + 900 * DAY;
    const figures = combinePortfolio(IN_BITCOIN, summaries(own, asOfSec).list);
    const rows = cashFlows(own);
    const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((a, b) => a + b, 0n);
    expect(figures.taxEstimateUnits).toBeGreaterThan(0n);
    expect(sum(rows.map((row) => row.taxEstimateUnits))).toBe(figures.taxEstimateUnits);
    expect(sum(rows.map((row) => row.interestUnits))).toBe(figures.receivedInterestUnits);
    expect(
      rows.every((row) => row.interestUnits === 0n || row.interestUnits <= row.amountUnits),
    ).toBe(true);
  });

  it('of a business’s statement: its payments, their cost the ledger’s, requires: F-40', () => {
    let costs = 0;
    for (const state of states) {
      const { fees } = state.contract.document;
      const rows = businessStatement([state, state]);
      const of = (leg: string) => state.payments.filter((payment) => payment.leg === leg);
      const isOnTop = fees.origination === 'onTop';
      expect(rows.filter(({ side }) => side === 'received')).toHaveLength(
        of('disbursement').length,
      );
      expect(rows.filter(({ side }) => side === 'withheld')).toHaveLength(
        isOnTop ? 0 : of('originationFee').length,
      );
      const paid = rows.filter(({ side }) => side === 'paid');
      const own = [
        ...of('repayment'),
        ...of('servicing'),
        ...(isOnTop ? of('originationFee') : []),
      ];
      expect(paid.map(({ receipt, n }) => `${receipt} ${n}`).sort()).toEqual(
        own.map(({ receipt, n }) => `${receipt} ${n}`).sort(),
      );
      const inWallet = own.reduce((sum, { amountMsat }) => sum + amountMsat, 0n);
      expect(paid.reduce((sum, { walletMsat }) => sum + walletMsat, 0n)).toBe(inWallet);
      if (of('recovery').length > 0) continue;
      const { interestPaidUnits, lateFeesPaidUnits } = ledgerOf(state, START + 900 * DAY);
      expect(rows.reduce((sum, row) => sum + row.costUnits, 0n)).toBe(
        interestPaidUnits + lateFeesPaidUnits,
      );
      if (interestPaidUnits > 0n) costs += 1;
    }
    expect(costs).toBeGreaterThan(3);
  });

  it('of restructured contracts: by their reason, or because they were late', () => {
    const bank = publicOf('bank C');
    const changedOn = (day: number): [number, number | undefined, number | undefined] => {
      const { list } = summaries(ofBank(bank), START + day * DAY + 30);
      const { losses, par30, par90 } = combineBank(bank, IN_BITCOIN, list);
      return [losses.restructuredContracts, par30.bps, par90.bps];
    };
    expect(changedOn(39)).toEqual([0, 0, 0]);
    expect(changedOn(42).slice(0, 1)).toEqual([1]);
    expect(changedOn(48)).toEqual([2, expect.any(Number), 0]);
    expect(changedOn(48)[1]).toBeGreaterThan(0);
  });

  it('of what fell due and how it was paid', () => {
    const keys = agreements.map(({ terms }) => terms.parties.investor.pubkey);
    for (const asOfSec of times) {
      for (const unit of UNITS) {
        const { list } = summaries(states, asOfSec);
        const ours = repaymentHistory(list.filter((each) => isKeptIn(each, unit)));
        expect(ours).toEqual(history(holdingsOf(agreements, parts, { keys, ...unit, asOfSec })));
      }
    }
  });
});
