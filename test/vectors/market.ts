/** Vectors of banks' records and of portfolios: folder `figures`. */
import { realSigning } from '../fixtures/keys.ts';
import { hashOf, inThree, Loan, publicOf } from '../fixtures/loan.ts';
import { DAY, drawMarket, repay, START, stream } from '../figures/market.ts';
import type { FiguresVector } from './figure-shapes.ts';
import { finish, type Cases } from './vector.ts';

const salted = (loan: Loan, mainKey = publicOf('investor main')) => ({
  contract: loan.root,
  mainKey,
  salt: hashOf('salt'),
});

function record(
  name: string,
  requires: readonly string[],
  loans: readonly Loan[],
  query: Partial<
    Pick<FiguresVector, 'bank' | 'network' | 'denomination' | 'asOfSec' | 'openings'>
  > = {},
) {
  const usual = {
    ...({ bank: publicOf('bank'), network: 'regtest', denomination: { type: 'msat' } } as const),
    ...{ asOfSec: START, openings: [] },
  };
  const events = loans.flatMap((loan) => loan.events);
  return finish([], { name, requires, ...usual, ...query, events });
}

/** Two streamed loans of one bank: one of three instalments, one on another network. */
function onRealDays(): Loan[] {
  const network = 'mainnet';
  const real = new Loan({ seed: 'real', offer: { ...inThree, network, daySec: 86_400 } });
  const other = new Loan({ register: { serial: 2, previous: hashOf('real') } });
  for (const loan of [real, other]) {
    loan.signAll();
    stream(loan);
  }
  real.pay('repayment', [{ n: 0, amountUnits: 345_000_000n }], START + 28 * 86_400);
  return [real, other];
}

function inGrace(): Loan {
  const loan = new Loan();
  loan.signAll();
  stream(loan);
  repay(loan, 93, 100_000);
  return loan;
}

/** Folder `figures`. */
export function marketCases(): Cases {
  const { loans, openings } = drawMarket(realSigning);
  const [bankA, bankB, bankC] = [loans.slice(0, 6), loans.slice(6, 13), loans.slice(13)];
  const proposed = new Loan();
  const nothing = ['F-1', 'F-4', 'F-30'];
  const lateness = ['F-5', 'F-6', 'F-7', 'F-8', 'F-9', 'F-10', 'F-11', 'F-12', 'F-13'];
  const parties = ['F-14', 'F-16', 'F-17', 'F-19', 'F-20', 'F-22', 'F-23', 'F-24'];
  const lost = ['F-32', 'F-33', 'F-34', 'F-35', 'F-36', 'F-37', 'F-38', 'F-39'];
  const holdings = ['F-26', 'F-27', 'F-28', 'F-29', 'F-31'];
  const real = { network: 'mainnet' as const, asOfSec: START + 45 * 86_400 };
  const grace = { asOfSec: START + 95 * DAY, openings: [salted(inGrace(), publicOf('bank'))] };
  return {
    proposed: record('A contract that never took effect', nothing, [proposed]),
    'in-grace': record('Unpaid in its days of grace', ['F-7', 'F-14'], [inGrace()], grace),
    calendar: record('Real days, beside another network', ['F-3', 'F-25'], onRealDays(), real),
    record: record('A record', [...lateness, ...parties, ...holdings], bankA, {
      ...{ bank: publicOf('bank A'), asOfSec: START + 122 * DAY, openings },
    }),
    losses: record('Defaults, recoveries and changed terms', lost, bankC, {
      ...{ bank: publicOf('bank C'), asOfSec: START + 320 * DAY },
    }),
    young: record('A young record, its newest loan ahead', ['F-2', 'F-15', 'F-18', 'F-21'], bankB, {
      ...{ bank: publicOf('bank B'), asOfSec: START + 96 * DAY, openings },
    }),
  };
}
