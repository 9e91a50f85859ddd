/**
 * Shares of a till: laws over any sales, and which share applies when.
 * requires: TL-21, TL-22, TL-23, TL-24, TL-25, TL-28, TL-29, TL-31, TL-32
 */
import {
  accruedMsat,
  accrueSale,
  isBanksTill,
  isSaleAmount,
  mayAskForSale,
  merchantsMsat,
  openAccount,
  paidOnMsat,
  payableMsat,
  planTicks,
  recoverySinceSec,
  releaseAccount,
  salePaidProblem,
  saleShares,
  tillRate,
  type ServedContract,
  type TillShare,
} from '@realyield/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inThree, Loan, sparedSigning } from './fixtures/loan.ts';
import { give } from './fixtures/steps.ts';
import { sell } from './fixtures/till.ts';
import { sharesOf } from './independent-sales.mjs';
import { filesUnder } from './source.ts';

interface SplitFile {
  readonly name: string;
  readonly served?: readonly string[];
  readonly taken: readonly string[];
  readonly thresholdSat: number;
  readonly expect: { readonly shares: readonly string[] };
}

const splits = filesUnder('specs/vectors/till', ['.json'])
  .map(({ text }) => JSON.parse(text) as SplitFile)
  .filter(({ served }) => served !== undefined);

const served = fc
  .array(
    fc.record({
      offer: fc.constantFrom('x', 'y', 'z'),
      shareBps: fc.integer({ min: 0, max: 10_000 }),
      principalUnits: fc.bigInt(1n, 1_000_000n),
      effectiveAtSec: fc.nat(3),
    }),
    { minLength: 1, maxLength: 9 },
  )
  .map((list): ServedContract[] =>
    list.map((each, index) => {
      // What is lent under an offer is never more than it seeks.
      const own = list.filter(({ offer }) => offer === each.offer);
      const soughtUnits = own.reduce((sum, { principalUnits }) => sum + principalUnits, 0n);
      return { ...each, contract: `contract ${index}`, soughtUnits };
    }),
  );
const taken = fc.array(fc.bigInt(1n, 100_000_000n), { minLength: 1, maxLength: 20 });

/** What comes together for each contract when sales are taken one after the other. */
function accrued(contracts: readonly ServedContract[], sales: readonly bigint[]): bigint[] {
  return saleShares(contracts).map((share) =>
    accruedMsat(
      sales.reduce((account, msat) => accrueSale(account, share, msat), openAccount(share)),
    ),
  );
}

describe('what sales come to for each contract', () => {
  it.each(splits)('is what a second reader finds: $name', (file) => {
    const shares = sharesOf(file.served ?? [], file.taken, file.thresholdSat);
    expect(shares).toEqual(file.expect.shares);
  });

  it('is never more than the sales, never less after another, the same in any order', () => {
    const law = fc.property(served, taken, (contracts, sales) => {
      const sum = sales.reduce((all, msat) => all + msat, 0n);
      const shares = accrued(contracts, sales);
      expect(shares.reduce((all, share) => all + share, 0n) <= sum).toBe(true);
      expect(accrued(contracts, [...sales].reverse())).toEqual(shares);
      expect(accrued(contracts, [sum])).toEqual(shares);
      const before = accrued(contracts, sales.slice(1));
      shares.forEach((share, at) => {
        expect(share >= (before[at] ?? 0n)).toBe(true);
      });
      const shuffled = accrued([...contracts].reverse(), sales);
      expect(shuffled.reduce((all, share) => all + share, 0n)).toBe(
        shares.reduce((all, share) => all + share, 0n),
      );
    });
    fc.assert(law, { numRuns: 100 });
  });

  it('is handed over in whole satoshis, never above what is owed; the rest stays bounded', () => {
    const amounts = fc.record({
      owedMsat: fc.bigInt(0n, 200_000_000n),
      thresholdSat: fc.integer({ min: 1, max: 1_000 }),
    });
    const law = fc.property(
      served,
      taken,
      amounts,
      (contracts, sales, { owedMsat, thresholdSat }) => {
        for (const share of saleShares(contracts)) {
          let account = openAccount(share);
          let left = owedMsat;
          for (const msat of sales) {
            account = accrueSale(account, share, msat);
            const payable = payableMsat(account, { thresholdSat }, left);
            expect(payable % 1_000n).toBe(0n);
            expect(payable >= 0n && payable <= left).toBe(true);
            account = { ...account, handedMsat: account.handedMsat + payable };
            left -= payable;
            const waiting = accruedMsat(account) - account.handedMsat;
            const isBounded = waiting < BigInt(thresholdSat) * 1_000n;
            expect(waiting >= 0n && (isBounded || left < 1_000n)).toBe(true);
          }
        }
      },
    );
    fc.assert(law, { numRuns: 100 });
  });
});

const DAY = 60;
const tillShare: TillShare = { runBy: 'bank', shareBps: 500, recoveryBps: 4_000, thresholdSat: 10 };

function lent(share: TillShare = tillShare): Loan {
  const loan = new Loan({ signing: sparedSigning, offer: { ...inThree, tillShare: share } });
  loan.signAll();
  loan.pay('disbursement', planTicks(loan.contract.document), loan.startAtSec + 20);
  return loan;
}

function defaulted(share?: TillShare): Loan {
  const loan = lent(share);
  give(loan, 'arrears', loan.startAtSec + 36 * DAY + 10);
  give(loan, 'default', loan.startAtSec + 60 * DAY + 10);
  return loan;
}

describe('the share that applies', () => {
  const at = (loan: Loan, day: number) =>
    tillRate(loan.fold().state, loan.startAtSec + day * DAY + 20);

  it('is none without one, before effect, before money, and once all is repaid', () => {
    expect(at(new Loan({ offer: { tillShare }, signing: sparedSigning }), 1).shareBps).toBe(0);
    const without = new Loan({ signing: sparedSigning });
    without.signAll();
    expect(at(without, 1).reason).toBe('none');
    const repaid = lent();
    repaid.pay('repayment', [{ n: 0, amountUnits: 2_000_000_000n }], repaid.startAtSec + 3 * DAY);
    expect(at(repaid, 1).reason).toBe('agreed');
    expect(at(repaid, 4).reason).toBe('none');
  });

  it('is more from a default on, until nothing is late, at the bank’s till alone', () => {
    const loan = defaulted();
    expect(at(loan, 59)).toEqual({ shareBps: 500, reason: 'agreed' });
    expect(at(loan, 60)).toEqual({ shareBps: 4_000, reason: 'recovery' });
    const since = (day: number) => {
      const sec = recoverySinceSec(loan.fold().state, loan.startAtSec + day * DAY + 20);
      return sec === undefined ? undefined : Math.floor((sec - loan.startAtSec) / DAY);
    };
    expect([since(59), since(60), since(61)]).toEqual([undefined, 60, 60]);
    expect(loan.fold().state.status).toBe('defaulted');
    loan.pay('repayment', [{ n: 0, amountUnits: 700_000_000n }], loan.startAtSec + 62 * DAY);
    expect(at(loan, 61).reason).toBe('recovery');
    expect(at(loan, 63)).toEqual({ shareBps: 500, reason: 'agreed' });
    expect(at(loan, 91).reason).toBe('recovery');
    expect([since(63), since(91)]).toEqual([undefined, 91]);
    const own = defaulted({ ...tillShare, runBy: 'business', recoveryBps: 500 });
    expect(at(own, 61)).toEqual({ shareBps: 500, reason: 'agreed' });
  });

  it('is not more by a notice that leaves out what was paid', () => {
    const loan = lent();
    const known = loan.heads('investor');
    const arrears = give(loan, 'arrears', loan.startAtSec + 36 * DAY, { rests: known });
    loan.pay('repayment', [{ n: 0, amountUnits: 343_196_000n }], loan.startAtSec + 33 * DAY);
    give(loan, 'default', loan.startAtSec + 70 * DAY, { rests: [...known, arrears.id] });
    expect(loan.fold().state.status).toBe('defaulted');
    expect(at(loan, 71).reason).toBe('agreed');
  });
});

describe('what is the merchant’s at a till that the bank runs', () => {
  it('is all but the shares, to the millisatoshi, and is paid on once', () => {
    const law = fc.property(served, taken, fc.integer({ min: 1, max: 50 }), (...given) => {
      const [contracts, sales, thresholdSat] = given;
      const shares = saleShares(contracts);
      let accounts = shares.map((share) => openAccount(share));
      let [takenMsat, handedMsat] = [0n, 0n];
      for (const msat of sales) {
        takenMsat += msat;
        accounts = accounts.map((account, at) => {
          const share = shares[at];
          return share ? accrueSale(account, share, msat) : account;
        });
        const payable = paidOnMsat({ takenMsat, handedMsat }, accounts, thresholdSat);
        expect(payable % 1_000n).toBe(0n);
        handedMsat += payable;
        const own = merchantsMsat(takenMsat, accounts);
        const others = accounts.reduce((sum, account) => sum + accruedMsat(account), 0n);
        expect(handedMsat <= own && own + others <= takenMsat).toBe(true);
        expect(takenMsat - own - others <= BigInt(accounts.length)).toBe(true);
        expect(own - handedMsat < BigInt(thresholdSat) * 1_000n).toBe(true);
      }
      const released = accounts.map(releaseAccount);
      expect(merchantsMsat(takenMsat, released)).toBe(takenMsat);
    });
    fc.assert(law, { numRuns: 100 });
  });
});

describe('who may ask the bank for an invoice', () => {
  const key = (loan: Loan, role: 'business' | 'investor') =>
    loan.contract.document.parties[role].pubkey;

  it('is the business of a contract in effect whose till the bank runs', () => {
    const [loan, proposed] = [lent(), new Loan({ offer: { tillShare }, signing: sparedSigning })];
    const nowSec = loan.startAtSec + DAY;
    const { state } = loan.fold();
    expect(mayAskForSale(state, key(loan, 'business'), nowSec)).toBe(true);
    expect(mayAskForSale(state, key(loan, 'investor'), nowSec)).toBe(false);
    expect(mayAskForSale(proposed.fold().state, key(proposed, 'business'), nowSec)).toBe(false);
    const own = lent({ ...tillShare, runBy: 'business', recoveryBps: 500 });
    expect(mayAskForSale(own.fold().state, key(own, 'business'), nowSec)).toBe(false);
    expect([isBanksTill(state, nowSec), isBanksTill(own.fold().state, nowSec)]).toEqual([
      true,
      false,
    ]);
  });

  it('asks for whole satoshis, from one to a hundred million', () => {
    const amounts = [0n, 999n, 1_000n, 1_500n, 100_000_000_000n, 100_000_001_000n];
    expect(amounts.map(isSaleAmount)).toEqual([false, false, true, false, true, false]);
  });

  it('takes a sale as paid by the hash it showed and a receipt the bank signed', () => {
    const { state } = lent().fold();
    const shown = { paymentHash: 'ab' };
    const sold = { serial: 1, msat: 21_000n, atSec: 1_800_000_000 };
    const [theirs, own] = [sell({ ...sold, name: 'bank' }), sell(sold)];
    const problem = (paymentHash: string, receipt: typeof own) =>
      salePaidProblem([state], { paymentHash }, shown, receipt)?.code;
    expect(problem('ab', theirs)).toBeUndefined();
    expect(problem('cd', theirs)).toBe('INVOICE_HASH_MISMATCH');
    expect(problem('ab', own)).toBe('AUTHOR_ROLE');
  });

  it('takes a receipt signed under another contract of the bank with the business', () => {
    const [asked, other] = [lent(), new Loan({ signing: sparedSigning, offer: { tillShare } })];
    const { startAtSec } = other;
    other.sign('investor', startAtSec + 1);
    other.sign('business', startAtSec + 2);
    other.sign('bank', startAtSec + 3, 'bank phone');
    const [here, there] = [asked.fold().state, other.fold().state];
    const shown = { paymentHash: 'ab' };
    const receipt = sell({ serial: 1, msat: 21_000n, atSec: 1_800_000_000, name: 'bank phone' });
    expect(salePaidProblem([here], shown, shown, receipt)?.code).toBe('AUTHOR_ROLE');
    expect(salePaidProblem([here, there], shown, shown, receipt)).toBeUndefined();
  });
});
