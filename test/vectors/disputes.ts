/** Vectors of cases, from their opening to money paid: folder `disputes`. */
import { planTicks } from '@realyield/protocol';
import { OPEN_DAY, TestCase, rulingOn, unpaidLoan } from '../fixtures/disputes.ts';
import { Loan } from '../fixtures/loan.ts';
import { finish, type Cases, type Vector } from './vector.ts';

const CLAIM = 1_020_000_000n;
const AWARD = 600_000_000n;

/** A case that was opened, answered and taken. */
function taken() {
  const made = new TestCase(unpaidLoan());
  made.open(CLAIM);
  made.respond();
  return { made, by: made.take() };
}

function shown(
  name: string,
  requires: readonly string[],
  made: TestCase,
  codes: readonly string[] = [],
): Vector {
  const events = made.loans.flatMap((loan) => loan.events);
  return finish(codes, { name, requires, dispute: made.id, events, steps: made.steps });
}

function decidedCases(): Cases {
  const paid = taken();
  paid.made.rule(paid.by, [paid.made.award(AWARD)]);
  const closing = { type: 'closing', statement: '' } as const;
  paid.made.step('arbiter', closing, OPEN_DAY + 40);
  const unpaid = shown('Closed while money is owed', ['DI-21'], paid.made, ['RULING_UNPAID']);
  const parts = [{ n: 0, amountUnits: AWARD }];
  paid.made.loan.pay('recovery', parts, paid.made.at(OPEN_DAY + 35));
  const same = taken();
  same.made.rule(same.by, [same.made.award(AWARD, 'repayment')]);
  const soon = same.made.at(OPEN_DAY + 30) + 5;
  same.made.loan.pay('repayment', [{ n: 0, amountUnits: AWARD - 1_000n }], soon);
  const rival = taken();
  rival.made.rule(rival.by, [rival.made.award(AWARD)]);
  rival.made.rule(rival.by, [], OPEN_DAY + 31);
  const settled = taken();
  const awards = [settled.made.award(AWARD, 'repayment')];
  const terms = { awards, payBySec: settled.made.at(200), statement: '' };
  const proposal = settled.made.step('bank', { type: 'proposal', ...terms }, OPEN_DAY + 20);
  settled.made.accept('investor', proposal, OPEN_DAY + 21);
  settled.made.accept('business', proposal, OPEN_DAY + 22);
  const left = taken();
  const agreed = left.made.step('bank', { type: 'proposal', ...terms }, OPEN_DAY + 20);
  left.made.accept('investor', agreed, OPEN_DAY + 21);
  left.made.accept('business', agreed, OPEN_DAY + 22);
  left.made.loan.pay('repayment', parts, left.made.at(OPEN_DAY + 25));
  left.made.step('investor', { type: 'withdrawal', statement: '' }, OPEN_DAY + 30);
  return {
    unpaid,
    closed: shown('Ruled, paid and closed', ['DI-16', 'DI-21'], paid.made),
    'paid-on-the-day': shown('Paid on the day of the ruling', ['DI-6', 'DI-15'], same.made),
    'rival-rulings': shown('Two rulings', ['DI-18'], rival.made),
    settled: shown('Settled by all three', ['DI-17'], settled.made),
    'settled-withdrawn': shown('Withdrawn once settled and paid', ['DI-17', 'DI-47'], left.made),
  };
}

function silentCases(): Cases {
  const silent = new TestCase(unpaidLoan());
  silent.open(CLAIM);
  silent.step('investor', { type: 'fallback' }, OPEN_DAY + 28);
  silent.step('investor', { type: 'fallback' }, OPEN_DAY + 29);
  const by = silent.take(OPEN_DAY + 31, 'fallback arbiter');
  silent.rule(by, [silent.award(AWARD)], OPEN_DAY + 40, 'fallback arbiter');
  const early = new TestCase(unpaidLoan());
  early.open(CLAIM, 80);
  const unknown = new TestCase(unpaidLoan());
  return {
    fallback: shown('The arbiter is silent', ['DI-9', 'DI-10'], silent, ['ARBITER_NOT_SILENT']),
    'nothing-claimed': shown('Nothing is late', ['DI-1'], early, ['NOTHING_CLAIMED']),
    unknown: shown('Nobody opened it', ['DI-14'], unknown, ['DISPUTE_UNKNOWN']),
  };
}

function refusedCases(): Cases {
  const early = new TestCase(unpaidLoan());
  early.open(CLAIM);
  early.rule(early.take(OPEN_DAY + 1), [], OPEN_DAY + 14);
  const most = taken();
  most.made.rule(most.by, [most.made.award(CLAIM + 1n)]);
  const address = taken();
  const swapped = { ...address.made.award(AWARD), address: 'bcrt1qattackersownaddress' };
  address.made.rule(address.by, [swapped]);
  const other = taken();
  other.made.rule(other.by, [other.made.award(AWARD, 'disbursement')]);
  const outside = taken();
  outside.made.respond(OPEN_DAY + 6, {}, 'stranger');
  const none = taken();
  const nothing = [none.made.award(0n)];
  const event = none.made.sign(
    'arbiter',
    rulingOn(none.by, [], nothing, none.made.at(150)),
    OPEN_DAY + 30,
  );
  return {
    'response-running': shown('Ruled too early', ['DI-13'], early, ['RESPONSE_RUNNING']),
    'claim-exceeded': shown('More than was claimed', ['DI-11'], most.made, ['CLAIM_EXCEEDED']),
    address: shown('Another address', ['DI-12'], address.made, ['AWARD_ADDRESS']),
    leg: shown('Awarded to the other side', ['DI-49'], other.made, ['CONTENT_TERMS']),
    outsider: shown('A stranger responds', ['DI-14'], outside.made, ['AUTHOR_ROLE']),
    'award-of-nothing': finish(['CONTENT_TERMS'], {
      name: 'An award of nothing',
      requires: ['DI-3'],
      event,
    }),
  };
}

/** Half was paid out; the rest was claimed in time, and lapsed before it was ruled on. */
function lapsedCase(): Vector {
  const loan = new Loan({ serving: { arbiter: 'arbiter', fallbackArbiter: 'fallback arbiter' } });
  loan.signAll();
  loan.pay('disbursement', planTicks(loan.contract.document).slice(0, 5), loan.startAtSec + 360);
  const made = new TestCase(loan);
  const claim = { reason: 'notDisbursed', claimUnits: AWARD.toString() } as const;
  const said = { statement: 'It has not come.', documents: [], events: [] };
  made.step('business', { type: 'open', ...claim, ...said }, 12);
  made.respond(14);
  made.rule(made.take(30), [made.award(AWARD, 'disbursement')], 60);
  return shown('Lapsed while the case ran', ['DI-50'], made);
}

/** What was awarded to the business and nobody paid, claimed by it once the tranche has lapsed. */
function enforcedCase(): Vector {
  const loan = new Loan({ serving: { arbiter: 'arbiter', fallbackArbiter: 'fallback arbiter' } });
  loan.signAll();
  loan.pay('disbursement', planTicks(loan.contract.document).slice(0, 5), loan.startAtSec + 360);
  const made = new TestCase(loan);
  const claim = { reason: 'rulingNotComplied', claimUnits: AWARD.toString() } as const;
  const said = { statement: 'It has not come.', documents: [], events: [] };
  made.step('business', { type: 'open', ...claim, ...said }, 60);
  made.respond(62);
  made.rule(made.take(63), [made.award(AWARD / 2n, 'disbursement')], 65);
  return shown('A ruling for the business enforced', ['DI-5', 'DI-6'], made);
}

/** Every vector of disputes. */
export function disputeCases(): Cases {
  const [enforced, lapsed] = [enforcedCase(), lapsedCase()];
  return { ...decidedCases(), ...silentCases(), ...refusedCases(), enforced, lapsed };
}
