/** What personas decide for themselves, from facts made of a loan built by hand. */
import {
  computeLedger,
  firstDueAtSec,
  foldContract,
  planTicks,
  type ContractState,
} from '@realyield/protocol';
import { describe, expect, it } from 'vitest';
import { inThree, Loan } from '../fixtures/loan.ts';
import { claim, decide as decideClaim } from '../fixtures/steps.ts';
import { decide, type ContractFacts, type Decision } from './policies.ts';

function stateOf(loan: Loan): ContractState {
  const fold = foldContract(loan.root, loan.parsed);
  if (!fold.ok) throw new Error(fold.code);
  return fold.value.state;
}

function decideOn(
  loan: Loan,
  role: ContractFacts['role'],
  nowSec: number,
  openOrders = 0,
): Decision {
  const state = stateOf(loan);
  const contract = { root: loan.root, role, state, openOrders, isStruggling: false };
  return decide({ proposals: [], claims: [], contracts: [contract], nowSec });
}

function signedLoan(): Loan {
  const loan = new Loan();
  loan.signAll();
  return loan;
}

const lastTickSec = (loan: Loan): number => planTicks(loan.contract.document).at(-1)?.dueAtSec ?? 0;

describe('signing', () => {
  const proposal = {
    root: 'a',
    role: 'business',
    isSound: true,
    hasBusinessSignature: false,
  } as const;
  const decideOnProposal = (changes: object) =>
    decide({ proposals: [{ ...proposal, ...changes }], claims: [], contracts: [], nowSec: 0 })
      .steps;

  it('waits for terms that are the offer’s, and the bank for the business', () => {
    const step = { act: 'countersign', root: 'a' };
    expect(decideOnProposal({})).toEqual([step]);
    expect(decideOnProposal({ isSound: false })).toEqual([]);
    expect(decideOnProposal({ role: 'bank' })).toEqual([]);
    expect(decideOnProposal({ role: 'bank', hasBusinessSignature: true })).toEqual([step]);
    expect(decideOnProposal({ role: 'investor', hasBusinessSignature: true })).toEqual([]);
  });
});

describe('repaying', () => {
  it('waits for the stream, then some days, and for an order under way', () => {
    const loan = signedLoan();
    const lapsesSec = loan.contract.document.tranches[0]?.lapsesAtSec;
    const early = decideOn(loan, 'business', loan.startAtSec + 10);
    expect(early).toEqual({ steps: [], lookAgainAtSec: lapsesSec });
    loan.streamAll();
    const endSec = lastTickSec(loan) + 1;
    const soon = decideOn(loan, 'business', endSec);
    expect(soon.steps).toEqual([]);
    const dueSec = soon.lookAgainAtSec ?? 0;
    expect(dueSec).toBeGreaterThan(endSec);
    expect(decideOn(loan, 'business', dueSec, 1).steps).toEqual([]);
    expect(decideOn(loan, 'business', dueSec).steps).toMatchObject([{ act: 'repay' }]);
  });

  it('comes to nothing owed in four parts, each a whole number of satoshis', () => {
    const loan = signedLoan();
    loan.streamAll();
    let nowSec = lastTickSec(loan);
    const amounts: bigint[] = [];
    for (let n = 0; n < 10; n += 1) {
      const { lookAgainAtSec } = decideOn(loan, 'business', nowSec);
      if (lookAgainAtSec === undefined) break;
      nowSec = lookAgainAtSec;
      const [step] = decideOn(loan, 'business', nowSec).steps;
      if (step?.act !== 'repay') throw new Error('a part is due');
      amounts.push(step.amountUnits);
      loan.pay('repayment', [{ n, amountUnits: step.amountUnits }], nowSec);
    }
    expect(amounts).toHaveLength(4);
    expect(amounts.every((amount) => amount % 1_000n === 0n && amount > 0n)).toBe(true);
    const { contract, payments } = stateOf(loan);
    expect(computeLedger(contract.document, payments, nowSec).payoffUnits).toBe(0n);
    expect(decideOn(loan, 'business', nowSec + 86_400).steps).toEqual([]);
    expect(decideOn(loan, 'bank', nowSec).steps).toEqual([{ act: 'close', root: loan.root }]);
  });

  it('pays back what arrived before the window closed, and nothing when nothing did', () => {
    const loan = signedLoan();
    const lapsedSec = (loan.contract.document.tranches[0]?.lapsesAtSec ?? 0) + 1;
    expect(decideOn(loan, 'business', lapsedSec).steps).toEqual([]);
    const [tick] = planTicks(loan.contract.document);
    if (!tick) throw new Error('a loan has ticks');
    loan.pay('disbursement', [tick], tick.dueAtSec + 1);
    expect(decideOn(loan, 'business', lapsedSec).steps).toMatchObject([{ act: 'repay' }]);
  });
});

describe('closing', () => {
  it('is the bank’s, only once everything is repaid, and only once', () => {
    const loan = signedLoan();
    loan.streamAll();
    const nowSec = lastTickSec(loan) + 60;
    expect(decideOn(loan, 'bank', nowSec).steps).toEqual([]);
    const { contract, payments } = stateOf(loan);
    const { payoffUnits } = computeLedger(contract.document, payments, nowSec);
    loan.pay('repayment', [{ n: 0, amountUnits: payoffUnits }], nowSec);
    expect(decideOn(loan, 'investor', nowSec).steps).toEqual([]);
    expect(decideOn(loan, 'bank', nowSec).steps).toEqual([{ act: 'close', root: loan.root }]);
    loan.close(nowSec + 1);
    expect(decideOn(loan, 'bank', nowSec + 2).steps).toEqual([]);
  });
});

const gated = {
  ...inThree,
  tranches: [
    { shareBps: 6_000, startDay: 0, streamDays: 10, windowDays: 30, ticks: 10 },
    {
      shareBps: 4_000,
      startDay: 12,
      streamDays: 10,
      windowDays: 60,
      ticks: 5,
      milestone: { title: 'The oven is installed', description: '' },
    },
  ],
};

describe('milestones', () => {
  const gatedLoan = (): Loan => {
    const loan = new Loan({ offer: gated });
    loan.signAll();
    return loan;
  };

  it('are claimed when their tranche begins, once', () => {
    const loan = gatedLoan();
    const fromSec = loan.contract.document.tranches[1]?.fromSec ?? 0;
    const early = decideOn(loan, 'business', fromSec - 10);
    expect(early).toEqual({ steps: [], lookAgainAtSec: fromSec });
    expect(decideOn(loan, 'business', fromSec).steps).toEqual([
      { act: 'claim', root: loan.root, tranche: 1 },
    ]);
    expect(decideOn(loan, 'bank', fromSec).steps).toEqual([]);
    const claimed = claim(loan, 1, fromSec + 1);
    expect(decideOn(loan, 'business', fromSec + 2).steps).toEqual([]);
    decideClaim(loan, 'refusal', claimed, fromSec + 3);
    expect(decideOn(loan, 'business', fromSec + 4).steps).toEqual([]);
  });

  it('are approved some days after the claim', () => {
    const claimed = { root: 'r', claim: 'c', claimedAtSec: 1_000, daySec: 60 };
    const at = (nowSec: number): Decision =>
      decide({ proposals: [], claims: [claimed], contracts: [], nowSec });
    expect(at(1_001)).toEqual({ steps: [], lookAgainAtSec: 1_240 });
    expect(at(1_240).steps).toEqual([{ act: 'approve', root: 'r', claim: 'c' }]);
  });
});

describe('instalments', () => {
  it('are repaid on the day they fall due, whole and no sooner', () => {
    const loan = new Loan({ offer: inThree });
    loan.signAll();
    loan.streamAll();
    const { contract } = stateOf(loan);
    const { daySec, plan } = contract.document;
    const dueAtSec = firstDueAtSec({ plan });
    const before = decideOn(loan, 'business', dueAtSec - daySec);
    expect(before).toEqual({ steps: [], lookAgainAtSec: dueAtSec - daySec + 1 });
    const [step] = decideOn(loan, 'business', dueAtSec - daySec + 1).steps;
    if (step?.act !== 'repay') throw new Error('an instalment is due');
    loan.pay('repayment', [{ n: 0, amountUnits: step.amountUnits }], dueAtSec - 1);
    const after = decideOn(loan, 'business', dueAtSec);
    expect(after.steps).toEqual([]);
    expect(after.lookAgainAtSec).toBe(dueAtSec + 29 * daySec + 1);
  });
});
