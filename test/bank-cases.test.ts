/** What lists of banks and offers say of the cases on a bank's loans. */
import { describe, expect, it } from 'vitest';
import { OPEN_DAY, TestCase, unpaidLoan } from '../protocol/src/testing/disputes.ts';
import { CaseBook } from '../web/lib/engine/cases/case-book.ts';
import type { ContractView } from '../web/lib/engine/folds.ts';
import { caseWords } from '../web/lib/state/views/banks.ts';
import type { Names } from '../web/lib/state/views/people.ts';
import { publicOf } from './fixtures/loan.ts';

const CLAIM = 1_020_000_000n;

function opened(tag: string): TestCase {
  const made = new TestCase(unpaidLoan(tag));
  made.open(CLAIM);
  return made;
}

/** Names whose catalog knows these cases and nothing else. */
function knowing(...cases: readonly TestCase[]): Names {
  const states = new Map(cases.flatMap((made) => [...made.states]));
  const book = new CaseBook({
    clock: { nowSec: () => cases[0]?.at(OPEN_DAY + 400) ?? 0 },
    contract: (root) => {
      const state = states.get(root);
      return state && ({ fold: { state } } as ContractView);
    },
  });
  for (const each of cases.flatMap(({ parsed }) => parsed)) book.add(each);
  return { catalog: { cases: book } } as unknown as Names;
}

const bank = publicOf('bank');

describe('cases on the loans of a bank in a list', () => {
  it('are left out where there are none, or of others', () => {
    const made = opened('one');
    expect(caseWords(knowing(), bank, made.at(OPEN_DAY))).toBeUndefined();
    expect(caseWords(knowing(made), publicOf('stranger'), made.at(OPEN_DAY))).toBeUndefined();
  });

  it('are counted with those not decided, and with money owed and overdue', () => {
    const [running, ruled] = [opened('one'), opened('two')];
    ruled.respond();
    const taken = ruled.take();
    ruled.rule(taken, [ruled.award(600_000_000n)]);
    const both = knowing(running, ruled);
    expect(caseWords(both, bank, ruled.at(OPEN_DAY + 34))).toBe(
      '2 cases: 1 not decided yet, 1 with money owed',
    );
    expect(caseWords(both, bank, ruled.at(OPEN_DAY + 400))).toBe(
      '2 cases: 1 not decided yet, 1 with money owed, overdue',
    );
    expect(caseWords(knowing(running), bank, running.at(OPEN_DAY + 1))).toBe(
      '1 case not decided yet',
    );
    ruled.loan.pay('recovery', [{ n: 1, amountUnits: 600_000_000n }], ruled.at(OPEN_DAY + 35));
    ruled.refresh();
    expect(caseWords(knowing(ruled), bank, ruled.at(OPEN_DAY + 400))).toBe('1 case, nothing owed');
  });
});
