/**
 * Attacks on the agreement by dates, by what is held back and by forks: withdrawals, keys,
 * amendments, appointments, takeovers. Each must gain its author nothing.
 * requires: P-21, V-6, V-7, T-20
 */
import { describe, expect, it } from 'vitest';
import { accept, acceptAll, amendment, revoke, rotate, takeOver } from '../testing/agreements.ts';
import {
  hashOf,
  inThree,
  Loan,
  publicOf,
  sparedSigning,
  type LoanOptions,
} from '../testing/loan.ts';
import { claim, decide, give } from '../testing/steps.ts';
import { checkRequest } from '../delivery.ts';
import type { ParsedRequest } from '../events.ts';
import { disbursementHold, payerKeyHold, planDisbursement } from '../planner.ts';
import { foldContract } from './fold.ts';
import { computeStateHash } from './hash.ts';
import { computeLedger } from './ledger.ts';
import { ticksOf } from './ticks.ts';
import { ledgerOf } from './standing.ts';

const START = 1_800_000_000;
const DAY = 60;
const TICK = 100_000_000n;
const FAR = START + 60 * DAY;
const recovery = { investor: 'investor safe', business: 'business safe', bank: 'bank safe' };

function signed(options: LoanOptions = {}): Loan {
  const loan = new Loan({ signing: sparedSigning, ...options });
  loan.signAll();
  return loan;
}

const state = (loan: Loan) => loan.fold().state;

function owed(loan: Loan): bigint {
  const { contract, payments } = state(loan);
  return computeLedger(contract.document, payments, FAR).outstandingUnits;
}

const tick = (n: number) => [{ n, amountUnits: TICK }];

describe('withdrawal', () => {
  it('dated before effect, or in time, is too late once money has moved', () => {
    for (const [name, atSec] of [
      ['business', START - 1],
      ['bank', START - 1],
      ['investor', START + 4],
    ] as const) {
      const loan = signed({ offer: { coolingOffDays: 5 } });
      loan.withdraw(name, atSec);
      expect(state(loan).status).toBe('withdrawn');
      loan.pay('disbursement', tick(0), START + 9);
      expect(state(loan)).toMatchObject({ status: 'effective', withdrawnBy: [name] });
      expect(owed(loan)).toBe(TICK);
    }
  });

  it('cannot be unsaid by a revocation dated back', () => {
    const loan = signed({ offer: { coolingOffDays: 5 }, recovery });
    loan.withdraw('investor', START + 20);
    revoke(loan, 'investor', 'investor', START + 5, 'investor safe');
    expect(state(loan).status).toBe('withdrawn');
  });
});

describe('keys', () => {
  it('a revocation dated back erases no payment to the key and no acceptance by it', () => {
    for (const name of ['business', 'business safe']) {
      const loan = signed({ recovery });
      loan.pay('disbursement', tick(0), START + 9);
      revoke(loan, 'business', 'business', START - 500, name);
      expect(state(loan).status).toBe('effective');
      expect(owed(loan)).toBe(TICK);
    }
  });

  it('a rotation dated back kills no key that was paid', () => {
    const loan = signed();
    rotate(loan, 'business', { from: 'business', to: 'second' }, START + 10);
    loan.pay('disbursement', tick(0), START + 20, { payee: 'second' });
    rotate(loan, 'business', { from: 'business', to: 'third' }, START + 4);
    expect(owed(loan)).toBe(TICK);
    expect(state(loan).equivocations).toMatchObject([{ reason: 'rival rotations' }]);
  });

  it('the recovery key’s later word erases no payment to a key made before it', () => {
    const loan = signed({ recovery });
    rotate(loan, 'business', { from: 'business', to: 'second' }, START + 10);
    loan.pay('disbursement', tick(0), START + 20, { payee: 'second' });
    rotate(loan, 'business', { from: 'business', to: 'third' }, START + 4, 'business safe');
    expect(owed(loan)).toBe(TICK);
    const ended = state(loan).keys.filter(({ endsAtSec }) => endsAtSec === START + 4);
    expect(ended.map(({ key }) => key).sort()).toEqual(['business', 'second'].map(publicOf).sort());
  });

  it('one party’s rotation to another’s new key takes nothing from that one', () => {
    const loan = signed();
    rotate(loan, 'bank', { from: 'bank', to: 'bank new' }, START + 20);
    rotate(loan, 'business', { from: 'business', to: 'bank new' }, START + 5);
    give(loan, 'arrears', START + 100 * DAY, { name: 'bank new' });
    const refused = loan.fold().rejects;
    expect(refused.map(({ code }) => code)).toEqual(['NOT_LATE']);
  });

  it('a thief of the old key ends no key that followed it', () => {
    const loan = signed();
    rotate(loan, 'bank', { from: 'bank', to: 'bank new' }, START + 20);
    revoke(loan, 'bank', 'bank new', START + 10, 'bank');
    expect(loan.fold().rejects).toMatchObject([{ code: 'AUTHOR_ROLE' }]);
  });

  it('that ended pay nothing, and are paid nothing', () => {
    const loan = signed({ recovery });
    const investor = publicOf('investor');
    expect(payerKeyHold(state(loan), 'disbursement', investor, START + 30)).toBeUndefined();
    revoke(loan, 'investor', 'investor', START + 20, 'investor safe');
    const held = payerKeyHold(state(loan), 'disbursement', investor, START + 30);
    expect(held).toEqual({ reason: 'keyRevoked' });
    revoke(loan, 'business', 'business', START + 20, 'business safe');
    const part = { n: 0, amountUnits: TICK, preimage: hashOf('a preimage') };
    const [request] = loan.signing.read(loan.request('disbursement', [part], START + 9));
    const checked = checkRequest(state(loan), request as ParsedRequest);
    expect(checked).toMatchObject({ code: 'KEY_REVOKED' });
    loan.pay('disbursement', tick(0), START + 30);
    expect(loan.fold().rejects).toMatchObject([{ code: 'KEY_REVOKED' }]);
  });
});

describe('amendments', () => {
  it('signed by two change nothing, whoever wrote them', () => {
    const loan = signed();
    const before = computeStateHash(state(loan));
    const change = amendment(loan, { rateBps: 0 }, START + 10);
    accept(loan, change, 'business', START + 11);
    accept(loan, change, 'bank', START + 12);
    accept(loan, change, 'investor', START + 13, 'stranger');
    expect(computeStateHash(state(loan))).toBe(before);
  });

  it('an acceptance cannot be unsaid by a revocation dated back', () => {
    const loan = signed({ recovery });
    const change = amendment(loan, { rateBps: 2_000 }, START + 10);
    acceptAll(loan, change, START + 11);
    revoke(loan, 'business', 'business', START + 4, 'business safe');
    expect(state(loan).version).toBe(change.event.id);
  });

  it('rival successors give everybody the same version, in any order', () => {
    const loan = signed();
    const changes = [900, 800, 700].map((rateBps) => amendment(loan, { rateBps }, START + 10));
    for (const [at, change] of changes.entries()) acceptAll(loan, change, START + 20 + 10 * at);
    const [least] = changes.map(({ event }) => event.id).sort();
    expect(state(loan).version).toBe(least);
    expect(state(loan).equivocations).toHaveLength(2);
    const reversed = foldContract(loan.root, [...loan.parsed, ...loan.parsed].reverse());
    if (!reversed.ok) throw new Error(reversed.code);
    expect(computeStateHash(reversed.value.state)).toBe(computeStateHash(state(loan)));
  });

  it('a version that only a request names, or that lacks a signature, wins nothing', () => {
    const loan = signed();
    const [one, two] = [900, 800].map((rateBps) => amendment(loan, { rateBps }, START + 10));
    if (!one || !two) throw new Error('two amendments');
    acceptAll(loan, one, START + 20);
    accept(loan, two, 'business', START + 30);
    loan.pay('disbursement', tick(0), START + 40, { version: two.event.id });
    expect(state(loan).version).toBe(one.event.id);
    expect(owed(loan)).toBe(TICK);
  });

  it('later, dated back or held back, undo no default; one it rests on rules it', () => {
    const late = (): Loan => {
      const loan = signed();
      loan.pay('disbursement', tick(0), START + 9);
      return loan;
    };
    const longer = (loan: Loan) => {
      const { plan } = loan.contract.document;
      const due = { rule: 'list' as const, atSec: [START + 401 * DAY - 1] };
      return amendment(loan, { plan: { ...plan, due } }, START + 10);
    };
    const loan = late();
    give(loan, 'arrears', START + 100 * DAY);
    give(loan, 'default', START + 130 * DAY);
    acceptAll(loan, longer(loan), START + 11);
    expect(state(loan)).toMatchObject({ status: 'defaulted', notices: [{}, { contested: false }] });
    const agreed = late();
    acceptAll(agreed, longer(agreed), START + 11);
    expect(state(agreed).versions[1]?.fromDay).toBe((START + 90 * DAY) / DAY);
    give(agreed, 'arrears', START + 100 * DAY);
    expect(agreed.fold().rejects.map(({ code }) => code)).toEqual([]);
    expect(ledgerOf(state(agreed), START + 100 * DAY).instalments).toHaveLength(2);
  });

  it('lower a rate alone, from the day after the last signature where no period is left', () => {
    const loan = signed();
    loan.pay('disbursement', tick(0), START + 9);
    acceptAll(loan, amendment(loan, { rateBps: 600 }, START + 10), START + 30 * DAY);
    const [first, second] = state(loan).versions;
    expect(second?.fromDay).toBe((first?.fromDay ?? 0) + 30);
    const { instalments, outstandingUnits } = ledgerOf(state(loan), START + 90 * DAY);
    expect(instalments).toHaveLength(1);
    // 30 days at 12 % and 60 at 6 %.
    const exact = (outstandingUnits * (1_200n * 30n + 600n * 60n)) / 3_650_000n;
    expect(instalments[0]).toMatchObject({ interestUnits: exact, state: 'due' });
    const monthly = new Loan({ signing: sparedSigning, offer: inThree });
    monthly.signAll();
    acceptAll(monthly, amendment(monthly, { rateBps: 600 }, START + 10), START + 35 * DAY);
    expect(state(monthly).versions[1]?.fromDay).toBe((first?.fromDay ?? 0) + 60);
  });

  it('bring a lapse forward at once', () => {
    const loan = signed();
    const [tranche] = loan.contract.document.tranches;
    if (!tranche) throw new Error('the fixture has a tranche');
    const lapsesAtSec = START + 10 * DAY;
    const change = amendment(loan, { tranches: [{ ...tranche, lapsesAtSec }] }, START + 10);
    acceptAll(loan, change, START + 3 * DAY);
    const found = state(loan);
    expect(ticksOf(found, START + DAY)[0]?.lapsesAtSec).toBe(tranche.lapsesAtSec);
    expect(ticksOf(found, START + 4 * DAY)[0]?.lapsesAtSec).toBe(lapsesAtSec);
    const [first, second] = found.versions;
    expect(second?.fromDay).toBe((first?.fromDay ?? 0) + 3);
    expect(planDisbursement(found, new Set(), START + 11 * DAY, 10)).toMatchObject({
      reason: 'lapsed',
    });
  });
});

describe('takeover', () => {
  const half = { shareBps: 10_000, startDay: 0, streamDays: 10, windowDays: 80, ticks: 10 };
  const milestone = { title: 'The oven stands', description: '' };
  const options: LoanOptions = {
    serving: { backupServicer: 'servicer' },
    offer: { tranches: [{ ...half, milestone }] },
  };

  it('that leaves out what the bank signed releases no tranche', () => {
    const loan = signed(options);
    decide(loan, 'refusal', claim(loan, 0, START + 30 * DAY), START + 31 * DAY);
    takeOver(loan, START + 40 * DAY, 'servicer', [loan.root]);
    decide(loan, 'approval', claim(loan, 0, START + 41 * DAY), START + 42 * DAY, 'servicer');
    const found = state(loan);
    expect(found.takeover).toMatchObject({ contested: true });
    expect(found.milestones).toMatchObject([{ status: 'claimed' }]);
    expect(found.status).toBe('effective');
  });

  it('takes nothing from a bank that is there', () => {
    const loan = signed(options);
    takeOver(loan, START + 40 * DAY);
    decide(loan, 'approval', claim(loan, 0, START + 41 * DAY), START + 42 * DAY, 'bank');
    expect(state(loan).milestones).toMatchObject([{ status: 'approved' }]);
    expect(state(loan).takeover).toMatchObject({ contested: true });
  });

  it('by anybody else, or before the silence, is none', () => {
    const loan = signed(options);
    takeOver(loan, START + 40 * DAY, 'business');
    takeOver(loan, START + 20 * DAY);
    expect(loan.fold().rejects.map(({ code }) => code)).toEqual(['NOT_SILENT', 'AUTHOR_ROLE']);
    expect(state(loan).takeover).toBeUndefined();
  });
});

describe('what a payer waits for', () => {
  const at = (options: LoanOptions, atSec: number) =>
    disbursementHold(state(signed(options)), atSec);

  it('is said exactly', () => {
    const funding = { required: true, deadlineAtSec: START + 100 };
    expect(at({ offer: { funding } }, START + 50)).toEqual({
      reason: 'fundingNotReached',
      by: publicOf('bank'),
      untilSec: START + 101,
    });
    expect(at({ offer: { funding } }, START + 101)).toEqual({ reason: 'fundingDeadlinePassed' });
    expect(at({ offer: { funding: { required: true } } }, FAR)).toEqual({
      reason: 'fundingNotReached',
      by: publicOf('bank'),
    });
    const cooling = { offer: { coolingOffDays: 5 } };
    const untilSec = START + 3 + 5 * DAY;
    expect(at(cooling, START + 9)).toEqual({ reason: 'coolingOff', untilSec });
    expect(at(cooling, untilSec)).toBeUndefined();
    const proposed = state(new Loan({ signing: sparedSigning, expiresAtSec: START + 10 }));
    expect(disbursementHold(proposed, START + 10)).toEqual({ reason: 'notEffective' });
    expect(disbursementHold(proposed, START + 11)).toEqual({ reason: 'proposalExpired' });
  });
});
