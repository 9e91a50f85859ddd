/** Figures are computed again only when they may be others, wherever they are computed. */
import type { ContractState } from '@realyield/protocol';
import { describe, expect, it } from 'vitest';
import { Loan, sparedSigning } from '../protocol/src/testing/loan.ts';
import { FigureDesk, type Answer } from '../web/lib/state/figures/desk.ts';
import { openFigureOffice } from '../web/lib/state/figures/office.ts';

const DAY = 60;

function paidOut(): Loan {
  const loan = new Loan({ signing: sparedSigning });
  loan.signAll();
  loan.streamAll();
  return loan;
}

const loan = paidOut();
const before = loan.fold().state;
const bank = before.contract.document.parties.bank.pubkey;
const dueAtSec = loan.startAtSec + 100 * DAY;
loan.pay('repayment', [{ n: 0, amountUnits: 500_000_000n }], loan.startAtSec + 20 * DAY);
const after = loan.fold().state;
const at = loan.startAtSec + 30 * DAY;

const ask = (asOfSec: number) => ({ type: 'bank', bank, asOfSec, isDetailed: true }) as const;

function bankOf(answer: Answer) {
  if (answer.type !== 'bank') throw new Error(answer.type);
  return answer;
}

describe('the desk', () => {
  it('summarises a contract again when its facts change or its day is over, and not before', () => {
    const desk = new FigureDesk();
    desk.put([before]);
    const first = bankOf(desk.answer(ask(at)));
    const again = bankOf(desk.answer(ask(first.staleAtSec - 1)));
    expect(again.books[0].contracts[0]).toBe(first.books[0].contracts[0]);
    expect(first.books[0].figures.outstandingUnits).toBe(1_000_000_000n);
    expect(first.staleAtSec).toBeGreaterThan(at);
    expect(first.staleAtSec).toBeLessThanOrEqual(at + DAY);

    const nextDay = bankOf(desk.answer(ask(first.staleAtSec)));
    expect(nextDay.books[0].contracts[0]).not.toBe(first.books[0].contracts[0]);

    desk.put([after]);
    const paid = bankOf(desk.answer(ask(first.staleAtSec)));
    expect(paid.books[0].figures.outstandingUnits).toBeLessThan(510_000_000n);
    expect(paid.books[0].figures.repaidUnits).toBe(500_000_000n);
  });

  it('goes back in time where asked to', () => {
    const desk = new FigureDesk();
    desk.put([after]);
    const late = bankOf(desk.answer(ask(dueAtSec)));
    const early = bankOf(desk.answer(ask(at)));
    expect(late.books[0].figures.par1.bps).toBe(10_000);
    expect(early.books[0].figures.par1.bps).toBe(0);
  });

  it('gives every payment of a portfolio, signed as the investor sees it', () => {
    const desk = new FigureDesk();
    desk.put([after]);
    const flows = desk.answer({ type: 'flows', roots: [after.root], asOfSec: at });
    const sum = flows.type === 'flows' ? flows.flows.reduce((a, f) => a + f.amountUnits, 0n) : 0n;
    expect(sum).toBe(-500_000_000n);
    const answer = desk.answer({ type: 'portfolio', roots: [after.root], asOfSec: at });
    expect(answer.type === 'portfolio' && answer.books[0].figures.receivedUnits).toBe(500_000_000n);
  });
});

class DyingWorker extends EventTarget {
  onerror: (() => void) | undefined;
  postMessage(): void {
    queueMicrotask(() => this.onerror?.());
  }
  terminate(): void {
    this.onerror = undefined;
  }
}

describe('the office', () => {
  const request = (states: readonly ContractState[], isNew = false) => ({
    isNew,
    states,
    ask: ask(at),
  });

  it('answers on this thread where there is no worker', async () => {
    const office = openFigureOffice();
    const first = bankOf(await office.ask(request([after], true)));
    const second = bankOf(await office.ask(request([])));
    expect(second.books[0].figures).toEqual(first.books[0].figures);
    const other = bankOf(await office.ask(request([], true)));
    expect(other.books[0].contracts).toEqual([]);
  });

  it('answers although its worker dies, with all it was ever told', async () => {
    const office = openFigureOffice(() => new DyingWorker() as unknown as Worker);
    const answers = await Promise.all([
      office.ask(request([before], true)),
      office.ask(request([after])),
    ]);
    expect(answers.map((answer) => bankOf(answer).books[0].figures.repaidUnits).at(-1)).toBe(
      500_000_000n,
    );
    expect(bankOf(await office.ask(request([]))).books[0].contracts).toHaveLength(1);
  });
});
