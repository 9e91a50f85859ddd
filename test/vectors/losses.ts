/**
 * Vectors of acceleration, write-off, recovery and guarantee: folder `losses`.
 * Spec: specs/losses.md, specs/notices.md.
 */
import {
  buildNotice,
  buildOffer,
  planTicks,
  type GuaranteeTerms,
  type NoticeDocument,
  type OfferDocument,
  type RecoveryShare,
} from '@realyield/protocol';
import { hashOf, inThree, legalTerms, Loan, offerDocument, signAs } from '../fixtures/loan.ts';
import { give, recover } from '../fixtures/steps.ts';
import { DAY, folded, START } from './contracts.ts';
import { bondGuaranteeCases } from './pinned.ts';
import { finish, type Cases, type Vector } from './vector.ts';

const at = (day: number, sec = 10): number => START + day * DAY + sec;
/** The first instalment of three on 1,000,000 sat at 12 %, due on day 30. */
const FIRST = 343_196_000n;

/** Lent on the first day, nothing repaid: arrears on day 36, default on day 60. */
function defaulted(offer: Partial<OfferDocument> = {}): Loan {
  const loan = new Loan({ offer: { ...inThree, ...offer } });
  loan.signAll();
  loan.pay('disbursement', planTicks(loan.contract.document), START + 20);
  give(loan, 'arrears', at(36));
  give(loan, 'default', at(60));
  return loan;
}

function repay(loan: Loan, amountUnits: bigint, day: number): Loan {
  loan.pay('repayment', [{ n: 0, amountUnits }], at(day));
  return loan;
}

function noticeCases(): Cases {
  const accelerated = defaulted();
  give(accelerated, 'acceleration', at(61), { name: 'investor' });
  const early = new Loan({ offer: inThree });
  early.signAll();
  early.pay('disbursement', planTicks(early.contract.document), START + 20);
  give(early, 'arrears', at(36));
  give(early, 'acceleration', at(40));
  const unnamed = defaulted();
  give(unnamed, 'acceleration', at(61), { rests: unnamed.heads('investor'), name: 'investor' });
  const caughtUp = repay(defaulted(), 2n * FIRST, 61);
  give(caughtUp, 'acceleration', at(62));
  give(caughtUp, 'writeOff', at(62));
  const blind = repay(defaulted(), 2n * FIRST, 61);
  const known = blind.heads('bank');
  const called = give(blind, 'acceleration', at(62), { rests: known });
  give(blind, 'writeOff', at(63), { rests: [called.id] });
  const twice = defaulted();
  give(twice, 'acceleration', at(70));
  give(twice, 'acceleration', at(65), { name: 'investor' });
  const lost = defaulted();
  give(lost, 'writeOff', at(90));
  repay(lost, 500_000_000n, 120);
  const strangers = defaulted();
  give(strangers, 'acceleration', at(61), { name: 'business' });
  give(strangers, 'writeOff', at(61), { name: 'investor' });
  const closed = repay(defaulted(), 1_100_000_000n, 100);
  closed.close(at(101));
  // Its `prev` is the closure, so it rests on the repayment whatever it names.
  give(closed, 'acceleration', at(62), { rests: [closed.root] });
  return {
    acceleration: folded('After a default', ['N-20'], accelerated, [], at(62)),
    'acceleration-early': folded('No default', ['C-17'], early, ['STATE_FORBIDS']),
    'acceleration-unnamed': folded('Not naming it', ['N-20'], unnamed, ['DEFAULT_MISSING']),
    'aftermath-caught-up': folded('Of a loan that caught up', ['N-21'], caughtUp, [
      'NOT_LATE',
      'NOT_LATE',
    ]),
    'aftermath-contested': folded('Leaving out what was paid', ['N-6', 'N-21'], blind),
    'acceleration-twice': folded('Two: the earlier one counts', ['N-20'], twice),
    'write-off': folded('The debt stays', ['N-20', 'C-22'], lost, [], at(121)),
    'aftermath-author': folded('By whom it is not', ['C-16'], strangers, [
      'AUTHOR_ROLE',
      'AUTHOR_ROLE',
    ]),
    'acceleration-closed': folded('Dated back behind a closure', ['N-21'], closed, ['NOT_LATE']),
  };
}

const share = (loan: Loan, shareUnits: bigint): RecoveryShare[] => [
  { contract: loan.root, shareUnits },
];

function recoveryCases(): Cases {
  const got = { grossUnits: 300_000_007n, costsUnits: 60_000_001n, recoveredAtSec: at(80) };
  const counted = defaulted();
  const other = { contract: hashOf('another contract'), shareUnits: 100_000_006n };
  const shares = [...share(counted, 140_000_000n), other];
  recover(counted, { ...got, shares }, at(81));
  const greedy = defaulted();
  const over = { ...got, costsUnits: 60_000_002n };
  recover(greedy, { ...over, shares: share(greedy, 240_000_005n) }, at(81));
  const early = new Loan({ offer: inThree });
  early.signAll();
  recover(early, { ...got, shares: share(early, 240_000_006n) }, at(81));
  const strange = defaulted();
  const renamed = new Loan({ offer: { ...inThree, identifier: 'another-offer' } });
  const elsewhere = recover(renamed, { ...got, shares: share(strange, 240_000_006n) }, at(81));
  strange.add(elsewhere);
  return {
    recovery: folded('Costs at their cap, two contracts', ['D-7'], counted, [], at(82)),
    'recovery-costs': folded('A millisatoshi more', ['D-7'], greedy, ['COSTS_ABOVE_CAP']),
    'recovery-early': folded('Before a default', ['C-17'], early, ['STATE_FORBIDS']),
    'recovery-offer': folded('Of another offer', ['D-7'], strange, ['OFFER_MISMATCH']),
  };
}

type Recovery = Extract<NoticeDocument, { type: 'recovery' }>;

function readCases(): Cases {
  const loan = new Loan();
  const shares = [...share(loan, 600n), { contract: 'f'.repeat(64), shareUnits: 300n }];
  const event = recover(
    loan,
    { grossUnits: 1_000n, costsUnits: 100n, recoveredAtSec: START, shares },
    START,
  );
  const valid = JSON.parse(event.content) as Recovery;
  const read = (name: string, codes: string[], change: Partial<Recovery>, id = 'D-6'): Vector => {
    const signed = signAs('bank', buildNotice({ ...valid, ...change }, START));
    return finish(codes, { name, requires: [id], event: signed });
  };
  const offered = (name: string, codes: string[], guarantee: GuaranteeTerms): Vector => {
    const document = offerDocument({ guarantee, legal: legalTerms() });
    return finish(codes, {
      name,
      requires: ['D-1'],
      event: signAs('bank', buildOffer(document, START)),
    });
  };
  const address = `32811:${'a'.repeat(64)}:bakery-oven`;
  return {
    'recovery-read': read('It adds up', [], {}),
    'recovery-sum': read('A millisatoshi too much', ['CONTENT_TERMS'], { costsUnits: '101' }),
    'recovery-columns': read('A share too few', ['CONTENT_TERMS'], { shareUnits: ['900'] }),
    'recovery-nothing': read('Nothing left', ['CONTENT_TERMS'], { costsUnits: '1000' }),
    'recovery-order': read('Contracts not rising', ['CONTENT_SCHEMA'], {
      contracts: [...valid.contracts].reverse(),
    }),
    'recovery-address': read(
      'Under another’s address',
      ['AUTHOR_ROLE'],
      { offer: { ...valid.offer, address } },
      'C-13',
    ),
    'offer-first-loss': offered('A first loss of 20 %', [], {
      type: 'firstLoss',
      shareBps: 2_000,
      payDays: 30,
    }),
    'offer-full': offered('All, up to 120 % of the principal', [], {
      type: 'full',
      capBps: 12_000,
      payDays: 0,
    }),
    'offer-guarantee-schema': offered('More than all', ['CONTENT_SCHEMA'], {
      type: 'firstLoss',
      shareBps: 10_001,
      payDays: 30,
    }),
    'offer-guarantee-empty': finish(['CONTENT_TERMS'], {
      name: 'Less than a satoshi of the smallest ticket',
      requires: ['D-1'],
      event: signAs(
        'bank',
        buildOffer(
          offerDocument({
            guarantee: { type: 'firstLoss', shareBps: 1, payDays: 30 },
            minimumTicketUnits: '9999000',
            tranches: [{ shareBps: 10_000, startDay: 0, streamDays: 10, windowDays: 30, ticks: 1 }],
          }),
          START,
        ),
      ),
    }),
  };
}

const FIRST_LOSS = { type: 'firstLoss', shareBps: 2_000, payDays: 30 } as const;
const FULL = { type: 'full', capBps: 10_500, payDays: 30 } as const;
const CLAIM = {
  disbursedUnits: '1000000000',
  outstandingUnits: '1000000000',
  interestOwedUnits: '20000123',
};

function guaranteed(
  name: string,
  guarantee: GuaranteeTerms,
  [receivedUnits, paidUnits = '0', handedOnUnits = '0']: [string, string?, string?],
  claim = CLAIM,
): Vector {
  const flows = { receivedUnits, paidUnits, handedOnUnits };
  return finish([], { name, requires: ['D-2', 'D-3', 'D-4'], guarantee, claim, flows });
}

function guaranteeCases(): Cases {
  const small = { ...CLAIM, outstandingUnits: '50000500', interestOwedUnits: '499' };
  return {
    'guarantee-none': guaranteed('No guarantee', { type: 'none' }, ['0']),
    'guarantee-first-loss': guaranteed('A fifth of the principal', FIRST_LOSS, ['0']),
    'guarantee-first-loss-small': guaranteed('Less lost than that', FIRST_LOSS, ['0'], small),
    'guarantee-full': guaranteed('Principal and interest', FULL, ['0']),
    'guarantee-full-capped': guaranteed('Capped', { ...FULL, capBps: 5_000 }, ['0']),
    'guarantee-late-repayment': guaranteed('Repaid before it was paid', FULL, ['900000000']),
    'guarantee-part-paid': guaranteed('Half paid', FIRST_LOSS, ['0', '100000000']),
    'guarantee-kept': guaranteed('Not made whole yet', FIRST_LOSS, ['820000000', '200000000']),
    'guarantee-handed-on': guaranteed('Made whole', FIRST_LOSS, ['900000000', '200000000']),
    'guarantee-handed-on-part': guaranteed('Handed on in part', FIRST_LOSS, [
      '900000000',
      '200000000',
      '50000000',
    ]),
    'guarantee-all-back': guaranteed('All repaid, with interest since', FULL, [
      '1100000000',
      '1020000000',
      '1020000000',
    ]),
    'guarantee-overpaid': guaranteed('The bank paid too much', FIRST_LOSS, ['0', '250000999']),
    'guarantee-dust': guaranteed('Less than a satoshi is not owed', FIRST_LOSS, ['0', '199999001']),
  };
}

/** A prime number of millisatoshis among thirty investors, two of whom owe nothing any more. */
function sharedAmongThirty(): Vector {
  const stakes = Array.from({ length: 32 }, (_, index) => ({
    contract: hashOf(`contract ${index}`),
    outstandingUnits: index % 16 === 0 ? '0' : (100_000_000 + index * 7_919_333).toString(),
  }));
  const name = '1,000,000,007 msat among thirty investors';
  return finish([], { name, requires: ['D-8', 'M-2'], netUnits: '1000000007', stakes });
}

function shareCases(): Cases {
  const equal = ['c', 'a', 'b'].map((name) => ({
    contract: name.repeat(64),
    outstandingUnits: '1000000000',
  }));
  const tie = { name: 'Two msat left for three: the lowest ids', requires: ['D-8'] };
  const nobody = { name: 'Nobody owes anything', requires: ['D-8'] };
  return {
    'shares-thirty': sharedAmongThirty(),
    'shares-tie': finish([], { ...tie, netUnits: '1000001', stakes: equal }),
    'shares-one-msat': finish([], { ...tie, name: 'One msat', netUnits: '1', stakes: equal }),
    'shares-nobody': finish([], { ...nobody, netUnits: '5', stakes: [] }),
  };
}

/** Folder `losses`. */
export function lossCases(): Cases {
  return {
    ...noticeCases(),
    ...recoveryCases(),
    ...readCases(),
    ...guaranteeCases(),
    ...bondGuaranteeCases(),
    ...shareCases(),
  };
}
