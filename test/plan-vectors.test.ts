/**
 * The vectors of plans are what a second ledger, written from specs/ alone, makes of them too.
 * requires: M-14, M-15, PL-6, PL-10, PL-14, PL-18
 */
import { contractContradiction, planTicks, type ContractDocument } from '@realyield/protocol';
import { describe, expect, it } from 'vitest';
import { Loan, sparedSigning } from './fixtures/loan.ts';
import {
  duesOf,
  ledgerAt,
  type SecondCourse,
  type SecondLedger,
  type SecondPayment,
} from './independent-money.mjs';
import { filesUnder } from './source.ts';
import {
  inputOf,
  type CasePayment,
  type PlanInput,
  type PlanTerms,
  type PlanVector,
} from './vectors/plan-shapes.ts';

interface Answer {
  readonly dueAtSec: string;
  readonly schedule: readonly string[];
  readonly ledgers: readonly {
    readonly instalments: readonly string[];
    readonly repaid?: true;
  }[];
}
type File = PlanVector & { readonly expect: readonly Answer[] };

const files = filesUnder('specs/vectors/plans', ['.json']).map(({ text }) => {
  return JSON.parse(text) as File;
});
const cases = files.flatMap((file) =>
  file.cases.map((each, index) => ({
    name: `${file.name}: ${each.name}`,
    input: inputOf(file, each),
    startSec: inputOf(file, { ...each, asOfDays: [0] }).asOfSecs[0] ?? 0,
    answer: file.expect[index],
  })),
);

const usual = new Loan({ signing: sparedSigning, offer: { daySec: 86_400 } }).contract.document;

/** PL-14: a revenue share's instalments ask for one sum, of which a part is interest. */
function split(asks: SecondLedger['asks'], plan: PlanTerms['plan']): string[] {
  if (plan.type !== 'revenueShare') return asks.map((row) => row.join(' '));
  const cap = BigInt(plan.capBps);
  let upTo = 0n;
  return asks.map(([share]) => {
    const before = (upTo * (cap - 10_000n)) / cap;
    upTo += share;
    const interest = (upTo * (cap - 10_000n)) / cap - before;
    return `${share - interest} ${interest}`;
  });
}

const plain = (list: readonly CasePayment[]): SecondPayment[] =>
  list.map(({ leg, amountUnits, settledAtSec }) => ({
    ...{ leg, msat: amountUnits.toString(), atSec: settledAtSec },
  }));

const plainSales = (input: PlanInput): SecondCourse['sales'] =>
  input.sales.map(({ reportedDay, revenueUnits }) => ({
    ...{ day: reportedDay, msat: revenueUnits.toString() },
  }));

describe('a second ledger', () => {
  it('has cases of every plan', () => {
    expect(files).toHaveLength(5);
    expect(cases.length).toBeGreaterThan(150);
  });

  it.each(cases)('would be of a contract that reads: $name', ({ input }) => {
    const { terms } = input;
    const document = { ...usual, ...terms, expiresAtSec: terms.startAtSec };
    expect(contractContradiction(document)).toBeUndefined();
  });

  it.each(cases)('expects the schedule of $name', ({ input, answer, startSec }) => {
    const { terms, payments } = input;
    const sales = plainSales(input) ?? [];
    const known = payments.filter(({ settledAtSec }) => settledAtSec <= startSec);
    const paid = known.filter(({ leg }) => leg === 'disbursement').length;
    const ticks = planTicks(terms as ContractDocument)
      .filter(({ n, lapsesAtSec }) => n >= paid && lapsesAtSec > startSec)
      .map(({ n, amountUnits, dueAtSec }) => ({
        ...{ leg: 'disbursement' as const, n, amountUnits },
        settledAtSec: Math.max(dueAtSec, startSec),
      }));
    const dues = duesOf(terms);
    expect(dues.join(' ')).toBe(answer?.dueAtSec);
    const last = ledgerAt(terms, plain([...known, ...ticks]), dues.at(-1) ?? 0, {
      ...{ sales, expectSec: startSec },
    });
    expect(split(last.asks, terms.plan)).toEqual(answer?.schedule);
  });

  it.each(cases)('keeps the ledgers of $name', ({ input, answer }) => {
    const sales = plainSales(input) ?? [];
    for (const [index, atSec] of input.asOfSecs.entries()) {
      const second = ledgerAt(input.terms, plain(input.payments), atSec, { sales });
      const ledger = answer?.ledgers[index];
      const rows = (ledger?.instalments ?? []).map((row) => row.split(' '));
      const begun = second.owed.length - 1;
      const unpaid = rows.map((row) => BigInt(row[3] ?? ''));
      expect(unpaid.slice(0, begun)).toEqual(second.owed.slice(0, begun));
      const rest = unpaid.slice(begun).reduce((sum, each) => sum + each, 0n);
      expect(rest).toBe(second.owed.at(-1));
      const asked = rows.map((row) => row.slice(0, 2).join(' ')).slice(0, begun);
      expect(asked).toEqual(split(second.asks.slice(0, begun), input.terms.plan));
      const days = rows.map((row) => Number(row[5])).slice(0, begun + 1);
      expect(days).toEqual(second.daysLate);
      expect(ledger?.repaid ?? false).toBe(second.isRepaid);
    }
  });
});
