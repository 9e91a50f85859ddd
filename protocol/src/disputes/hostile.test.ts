/** What a hostile party, arbiter or stranger may try in a case. Spec: specs/disputes.md. */
import { describe, expect, it } from 'vitest';
import type { SignedEvent } from '../index.ts';
import { rotate } from '../testing/agreements.ts';
import { OPEN_DAY, TestCase, rulingOn, unpaidLoan } from '../testing/disputes.ts';
import { hashOf, sparedSigning } from '../testing/keys.ts';

const CLAIM = 1_020_000_000n;
const AWARD = 600_000_000n;
const NO_STATEMENT = { statement: '' } as const;

const newLoan = (investor = 'investor') => unpaidLoan(investor, { signing: sparedSigning });

/** A case that another investor has joined. */
function joinedCase() {
  const second = newLoan('second investor');
  const made = new TestCase(newLoan(), second);
  const opened = made.open(CLAIM);
  const claim = { type: 'join', claimUnits: '700000000', statement: 'Mine too.' } as const;
  const joined = made.step('investor', claim, OPEN_DAY + 2, { loan: second });
  const both = (units: bigint) =>
    [made.award(units, 'repayment'), made.award(units, 'repayment', second)].sort((a, b) =>
      a.contract < b.contract ? -1 : 1,
    );
  return { made, second, opened, joined, both };
}

function propose(
  made: TestCase,
  name: string,
  awards: ReturnType<TestCase['award']>[],
  day: number,
  prev?: readonly SignedEvent[],
) {
  const terms = { awards, payBySec: made.at(200), ...NO_STATEMENT };
  return made.step(name, { type: 'proposal', ...terms }, day, prev ? { prev } : {});
}

const pay = (made: TestCase, units: bigint, day: number) => {
  made.loan.pay('repayment', [{ n: day, amountUnits: units }], made.at(day));
  made.refresh();
};

describe('a settlement', () => {
  it('is not opened again by who accepts it once more, requires: DI-17', () => {
    const made = new TestCase(newLoan());
    made.open(CLAIM);
    const proposal = propose(made, 'bank', [made.award(AWARD, 'repayment')], OPEN_DAY + 1);
    made.accept('business', proposal, OPEN_DAY + 2);
    made.accept('investor', proposal, OPEN_DAY + 3);
    const { effectiveAtSec } = made.fold().outcome ?? {};
    pay(made, AWARD, OPEN_DAY + 5);
    expect(made.fold().status).toBe('complied');
    made.accept('investor', proposal, OPEN_DAY + 40);
    expect(made.fold()).toMatchObject({ status: 'complied', outcome: { effectiveAtSec } });
  });

  it('binds no claimant whom the arbiter heard and who did not sign, requires: DI-17', () => {
    const { made, opened, both } = joinedCase();
    made.respond();
    const ruling = made.rule(made.take(), both(AWARD));
    const proposal = propose(made, 'bank', [made.award(AWARD)], OPEN_DAY + 1, [opened]);
    made.accept('investor', proposal, OPEN_DAY + 1, { prev: [proposal] });
    made.accept('business', proposal, OPEN_DAY + 1, { prev: [proposal] });
    expect(made.fold().outcome).toMatchObject({ type: 'ruling', id: ruling.id });
  });

  it('of some claimants is none beside one of more, whatever its dates, requires: DI-43', () => {
    const { made, second, opened, both } = joinedCase();
    const whole = propose(made, 'bank', both(AWARD), OPEN_DAY + 3);
    for (const name of ['business', 'investor']) made.accept(name, whole, OPEN_DAY + 4);
    made.accept('investor', whole, OPEN_DAY + 4, { loan: second });
    expect(made.fold().outcome?.id).toBe(whole.id);
    const less = propose(made, 'bank', [made.award(1_000n)], OPEN_DAY + 1, [opened]);
    made.accept('investor', less, OPEN_DAY + 1, { prev: [less] });
    made.accept('business', less, OPEN_DAY + 1, { prev: [less] });
    expect(made.fold().outcome?.id).toBe(whole.id);
    expect(made.fold().contradictions.map(({ reason }) => reason)).toEqual(['rival settlements']);
  });

  it('stands though somebody signs an offer it had replaced, requires: DI-43', () => {
    const made = new TestCase(newLoan());
    made.open(CLAIM);
    const low = propose(made, 'bank', [made.award(100_000_000n, 'repayment')], OPEN_DAY + 1);
    made.accept('investor', low, OPEN_DAY + 2);
    const high = propose(made, 'investor', [made.award(AWARD, 'repayment')], OPEN_DAY + 4);
    made.accept('bank', high, OPEN_DAY + 5);
    made.accept('business', high, OPEN_DAY + 6);
    expect(made.fold().outcome?.id).toBe(high.id);
    made.accept('business', low, OPEN_DAY + 3, { prev: [low] });
    expect(made.fold().outcome?.id).toBe(high.id);
    made.accept('business', low, OPEN_DAY + 9);
    expect(made.fold().outcome?.id).toBe(high.id);
  });

  it('is not moved by one of two claimants who withdraws after, requires: DI-17, DI-43', () => {
    const { made, second, both } = joinedCase();
    const deal = propose(made, 'bank', both(AWARD), OPEN_DAY + 3);
    made.accept('business', deal, OPEN_DAY + 4);
    made.accept('investor', deal, OPEN_DAY + 4, { loan: second });
    made.accept('investor', deal, OPEN_DAY + 9);
    const { effectiveAtSec } = made.fold().outcome ?? {};
    made.step('investor', { type: 'withdrawal', ...NO_STATEMENT }, OPEN_DAY + 12);
    expect(made.fold()).toMatchObject({ status: 'settled', outcome: { effectiveAtSec } });
    expect(effectiveAtSec).toBe(made.at(OPEN_DAY + 9));
    expect(made.fold().outcome?.outstandingUnits).toBe(AWARD);
  });

  it('is left as it is by a ruling after it', () => {
    const made = new TestCase(newLoan());
    made.open(CLAIM);
    made.respond();
    const taken = made.take();
    const proposal = propose(made, 'bank', [made.award(AWARD)], OPEN_DAY + 17);
    made.accept('business', proposal, OPEN_DAY + 18);
    made.accept('investor', proposal, OPEN_DAY + 18);
    const before = made.fold().outcome;
    made.rule(taken, [made.award(CLAIM)], OPEN_DAY + 20);
    expect(made.fold().outcome).toEqual(before);
  });
});

describe('an offer from before a ruling', () => {
  it('pays nobody twice who signs it once the ruling was paid, requires: DI-16', () => {
    const made = new TestCase(newLoan());
    const opened = made.open(CLAIM);
    const offer = propose(made, 'bank', [made.award(AWARD, 'repayment')], OPEN_DAY + 1);
    made.accept('business', offer, OPEN_DAY + 2);
    made.respond();
    made.rule(made.take(), [made.award(AWARD, 'repayment')]);
    pay(made, AWARD, OPEN_DAY + 35);
    expect(made.fold().status).toBe('complied');
    made.accept('investor', offer, OPEN_DAY + 40, { prev: [opened] });
    const { status, outcome } = made.fold();
    expect({ status, type: outcome?.type }).toEqual({ status: 'complied', type: 'settlement' });
    // What all sides agree on in knowledge of the ruling is owed beside what was paid for it.
    const more = propose(made, 'bank', [made.award(100_000_000n, 'repayment')], OPEN_DAY + 42);
    for (const name of ['investor', 'business']) made.accept(name, more, OPEN_DAY + 43);
    expect(made.fold().outcome).toMatchObject({ id: more.id, outstandingUnits: 100_000_000n });
  });

  it('is signed in vain after the time it says to pay, requires: DI-44', () => {
    const made = new TestCase(newLoan());
    made.open(CLAIM);
    const awards = [made.award(AWARD)];
    const terms = { type: 'proposal', awards, payBySec: made.at(110), ...NO_STATEMENT } as const;
    const offer = made.step('bank', terms, OPEN_DAY + 1);
    made.accept('investor', offer, OPEN_DAY + 11);
    expect(made.fold()).toMatchObject({ status: 'open', rejects: [{ code: 'STATE_FORBIDS' }] });
    made.accept('investor', offer, OPEN_DAY + 10, { prev: [offer] });
    expect(made.fold().status).toBe('settled');
  });
});

describe('a ruling', () => {
  it('is none that is to be paid before it is signed, requires: DI-45', () => {
    const made = new TestCase(newLoan());
    made.open(CLAIM);
    const answer = made.respond();
    const taken = made.take();
    const said = (awards: ReturnType<TestCase['award']>[], day: number) =>
      rulingOn(taken, [answer], awards, made.at(day));
    made.step('arbiter', said([made.award(AWARD)], OPEN_DAY), OPEN_DAY + 30);
    expect(made.fold()).toMatchObject({ status: 'taken', rejects: [{ code: 'CONTENT_TERMS' }] });
    made.step('arbiter', said([], OPEN_DAY), OPEN_DAY + 31);
    expect(made.fold().status).toBe('complied');
  });
});

describe('an award on a leg that pays the other side', () => {
  it('is none, in a ruling or a settlement, requires: DI-49', () => {
    const made = new TestCase(newLoan());
    made.open(CLAIM);
    const offer = propose(made, 'bank', [made.award(AWARD, 'disbursement')], OPEN_DAY + 1);
    made.respond();
    made.rule(made.take(), [made.award(AWARD, 'disbursement')]);
    const { status, outcome, rejects } = made.fold();
    expect({ status, outcome }).toEqual({ status: 'taken', outcome: undefined });
    expect(rejects.map(({ code }) => code)).toEqual(['CONTENT_TERMS', 'CONTENT_TERMS']);
    expect(rejects.map(({ id }) => id)).toContain(offer.id);
    made.rule(made.take(OPEN_DAY + 31), [made.award(AWARD, 'repayment')], OPEN_DAY + 32);
    expect(made.fold().outcome?.outstandingUnits).toBe(AWARD);
  });
});

describe('a joined case', () => {
  it('goes on for one investor where the other withdraws', () => {
    const { made, second, both } = joinedCase();
    made.respond();
    const taken = made.take();
    made.step('investor', { type: 'withdrawal', ...NO_STATEMENT }, OPEN_DAY + 17);
    made.rule(taken, both(AWARD));
    const { status, outcome } = made.fold();
    expect(status).toBe('ruled');
    const owed = outcome?.awards.map(({ award, owedUnits }) => [award.contract, owedUnits]);
    expect(Object.fromEntries(owed ?? [])).toEqual({ [made.loan.root]: 0n, [second.root]: AWARD });
  });

  it('is over where those withdraw whom the arbiter hears, whoever joined later', () => {
    const second = newLoan('second investor');
    const made = new TestCase(newLoan(), second);
    made.open(CLAIM);
    made.respond();
    const taken = made.take();
    const claim = { type: 'join', claimUnits: '1000', statement: 'Mine.' } as const;
    made.step('investor', claim, OPEN_DAY + 17, { loan: second });
    made.rule(taken, [made.award(AWARD)]);
    made.step('investor', { type: 'withdrawal', ...NO_STATEMENT }, OPEN_DAY + 33);
    expect(made.fold().status).toBe('withdrawn');
  });
});

describe('a second taking dated back', () => {
  it('hides no claim that the ruling decides on, and nothing that is owed', () => {
    const { made, second, opened, both } = joinedCase();
    made.respond();
    made.rule(made.take(), both(AWARD));
    made.step('investor', { type: 'withdrawal', ...NO_STATEMENT }, OPEN_DAY + 33);
    made.step('arbiter', { type: 'taken', admitted: [opened.id] }, OPEN_DAY + 1, {
      prev: [opened],
    });
    const { claims, outcome, status } = made.fold();
    expect({ status, owed: outcome?.outstandingUnits }).toEqual({ status: 'ruled', owed: AWARD });
    expect(claims.map(({ contract }) => contract)).toEqual([made.loan.root, second.root]);
  });
});

describe('a key that was replaced', () => {
  it('takes no step of a case opened after that, whatever its date, requires: DI-42', () => {
    const loan = newLoan();
    rotate(loan, 'investor', { from: 'investor', to: 'investor new' }, loan.startAtSec + 60 * 60);
    const made = new TestCase(loan);
    made.step(
      'investor new',
      {
        ...{ type: 'open', reason: 'notRepaid', claimUnits: CLAIM.toString() },
        ...{ statement: 'Nothing has come.', documents: [], events: [] },
      },
      OPEN_DAY,
    );
    made.step('investor', { type: 'withdrawal', ...NO_STATEMENT }, 20);
    expect(made.fold()).toMatchObject({ status: 'open', rejects: [{ code: 'AUTHOR_ROLE' }] });
  });
});

describe('a stranger', () => {
  it('moves no time, and makes nothing look withheld, requires: DI-41', () => {
    const made = new TestCase(newLoan());
    made.open(CLAIM);
    const strange = made.respond(OPEN_DAY + 50, {}, 'stranger');
    made.step('stranger', rulingOn({ id: hashOf('nowhere') }, [], [], made.at(150)), OPEN_DAY + 1, {
      prev: [made.steps[0] as SignedEvent, { ...strange, id: hashOf('withheld') }],
    });
    const answer = made.respond(OPEN_DAY + 3, { prev: [strange] });
    const { missing, rejects, responses } = made.fold();
    expect(missing).toEqual([]);
    expect(rejects.map(({ code }) => code)).toEqual(['AUTHOR_ROLE', 'AUTHOR_ROLE']);
    expect(responses).toEqual([answer.id]);
    const taken = made.take(OPEN_DAY + 4, 'arbiter', { prev: [answer] });
    const ruleBySec = made.at(OPEN_DAY + 64);
    expect(made.fold()).toMatchObject({ taken: taken.id, ruleBySec });
  });
});

describe('a thousand proposals', () => {
  it('each on top of the last, do not keep a case from being decided', () => {
    const made = new TestCase(newLoan());
    const opened = made.open(CLAIM);
    const answer = made.respond(OPEN_DAY + 1);
    const terms = { awards: [made.award(AWARD)], payBySec: made.at(200), ...NO_STATEMENT };
    let last = answer;
    for (let index = 0; index < 1_000; index += 1) {
      const said = { type: 'proposal', ...terms } as const;
      last = made.sign('bank', said, OPEN_DAY + 2, { prev: [last] });
      made.parsed.push(...made.loan.signing.read(last));
    }
    const taken = made.step('arbiter', { type: 'taken', admitted: [] }, OPEN_DAY + 2, {
      prev: [last],
    });
    const said = rulingOn(taken, [answer], [made.award(AWARD)], made.at(150));
    const ruling = made.step('arbiter', said, OPEN_DAY + 3, { prev: [taken] });
    const { applied, outcome, rejects } = made.fold();
    expect({ id: outcome?.id, rejects }).toEqual({ id: ruling.id, rejects: [] });
    expect([applied.length, applied[0], applied.at(-1)]).toEqual([1_004, opened.id, ruling.id]);
  });
});
