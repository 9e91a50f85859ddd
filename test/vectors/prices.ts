/** Vectors of contracts in a currency, prices and what they make of amounts: folder `prices`. */
import { hashOf, Loan, type PayOptions } from '../fixtures/loan.ts';
import { DOLLAR, dollars, ORACLES, PRICE, priceEvent, type Pricing } from '../fixtures/prices.ts';
import { folded, START } from './contracts.ts';
import { finish, type Cases, type Vector } from './vector.ts';

const MINUTE = START / 60;
const TICK = 10n * DOLLAR;

function agreedIn(changes: Parameters<typeof dollars>[0] = {}): Loan {
  const offer = {
    ...{ amountSoughtUnits: '30000000000', minimumTicketUnits: '1000000000' },
    ...{ minimumTotalUnits: '1000000000', denomination: dollars(changes) },
  };
  const loan = new Loan({ offer, principalUnits: 100n * DOLLAR });
  loan.signAll();
  return loan;
}

function priced(
  name: string,
  requires: string[],
  pricing: Pricing,
  codes: string[] = [],
  amountUnits = TICK,
): Vector {
  const loan = agreedIn();
  loan.pay('disbursement', [{ n: 0, amountUnits }], START + 20, { pricing });
  return folded(name, requires, loan, codes, START + 60);
}

const by = (...prices: readonly bigint[]): Pick<Pricing, 'by'> => ({
  by: prices.map((price, at) => [ORACLES[at] ?? '', price] as const),
});

function priceCases(): Cases {
  const read = (name: string, event: unknown, codes: string[] = []): Vector =>
    finish(codes, { name, requires: ['PR-4'], event });
  const [one] = ORACLES;
  return {
    price: read('A price of a minute', priceEvent(one, MINUTE, PRICE)),
    'price-early': read(
      'A price of a minute to come',
      priceEvent(one, MINUTE + 2, PRICE, {
        ...{ atSec: START + 60 },
      }),
      ['PRICE_MINUTE'],
    ),
    'price-late': read(
      'A price given too late',
      priceEvent(one, MINUTE, PRICE, {
        ...{ atSec: START + 661 },
      }),
      ['PRICE_MINUTE'],
    ),
    'price-zero': read('A price of nothing', priceEvent(one, MINUTE, 0n), ['CONTENT_TERMS']),
  };
}

function requestCases(): Cases {
  const read = (name: string, codes: string[], pricing: Pricing, more?: PayOptions): Vector => {
    const part = { n: 0, amountUnits: TICK, preimage: hashOf('p') };
    const event = agreedIn().request('disbursement', [part], START + 20, { pricing, ...more });
    return finish(codes, { name, requires: codes[0] ? ['PR-5', 'PR-6'] : ['PR-6'], event });
  };
  const [one] = ORACLES;
  const other = { by: [[one, PRICE, { minute: MINUTE - 2, atSec: START - 60 }]] as const };
  return {
    request: read('A request by three prices', [], {}),
    'request-old': read('A price of six minutes ago', ['PRICE_MINUTE'], { minute: MINUTE - 6 }),
    'request-ahead': read('A price of a minute to come', ['PRICE_MINUTE'], {
      ...{ minute: MINUTE + 1, by: [] },
    }),
    'request-minute': read('A price of another minute', ['EMBEDDED_MISMATCH'], other),
    'request-twice': read('One oracle twice', ['CONTENT_TERMS'], {
      by: [one, one].map((name) => [name, PRICE] as const),
    }),
    'request-long': read(
      'Payable for too long',
      ['PART_WINDOW'],
      {},
      {
        expiresAtSec: START + 3_601,
      },
    ),
  };
}

function contradictory(): Loan {
  const loan = agreedIn();
  const pay = (n: number, pricing: Pricing): void => {
    const options = { pricing: { ...pricing, minute: MINUTE } };
    loan.pay('disbursement', [{ n, amountUnits: TICK }], START + 30, options);
  };
  pay(0, by(PRICE, PRICE));
  pay(1, by(PRICE + 1n, PRICE, PRICE));
  pay(2, by(PRICE + 2n, PRICE));
  return loan;
}

function repaid(): Loan {
  const loan = agreedIn();
  for (let n = 0; n < 10; n += 1) {
    const price = PRICE + BigInt(n) * 12_345n;
    const pricing = by(price, price + 1n, price + 4n);
    loan.pay('disbursement', [{ n, amountUnits: TICK }], START + n * 60 + 20, { pricing });
  }
  const pricing = by(PRICE / 2n, PRICE / 2n + 3n);
  const parts = [{ n: 0, amountUnits: 10_281_000_000n }];
  loan.pay('repayment', parts, START + 90 * 60 + 30, { pricing });
  return loan;
}

function deliveryCases(): Cases {
  const loan = agreedIn();
  const offered = (name: string, codes: string[], pricing: Pricing): Vector => {
    const part = { n: 0, amountUnits: TICK, preimage: hashOf('p') };
    const request = loan.request('disbursement', [part], START + 20, { pricing });
    const { root, events } = loan;
    const handed = { root, events: [...events], request, invoices: [], nowSec: START + 20 };
    return finish(codes, { name, requires: ['PR-13'], ...handed });
  };
  return {
    'payer-quorum': offered('A payer is handed three prices', [], {}),
    'payer-unproven': offered('A payer is handed one price', ['PRICE_UNPROVEN'], by(PRICE)),
  };
}

/** Folder `prices`. */
export function currencyCases(): Cases {
  const unpriced = new Loan();
  unpriced.signAll();
  const parts = [{ n: 0, amountUnits: 100_000_000n }];
  unpriced.pay('disbursement', parts, START + 9, { pricing: { isPriced: true, by: [] } });
  const strange = { by: [...ORACLES, 'stranger'].map((name) => [name, PRICE] as const) };
  const kes = { by: [['oracle one', PRICE, { currency: 'KES' }]] as const };
  return {
    ...priceCases(),
    ...requestCases(),
    ...deliveryCases(),
    median: priced('The middle one of three', ['PR-8', 'PR-9'], by(1n, PRICE, PRICE + 9_999n)),
    'median-even': priced('Half way between two', ['PR-8', 'PR-9'], by(PRICE, PRICE + 3n)),
    'no-quorum': priced('One price, the amount named', ['PR-10', 'PR-12'], {
      ...{ ...by(PRICE), msat: [1n] },
    }),
    'no-price': priced('No price, the amount named', ['PR-12'], { by: [], msat: [15_000_000n] }),
    'price-mismatch': priced('A millisatoshi too much', ['PR-10'], { msat: [15_282_896_009n] }, [
      'PRICE_MISMATCH',
    ]),
    'price-stranger': priced('A stranger’s price', ['PR-10'], strange, ['PRICE_UNKNOWN']),
    'price-currency': priced('A price in another currency', ['PR-10'], kes, ['PRICE_UNKNOWN']),
    'not-priced': priced('A request in msat', ['PR-10'], { isPriced: false }, [
      'DENOMINATION_MISMATCH',
    ]),
    'priced-in-msat': folded('A priced request in msat', ['PR-10'], unpriced, [
      'DENOMINATION_MISMATCH',
    ]),
    'tick-units': priced(
      'A cent less than the tick',
      ['PR-7'],
      {},
      ['PART_AMOUNT'],
      TICK - 10n ** 6n,
    ),
    contradictory: folded('An oracle with two prices', ['PR-11', 'PR-12'], contradictory()),
    repaid: folded(
      'Lent and repaid in dollars',
      ['PR-2', 'PR-7'],
      repaid(),
      [],
      START + 90 * 60 + 50,
    ),
  };
}
