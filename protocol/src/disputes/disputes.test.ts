/** Cases from their opening to money paid, and attacks on them. Spec: specs/disputes.md. */
import { describe, expect, it } from 'vitest';
import { embed, readEvent, type SignedEvent, type VerifiedEvent } from '../index.ts';
import { OPEN_DAY, TestCase, idsOf, rulingOn, unpaidLoan } from '../testing/disputes.ts';
import { rememberingVerifier } from '../testing/keys.ts';
import { computeEventId } from '../verify.ts';

const CLAIM = 1_020_000_000n;
const AWARD = 600_000_000n;

/** A case that was opened, answered and taken. */
function takenCase(...more: ReturnType<typeof unpaidLoan>[]) {
  const made = new TestCase(unpaidLoan(), ...more);
  made.open(CLAIM);
  const response = made.respond();
  return { made, response, taken: made.take() };
}

const codes = (made: TestCase) => made.fold().rejects.map(({ code }) => code);
const pay = (made: TestCase, units: bigint, day: number, leg: 'recovery' | 'repayment') => {
  made.loan.pay(leg, [{ n: day, amountUnits: units }], made.at(day));
  made.refresh();
};

describe('a case', () => {
  it('goes from open to complied and closed by what is paid, requires: DI-15, DI-16, DI-21', () => {
    const { made, taken } = takenCase();
    expect(made.fold().status).toBe('taken');
    const ruling = made.rule(taken, [made.award(AWARD)]);
    expect(made.fold()).toMatchObject({ status: 'ruled', outcome: { id: ruling.id } });
    expect(made.fold().outcome?.outstandingUnits).toBe(AWARD);
    made.step('arbiter', { type: 'closing', statement: '' }, OPEN_DAY + 40);
    expect(codes(made)).toEqual(['RULING_UNPAID']);
    pay(made, AWARD - 1_000n, OPEN_DAY + 35, 'recovery');
    expect(made.fold().outcome?.outstandingUnits).toBe(1_000n);
    expect(made.fold().status).toBe('ruled');
    pay(made, 1_000n, OPEN_DAY + 36, 'recovery');
    expect(made.fold()).toMatchObject({ status: 'closed', rejects: [] });
  });

  it('owes no less for what is paid on the day it was decided, requires: DI-6, DI-15', () => {
    const { made, taken } = takenCase();
    const day = OPEN_DAY + 30;
    made.rule(taken, [made.award(AWARD, 'repayment')], day);
    const { limitUnits } = made.fold().claims[0] ?? {};
    const outcome = () => made.fold().outcome;
    const parts = [
      [AWARD - 1_000n, 0],
      [500_000_000n, 20],
    ] as const;
    for (const [n, [amountUnits, laterSec]] of parts.entries()) {
      made.loan.pay('repayment', [{ n, amountUnits }], made.at(day) + laterSec);
      made.refresh();
      expect(outcome()?.awards[0]?.owedUnits).toBe(AWARD);
      expect(made.fold().claims[0]?.limitUnits).toBe(limitUnits);
    }
    expect(outcome()?.outstandingUnits).toBe(0n);
  });

  it('stands though all of it is paid on the day it was opened, requires: DI-6', () => {
    const made = new TestCase(unpaidLoan());
    made.open(CLAIM);
    made.loan.pay('repayment', [{ n: 0, amountUnits: 1_100_000_000n }], made.at(OPEN_DAY) + 5);
    made.refresh();
    expect(made.result()).toMatchObject({ ok: true, value: { status: 'open' } });
  });

  it('has the same times for everyone, requires: DI-7, DI-8', () => {
    const made = new TestCase(unpaidLoan());
    made.open(CLAIM);
    const { openedAtSec, respondBySec, takeBySec } = made.fold();
    expect(openedAtSec).toBe(made.at(OPEN_DAY));
    expect([respondBySec, takeBySec]).toEqual([made.at(OPEN_DAY + 14), made.at(OPEN_DAY + 28)]);
    const dated = new TestCase(made.loan);
    const said = { type: 'open', reason: 'notRepaid', claimUnits: '1000' } as const;
    const rest = { statement: 'Late.', documents: [], events: [] };
    dated.step('investor', { ...said, ...rest }, OPEN_DAY, { blockDay: OPEN_DAY + 3 });
    expect(dated.fold().openedAtSec).toBe(made.at(OPEN_DAY + 3));
  });

  it('is opened only where there is something to claim, requires: DI-1, DI-5, DI-6', () => {
    const early = new TestCase(unpaidLoan());
    early.open(CLAIM, 80);
    expect(early.result()).toMatchObject({ ok: false, code: 'NOTHING_CLAIMED' });
    const bare = new TestCase(unpaidLoan('investor', { serving: {} }));
    bare.open(CLAIM);
    expect(bare.result()).toMatchObject({ ok: false, code: 'APPOINTMENT_MISSING' });
    const other = new TestCase(unpaidLoan());
    other.open(CLAIM, 80, 'notDisbursed');
    expect(other.result()).toMatchObject({ ok: false, code: 'AUTHOR_ROLE' });
    const said = new TestCase(unpaidLoan());
    said.open(CLAIM, 80, 'misrepresentation');
    expect(said.fold().claims[0]?.limitUnits).toBeGreaterThan(1_000_000_000n);
    expect(new TestCase(unpaidLoan()).result()).toMatchObject({ code: 'DISPUTE_UNKNOWN' });
  });

  it('can be joined by another investor of the offer', () => {
    const second = unpaidLoan('second investor');
    const made = new TestCase(unpaidLoan(), second);
    made.open(CLAIM);
    const claim = { type: 'join', claimUnits: '700000000', statement: 'Mine too.' } as const;
    made.step('investor', claim, OPEN_DAY + 2, { loan: second });
    made.step('investor', claim, OPEN_DAY + 3, { loan: second });
    expect(codes(made)).toEqual(['STATE_FORBIDS']);
    made.respond();
    const awards = [made.award(AWARD), made.award(AWARD, 'recovery', second)];
    made.rule(
      made.take(),
      [...awards].sort((a, b) => (a.contract < b.contract ? -1 : 1)),
    );
    expect(made.fold().claims).toHaveLength(2);
    expect(made.fold().outcome?.outstandingUnits).toBe(2n * AWARD);
  });

  it('owes no more than was claimed and than is owed, requires: DI-11, DI-15', () => {
    const made = new TestCase(unpaidLoan());
    made.open(5_000_000_000n);
    made.respond();
    const taken = made.take();
    made.rule(taken, [made.award(5_000_000_001n)]);
    expect(codes(made)).toEqual(['CLAIM_EXCEEDED']);
    made.rule(taken, [made.award(5_000_000_000n)], OPEN_DAY + 31);
    const [claim] = made.fold().claims;
    const owed = made.fold().outcome?.outstandingUnits ?? 0n;
    expect(owed).toBeGreaterThanOrEqual(claim?.limitUnits ?? 0n);
    expect(owed).toBeLessThan(1_100_000_000n);
  });

  it('ends by settlement once all have signed, whatever was ruled, requires: DI-4, DI-17', () => {
    const { made, taken } = takenCase();
    made.rule(taken, [made.award(AWARD)]);
    const half = [made.award(AWARD / 2n, 'repayment')];
    const terms = {
      type: 'proposal',
      awards: half,
      payBySec: made.at(200),
      statement: '',
    } as const;
    const proposal = made.step('bank', terms, OPEN_DAY + 32);
    made.accept('investor', proposal, OPEN_DAY + 33);
    expect(made.fold().outcome?.type).toBe('ruling');
    made.accept('business', proposal, OPEN_DAY + 34);
    expect(made.fold()).toMatchObject({ status: 'settled', outcome: { id: proposal.id } });
    expect(made.fold().outcome?.outstandingUnits).toBe(AWARD / 2n);
    pay(made, AWARD / 2n, OPEN_DAY + 35, 'repayment');
    expect(made.fold().status).toBe('complied');
    const wrong = embed(taken as VerifiedEvent);
    const odd = made.sign('bank', { type: 'settlement', proposal: wrong }, OPEN_DAY + 36);
    expect(readEvent(odd, rememberingVerifier)).toMatchObject({ code: 'EMBEDDED_MISMATCH' });
  });

  it('goes to the fallback arbiter when the first is silent, requires: DI-9, DI-10', () => {
    const made = new TestCase(unpaidLoan());
    made.open(CLAIM);
    made.take(OPEN_DAY + 28, 'fallback arbiter');
    made.step('investor', { type: 'fallback' }, OPEN_DAY + 28);
    expect(codes(made)).toEqual(['ARBITER_NOT_SILENT', 'ARBITER_NOT_SILENT']);
    made.step('investor', { type: 'fallback' }, OPEN_DAY + 29);
    expect(made.fold()).toMatchObject({ fallbackCalled: true, governing: 'arbiter' });
    const taken = made.take(OPEN_DAY + 31, 'fallback arbiter');
    const late = made.step('arbiter', { type: 'taken', admitted: [made.id] }, OPEN_DAY + 20, {
      prev: made.steps.slice(0, 1),
    });
    const ruling = made.rule(taken, [made.award(AWARD)], OPEN_DAY + 40, 'fallback arbiter');
    made.rule(late, [], OPEN_DAY + 40);
    expect(made.fold().outcome).toMatchObject({ id: ruling.id, by: 'fallbackArbiter' });
    const events = idsOf(taken, late);
    expect(made.fold().contradictions).toMatchObject([{ reason: 'rival takings', events }]);
  });

  it('goes there too when it was taken and nobody ruled', () => {
    const { made } = takenCase();
    made.step('bank', { type: 'fallback' }, OPEN_DAY + 16 + 60);
    made.step('bank', { type: 'fallback' }, OPEN_DAY + 16 + 61);
    expect(codes(made)).toEqual(['ARBITER_NOT_SILENT']);
    made.take(OPEN_DAY + 80, 'fallback arbiter');
    expect(made.fold().governing).toBe('fallbackArbiter');
  });

  it('is over when the claims are withdrawn, with nothing owed', () => {
    const { made, taken } = takenCase();
    made.rule(taken, [made.award(AWARD)]);
    made.step('investor', { type: 'withdrawal', statement: '' }, OPEN_DAY + 33);
    expect(made.fold()).toMatchObject({ status: 'withdrawn', outcome: { outstandingUnits: 0n } });
  });
});

describe('attacks', () => {
  it('of outsiders who only tag the case change nothing, requires: DI-14', () => {
    const { made, taken } = takenCase();
    const before = made.fold();
    made.respond(OPEN_DAY + 6, {}, 'stranger');
    made.step('stranger', { type: 'withdrawal', statement: '' }, OPEN_DAY + 6);
    made.step('stranger', rulingOn(taken, [], [], made.at(150)), OPEN_DAY + 20);
    const foreign = unpaidLoan('foreign investor');
    const closing = { type: 'closing', statement: '' } as const;
    made.step('investor', closing, OPEN_DAY + 21, { loan: foreign });
    expect(codes(made).sort()).toEqual([
      ...Array<string>(3).fill('AUTHOR_ROLE'),
      'CONTRACT_UNKNOWN',
    ]);
    expect({ ...made.fold(), rejects: [] }).toEqual(before);
  });

  it('by another arbiter rule nothing, requires: DI-9', () => {
    const { made, taken } = takenCase();
    made.rule(taken, [made.award(AWARD)], OPEN_DAY + 30, 'other arbiter');
    made.rule(taken, [made.award(AWARD)], OPEN_DAY + 30, 'fallback arbiter');
    expect(codes(made)).toEqual(['AUTHOR_ROLE', 'STATE_FORBIDS']);
    expect(made.fold().outcome).toBeUndefined();
  });

  it('by a second ruling change nothing of the first, requires: DI-18', () => {
    const { made, taken } = takenCase();
    const first = made.rule(taken, [made.award(AWARD)]);
    const second = made.rule(taken, [], OPEN_DAY + 31);
    const view = made.fold();
    expect(view.outcome?.id).toBe(first.id);
    const events = idsOf(first, second);
    expect(view.contradictions).toMatchObject([{ reason: 'rival rulings', events }]);
  });

  it('by a response dated back are not admitted, requires: DI-20', () => {
    const { made, response, taken } = takenCase();
    const opened = made.steps.slice(0, 1);
    const backdated = made.respond(OPEN_DAY + 1, { prev: opened }, 'business');
    expect(made.fold().admissions[backdated.id]).toBe('pending');
    made.step('arbiter', rulingOn(taken, [response], [], made.at(150)), OPEN_DAY + 30);
    expect(made.fold().admissions).toEqual({
      [response.id]: 'admitted',
      [backdated.id]: 'notAdmitted',
    });
  });

  it('by a ruling before the time to respond is over wait, requires: DI-13', () => {
    const made = new TestCase(unpaidLoan());
    made.open(CLAIM);
    const taken = made.take(OPEN_DAY + 1);
    made.rule(taken, [made.award(AWARD)], OPEN_DAY + 14);
    expect(codes(made)).toEqual(['RESPONSE_RUNNING']);
    made.rule(taken, [made.award(AWARD)], OPEN_DAY + 15);
    expect(made.fold().status).toBe('ruled');
  });

  it('by exchanging a document are shown, requires: DI-19', () => {
    const { made } = takenCase();
    const evidence = (sha256: string, day: number): SignedEvent => {
      const documents = [{ name: 'Letter', sha256: sha256.repeat(64) }];
      return made.step('bank', { type: 'evidence', statement: '', documents, events: [] }, day);
    };
    const events = idsOf(evidence('a', 120), evidence('a', 121), evidence('b', 122));
    const [found] = made.fold().contradictions;
    expect(found?.reason).toBe('documents exchanged');
    expect(events).toEqual(expect.arrayContaining([...(found?.events ?? [])]));
  });

  it('by withholding a step are seen in what others name', () => {
    const { made, response, taken } = takenCase();
    made.rule(taken, [made.award(AWARD)]);
    const kept = made.parsed.filter(({ event }) => event.id !== response.id);
    expect(made.fold(kept).missing).toEqual([response.id]);
    expect(made.fold(kept)).toMatchObject({ status: 'ruled', responses: [] });
  });

  it('by editing a ruling or the address of a payout are refused, requires: DI-3, DI-12', () => {
    const { made, taken } = takenCase();
    const ruling = made.rule(taken, [made.award(AWARD)]);
    const edited = { ...ruling, content: ruling.content.replace('600000000', '900000000') };
    expect(readEvent(edited, rememberingVerifier)).toMatchObject({ code: 'EVENT_ID' });
    const renamed = { ...edited, id: computeEventId(edited) };
    expect(readEvent(renamed)).toMatchObject({ code: 'EVENT_SIGNATURE' });
    const swapped = { ...made.award(AWARD), address: 'bcrt1qattackersownaddress' };
    made.rule(taken, [swapped], OPEN_DAY + 29);
    expect(codes(made)).toEqual(['AWARD_ADDRESS']);
    const twice = [made.award(AWARD), made.award(AWARD)];
    const odd = made.sign('arbiter', rulingOn(taken, [], twice, made.at(150)), OPEN_DAY + 30);
    expect(readEvent(odd, rememberingVerifier)).toMatchObject({ code: 'CONTENT_TERMS' });
  });

  it('change nothing of the contract, requires: DI-2', () => {
    const { made } = takenCase();
    const before = made.loan.fold();
    made.loan.parsed.push(...made.parsed);
    expect(made.loan.fold()).toEqual(before);
  });
});
