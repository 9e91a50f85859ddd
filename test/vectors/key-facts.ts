/** Vectors of the key-facts sheet, its rates and its hash: folder `key-facts`. */
import {
  buildSignature,
  type OfferDocument,
  type SignatureDocument,
  type SignedEvent,
} from '@realyield/protocol';
import { hashOf, inThree, legalTerms, Loan } from '../fixtures/loan.ts';
import { START } from './contracts.ts';
import { bondFactCases } from './pinned.ts';
import { finish, type Cases, type Vector } from './vector.ts';
import { bulletPlan, NO_LATE_FEE } from '../fixtures/plans.ts';

function sheetOf(
  name: string,
  requires: string[],
  offer: Partial<OfferDocument>,
  principalUnits?: bigint,
): Vector {
  const loan = new Loan({ offer, ...(principalUnits === undefined ? {} : { principalUnits }) });
  const [terms] = loan.events as [SignedEvent];
  return finish([], { name, requires: ['K-1', ...requires], terms });
}

const milestone = { title: 'The oven is delivered', description: '' };

function sheetCases(): Cases {
  const legal = legalTerms({
    text: { name: 'Loan agreement', sha256: hashOf('agreement') },
    prevails: 'legalText',
    security: 'The oven.',
    mandate: { enforce: false, costCapBps: 0 },
    withholdingTax: { bps: 1_000, rule: 'Income tax law, article 158' },
    publishDefault: false,
  });
  const stream = { shareBps: 5_000, startDay: 0, streamDays: 10, windowDays: 20, ticks: 3 };
  return {
    bullet: sheetOf('Everything at the end', ['K-2', 'K-3', 'K-4', 'K-9', 'K-11'], {}),
    instalments: sheetOf('Three instalments with fractions of a satoshi', ['K-3', 'K-9'], inThree),
    legal: sheetOf('Milestones, a legal text, tax, cooling-off', ['K-2', 'K-10', 'K-11'], {
      ...inThree,
      legal,
      coolingOffDays: 14,
      tranches: [stream, { ...stream, startDay: 12, milestone }],
    }),
    'no-interest': sheetOf('No interest, no grace', ['K-8', 'K-9', 'K-11'], {
      rateBps: 0,
      plan: bulletPlan(90, 0),
    }),
    'one-satoshi': sheetOf(
      'One satoshi, which bears less than one',
      ['K-3', 'K-9'],
      {
        minimumTicketUnits: '1000',
        tranches: [{ ...stream, shareBps: 10_000, ticks: 1 }],
      },
      1_000n,
    ),
    'one-day': sheetOf('All in one day: no rate', ['K-4', 'K-7'], {
      plan: bulletPlan(1, 0),
      tranches: [{ ...stream, shareBps: 10_000, streamDays: 1, windowDays: 1, ticks: 1 }],
      rateBps: 100_000,
    }),
  };
}

function planCases(): Cases {
  return {
    'annuity-late-fee': sheetOf(
      'An annuity with a late fee and a full guarantee',
      ['K-3', 'K-14'],
      {
        plan: {
          type: 'annuity',
          due: { rule: 'days', firstDay: 30, everyDays: 30, count: 6 },
          graceDays: 5,
          lateFee: { flatUnits: '500000', rateBps: 1_000, capBps: 200 },
          prepayment: 'reduce',
          principalMoratorium: 1,
        },
        guarantee: { type: 'full', capBps: 8_000, payDays: 30 },
      },
    ),
    'revenue-share': sheetOf('A revenue share, of which only the floor is sure', ['K-3', 'K-11'], {
      rateBps: 0,
      plan: {
        type: 'revenueShare',
        due: { rule: 'days', firstDay: 30, everyDays: 30, count: 6 },
        graceDays: 5,
        lateFee: NO_LATE_FEE,
        shareBps: 500,
        capBps: 11_000,
        floorBps: 1_000,
      },
      guarantee: { type: 'firstLoss', shareBps: 2_000, payDays: 14 },
    }),
    'fees-withheld': sheetOf('Fees of the bank, the first kept back', ['K-2', 'K-3', 'K-4'], {
      ...inThree,
      fees: { originationBps: 250, origination: 'withheld', servicingBps: 333 },
    }),
    'fees-on-top': sheetOf('Fees of the bank, the first on top', ['K-2', 'K-3', 'K-4'], {
      ...inThree,
      fees: { originationBps: 250, origination: 'onTop', servicingBps: 0 },
    }),
  };
}

type Flow = readonly [day: number, amountSat: number];

function rateOf(name: string, requires: string[], flows: readonly Flow[]): Vector {
  return finish([], {
    name,
    requires,
    flows: flows.map(([day, sat]) => ({ day, amountUnits: (BigInt(sat) * 1_000n).toString() })),
  });
}

function rateCases(): Cases {
  const monthly = Array.from({ length: 480 }, (_, k): Flow => [30 * (k + 1), 8_500]);
  return {
    'rate-two-years': rateOf(
      '600 after each of two years for 1,000',
      ['K-5', 'K-6', 'K-8', 'K-9'],
      [
        [0, -1_000],
        [365, 600],
        [730, 600],
      ],
    ),
    'rate-same-day': rateOf(
      'A charge of 50 kept back on the first day',
      ['K-4', 'K-9'],
      [
        [0, -1_000],
        [0, 50],
        [547, 1_200],
      ],
    ),
    'rate-forty-years': rateOf('480 instalments', ['K-5', 'K-6'], [[0, -1_000_000], ...monthly]),
    'rate-loss': rateOf(
      'Less comes back than went out',
      ['K-8', 'K-9'],
      [
        [0, -1_000],
        [365, 400],
      ],
    ),
    'rate-nothing-back': rateOf('Nothing comes back', ['K-7'], [[0, -1_000]]),
    'rate-beyond': rateOf(
      'Twice as much the next day',
      ['K-7'],
      [
        [0, -1_000],
        [1, 2_000],
      ],
    ),
    'rate-none': rateOf('No flows at all', ['K-7'], []),
  };
}

function signingCases(): Cases {
  const loan = new Loan();
  loan.sign('investor', START + 1);
  const signed = JSON.parse(new Loan().sign('business', START + 2).content) as SignatureDocument;
  const other = { ...signed, keyFacts: hashOf('another sheet') };
  loan.addAs('business', buildSignature(other, START + 2));
  loan.sign('bank', START + 3);
  return {
    mismatch: finish(['KEY_FACTS_MISMATCH'], {
      name: 'The business has seen another sheet',
      requires: ['K-13'],
      root: loan.root,
      events: loan.events,
    }),
  };
}

/** Folder `key-facts`. */
export function keyFactCases(): Cases {
  return { ...sheetCases(), ...planCases(), ...rateCases(), ...signingCases(), ...bondFactCases() };
}
